"""corpuslint completion: print the script with which a shell completes commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from corpuslint.cli import main

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print a completion script for SHELL; its documentation says where such scripts belong.

    For bash: corpuslint completion bash > ~/.local/share/bash-completion/completions/corpuslint
    """
    script = get_completion_class(shell)
    assert script is not None, shell  # click knows all of SHELLS
    click.echo(script(main, {}, "corpuslint", "_CORPUSLINT_COMPLETE").source())

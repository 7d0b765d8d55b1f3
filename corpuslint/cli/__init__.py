"""The command line: one module a command, imported when it is called. No linting logic.

A command's module `corpuslint.cli.NAME` holds a click command of that name.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pkgutil
from typing import Any

import click

# Modules of this folder that are no commands.
PARTS = frozenset(
    "asking auditing dropping_flow finding fixing_flow gating inputs limits mending".split()
    + "output profile progress repeating reports sides".split()
)


class Commands(click.Group):
    """The group of all commands; a command's module is imported only when the command is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names of all commands."""
        return sorted(module.name.rstrip("_") for module in pkgutil.iter_modules(__path__) if module.name not in PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        for name in (cmd_name, cmd_name + "_"):  # "import" and the like need the underscore
            try:
                module = importlib.import_module(f"{__name__}.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"{__name__}.{name}":
                    raise
                continue
            command: click.Command = module.command
            return command
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find a command; suggest the nearest where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            hint = f" Did you mean {near[0]!r}?" if near and "did you mean" not in error.message.lower() else ""
            raise click.UsageError(error.message + hint, ctx) from None


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"corpuslint {version('corpuslint-text')}")
        ctx.exit()


# Objects that are made between two searches for cycles: findings are many objects without any (measured: a fifth of a
# run that recalls 4,000 of them).
OBJECTS = 100_000


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version."
)
def main() -> None:
    """A linter for text corpora: names each defect with its place and the evidence, and fixes it when that is safe."""
    gc.set_threshold(OBJECTS, 20, 20)
    # numpy's linear algebra, which nothing here uses, would start a thread a processor: a third of its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    atexit.register(gc.freeze)  # what is there at the end need not be searched once more (measured: 0.2 s)

"""corpuslint clean: remove the cache."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from corpuslint.cache import FOLDER
from corpuslint.cli.inputs import run_settings


@click.command("clean")
@click.option("--config", type=click.Path(path_type=Path), help="Configuration file (its folder holds the cache).")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
def command(config: Path | None, isolated: bool) -> None:
    """Remove the cache of the run's root; the next check starts from nothing. What `undo` needs stays."""
    folder = run_settings({"config": config, "isolated": isolated}).root.root / FOLDER
    if folder.is_symlink() or folder.parent.is_symlink():
        raise click.UsageError(f"{folder}: is a link, which is not followed; remove it yourself")
    if not folder.exists():
        click.echo(f"There is no cache in {folder}.")
        return
    try:
        size = sum(path.lstat().st_size for path in folder.rglob("*"))
        shutil.rmtree(folder)
    except OSError as error:
        raise click.UsageError(f"{folder}: cannot be removed: {error.strerror or error}") from None
    click.echo(f"Removed {folder} ({size / 1e6:.1f} MB).")

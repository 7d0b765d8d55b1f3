"""corpuslint config: show the configuration in force, or the schema of all there could be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from corpuslint.cli.inputs import corpus_options, run_settings
from corpuslint.config import Config, Settings
from corpuslint.config_values import ConfigError
from corpuslint.diagnostic import Applicability
from corpuslint.display import visible
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.toml import toml_key, toml_value


@click.command("config")
@corpus_options
@click.option("--show", is_flag=True, help="Print the configuration in force and the file it comes from (the default).")
@click.option("--schema", is_flag=True, help="Print the JSON schema of a configuration.")
def command(show: bool, schema: bool, **words: Any) -> None:
    """Print the configuration in force, as TOML: the run's, or that of each of PATHS, whose nearest file decides."""
    if schema:
        if show:
            raise click.UsageError("--show and --schema are two questions; ask one.")
        from corpuslint.config_schema import config_schema

        click.echo(json.dumps(config_schema(), ensure_ascii=False, indent=2))
        return
    found = run_settings(words)
    try:
        blocks = ["\n".join(config_lines(config)) for config in _configs(found, words["paths"])]
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    click.echo("\n\n".join(dict.fromkeys(blocks)))


def _configs(found: Settings, paths: tuple[str, ...]) -> Iterator[Config]:
    if not paths:
        yield found.root
    for name in paths:
        path = Path(name).absolute()
        # A folder's own configuration counts for what lies in it.
        yield found.for_file(path / "any" if path.is_dir() else path)


def config_lines(config: Config) -> Iterator[str]:
    """Yield a configuration as TOML, defaults marked, with the options of the selected rules."""
    file = visible(str(config.file)) if config.file else "no file: the defaults and the command line"
    yield f"# From {file}."
    yield f"# Paths in reports are relative to {visible(str(config.root))}."
    for setting in Config.settings():
        value = getattr(config, setting.name)
        if not isinstance(value, Mapping | FixPolicy):
            default = "  # default" if value == setting.default else ""
            yield f"{setting.name.replace('_', '-')} = {toml_value(value)}{default}"
    yield from _fix_lines(config.fix)
    if config.per_file_ignores:
        yield "\n[per-file-ignores]"
        yield from (f"{toml_key(pattern)} = {toml_value(codes)}" for pattern, codes in config.per_file_ignores.items())
    for rule in config.selected:
        options = dataclasses.fields(rule)
        yield f"\n[rules.{rule.name}]  # {rule.code}" + ("" if options else ", no options")
        for option in options:
            value = getattr(rule, option.name)
            default = "  # default" if value == option.default else ""
            yield f"{option.name.replace('_', '-')} = {toml_value(value)}{default}"


def _fix_lines(policy: FixPolicy) -> Iterator[str]:
    yield "\n[fix]"
    for grade in (Applicability.SAFE, Applicability.UNSAFE):
        if codes := sorted(code for code, given in policy.grades.items() if given is grade):
            yield f"{grade} = {toml_value(codes)}"
    yield f"max-shrink = {policy.max_shrink}" + ("  # default" if policy.max_shrink == FixPolicy.max_shrink else "")
    if policy.max_shrink_by_code:
        shares = (f"{code} = {share}" for code, share in sorted(policy.max_shrink_by_code.items()))
        yield f"max-shrink-by-rule = {{ {', '.join(shares)} }}"

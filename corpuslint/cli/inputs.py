"""From the command line's words to tasks: paths, configuration, rules. Shared by the commands that read a corpus."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from corpuslint.config import Settings, settings
from corpuslint.config_values import ConfigError, normal_extension
from corpuslint.corpus_rule import KeyedRule
from corpuslint.engine import Task
from corpuslint.rule import DocumentRule, Rule
from corpuslint.sources import SourceFile
from corpuslint.sources.walk import NoSuchPath, Walk

F = TypeVar("F", bound=Callable[..., Any])


class Lists(click.ParamType[Any]):
    """Words separated by commas; the option may stand several times."""

    name = "list"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        """Split at commas."""
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


def corpus_options(function: F) -> F:
    """Add the paths and the options that say what is read and by which rules."""
    for decorate in reversed(
        (
            click.argument("paths", nargs=-1, type=click.Path()),
            click.option(
                "--select",
                type=Lists(),
                multiple=True,
                help="Rules to run: codes, names, prefixes (comma-separated).",
            ),
            click.option("--extend-select", type=Lists(), multiple=True, help="Rules to run besides."),
            click.option("--ignore", type=Lists(), multiple=True, help="Rules to leave out."),
            click.option("--exclude", type=Lists(), multiple=True, help="Patterns of files and folders to leave out."),
            click.option("--extension", type=Lists(), multiple=True, help="Extensions of the files that folders give."),
            click.option("--text-field", help="JSONL field with the text (dotted path; default: text)."),
            click.option("--id-field", help="JSONL field with the document's own id (default: id)."),
            click.option("--stdin-filename", help="Name of the document that `-` reads from standard input."),
            click.option("--config", type=click.Path(path_type=Path), help="Configuration file to use for all files."),
            click.option("--isolated", is_flag=True, help="Read no configuration file."),
        )
    ):
        function = decorate(function)
    return function


def overrides(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration fields that the command line sets."""
    flat = {name: sum(words.get(name) or (), ()) for name in ("select", "extend_select", "ignore", "exclude")}
    extension = tuple(normal_extension(word) for word in sum(words.get("extension") or (), ()))
    return {
        **flat,
        "extension": extension,
        "text_field": words.get("text_field"),
        "id_field": words.get("id_field"),
    }


def run_settings(words: Mapping[str, Any]) -> Settings:
    """Find the run's configuration; a mistake in it is a usage error."""
    try:
        file = words.get("config")
        found = settings(
            Path.cwd(), overrides(words), file=file and file.absolute(), isolated=bool(words.get("isolated"))
        )
        found.root.selected  # noqa: B018  # an unknown rule is said before anything is read
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    return found


def tasks(found: Settings, words: Mapping[str, Any], own_files: Sequence[Path] = ()) -> list[Task]:
    """Return the files to check with their rules, in the order of their names; a wrong path is a usage error."""
    config = found.root
    walk = Walk(config.root, config.extension, config.exclude, frozenset(path.absolute() for path in own_files))
    paths = list(words.get("paths") or ["."])
    try:
        files = walk.find([path for path in paths if path != "-"])
        result = []
        of_the_run: dict[int, tuple[Rule, ...]] = {}  # by the nearest configuration's rules: most files share them
        for path in files:
            nearest = found.for_file(path)
            file = SourceFile(path, walk.name(path), nearest.read_options)
            rules = nearest.rules_for(path)
            if nearest.per_file_ignores or id(rules) not in of_the_run:
                of_the_run[id(rules)] = _of_the_run(found, rules)
            result.append(Task(file, of_the_run[id(rules)], nearest.fix))
    except (ConfigError, NoSuchPath) as error:
        raise click.UsageError(str(error)) from None
    if "-" in paths:
        result.append(_standard_input(found, walk, words.get("stdin_filename") or "stdin.txt"))
    return result


def _standard_input(found: Settings, walk: Walk, name: str) -> Task:
    path = Path(name).absolute()
    options = found.for_file(path).read_options
    return task_for(found, SourceFile(path, walk.name(path), options, sys.stdin.buffer.read()))


def task_for(found: Settings, file: SourceFile) -> Task:
    """Return a file with the rules that look at it; raises ConfigError."""
    nearest = found.for_file(file.path)
    return Task(file, _of_the_run(found, nearest.rules_for(file.path)), nearest.fix)


def _of_the_run(found: Settings, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return a file's rules, those that compare documents with the options of the run's root: one measure for all."""
    across = {rule.code: rule for rule in found.root.selected if isinstance(rule, KeyedRule)}
    return tuple(
        # A rule of both stages that the root does not select still sees the document, with the options of all.
        across.get(rule.code) or (type(rule)() if isinstance(rule, KeyedRule) else rule)
        for rule in rules
        if rule.code in across or isinstance(rule, DocumentRule)
    )

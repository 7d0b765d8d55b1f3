"""From the command line's words to tasks: paths, configuration, rules. Shared by the commands that read a corpus."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, TypeVar

import click

from corpuslint.config import Config, Settings, settings
from corpuslint.config_values import ConfigError, normal_extension
from corpuslint.corpus_rule import KeyedRule
from corpuslint.engine import Task
from corpuslint.rule import DocumentRule, Rule
from corpuslint.sources import SourceFile
from corpuslint.sources.walk import NoSuchPath, Walk
from corpuslint.stages.work import Handlings, Work

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
    return list(work_of(found, words, own_files))


def work_of(found: Settings, words: Mapping[str, Any], own_files: Sequence[Path] = ()) -> Work:
    """Return the same without making an object a file."""
    config = found.root
    walk = Walk(config.root, config.extension, config.exclude, frozenset(path.absolute() for path in own_files))
    paths = list(words.get("paths") or ["."])
    handlings = Handlings()
    made: dict[int, Task] = {}
    try:
        names, statuses = walk.look([path for path in paths if path != "-"])
        handling = list(_handling(found, names, handlings))
    except (ConfigError, NoSuchPath) as error:
        raise click.UsageError(str(error)) from None
    if "-" in paths:
        task = made[len(names)] = _standard_input(found, walk, words.get("stdin_filename") or "stdin.txt")
        handling.append(handlings.place(task.file.options, task.rules, task.policy))
        names.append(task.file.name)
        statuses.miss()
    return Work(config.root, names, handlings.distinct, handling, statuses, made)


def _handling(found: Settings, names: Sequence[str], handlings: Handlings) -> Iterator[int]:
    """Yield the place of each file's handling, by the configuration of its folder; raises ConfigError."""
    if names and not found.nested and not found.root.per_file_ignores:
        root = found.root
        yield from repeat(handlings.place(root.read_options, _of_the_run(found, root.selected), root.fix), len(names))
        return
    of_folders: dict[str, tuple[Config, int]] = {}
    of_the_run: dict[int, tuple[Rule, ...]] = {}  # by the nearest configuration's rules: most files share them
    for name in names:
        folder = name.rpartition("/")[0]
        if folder not in of_folders:
            nearest = found.for_file(found.root.root / name)
            rules = nearest.selected
            if id(rules) not in of_the_run:
                of_the_run[id(rules)] = _of_the_run(found, rules)
            of_folders[folder] = nearest, handlings.place(nearest.read_options, of_the_run[id(rules)], nearest.fix)
        nearest, place = of_folders[folder]
        if nearest.per_file_ignores:
            own = _of_the_run(found, nearest.rules_for(found.root.root / name))
            place = handlings.place(nearest.read_options, own, nearest.fix)
        yield place


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

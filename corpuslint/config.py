"""Configuration: corpuslint.toml or [tool.corpuslint] in pyproject.toml to one frozen Config.

The file nearest to a document decides; nothing is merged between files. Every error names file and key and
suggests what was meant. What the options do is for the rules to say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from corpuslint.config_values import READERS, ConfigError, hint, strings
from corpuslint.diagnostic import Severity
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.rule import Rule
from corpuslint.rule_selection import UnknownRule, matching_any, select
from corpuslint.sources import ReadOptions
from corpuslint.sources.walk import EXTENSIONS

FILE_NAMES = ("corpuslint.toml", ".corpuslint.toml", "pyproject.toml")


def setting(default: Any, help: str) -> Any:  # noqa: A002
    """Declare what a configuration file may set: its default, or the type that makes an empty one, and its help."""
    if isinstance(default, type):
        return field(default_factory=default, metadata={"help": help})
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Config:
    """What one configuration file says, the command line's words included."""

    root: Path
    file: Path | None = None
    select: tuple[str, ...] = setting((), "Rules to run: codes, names, prefixes. Empty: all that are on by default.")
    extend_select: tuple[str, ...] = setting((), "Rules to run besides those of `select`.")
    ignore: tuple[str, ...] = setting((), "Rules to leave out.")
    exclude: tuple[str, ...] = setting((), "Patterns of files and folders that folders do not give, like `drafts/*`.")
    extension: tuple[str, ...] = setting(EXTENSIONS, "Extensions of the files that folders give.")
    text_field: str = setting("text", "JSONL field that holds the text; dots lead into objects, like `doc.body`.")
    id_field: str = setting("id", "JSONL field that holds the document's own id.")
    catalog: tuple[str, ...] = setting((), "Catalogs of the project's own phrases: TOML files beside this one.")
    fail_on: Severity = setting(Severity.WARNING, "Least severity that ends a check with status 1.")
    inline_ignores: bool = setting(
        False, "Whether comments in documents of formats that have comments may suppress findings."
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = setting(dict, "Rules to leave out in files that match a pattern.")
    rules: Mapping[str, Mapping[str, Any]] = setting(dict, "Options of rules: a table a rule, by code or name.")
    fix: FixPolicy = setting(FixPolicy, "Whose fixes count as safe, and how much of a document they may take.")

    @classmethod
    def settings(cls) -> tuple[dataclasses.Field[Any], ...]:
        """Return what a configuration file may set, with its help."""
        return tuple(f for f in dataclasses.fields(cls) if "help" in f.metadata)

    @cached_property
    def selected(self) -> tuple[Rule, ...]:
        """The rules of the selection with their options, sorted by code; raises ConfigError."""
        try:
            chosen = select(self.select, self.extend_select, self.ignore)
        except UnknownRule as error:
            raise ConfigError(str(error)) from None
        return tuple(rule(**self.rules.get(rule.code, {})) for rule in sorted(chosen, key=lambda rule: rule.code))

    def rules_for(self, path: Path) -> tuple[Rule, ...]:
        """Return the rules for a file, those that its per-file ignores name left out."""
        if not self.per_file_ignores:
            return self.selected
        folder = self.file.parent if self.file else self.root
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
        ignored: set[type[Rule]] = set()
        for pattern, selectors in self.per_file_ignores.items():
            if fnmatchcase(name, pattern) or fnmatchcase(path.name, pattern):
                ignored.update(*(matching_any(selector) for selector in selectors))
        return tuple(rule for rule in self.selected if type(rule) not in ignored)

    @property
    def read_options(self) -> ReadOptions:
        """How records are read."""
        if not self.catalog:
            return ReadOptions(self.text_field, self.id_field)
        from corpuslint.project_catalogs import with_digest

        folder = self.file.parent if self.file else self.root
        catalogs = tuple(with_digest(str(folder / name)) for name in self.catalog)
        return ReadOptions(self.text_field, self.id_field, catalogs=catalogs)


@dataclass(frozen=True)
class Settings:
    """The configuration of a run: the root's, and for each file the nearest one."""

    root: Config
    overrides: Mapping[str, Any] = field(default_factory=dict)
    nested: bool = True  # False where --config or --isolated settled it for all files
    _found: dict[Path, Config] = field(default_factory=dict)

    def for_file(self, path: Path) -> Config:
        """Return the configuration nearest to a file; raises ConfigError."""
        return self._for_folder(path.parent) if self.nested else self.root

    def _for_folder(self, folder: Path) -> Config:
        if folder == self.root.root or folder == folder.parent:
            return self.root
        if folder not in self._found:
            file = config_file(folder)
            # Ids and paths depend on one root, whichever file decides about the rules.
            self._found[folder] = (
                load(file, self.root.root, self.overrides) if file else self._for_folder(folder.parent)
            )
        return self._found[folder]


def settings(
    folder: Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    file: Path | None = None,
    isolated: bool = False,
) -> Settings:
    """Find the configuration of a run that starts in a folder; raises ConfigError.

    `overrides` are the command line's words by field name; they win in every file.
    """
    words = dict(overrides or {})
    if isolated:
        return Settings(from_table({}, folder, None, words), words, nested=False)
    if file is not None:
        if not file.is_file():
            raise ConfigError(f"{file}: no such configuration file")
        return Settings(load(file, file.parent, words), words, nested=False)
    for candidate in (folder, *folder.parents):
        if found := config_file(candidate):
            return Settings(load(found, candidate, words), words)
    return Settings(from_table({}, folder, None, words), words)


def load(file: Path, root: Path, overrides: Mapping[str, Any]) -> Config:
    """Read a configuration file; raises ConfigError."""
    return from_table(_table(file), root, file, overrides)


def from_table(table: Mapping[str, Any], root: Path, file: Path | None, overrides: Mapping[str, Any]) -> Config:
    """Make a Config of a parsed table; raises ConfigError."""
    where = str(file or "configuration")
    values: dict[str, Any] = {}
    fields = [f.name for f in Config.settings()]
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in fields:
            raise ConfigError(f"{where}: unknown key {key!r}{hint(key, [n.replace('_', '-') for n in fields])}")
        values[name] = READERS.get(name, strings)(where, key, value)
    values |= {name: value for name, value in overrides.items() if value not in (None, ())}
    config = Config(root, file, **values)
    _check_selectors(config, where)
    for name in config.catalog:
        _check_catalog(where, (file.parent if file else root) / name)
    return config


def _check_catalog(where: str, file: Path) -> None:
    from corpuslint.project_catalogs import BadCatalog, project_catalog

    try:
        project_catalog(str(file))
    except BadCatalog as error:
        raise ConfigError(f"{where}: catalog: {error}") from None


def _check_selectors(config: Config, where: str) -> None:
    words = [("select", config.select), ("extend-select", config.extend_select), ("ignore", config.ignore)]
    words += [(f"per-file-ignores.{pattern!r}", codes) for pattern, codes in config.per_file_ignores.items()]
    for key, selectors in words:
        for selector in selectors:
            try:
                matching_any(selector)
            except UnknownRule as error:
                raise ConfigError(f"{where}: {key}: {error}") from None


def config_file(folder: Path) -> Path | None:
    """Return the configuration file of a folder, None where it has none."""
    for name in FILE_NAMES:
        file = folder / name
        if file.is_file() and (name != "pyproject.toml" or "tool.corpuslint" in _peek(file)):
            return file
    return None


def _peek(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _table(file: Path) -> Mapping[str, Any]:
    import tomllib

    try:
        with file.open("rb") as stream:
            table = tomllib.load(stream)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    if file.name == "pyproject.toml":
        table = table.get("tool", {}).get("corpuslint", {})
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: tool.corpuslint must be a table")
    return table

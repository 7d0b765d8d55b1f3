"""Reads single values of a configuration: each reader returns the value or raises an error that says what to write.

Where a configuration comes from, and which one counts, is for `config` to say.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from corpuslint.diagnostic import Applicability, Severity
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.rule import Rule
from corpuslint.rule_selection import UnknownRule, find_rule, matching_any


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names the file and the key."""


def strings(where: str, key: str, value: Any) -> tuple[str, ...]:
    """Read a list of strings; raises ConfigError."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f'{where}: {key} must be a list of strings, like {key} = ["…"]')
    return tuple(value)


def _string(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where}: {key} must be a string that is not empty")
    return value


def _extensions(where: str, key: str, value: Any) -> tuple[str, ...]:
    return tuple(normal_extension(word) for word in strings(where, key, value))


def normal_extension(word: str) -> str:
    """Return an extension with its dot, in lower case."""
    return "." + word.lower().lstrip(".")


def _severity(where: str, key: str, value: Any) -> Severity:
    try:
        return Severity(value)
    except ValueError:
        raise ConfigError(f"{where}: {key} must be one of {', '.join(Severity)}, not {value!r}") from None


def _boolean(where: str, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: {key} must be true or false, not {value!r}")
    return value


def _ignores(where: str, key: str, value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: {key} must be a table of patterns with lists of rules")
    return {pattern: strings(where, f"{key}.{pattern!r}", codes) for pattern, codes in value.items()}


def _rules(where: str, key: str, value: Any) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: {key} must be a table of rules, like [{key}.repeated-block]")
    options: dict[str, Mapping[str, Any]] = {}
    for name, table in value.items():
        try:
            rule = find_rule(name)
        except UnknownRule as error:
            raise ConfigError(f"{where}: {key}: {error}") from None
        if rule.code in options:
            raise ConfigError(f"{where}: {key}: {rule.code} stands there twice, by code and by name")
        if not isinstance(table, dict):
            raise ConfigError(f"{where}: {key}.{name} must be a table of options")
        options[rule.code] = _options(f"{where}: {key}.{name}", rule, table)
    return options


def _options(where: str, rule: type[Rule], table: Mapping[str, Any]) -> Mapping[str, Any]:
    types = typing.get_type_hints(rule)
    known = {option.name: option for option in rule.options()}
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in known:
            raise ConfigError(f"{where}: unknown option {key!r}{hint(key, [n.replace('_', '-') for n in known])}")
        values[name] = _value(f"{where}.{key}", types[name], known[name].metadata, value)
    return values


def _value(where: str, type_: Any, metadata: Mapping[str, Any], value: Any) -> Any:
    if type_ == tuple[str, ...]:
        return strings(where, "it", value)
    if type_ is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, type_) or (isinstance(value, bool) and type_ is not bool):
        raise ConfigError(f"{where} must be of type {type_.__name__}, not {value!r}")
    if metadata["choices"] and value not in metadata["choices"]:
        raise ConfigError(f"{where} must be one of {', '.join(metadata['choices'])}, not {value!r}")
    if metadata["least"] is not None and value < metadata["least"]:
        raise ConfigError(f"{where} must be at least {metadata['least']}, not {value!r}")
    return value


def _fix(where: str, key: str, value: Any) -> FixPolicy:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: {key} must be a table, like [{key}] with safe, unsafe and max-shrink")
    known = ["safe", "unsafe", "max-shrink", "max-shrink-by-rule"]
    for name in value:
        if name not in known:
            raise ConfigError(f"{where}: unknown key {name!r} in [{key}]{hint(name, known)}")
    grades: dict[str, Applicability] = {}
    for grade in (Applicability.SAFE, Applicability.UNSAFE):
        for code in _codes(where, f"{key}.{grade}", strings(where, f"{key}.{grade}", value.get(grade, []))):
            if grades.setdefault(code, grade) is not grade:
                raise ConfigError(f"{where}: {key}: {code} stands in safe and in unsafe")
    shares = value.get("max-shrink-by-rule", {})
    if not isinstance(shares, dict):
        raise ConfigError(f"{where}: {key}.max-shrink-by-rule must be a table of rules with shares")
    by_code = {
        code: _share(f"{where}: {key}.max-shrink-by-rule.{selector}", share)
        for selector, share in shares.items()
        for code in _codes(where, f"{key}.max-shrink-by-rule", (selector,))
    }
    most = _share(f"{where}: {key}.max-shrink", value.get("max-shrink", FixPolicy.max_shrink))
    return FixPolicy(grades, most, by_code)


def _codes(where: str, key: str, selectors: Sequence[str]) -> list[str]:
    try:
        return [rule.code for selector in selectors for rule in matching_any(selector)]
    except UnknownRule as error:
        raise ConfigError(f"{where}: {key}: {error}") from None


def _share(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ConfigError(f"{where} must be a share from 0 to 1, not {value!r}")
    return float(value)


def hint(word: str, known: Sequence[str]) -> str:
    """Return a suggestion for a word that is not known."""
    near = get_close_matches(word, known, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}" if known else ""


READERS = {
    "extension": _extensions,
    "text_field": _string,
    "id_field": _string,
    "fail_on": _severity,
    "inline_ignores": _boolean,
    "per_file_ignores": _ignores,
    "rules": _rules,
    "fix": _fix,
}

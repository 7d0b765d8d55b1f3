"""A rule as plain values, for the commands, the documentation and the schema that speak about rules.

Everything is read from the rule's class; how it is printed is for each reader to say.
"""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from corpuslint.rule import Rule

# How an option's type is called in a configuration file and in JSON.
TYPE_NAMES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    tuple[str, ...]: "array of strings",
}


def describe(rule: type[Rule]) -> dict[str, Any]:
    """Return identity, documentation and options of a rule as JSON values."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "default": rule.default,
        "yields_to": list(rule.yields_to),
        "summary": rule.summary(),
        "documentation": rule.documentation(),
        "options": [describe_option(rule, option) for option in rule.options()],
    }


def describe_option(rule: type[Rule], option: dataclasses.Field[Any]) -> dict[str, Any]:
    """Return an option of a rule as JSON values; `least` and `choices` are null where there are none."""
    default = option.default
    return {
        "name": option.name.replace("_", "-"),
        "type": TYPE_NAMES[typing.get_type_hints(rule)[option.name]],
        "default": list(default) if isinstance(default, tuple) else default,
        "help": option.metadata["help"],
        "unit": option.metadata["unit"] or None,
        "least": option.metadata["least"],
        "choices": list(option.metadata["choices"]) or None,
    }


def option_note(option: dict[str, Any]) -> str:
    """Return what an option takes, in words: "integer, code points, at least 1"."""
    parts = [option["type"]]
    if option["unit"]:
        parts.append(option["unit"])
    if option["choices"]:
        parts.append("one of " + ", ".join(option["choices"]))
    if option["least"] is not None:
        parts.append(f"at least {option['least']}")
    return ", ".join(parts)

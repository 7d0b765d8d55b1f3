"""The JSON schema of a configuration, made from Config's settings and the rules' options.

Editors use it to complete and check corpuslint.toml; corpuslint itself reads with `config` alone.
"""

from __future__ import annotations

import typing
from typing import Any

from corpuslint.config import Config
from corpuslint.diagnostic import Severity
from corpuslint.fixes.fix_policy import FixPolicy
from corpuslint.rule import Rule
from corpuslint.rule_description import describe_option
from corpuslint.rules import all_rules

STRINGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
TYPES: dict[Any, dict[str, Any]] = {
    tuple[str, ...]: STRINGS,
    str: {"type": "string", "minLength": 1},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Severity: {"enum": [str(severity) for severity in Severity]},
}

SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
FIX_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "safe": {"description": "Rules whose unsafe fixes --fix applies too.", **STRINGS},
        "unsafe": {"description": "Rules whose safe fixes need --unsafe-fixes.", **STRINGS},
        "max-shrink": {
            "description": "The share of a document that its fixes may take for good.",
            **SHARE,
            "default": FixPolicy.max_shrink,
        },
        "max-shrink-by-rule": {
            "description": "The same for single rules, by code or name.",
            "type": "object",
            "additionalProperties": SHARE,
        },
    },
}


def config_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of corpuslint.toml and of [tool.corpuslint]."""
    types = typing.get_type_hints(Config)
    properties: dict[str, Any] = {}
    for setting in Config.settings():
        if setting.name == "rules":
            schema = _rules_schema()
        elif setting.name == "fix":
            schema = FIX_SCHEMA
        elif setting.name == "per_file_ignores":
            schema = {"type": "object", "additionalProperties": STRINGS}
        else:
            schema = {**TYPES[types[setting.name]], "default": setting.default}
        properties[setting.name.replace("_", "-")] = {"description": setting.metadata["help"], **schema}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "corpuslint",
        "description": "corpuslint.toml, or [tool.corpuslint] in pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _rules_schema() -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for rule in all_rules():
        # A table may be called by the rule's name or by its code.
        tables[rule.name] = tables[rule.code] = {
            "description": f"{rule.code} {rule.name}: {rule.summary()}",
            "type": "object",
            "additionalProperties": False,
            "properties": _option_schemas(rule),
        }
    return {"type": "object", "additionalProperties": False, "properties": tables}


def _option_schemas(rule: type[Rule]) -> dict[str, Any]:
    types = typing.get_type_hints(rule)
    schemas: dict[str, Any] = {}
    for option in rule.options():
        described = describe_option(rule, option)
        unit = f" ({described['unit']})" if described["unit"] else ""
        schema = {
            "description": described["help"] + unit,
            **TYPES[types[option.name]],
            "default": described["default"],
        }
        if described["least"] is not None:
            schema["minimum"] = described["least"]
        if described["choices"]:
            schema["enum"] = described["choices"]
        schemas[described["name"]] = schema
    return schemas

"""The rules, one file each, found by walking this folder: a new file is a new rule."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from corpuslint.rule import Rule


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Return every rule of this folder, sorted by code."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        namespace = vars(importlib.import_module(f"{__name__}.{module.name}"))
        found += [
            value
            for value in namespace.values()
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == f"{__name__}.{module.name}"
        ]
    return tuple(sorted(found, key=lambda rule: rule.code))

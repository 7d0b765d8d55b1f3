"""Which rules a selection means: codes, names and prefixes to rule classes.

A prefix ("DUP", "JNK1") means the default-on rules of its family; an opt-in rule must be named in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from corpuslint.rule import Rule
from corpuslint.rules import all_rules


class UnknownRule(ValueError):
    """A selector that means no rule; the message suggests the nearest."""


def find_rule(name: str) -> type[Rule]:
    """Return the rule with this code or name; raises UnknownRule."""
    for rule in all_rules():
        if name.upper() == rule.code or name.lower() == rule.name:
            return rule
    raise UnknownRule(_unknown(name))


def matching(selector: str) -> frozenset[type[Rule]]:
    """Return the rules that a code, a name, a prefix or "ALL" means; raises UnknownRule."""
    rules = all_rules()
    exact = frozenset(rule for rule in rules if selector.upper() == rule.code or selector.lower() == rule.name)
    if exact:
        return exact
    family = [
        rule for rule in rules if selector.upper() == "ALL" or (selector and rule.code.startswith(selector.upper()))
    ]
    if not family:
        raise UnknownRule(_unknown(selector))
    return frozenset(rule for rule in family if rule.default)


def select(selected: Sequence[str], extended: Sequence[str], ignored: Sequence[str]) -> frozenset[type[Rule]]:
    """Return the rules of a selection; an empty `selected` means all default-on rules."""
    chosen = _union(selected or ("ALL",)) | _union(extended)
    for selector in ignored:
        # A rule selected by its full code stands against an ignored prefix of it, as the more exact word.
        exact = {rule for rule in chosen if any(word.upper() == rule.code for word in (*selected, *extended))}
        dropped = matching_any(selector)
        chosen = chosen - (dropped if len(selector) == 6 or "-" in selector else dropped - exact)
    return chosen


def matching_any(selector: str) -> frozenset[type[Rule]]:
    """Return the rules that a selector means, opt-in ones included: for ignoring; raises UnknownRule."""
    rules = frozenset(rule for rule in all_rules() if rule.code.startswith(selector.upper()))
    return rules or matching(selector)


def _union(selectors: Iterable[str]) -> frozenset[type[Rule]]:
    return frozenset().union(*(matching(selector) for selector in selectors))


def _unknown(name: str) -> str:
    known = [word for rule in all_rules() for word in (rule.code, rule.name)]
    # Codes are compared in upper case, names in lower case, so that "dup11" finds DUP101.
    near = get_close_matches(name.upper(), known, 1, 0.5) or get_close_matches(name.lower(), known, 1, 0.5)
    hint = f"; did you mean {near[0]!r}?" if near else "; `corpuslint rules` lists them"
    return f"unknown rule {name!r}{hint}"

"""Which rules have to see which documents of a batch, told by the facts of a scan: most see none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corpuslint.rule import DocumentRule, Rule
from corpuslint.triggers import Fact

if TYPE_CHECKING:
    from corpuslint.facts import Asked, Facts


class Need(NamedTuple):
    """The facts and characters of which a document must have one before a rule can fire; always: it sees every one."""

    rule: DocumentRule
    facts: int
    characters: int
    always: bool

    @classmethod
    def of(cls, rule: DocumentRule, asked: Asked) -> Need:
        """Join the needs of a rule's triggers."""
        facts = characters = 0
        always = not rule.triggers()
        for trigger in rule.triggers():
            facts |= int(trigger.facts)
            known = trigger.characters.intersection(asked.characters)
            characters |= sum(1 << asked.characters.index(character) for character in known)
            # A trigger that names no facts has to be asked, and so has one of more characters than a scan looks for.
            always = always or known != trigger.characters or (trigger.facts == Fact.NOTHING and not known)
        return cls(rule, facts, characters, always)


class Screen:
    """The needs of the document rules among some rules."""

    def __init__(self, rules: Sequence[Rule], asked: Asked) -> None:
        self._needs = [Need.of(rule, asked) for rule in rules if isinstance(rule, DocumentRule)]

    def wanted(self, facts: Facts, numbers: Sequence[int]) -> Iterator[tuple[int, list[DocumentRule]]]:
        """Yield the numbers of the documents that rules have to see, with those rules."""
        import numpy as np

        among = np.array(numbers, np.int64)
        may, characters = facts.may[among], facts.characters[among]
        if not any(need.always for need in self._needs):
            all_facts = np.uint32(_union(need.facts for need in self._needs))
            all_characters = np.uint64(_union(need.characters for need in self._needs))
            seen = np.flatnonzero((may & all_facts).astype(bool) | (characters & all_characters).astype(bool))
            among, may, characters = among[seen], may[seen], characters[seen]
        for number, has, holds in zip(among.tolist(), may.tolist(), characters.tolist(), strict=True):
            yield (
                number,
                [need.rule for need in self._needs if need.always or need.facts & has or need.characters & holds],
            )


def _union(bits: Iterator[int]) -> int:
    union = 0
    for some in bits:
        union |= some
    return union

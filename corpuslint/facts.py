"""Facts about a batch of texts, all from one pass: hashes of their words and lines, and what each text may hold.

The scan tells which documents a rule need not see. It knows triggers and phrases, and no rule. Input that is too
small for compiled loops has no facts: there every rule asks every document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpuslint.catalogs import compiled as compiled_catalog
from corpuslint.document import script_names
from corpuslint.junk import ARROWS, FIRST_EAST_ASIAN, SPEECH_MARKS, TABLE_MARK
from corpuslint.normal import script_of
from corpuslint.phrase_table import PROJECT, phrase_table, scripts, whole_word, word_table
from corpuslint.phrases import SENTENCE_MARKS, Catalog
from corpuslint.project_catalogs import project_catalogs
from corpuslint.scan import phrase_loops
from corpuslint.scan.batch import FIRST_FREE, Batch, Classes, Space
from corpuslint.scan.compiled import Loops
from corpuslint.scan.texts import Texts
from corpuslint.scan.words import WordHashes
from corpuslint.triggers import Fact, Heads, Trigger

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Bits = NDArray[np.uint32]

NO_PHRASE_MARKS = (SPEECH_MARKS - ARROWS.keys()) | {TABLE_MARK}
MOST_CHARACTERS = 24  # that triggers may ask for
OTHER_SCRIPT = 1 << (PROJECT + 1)  # stands for every script that no catalog is for


class LineHashes(NamedTuple):
    """The lines that hold words: each one's document, (lines,), and the hash of its unified words."""

    document: Numbers
    hash: Hashes


class Present(NamedTuple):
    """What some texts may hold."""

    may: Bits  # what each text may hold, (texts,): bits of `Fact`
    characters: Hashes  # which of the asked characters each text holds, (texts,): bits by their place
    scripts: Hashes  # the scripts that catalogs are for, (texts,): bits by their place, and OTHER_SCRIPT
    asked: Asked

    def known(self, number: int) -> dict[object, object]:
        """Return what a document would compute about itself and the scan knows already."""
        missing = ~int(self.may[number])
        known: dict[object, object] = {compute: make() for fact, compute, make in self.asked.without if missing & fact}
        held = int(self.scripts[number])
        if not held & OTHER_SCRIPT:
            known[script_names] = frozenset(script for bit, script in enumerate(scripts()) if held >> bit & 1)
        return known

    def holding(self, triggers: Sequence[Trigger]) -> list[int]:
        """Return the numbers of the texts in which one of the triggers may hold."""
        need = self.asked.need(triggers)
        found: list[int] = np.flatnonzero(need.met(self.may, self.characters)).tolist()
        return found


class Facts(NamedTuple):
    """What a scan found about some texts."""

    words: WordHashes  # Arabic letter variants apart
    unified_words: WordHashes  # the same words as `normal.words` gives them
    batch: Batch
    present: Present

    @property
    def lines(self) -> LineHashes:
        """The lines that hold words; they are hashed when they are asked for."""
        worded = np.diff(self.batch.unified.of_line) > 0
        document = np.repeat(np.arange(len(self.batch.texts)), np.diff(self.batch.lines.of_document))
        return LineHashes(document[worded], self.batch.line_hashes[worded])

    def known(self, number: int) -> dict[object, object]:
        """Return what a document would compute about itself and the scan knows already."""
        return self.present.known(number)

    def holding(self, triggers: Sequence[Trigger]) -> list[int]:
        """Return the numbers of the texts in which one of the triggers may hold."""
        return self.present.holding(triggers)


class Need(NamedTuple):
    """The facts and characters of which a text must have one before any of some triggers can hold."""

    facts: np.uint32
    characters: np.uint64
    always: bool  # one of the triggers is not answered by a scan

    def met(self, may: Bits, characters: Hashes) -> NDArray[np.bool_]:
        """Say of each text whether a trigger may hold, (texts,)."""
        if self.always:
            return np.ones(len(may), np.bool_)
        return (may & self.facts).astype(np.bool_) | (characters & self.characters).astype(np.bool_)


class Asked(NamedTuple):
    """What some triggers want to know: whether characters stand in a text, separators or dates at its head."""

    facts: Fact = Fact.NOTHING
    characters: tuple[str, ...] = ()
    separators: frozenset[str] = frozenset()
    heads: Heads = Heads()
    without: tuple[tuple[Fact, object, Callable[[], object]], ...] = ()  # what is empty where a fact is missing

    @classmethod
    def by(cls, triggers: Iterable[Trigger]) -> Asked:
        """Join what triggers want to know."""
        asked = list(triggers)
        characters = sorted(frozenset[str]().union(*(trigger.characters for trigger in asked)))
        separators = frozenset[str]().union(*(trigger.separators for trigger in asked))
        heads = Heads(*map(max, zip(Heads(), *(trigger.heads for trigger in asked), strict=True)))
        without = {compute: (fact, compute, make) for t in asked for fact, (compute, make) in t.without.items()}
        facts = Fact(0)
        for trigger in asked:
            facts |= trigger.facts
        return cls(facts, tuple(characters[:MOST_CHARACTERS]), separators, heads, tuple(without.values()))

    def need(self, triggers: Sequence[Trigger]) -> Need:
        """Join what a text must have for triggers, which are among the asking ones; without any it is always met."""
        facts = characters = 0
        always = not triggers
        for trigger in triggers:
            facts |= int(trigger.facts)
            known = trigger.characters.intersection(self.characters)
            characters |= sum(1 << self.characters.index(character) for character in known)
            unasked = known != trigger.characters or trigger.facts & ~self.facts
            always = always or bool(unasked) or (trigger.facts == Fact.NOTHING and not known)
        return Need(np.uint32(facts), np.uint64(characters), always)


class Tables(NamedTuple):
    """The phrases and single words of some scripts' catalogs, and the trailing phrases as they are written."""

    scripts: frozenset[int]  # their bits
    phrases: phrase_loops.Table
    words: phrase_loops.Table
    trailing: frozenset[str]
    unmarked: bool  # one of them has no word that would mark it

    @classmethod
    def of(cls, bits: frozenset[int], own: Sequence[Catalog]) -> Tables:
        """Load the catalogs of some scripts."""
        catalogs: dict[int, list[Catalog]] = {PROJECT: list(own)}
        for bit in sorted(bits):
            catalogs[bit] = [catalog for catalog in (compiled_catalog(scripts()[bit]),) if catalog]
        trailing = frozenset(phrase for of in catalogs.values() for catalog in of for phrase in catalog.trailing)
        unmarked = not all(map(whole_word, trailing))
        return cls(bits, phrase_table(bits, own), word_table(catalogs), trailing, unmarked)


class Scanner:
    """Scans texts for what triggers ask; `catalogs` are the files of the project's own phrases for these texts."""

    def __init__(self, loops: Loops, asked: Asked, catalogs: tuple[tuple[str, str], ...]) -> None:
        self._loops = loops
        self.asked = asked
        self._own = project_catalogs(catalogs)
        self._loaded: list[Tables] = []
        self._scripts = {script: 1 << (int(phrase_loops.SCRIPTS) + bit) for bit, script in enumerate(scripts())}
        self._classes, self._space = Classes(self._class_of), Space()

    def batch(self, texts: Texts) -> Batch:
        """Return texts to be scanned together."""
        return Batch(texts, self._loops, self._classes, self._space)

    def scan(self, texts: Texts, classes: int = 0, weak: Numbers | None = None) -> Facts:
        """Return the facts about some texts.

        Where they are parts of a larger one, `classes` are those of its characters, and `weak` counts the lines before
        these that may be junk beside others, (texts,); those of these texts are added.
        """
        batch = self.batch(texts)
        batch.held[:] |= np.uint64(classes)
        words, asked = batch.unified, self.asked.facts
        may = np.zeros(len(texts), np.uint32)
        if asked & Fact.REPEATED_LINE:
            may |= self._repeats(batch).astype(np.uint32) * np.uint32(Fact.REPEATED_LINE)
        held = batch.held | np.uint64(1 << (int(phrase_loops.SCRIPTS) + PROJECT))
        if asked & (Fact.PHRASE | Fact.DATED_HEAD | Fact.HEADLINE):
            heads = phrase_loops.Heads(*self.asked.heads)
            weak = np.zeros(len(texts), np.int64) if weak is None else weak
            self._loops.look_at_lines(batch.lines, words, self._tables(held).phrases, held, heads, weak, may)
        if asked & (Fact.TRAILING_PHRASE | Fact.BRACKETED_NAME):
            self._loops.look_at_words(words, self._tables(held).words, held, may)
            self._find_trailing(texts, may)
        return Facts(
            batch.words,
            WordHashes(words.hashes, words.of_document),
            batch,
            self.present(may, batch.held),
        )

    def present(self, may: Bits, held: Hashes) -> Present:
        """Return what texts may hold, given that and the classes of their characters, (texts,)."""
        characters = held >> np.uint64(FIRST_FREE) & np.uint64((1 << MOST_CHARACTERS) - 1)
        return Present(may, characters, held >> phrase_loops.SCRIPTS, self.asked)

    def _tables(self, held: Hashes) -> Tables:
        """Return the tables for texts that hold characters of some classes: a script's catalog costs its loading."""
        classes = int(np.bitwise_or.reduce(held, initial=np.uint64(0)))
        wanted = [bit for bit, script in enumerate(scripts()) if classes & self._scripts[script]]
        if not self._loaded or not self._loaded[0].scripts.issuperset(wanted):
            scripts_met = self._loaded[0].scripts.union(wanted) if self._loaded else frozenset(wanted)
            self._loaded[:] = [Tables.of(scripts_met, self._own)]
        return self._loaded[0]

    def _class_of(self, character: str) -> int:
        loops = phrase_loops
        script = script_of(character)
        found = self._scripts.get(script, OTHER_SCRIPT << int(loops.SCRIPTS) if script else 0)
        if character in self.asked.characters:
            found |= 1 << (FIRST_FREE + self.asked.characters.index(character))
        for holds, bit in (
            (character.isspace(), loops.WHITE),
            (character.isdecimal(), loops.DIGIT),
            (character in NO_PHRASE_MARKS, loops.NO_PHRASE),
            (character in SENTENCE_MARKS, loops.ENDS),
            (character in self.asked.separators, loops.SEPARATES),
            (character >= FIRST_EAST_ASIAN, loops.WIDE),
        ):
            found |= int(bit) if holds else 0
        return found

    def _repeats(self, batch: Batch) -> NDArray[np.uint8]:
        repeats = np.zeros(len(batch.texts), np.uint8)
        longest = int(np.diff(batch.lines.of_document).max(initial=0))
        slots = np.full(1 << (2 * longest).bit_length(), -1, np.int64)
        self._loops.find_repeats(batch.line_hashes, batch.unified.of_line, batch.lines.of_document, slots, repeats)
        return repeats

    def _find_trailing(self, texts: Texts, may: Bits) -> None:
        """Set Fact.TRAILING_PHRASE where it stands, instead of where a word of a phrase does."""
        bit = np.uint32(Fact.TRAILING_PHRASE)
        tables = self._loaded[0]
        where = range(len(texts)) if tables.unmarked else np.flatnonzero(may & bit).tolist()
        may &= ~bit
        for number in where:
            text = texts[number]
            if any(phrase in text for phrase in tables.trailing):
                may[number] |= bit


@cache
def scanner(loops: Loops, asked: Asked = Asked(), catalogs: tuple[tuple[str, str], ...] = ()) -> Scanner:  # noqa: B008
    """Return the scanner for triggers and catalogs, the same one each time: its tables are filled once."""
    return Scanner(loops, asked, catalogs)

"""JNK104 title-suffix: the site's or section's name behind the headline, from the page's title bar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from corpuslint.batch import Batch, Records
from corpuslint.catalogs import names_of
from corpuslint.deletion import delete_fragment
from corpuslint.diagnostic import Applicability, Diagnostic, Fix, Severity
from corpuslint.document import Document
from corpuslint.junk import junk_blocks
from corpuslint.line_rule import Counted, Groups, Level, LineRule, Repeat, Shared, line_keys
from corpuslint.normal import normal, words
from corpuslint.phrases import ends_sentence, size
from corpuslint.rule import DocumentRule, option
from corpuslint.scan.distinct import distinct
from corpuslint.text import Span
from corpuslint.triggers import SeparatedHeadline, Trigger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpuslint.comparing.grouping import Repeated

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

# No headline writes these; page titles do. Guillemets are quotation marks where a title holds their mirror image, or
# one that touches a word (of 13,600 headlines six have a space on both sides of one: "… « the old town»").
CERTAIN_SEPARATORS = (" | ", " » ", " « ", " :: ", " ‹ ", " › ")
MIRRORS = {" » ": "«", " « ": "»", " › ": "‹", " ‹ ": "›"}
TOUCHING = re.compile(r"[«»‹›]\S|\S[«»‹›]")
# Headlines write these as well ("Storm - what we know"), so the suffix must prove itself.
OTHER_SEPARATORS = (" - ", " – ", " — ", " · ", " • ", "_")
SEPARATOR = re.compile("|".join(map(re.escape, (*CERTAIN_SEPARATORS, *OTHER_SEPARATORS))))

FIRST_LINE = re.compile(r"\S[^\r\n]*")
LEAST_HEADLINE_WORDS = 3
MOST_SUFFIX_WORDS = 7
MOST_HEADLINE_WORDS = 30
LONGEST_TITLE = 1000  # code points: no headline with a suffix is longer
MOST_PLACES = 4  # separators, from the end, at which a suffix may begin: "Headline - Section - Site - Home"

# So many headlines with one suffix prove it, or half as many where its words name a site. Source: of 13,600 headlines
# of articles (shared data docs/), one ending of their own recurs more than twice, " - video", on 3% of its site's.
CERTAIN_DOCUMENTS = 10


class Title(NamedTuple):
    """The first written line: where it begins and what it says, without white space at its ends."""

    start: int
    text: str


@dataclass(frozen=True)
class TitleSuffix(LineRule, DocumentRule):
    """Name of the site or its section behind the headline on the first line.

    What it finds:
        " | Politics" or " - Example News" at the end of the first line: what a browser shows in its title bar
        and a scraper took as the headline. After a dash the suffix must prove itself: by its words, by the bare
        headline standing again, or by the corpus: at least `least-documents` documents of one site (where records
        name one), folder, container or of the corpus have it behind different headlines, and at least `least-share`
        of all its documents.

    Why it matters:
        It is no part of the headline, and thousands of documents of a site end their first line with it.

    Example:
        Council approves the new tram line | City News

        The city council voted on Tuesday to build the tram line along the river.

    Instead:
        Council approves the new tram line

        The city council voted on Tuesday to build the tram line along the river.

    Left alone:
        Headlines with a dash of their own, endings that recur ("- video", "- part 2") among them: they stand behind
        a small share of a site's headlines. First lines that are menus or tables; documents of one line.

    Fix safety:
        Safe where it is certain: the separator is one that no headline uses (" | "), the bare headline stands
        again in the document, or ten documents with different headlines have the suffix (five where its words name
        a site). Unsafe where only the suffix's words speak for a site ("… News", "example.com"), where fewer
        documents have it, and where it holds a number ("- day 3").

    Source:
        Page titles beside the headlines of the same pages; the headlines of four collections of articles.
    """

    code: ClassVar[str] = "JNK104"
    name: ClassVar[str] = "title-suffix"
    severity: ClassVar[Severity] = Severity.WARNING
    yields_to: ClassVar[tuple[str, ...]] = ("JNK101", "JNK102")
    surest: ClassVar[Applicability] = Applicability.SAFE
    document_bounds: ClassVar[tuple[int, ...]] = (CERTAIN_DOCUMENTS // 2, CERTAIN_DOCUMENTS)

    least_documents: int = option(5, "the least number of headlines with one suffix", unit="headlines", least=2)
    least_share: float = option(0.5, "the least share of a group's documents that have it", unit="0 to 1", least=0)

    def triggers(self) -> tuple[Trigger, ...]:
        """There must be a separator in a line that is not too long."""
        separators = (*CERTAIN_SEPARATORS, *OTHER_SEPARATORS)
        return (SeparatedHeadline(separators, MOST_HEADLINE_WORDS + MOST_SUFFIX_WORDS),)

    def check(self, document: Document) -> Iterator[Diagnostic]:
        """Yield at most one finding, on the first written line."""
        title = title_of(document)
        if title is None or _is_junk(document):
            return
        if cut := _cut(document, title):
            at, applicability = cut
            yield self._finding(document, title, at, applicability)

    def parts(self, document: Document) -> Sequence[str]:
        """Return the suffixes that the first line may have, the longest first."""
        title = title_of(document)
        return [title.text[at:] for at in _places(title.text)] if title else ()

    def keys(self, batch: Batch) -> Records:
        """Return the keys of suffixes, even numbers, and of whole titles, odd ones."""
        import numpy as np

        suffixes = super().keys(batch)
        with_suffix = distinct(suffixes.document)
        titles = [title_of(batch.documents[number]) for number in with_suffix.tolist()]
        whole, _ = line_keys([title.text if title else "" for title in titles])
        return Records(
            np.concatenate((suffixes.document, with_suffix)), np.concatenate((_even(suffixes.key), _even(whole) + 1))
        )

    @property
    def least_shared(self) -> int:
        """Two documents with one title are versions of a story."""
        return 2

    def shared(self, found: Iterable[Repeated], groups: Groups) -> Iterator[Shared]:
        """Yield the shared suffixes; documents of one title, versions of a story, count as one."""
        import numpy as np

        partitions = list(found)
        in_corpus = np.concatenate([np.zeros(0, np.uint32), *(_later_versions(keys, None) for keys in partitions)])
        in_group = np.concatenate([np.zeros(0, np.uint32), *(_later_versions(keys, groups) for keys in partitions)])
        for keys in partitions:
            suffixes = keys.among(keys.keys % 2 == 0)
            again = (np.isin(suffixes.documents, versions) for versions in (in_group, in_corpus))
            yield Shared(suffixes, *(~versions for versions in again))

    def find_repeated(self, document: Document, levels: Mapping[int, Level]) -> Iterator[Counted]:
        """Yield the finding of a suffix that the corpus proves, where the document alone proves less."""
        title = title_of(document)
        places = _places(title.text) if title else []
        keys = _even(line_keys([title.text[at:] for at in places])[0]).tolist() if title else []
        proven = [(at, key) for at, key in zip(places, keys, strict=True) if key in levels]
        if title is None or not proven or _is_junk(document):
            return
        if (cut := _cut(document, title)) and cut[1] is Applicability.SAFE:
            return
        at, key = proven[0]
        suffix = title.text[at:]
        needed = CERTAIN_DOCUMENTS // 2 if _names_site(document, suffix) else CERTAIN_DOCUMENTS
        certain = levels[key].documents >= needed and not any(map(str.isdecimal, suffix))
        applicability = Applicability.SAFE if certain else Applicability.UNSAFE
        yield Counted(self._finding(document, title, at, applicability), (key,))

    def with_numbers(self, finding: Diagnostic, repeats: Sequence[Repeat]) -> Diagnostic:
        """Tell how many documents have the suffix."""
        (repeat,) = repeats
        where = f", as in {repeat.documents} of {repeat.of} documents of {repeat.group}."
        data = {**repeat._asdict(), "share": round(repeat.share, 3)}
        return finding.saying(finding.message.removesuffix(".") + where, data)

    def _finding(self, document: Document, title: Title, at: int, applicability: Applicability) -> Diagnostic:
        span = Span(title.start + at, title.start + len(title.text))
        fix = Fix("Delete the title suffix", (delete_fragment(document.text, span),), applicability)
        message = f"Title suffix “{title.text[at:].strip()}” follows the headline."
        return self.diagnostic(document, span, message, fix=fix)


def _later_versions(keys: Repeated, groups: Groups | None) -> NDArray[np.uint32]:
    """Return the documents that have their whole title (an odd key) in common with an earlier one of their group."""
    import numpy as np

    titles = keys.among(keys.keys % 2 == 1)
    title = np.repeat(np.arange(len(titles.keys)), titles.sizes)
    group = groups.group[titles.documents] if groups else np.zeros(len(title), np.int64)
    order = np.lexsort((titles.documents, group, title))
    later = np.zeros(len(title), np.bool_)
    later[1:] = (title[order[1:]] == title[order[:-1]]) & (group[order[1:]] == group[order[:-1]])
    return titles.documents[order][later]


def title_of(document: Document) -> Title | None:
    """Return the first written line where it may be a headline with a suffix and other lines follow."""
    found = FIRST_LINE.search(document.text)
    if found is None or found.end() - found.start() > LONGEST_TITLE or not SEPARATOR.search(found[0]):
        return None
    text = found[0].rstrip()
    if ends_sentence(text) or text.startswith(("|", "#", "-", "*")) or "\t" in text:
        return None
    return Title(found.start(), text) if FIRST_LINE.search(document.text, found.end()) else None


def _is_junk(document: Document) -> bool:
    first = document.written_lines[0]
    return any(block.first <= first <= block.last for block in document.fact(junk_blocks))


def _cut(document: Document, title: Title) -> tuple[int, Applicability] | None:
    """Return where the suffix begins in the title, and how certain it is by the document alone."""
    text = title.text
    # The leftmost certain separator begins the suffix: "Headline | Section | Site".
    certain = [at for mark in CERTAIN_SEPARATORS if (at := text.find(mark)) > 0 and not _is_quotation(mark, text)]
    if certain and _fits(text[: min(certain)], text[min(certain) :]):
        return min(certain), Applicability.SAFE
    others = [at for mark in OTHER_SEPARATORS if (at := text.rfind(mark)) > 0]
    if not others or certain or not _fits(text[: max(others)], text[max(others) :]):
        return None
    at = max(others)
    if _stands_again(document, text[:at]):
        return at, Applicability.SAFE
    if _names_site(document, text[at:]):
        return at, Applicability.UNSAFE
    return None


def _places(title: str) -> list[int]:
    """Return where in a title a suffix may begin."""
    places = [found.start() for found in SEPARATOR.finditer(title) if not _is_quotation(found[0], title)]
    return [at for at in places[-MOST_PLACES:] if _fits(title[:at], title[at:])]


def _is_quotation(mark: str, title: str) -> bool:
    return mark in MIRRORS and (MIRRORS[mark] in title or TOUCHING.search(title) is not None)


def _stands_again(document: Document, headline: str) -> bool:
    """Say whether the bare headline is a line of its own further down in the document."""
    bare = normal(headline)
    return any(document.normal_lines[number] == bare for number in document.written_lines[1:])


def _fits(headline: str, suffix: str) -> bool:
    """Say whether the lengths are those of a headline and a site's name."""
    headline_size, suffix_size = size(words(headline)), size(words(suffix))
    return (
        LEAST_HEADLINE_WORDS <= headline_size <= MOST_HEADLINE_WORDS
        and 0 < suffix_size <= MOST_SUFFIX_WORDS
        and (suffix_size < headline_size or headline_size >= 2 * LEAST_HEADLINE_WORDS)
    )


def _names_site(document: Document, suffix: str) -> bool:
    """Say whether a suffix holds a word by which sites are named, or a domain."""
    site_words = names_of("site-word", document.script_names)
    suffix_words = words(suffix)
    return not site_words.isdisjoint(suffix_words) or any(
        "." in word.strip(".") and word.rpartition(".")[2].isalpha() and len(word.rpartition(".")[2]) <= 4
        for word in suffix.split()
    )


def _even(keys: Hashes) -> Hashes:
    """Return keys whose lowest bit is free to say what they are the keys of."""
    import numpy as np

    return keys & np.uint64(0xFFFFFFFFFFFFFFFE)

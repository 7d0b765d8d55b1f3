"""Fixes the files of a run: each file's documents to their fixed points, then the file whole, or nothing of it.

Corpus rules delete nothing here; what stays to be said is found by the check that follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.document import Document
from corpuslint.document_stage import Task, check_document
from corpuslint.fixer import fix_document
from corpuslint.sources import Skip, SourceFile, read


@dataclass(frozen=True)
class FixedFile:
    """A file in which something changes: the new texts by record index, what was applied, which rules fight where."""

    file: SourceFile
    texts: dict[int, str]
    applied: tuple[Diagnostic, ...]
    fights: tuple[str, ...] = ()


Spared = frozenset[tuple[str, str, str | None, str]]  # Diagnostic.sameness of findings that no fix may touch


def fixed_files(tasks: list[Task], most: Applicability, spared: Spared = frozenset()) -> Iterator[FixedFile]:
    """Yield the files that fixes up to an applicability change, and those in which rules fight."""
    for task in tasks:
        texts: dict[int, str] = {}
        applied: list[Diagnostic] = []
        fights: list[str] = []
        for document in read(task.file):
            if isinstance(document, Skip):
                continue
            fixed = fix_document(document, lambda d, rules=task.rules: _findings(d, rules, spared), most)  # type: ignore[misc]
            if fixed.fighting:
                fights.append(_fight(document, fixed.fighting))
            if fixed.text != document.text:
                texts[document.key.index] = fixed.text
                applied += fixed.applied
        if texts or fights:
            yield FixedFile(task.file, texts, tuple(applied), tuple(fights))


def _findings(document: Document, rules: tuple[object, ...], spared: Spared) -> list[Diagnostic]:
    found = [found for found in check_document(document, rules) if isinstance(found, Diagnostic)]  # type: ignore[arg-type]
    # Fixing the first of two equal findings makes the second one the first, so all that equal a spared one are spared.
    return [diagnostic for diagnostic in found if diagnostic.sameness not in spared] if spared else found


def _fight(document: Document, codes: tuple[str, ...]) -> str:
    names = " and ".join(codes)
    return (
        f"{document.path}: the fixes of {names} undo each other on record {document.key.index}; it was left as it is. "
        f'Leave one out with per-file-ignores: "{document.path}" = ["{codes[-1]}"]'
    )

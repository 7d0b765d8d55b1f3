"""One run that changes files: alone under its root, journaled before every change, and undone as a whole.

The plan of what to change is made elsewhere; making a single change is `writing`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpuslint.changing.journal import DONE, UNDONE, FileChange, Journal, RunFolder, StageWriter, read_stage
from corpuslint.changing.writing import NotChanged, Survivors, make, revert

Say = Callable[[str], None]


@dataclass
class Transaction:
    """A run in progress."""

    root: Path
    run: RunFolder
    changed: int = 0

    def stage(self) -> StageWriter:
        """Begin to plan; raises JournalError."""
        return self.run.stage()

    def commit(self, stage: StageWriter) -> Iterator[tuple[FileChange, str | None]]:
        """Make the planned changes; yield each with the reason why it was not made, or None.

        Raises JournalError, before anything is changed, where the journal cannot be written.
        """
        survivors = Survivors(self.root)
        for change in stage.finish():
            try:
                make(self.root, change, survivors)
            except NotChanged as error:
                yield change, str(error)
            else:
                self.changed += 1
                yield change, None


@contextlib.contextmanager
def transaction(root: Path, say: Say) -> Iterator[Transaction]:
    """Begin a run that may change files; the journal of one that changed nothing is not kept. Raises JournalError."""
    journal = Journal(root)
    with journal.locked(lambda: say(f"Waiting for another corpuslint run that changes files under {root} …")):
        recover(journal, say)
        run = journal.begin()
        current = Transaction(root, run)
        try:
            yield current
        finally:
            if current.changed:
                with contextlib.suppress(
                    OSError
                ):  # on a full disk the run counts as cut off, and can be undone all the same
                    run.mark(DONE)
            else:
                run.discard()


def recover(journal: Journal, say: Say) -> None:
    """Clear up after runs that were cut off: their temporary files go, and what they changed can be undone."""
    for run in journal.runs():
        if run.state:
            continue
        stages = run.stages
        if not stages:
            run.discard()
            continue
        for stage in stages:
            _clear(journal.root, read_stage(stage))
        for draft in run.folder.glob("*.draft"):
            draft.unlink()
        say(
            f"Run {run.id} was cut off; each file is as it was or as planned. `corpuslint undo {run.id}` takes it back."
        )
        run.mark(DONE)


def _clear(root: Path, changes: Sequence[FileChange]) -> None:
    """Delete the temporary files that a killed run left."""
    for change in changes:
        with contextlib.suppress(OSError):
            ((root / change.name).resolve().parent / change.temporary).unlink()


@dataclass(frozen=True)
class Undone:
    """What an undo did: the files it restored, and those it refused with the reason."""

    restored: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def undo(run: RunFolder, root: Path) -> Undone:
    """Restore what a run changed, the last change first; raises JournalError where the journal cannot be read."""
    stages: Sequence[tuple[FileChange, ...]] = [read_stage(stage) for stage in run.stages]
    restored: dict[str, None] = {}
    refused: dict[str, str] = {}
    for changes in reversed(stages):
        _clear(root, changes)
        for change in reversed(changes):
            if change.name in refused:
                continue
            try:
                if revert(root, change):
                    restored[change.name] = None
            except NotChanged as error:
                refused[change.name] = str(error)
    if not refused:
        run.mark(UNDONE)
    return Undone(tuple(sorted(restored)), tuple(sorted(refused.items())))

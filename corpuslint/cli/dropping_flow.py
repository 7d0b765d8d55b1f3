"""What `check --fix --drop-duplicates` does: find copies, write down what goes, remove it, and say what was removed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from corpuslint.changing.transaction import Transaction
from corpuslint.cli.output import note
from corpuslint.diagnostic import Diagnostic
from corpuslint.display import visible
from corpuslint.engine import Fixed
from corpuslint.fixes.dropping import DropPlan, choose_drops, listed, plan_drops
from corpuslint.reporters.closing import counted
from corpuslint.sources import SourceFile


@dataclass(frozen=True)
class Dropping:
    """The removal of duplicates: how they are found (after fixing), in which files, and where their texts go."""

    find: Callable[[], Sequence[Diagnostic]]
    files: Mapping[str, SourceFile]
    removed: Path

    def list(self) -> int:
        """Print what would go and return how many documents."""
        drops, notes = choose_drops(self.find())
        for message in notes:
            note(visible(message))
        for line in listed(list(drops.values())):
            click.echo(visible(line))
        sys.stdout.flush()
        return len(drops)

    def remove(self, current: Transaction) -> Fixed:
        """Remove the copies; one of each cluster stays, and is looked at again before each removal."""
        drops, notes = choose_drops(self.find())
        if not drops:
            note("No duplicate documents to remove.")
            return Fixed()
        rows, cuts = current.stage(), current.stage()
        try:
            plan = plan_drops(drops, self.files, self.removed, rows, cuts)
        except OSError as error:
            raise click.UsageError(f"{self.removed}: cannot be read: {error.strerror}") from None
        for message in (*notes, *plan.notes):
            note(visible(message))
        for change, trouble in current.commit(rows):
            if trouble is not None:
                cuts.abandon()
                note(f"{visible(change.name)}: {trouble}; nothing was removed")
                return Fixed(failed=True)
        done: list[str] = []
        gone: set[str] = set()
        failed = False
        for change, trouble in current.commit(cuts):
            if trouble is None:
                done.append(change.name)
                gone.update([change.name] if change.gone else [])
            else:
                failed = True
                note(f"{visible(change.name)}: not removed, whatever {self.removed.name} says: {trouble}")
        self._say(plan, done, current.run.id)
        return Fixed(sum(plan.documents[name] for name in done), failed, frozenset(done), frozenset(gone))

    def _say(self, plan: DropPlan, done: Sequence[str], run: str) -> None:
        if done:
            documents = sum(plan.documents[name] for name in done)
            note(
                f"Removed {counted(documents, 'document')} from {counted(len(done), 'file')}, "
                f"{counted(sum(plan.characters[name] for name in done), 'character')}; what went stands in "
                f"{visible(str(self.removed))}, and `corpuslint undo {run}` takes it back."
            )

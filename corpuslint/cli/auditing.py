"""The questions of `corpuslint baseline audit`: one known finding at a time, and what is done with each answer.

Answers are lines on standard input, so that a script can give them too.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from corpuslint import baseline, suppress
from corpuslint.cli import fixing_flow as flow
from corpuslint.cli.gating import Gate, Verdict, baseline_file
from corpuslint.cli.output import note
from corpuslint.config import Settings
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.display import visible
from corpuslint.engine import Task
from corpuslint.fixes.chosen_fixes import Chosen
from corpuslint.reporters.closing import counted
from corpuslint.reporters.full import finding_text
from corpuslint.revisit import Revisit
from corpuslint.suppress import Suppression, SuppressionError


def walk(found: Settings, gate: Gate, verdict: Verdict, words: Mapping[str, Any]) -> None:
    """Ask about each known finding of the verdict, then do what was answered."""
    known = [diagnostic for diagnostic in verdict.kept if diagnostic.baseline == "known"]
    to_fix: list[Diagnostic] = []
    done: set[str] = set()
    for number, diagnostic in enumerate(known, 1):
        click.echo(f"{number}/{len(known)} {finding_text(diagnostic, colour=sys.stdout.isatty())}")
        answer = _answer(diagnostic)
        if answer == "quit":
            break
        if answer == "fix":
            to_fix.append(diagnostic)
        elif answer and answer != "keep":
            _suppress(found.root.root / suppress.FILE_NAME, diagnostic, answer)
            done.add(diagnostic.id)
    suppressed = len(done)
    done |= {diagnostic.id for diagnostic in _fix(to_fix, found, verdict.run.revisit)}
    entries = {id_: entry for id_, entry in (gate.entries or {}).items() if id_ not in done}
    baseline.write(baseline_file(found, words), entries)
    fixed = len(done) - suppressed
    click.echo(f"{counted(suppressed, 'finding')} suppressed, {fixed} fixed, {len(entries)} still known.")


def _answer(diagnostic: Diagnostic) -> str:
    """Return "keep", "fix", "quit" or the reason of a suppression; the end of the input means to quit."""
    fixable = diagnostic.fix is not None and diagnostic.fix.applicability is not Applicability.DISPLAY
    question = f"[k]eep, [s]uppress{', [f]ix' if fixable else ''}, [q]uit? "
    while True:
        answer = _line(question).lower()
        if answer in ("", "k", "keep"):
            return "keep"
        if answer in ("q", "quit", "\x04"):
            return "quit"
        if answer in ("f", "fix") and fixable:
            return "fix"
        if answer in ("s", "suppress"):
            reason = _line("Why is it meant to stay? ")
            if reason == "\x04":
                return "quit"
            if reason and reason not in ("keep", "fix", "quit"):
                return reason
            click.echo("A suppression needs a reason.")


def _line(question: str) -> str:
    """Ask for a line; the end of the input is "\\x04", as a terminal types it."""
    click.echo(question, nl=False)
    line = sys.stdin.buffer.readline()
    if not sys.stdin.isatty():
        click.echo()
    return line.decode("utf-8", "replace").strip() if line else "\x04"


def _suppress(file: Path, diagnostic: Diagnostic, reason: str) -> None:
    try:
        suppress.append(file, suppression_for(diagnostic, reason))
    except (SuppressionError, OSError) as error:
        raise click.UsageError(f"{file}: cannot be written: {error}") from None


def suppression_for(diagnostic: Diagnostic, reason: str) -> Suppression:
    """Return the suppression of one finding by its id; rule and path stand beside it for people."""
    path = diagnostic.place.path
    # A file name that is no UTF-8 cannot stand in TOML; the id alone says what is meant.
    return Suppression(visible(reason), diagnostic.id, diagnostic.code, "" if _has_surrogate(path) else path)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _fix(chosen: Sequence[Diagnostic], found: Settings, revisit: Revisit) -> list[Diagnostic]:
    """Apply the fixes of findings, with a journal; what overlaps or no longer fits is left and said."""
    if not chosen:
        return []
    names = sorted({diagnostic.place.path for diagnostic in chosen})
    work = [Task(revisit.files[name], (), found.for_file(revisit.files[name].path).fix) for name in names]
    decision = Chosen.of(chosen)
    fixed = flow.fix(work, found.root.root, decision.decide, flow.FixWords(Applicability.UNSAFE))
    done = [d for d in chosen if d.id in decision.done and d.place.path in fixed.files]
    for name in names:
        if left := sum(d.place.path == name and d not in done for d in chosen):
            note(f"{name}: {counted(left, 'fix')} not applied: the text changed or another fix overlaps; ask again.")
    return done

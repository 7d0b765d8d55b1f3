"""What a check lets through: suppressed findings are taken out, known ones hidden, and the rest is new.

The files that say so (corpuslint-ignore.toml, corpuslint-baseline.jsonl) lie in the run's root. Here they are found,
their mistakes become usage errors, and their answers become the run that reporters get.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from corpuslint import baseline, suppress
from corpuslint.baseline import Entries
from corpuslint.baselines.baseline_file import BaselineError
from corpuslint.baselines.baseline_file import read as read_baseline
from corpuslint.baselines.comparison import Comparison, Scope, compare, on_disk, preferred
from corpuslint.config import Settings
from corpuslint.diagnostic import Diagnostic
from corpuslint.engine import Run, Task, check
from corpuslint.inline import InlineIgnore, has_comments, inline_ignores
from corpuslint.revisit import Revisit
from corpuslint.stages.findings import KNOWN, LEFT_OUT, NEW, marked
from corpuslint.stages.work import Work
from corpuslint.suppress import Suppression, SuppressionError

if TYPE_CHECKING:
    from corpuslint.fixes.fixing import Spared

F = TypeVar("F", bound=Callable[..., Any])


def gate_options(function: F) -> F:
    """Add the options that say which findings count as new."""
    for decorate in reversed(
        (
            click.option(
                "--baseline", type=click.Path(path_type=Path), help="Baseline (default: the one in the root)."
            ),
            click.option("--no-baseline", is_flag=True, help="Report known findings as if there were no baseline."),
            click.option("--show-known", is_flag=True, help="Report known findings too; only new ones fail."),
            click.option("--no-suppressions", is_flag=True, help=f"Do not read {suppress.FILE_NAME}."),
        )
    ):
        function = decorate(function)
    return function


@dataclass(frozen=True)
class Gate:
    """What is held against the findings of a run."""

    suppressions: tuple[Suppression, ...] = ()
    entries: Entries | None = None  # None: no baseline
    inline: bool = False
    show_known: bool = False
    exists: Callable[[str], bool] | None = None  # asks for a path of the corpus; None: as it lies on disk
    counted: frozenset[str] | None = None  # ids of the entries whose going is counted; None: all
    older: frozenset[str] = frozenset()  # documents that were there before, besides those that entries name
    today: datetime.date = field(default_factory=datetime.date.today)

    @property
    def preferred(self) -> Mapping[str, int]:
        """The documents that corpus rules keep where they can, so that a copy is blamed and not what it repeats."""
        return preferred(self.entries or {}, self.older)


@dataclass(frozen=True)
class Verdict:
    """A run as reporters get it, and what it was made from."""

    run: Run
    kept: Sequence[Diagnostic]  # not suppressed; each with its state
    suppressed: Sequence[Diagnostic]
    comparison: Comparison
    notes: tuple[str, ...] = ()


def open_gate(found: Settings, words: Mapping[str, Any]) -> Gate:
    """Read the files that a check is held against; a mistake in one is a usage error."""
    root = found.root.root
    try:
        suppressions = () if words.get("no_suppressions") else suppress.read(root / suppress.FILE_NAME)
        file = baseline_file(found, words)
        wanted = not words.get("no_baseline") and (words.get("baseline") or file.exists())
        entries = read_baseline(file) if wanted else None
    except (BaselineError, SuppressionError) as error:
        raise click.UsageError(str(error)) from None
    return Gate(suppressions, entries, found.root.inline_ignores, bool(words.get("show_known")))


def baseline_file(found: Settings, words: Mapping[str, Any]) -> Path:
    """Return where the baseline lies, whether it is there or not."""
    return Path(words.get("baseline") or found.root.root / baseline.FILE_NAME)


def judge(run: Run, work: Sequence[Task], gate: Gate, words: Mapping[str, Any]) -> Verdict:
    """Take out what is suppressed, mark what is known, and hide it unless it is asked for."""
    revisit = run.revisit
    scope = scope_of(run, work, words, gate.exists)
    parted = suppress.sort_out(run.diagnostics, gate.suppressions, gate.today)
    silenced, notes = (
        _or_commented(run.diagnostics, parted.suppressed, revisit) if gate.inline else (parted.suppressed, ())
    )
    comparison = compare(run.diagnostics, gate.entries, scope, revisit) if gate.entries is not None else Comparison()
    states = bytes([NEW]) * len(run.diagnostics)
    if gate.entries is not None or any(silenced):
        states = bytes(
            LEFT_OUT if out else comparison.state(diagnostic)
            for diagnostic, out in zip(run.diagnostics, silenced, strict=True)
        )
    kept = marked(run.diagnostics, states)
    shown = kept if gate.show_known else marked(run.diagnostics, states.replace(bytes([KNOWN]), bytes([LEFT_OUT])))
    suppressed = marked(run.diagnostics, silenced)
    judged = replace(
        run,
        diagnostics=shown,
        hidden=len(kept) - len(shown),
        gone=len(comparison.gone if gate.counted is None else comparison.gone & gate.counted),
        suppressed=len(suppressed),
    )
    return Verdict(judged, kept, suppressed, comparison, (*_complaints(gate, parted.used, scope), *notes))


def suppressed_findings(work: Sequence[Task], root: Path, gate: Gate, words: Mapping[str, Any]) -> Spared:
    """Return what no fix may touch, as `Diagnostic.sameness`: a person has said that it is meant to stay."""
    if not gate.suppressions and not gate.inline:
        return frozenset()
    verdict = judge(check(work, root), work, replace(gate, entries=None), words)
    return frozenset(diagnostic.sameness for diagnostic in verdict.suppressed)


def scope_of(
    run: Run, work: Sequence[Task], words: Mapping[str, Any], exists: Callable[[str], bool] | None = None
) -> Scope:
    """Return what a run looked at; a file with a record that could not be read is not judged."""
    unread = {skip.path for skip in run.skips}
    columns = Work.of(work)
    ran = [frozenset(rule.code for rule in handling.rules) for handling in columns.handlings]
    if len(ran) == 1:
        codes = dict.fromkeys(columns.names, ran[0])
    else:
        codes = dict(zip(columns.names, map(ran.__getitem__, columns.handling), strict=True))
    codes |= dict.fromkeys(unread.intersection(codes), frozenset())
    for crash in run.crashes:
        codes[crash.path] = codes.get(crash.path, frozenset()) - {crash.code}
    return Scope(codes, tuple(_folders(run.root, words)), frozenset(run.codes), exists or on_disk(run.root))


def _folders(root: Path, words: Mapping[str, Any]) -> Iterator[str]:
    for argument in words.get("paths") or (".",):
        path = Path(argument).absolute()
        if path.is_dir():
            name = path.resolve()
            inside = name.is_relative_to(root.resolve())
            below = name.relative_to(root.resolve()).as_posix() if inside else path.as_posix()
            # A walk of a folder above the root looks at all of the root too.
            above = root.resolve().is_relative_to(name)
            yield "" if above else below + "/"


def _complaints(gate: Gate, used: Collection[int], scope: Scope) -> Iterator[str]:
    """Yield a line for each suppression that has expired or that nothing matches any more."""
    for suppression in gate.suppressions:
        if suppression.is_expired(gate.today):
            yield f"{suppress.FILE_NAME}: {suppression} expired on {suppression.expires} and no longer counts"
        elif suppression.number not in used and _is_judged(suppression, scope):
            yield f"{suppress.FILE_NAME}: {suppression} is unused: no finding matches it"


def _is_judged(suppression: Suppression, scope: Scope) -> bool:
    """Say whether the run would have found what an entry means."""
    ran = scope.codes.get(suppression.path, scope.ran)
    if suppression.path not in scope.codes and "" not in scope.folders:
        return False
    code = suppression.code.upper()
    return not code or "-" in code or any(found.startswith(code) for found in ran)


def _or_commented(
    diagnostics: Sequence[Diagnostic], suppressed: bytes, revisit: Revisit
) -> tuple[bytes, tuple[str, ...]]:
    """Return which findings are suppressed, or meant by comments in their documents (a byte each), and notes."""
    stay = marked(diagnostics, bytes(not out for out in suppressed))
    wanted = {(d.place.path, d.place.key.index) for d in stay if has_comments(d.place.path)}
    comments: dict[tuple[str, int], tuple[InlineIgnore, ...]] = revisit.facts(
        wanted, lambda document: tuple(inline_ignores(document))
    )
    silenced = bytes(
        out or any(comment.matches(d) for comment in comments.get((d.place.path, d.place.key.index), ()))
        for d, out in zip(diagnostics, suppressed, strict=True)
    )
    notes = tuple(
        f"{path}:{comment.line}: corpuslint-ignore without a reason does not count"
        for (path, _), found in sorted(comments.items())
        for comment in found
        if not comment.reason
    )
    return silenced, notes

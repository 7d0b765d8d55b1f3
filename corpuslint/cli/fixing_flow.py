"""What `check` does with --fix and --diff: plan, hold back, journal, change, and say what was done."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuslint.changing.journal import FileChange, JournalError, StageWriter
from corpuslint.changing.patch import patched
from corpuslint.changing.transaction import Transaction, transaction
from corpuslint.cli.output import note
from corpuslint.diagnostic import Applicability, Diagnostic
from corpuslint.diff import unified_diff
from corpuslint.display import visible
from corpuslint.document import Document
from corpuslint.engine import Fixed, repeated_parts
from corpuslint.fixer import RANK, Choose, everything
from corpuslint.fixes.fixing import Decide, FixPlan, Spared, Tally, add_up, file_patches, plan_fixes
from corpuslint.fixes.shrink import MAX_CORPUS_SHARE, Guarded, guarded_fix
from corpuslint.line_rule import LineRule
from corpuslint.reporters.closing import counted
from corpuslint.stages.document_check import check_document
from corpuslint.stages.shards import Task

if TYPE_CHECKING:
    from corpuslint.stages.line_stage import RepeatedParts


@dataclass(frozen=True)
class FixWords:
    """What the command line says about fixing."""

    most: Applicability = Applicability.SAFE
    allow_shrink: bool = False
    show_fixes: bool = False
    choose: Choose = everything


def fix_words(words: Mapping[str, Any]) -> FixWords:
    """Read the command line's words; those that exclude each other are a usage error."""
    choose: Choose = everything
    if words["interactive"]:
        asked = (words["fix"] or words["fix_only"]) and not words["diff"] and not words["drop_duplicates"]
        if not asked or "-" in words["paths"]:
            raise click.UsageError("--interactive goes with --fix on files and without --diff and --drop-duplicates")
        from corpuslint.cli.asking import Asker

        choose = Asker().choose
    most = Applicability.UNSAFE if words["unsafe_fixes"] else Applicability.SAFE
    return FixWords(most, words["allow_shrink"], words["show_fixes"], choose)


def by_rules(words: FixWords, spared: Spared, repeated: RepeatedParts | None = None) -> Decide:
    """Return the decision of `--fix`: all fixes of a document's rules but the spared ones, to the fixed point.

    `repeated` is what documents of the corpus share, as it was before anything was fixed: by it, rules that count
    over the corpus see each form of a document on its way.
    """

    def decide(task: Task, document: Document) -> Guarded:
        own = repeated.of(document) if repeated else ()

        def find(current: Document) -> Iterator[Diagnostic]:
            found = check_document(current, task.rules, task.policy)
            diagnostics = [one for one in found if isinstance(one, Diagnostic)]
            if own:
                from corpuslint.stages.line_stage import check_again, settle_both

                diagnostics = settle_both(diagnostics, list(check_again(current, own, task.policy)), task.rules)
            # Fixing the first of two equal findings makes the second one the first, so all that equal a spared one
            # are spared.
            return (one for one in diagnostics if not (spared and one.sameness in spared))

        return guarded_fix(document, find, words.most, task.policy, words.choose)

    return decide


def counted_for_fixes(work: Sequence[Task], most: Applicability, jobs: int) -> RepeatedParts | None:
    """Return what documents share, for the rules whose fixes may apply; None where there are none."""
    rules = {id(task.rules): task.rules for task in work}.values()
    grades = {id(task.policy): task.policy.grades for task in work}.values()
    codes = {
        rule.code
        for of_a_file in rules
        for rule in of_a_file
        if isinstance(rule, LineRule)
        and (RANK[rule.surest] <= RANK[most] or any(grade.get(rule.code) is Applicability.SAFE for grade in grades))
    }
    if not codes:
        return None
    kept = {id(of_a_file): tuple(rule for rule in of_a_file if rule.code in codes) for of_a_file in rules}
    return repeated_parts([replace(task, rules=kept[id(task.rules)]) for task in work], jobs=jobs)


def fix(
    work: Sequence[Task],
    root: Path,
    decide: Decide,
    words: FixWords,
    then: Callable[[Transaction], Fixed] | None = None,
) -> Fixed:
    """Fix the files of a run, then do what else belongs to it, as one run that is undone as a whole.

    Where no journal can be written, nothing is changed and that is a usage error.
    """
    piped = [task for task in work if task.file.content is not None]
    files = [task for task in work if task.file.content is None]
    fixed = Fixed(sum(_fix_standard_input(task, decide) for task in piped))
    if not files:
        return fixed
    with changing(root) as current:
        fixed = fixed.plus(fix_files(files, decide, current, words))
        return fixed.plus(then(current)) if then else fixed


class changing:  # noqa: N801  # reads as a verb: with changing(root)
    """A transaction whose journal's troubles are usage errors."""

    def __init__(self, root: Path) -> None:
        self._transaction = transaction(root, note)

    def __enter__(self) -> Transaction:
        try:
            return self._transaction.__enter__()
        except JournalError as error:
            raise click.UsageError(str(error)) from None

    def __exit__(self, *error: object) -> None:
        try:
            self._transaction.__exit__(*error)  # type: ignore[arg-type]
        except JournalError as journal_error:
            raise click.UsageError(str(journal_error)) from None


def fix_files(files: Iterable[Task], decide: Decide, current: Transaction, words: FixWords) -> Fixed:
    """Plan and make the fixes of files; say what was held back, what failed, and what was done."""
    stage = current.stage()
    plan = plan_fixes(files, decide, stage)
    _say(plan.notes)
    if plan.shrinks_too_much and not words.allow_shrink:
        stage.abandon()
        _say_shrink(plan)
        return Fixed()
    total: Tally = {}
    done: list[str] = []
    failed = 0
    for change, trouble in current.commit(stage):
        if trouble is not None:
            failed += 1
            note(f"{visible(change.name)}: not fixed: {trouble}")
            continue
        done.append(change.name)
        add_up(total, plan.tallies[change.name])
        if words.show_fixes:
            _say_file(change, plan.tallies[change.name])
    if done:
        _say_done(total, sum(plan.changed_documents[name] for name in done), len(done), current.run.id)
    return Fixed(sum(count.fixes for count in total.values()), bool(failed), frozenset(done))


def diff(work: Sequence[Task], decide: Decide, words: FixWords) -> int:
    """Print what `fix` would change and return the number of files."""
    plan = FixPlan()
    with tempfile.TemporaryDirectory(prefix="corpuslint-") as folder:
        stage = StageWriter(Path(folder) / "1.jsonl")
        files = [task for task in work if task.file.content is None]
        plan = plan_fixes(files, decide, stage)
        _say(plan.notes)
        if plan.shrinks_too_much and not words.allow_shrink:
            stage.abandon()
            _say_shrink(plan)
            return 0
        paths = {task.file.name: task.file.path for task in files}
        changes = stage.finish()
        for change in changes:
            with paths[change.name].open("rb") as old:
                sys.stdout.buffer.writelines(unified_diff(change.name, old, change.patches()))
    piped = [task for task in work if task.file.content is not None]
    changed = len(changes) + sum(_diff_standard_input(task, decide) for task in piped)
    sys.stdout.buffer.flush()
    return changed


def _fix_standard_input(task: Task, decide: Decide) -> int:
    """Print the fixed text, which is what the caller of `-` waits for; return the number of fixes."""
    plan = FixPlan()
    content = task.file.content or b""
    with task.file.open() as stream:
        new = patched(content, list(file_patches(task, stream, decide, plan)))
    _say(plan.notes)
    sys.stdout.buffer.write(new)
    sys.stdout.buffer.flush()
    return sum(count.fixes for tally in plan.tallies.values() for count in tally.values())


def _diff_standard_input(task: Task, decide: Decide) -> int:
    plan = FixPlan()
    with task.file.open() as stream:
        patches = list(file_patches(task, stream, decide, plan))
    _say(plan.notes)
    sys.stdout.buffer.writelines(unified_diff(task.file.name, BytesIO(task.file.content or b""), patches))
    return int(bool(patches))


def _say(notes: Iterable[str]) -> None:
    for message in notes:
        note(visible(message))


def _say_shrink(plan: FixPlan) -> None:
    note(
        f"Nothing was fixed: the fixes would take {plan.taken / plan.characters:.0%} of the text of "
        f"{counted(plan.documents, 'document')}, more than {MAX_CORPUS_SHARE:.0%}. Look at --diff or --statistics; "
        "--allow-shrink applies them."
    )


def _say_file(change: FileChange, tally: Tally) -> None:
    note(f"Fixed in {visible(change.name)}:")
    for name, count in sorted(tally.items()):
        note(f"  {count.fixes} × {name.code} {name.title}")


def _say_done(total: Tally, documents: int, files: int, run: str) -> None:
    fixes = sum(count.fixes for count in total.values())
    characters = sum(count.characters for count in total.values())
    note(
        f"Fixed {counted(fixes, 'finding')} in {counted(documents, 'document')} ({counted(files, 'file')}), "
        f"{_shorter(characters)}; `corpuslint undo {run}` takes it back."
    )
    for name, count in sorted(total.items()):
        note(
            f"  {name.code} {name.name}: {counted(count.fixes, 'fix').replace('fixs', 'fixes')} in "
            f"{counted(count.documents, 'document')}, {_shorter(count.characters)} ({name.title})"
        )


def _shorter(characters: int) -> str:
    return f"{counted(abs(characters), 'character')} {'less' if characters >= 0 else 'more'}"

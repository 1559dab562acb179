"""What is known of a step that failed: the line, the fact, what to do. `reporting.failures` renders it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.capture import bounded
from docs_test.outcomes import Failure, FailureKind
from docs_test.running.hints import BROKEN_PROMISE, hint_of
from groundwork.base.masking import mask

if TYPE_CHECKING:
    from docs_test.matching.compare import Mismatch
    from docs_test.model import Step
    from docs_test.shell.bash import Ended
    from groundwork.base.positions import Position


def failure_of(step: Step, ended: Ended, mismatch: Mismatch | None = None, attempts: int = 1) -> Failure:
    """The failure of a step whose code ended otherwise than it was to, or printed something else."""
    tries = f" (attempt {attempts}, repeated for {step.until:.0f} s)" if attempts > 1 else ""
    hint = (mismatch.hint if mismatch else "") or hint_of(step, ended, differs=mismatch is not None)
    if ended.problem:
        return _failure(ended.kind, step.location, ended.problem, hint)
    if mismatch:
        diff = tuple(bounded(mismatch.diff)[0].split("\n")) if mismatch.diff else ()
        return _failure(mismatch.kind, mismatch.location, f"{mismatch.message}{tries}", hint, diff)
    expected = f", expected {step.exit_status}" if step.exit_status else ""
    fact = f"the command ended with status {ended.status}{expected}{tries}"
    return _failure(FailureKind.STATUS, _place(step, ended.line), fact, hint)


def not_saved(step: Step, error: OSError) -> Failure:
    """The failure of a file that cannot be written."""
    fact = f"{step.file_name!r} cannot be saved: {error.strerror}"
    hint = "did an earlier step make a folder, a link or a pipe of that name?"
    return _failure(FailureKind.FILE, step.location, fact, hint)


def unmet_promise(step: Step, began: Position, took: float) -> Failure | None:
    """The failure of a step that ended later than its `data-within` allows; None when it kept the promise.

    Args:
        step: the step that promises.
        began: where the step stands with whose start the clock starts.
        took: seconds from that start to the end of `step`.
    """
    if took <= step.within:
        return None
    fact = f"done {took:.0f} s after {began} began, promised within {step.within:.0f} s"
    return _failure(FailureKind.PROMISE, step.location, fact, BROKEN_PROMISE)


def _failure(kind: FailureKind, position: Position, fact: str, hint: str, diff: tuple[str, ...] = ()) -> Failure:
    return Failure(kind, position, mask(fact), mask(hint), diff)


def _place(step: Step, line: int) -> Position:
    if 0 < line <= len(step.lines):
        return step.lines[line - 1]
    # Point at the first line of code, not at the opening fence.
    return step.lines[0] if step.lines else step.location

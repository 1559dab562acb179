"""What is said of a step that failed: place and fact first, then the command, then what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.running.hints import BROKEN_PROMISE, hint_of
from groundwork.base.masking import mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.matching.compare import Mismatch
    from docs_test.model import Step, StepResult
    from docs_test.shell.bash import Ended

OUTPUT_LINES = 20


def explain(step: Step, ended: Ended, mismatch: Mismatch | None, attempts: int = 1) -> str:
    """The message of a failure, secrets removed; it begins with `path:line:` of the command that failed."""
    tries = f" (attempt {attempts}, repeated for {step.until:.0f} s)" if attempts > 1 else ""
    parts = []
    if ended.problem:
        parts.append(f"{step.location}: {ended.problem}")
    elif mismatch:
        parts.append(f"{mismatch.location}: {mismatch.message}{tries}")
    else:
        expected = f", expected {step.exit_status}" if step.exit_status else ""
        parts.append(f"{_place(step, ended.line)}: the command ended with status {ended.status}{expected}{tries}")
    parts.append(_indented("command", step.code.splitlines(), "$ "))
    if mismatch:
        parts.append(
            "expected (-) and came (+):\n" + "\n".join(f"  {line}" for line in mismatch.diff.splitlines())
        )
    else:
        lines = ended.output.splitlines()
        shown = lines[-OUTPUT_LINES:] or ["(nothing)"]
        title = "output" if len(lines) <= OUTPUT_LINES else f"output, last {OUTPUT_LINES} of {len(lines)} lines"
        parts.append(_indented(title, shown, "| "))
    parts.append(f"hint: {hint_of(step, ended, differs=mismatch is not None)}")
    return mask("\n".join(parts))


def unmet_promise(result: StepResult, earlier: Sequence[StepResult]) -> str:
    """The message when a step ended later than its `data-within` allows; "" when it kept the promise."""
    step = result.step
    start = next((item for item in earlier if step.since and item.step.identifier == step.since), None)
    if not step.within or start is None:
        return ""
    took = result.started + result.seconds - start.started
    if took <= step.within:
        return ""
    promise = f"promised within {step.within:.0f} s"
    return (
        f"{step.location}: done {took:.0f} s after {start.step.location} began, {promise}\nhint: {BROKEN_PROMISE}"
    )


def _place(step: Step, line: int) -> str:
    if 0 < line <= len(step.lines):
        return str(step.lines[line - 1])
    # An opening fence is no command: the first line of code is.
    return str(step.lines[0] if step.lines else step.location)


def _indented(title: str, lines: Sequence[str], prefix: str) -> str:
    return "\n".join([f"{title}:", *(f"  {prefix}{line}" for line in lines)])

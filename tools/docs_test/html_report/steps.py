"""What happened at a step, as HTML: its state always in sight, the rest unfolds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.html_report.text import block, diff, safe, seconds, state
from docs_test.model import SkipKind, StepKind
from docs_test.outcomes import FailureKind, Outcome
from docs_test.reporting.failures import WITHOUT_COMMAND, diagnosis_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.outcomes import Failure, StepResult
    from docs_test.page_results import SkippedBlock

MATCHED = {"lines": "as shown", "k8s": "as shown, ages and the like aside", "json": "what is shown, as JSON"}


def step_html(step: StepResult, again: str, anchor: str, *, code: bool = False) -> str:
    """A step.

    Args:
        step: what happened.
        again: the command that runs its page again; "" if it is not to be named.
        anchor: of the step; "" for none.
        code: whether its code is shown, because the page does not.
    """
    head = [state(step.outcome), *_facts(step)]
    body = list(_body(step, again, code=code))
    summary = " · ".join(head)
    if not body:
        return f'<p class="step {step.outcome.value}">{summary}</p>'
    named = f' id="{anchor}"' if anchor else ""
    tag = f'<details class="step {step.outcome.value}"{named}{" open" if step.failure else ""}>'
    return f"{tag}<summary>{summary}</summary>{''.join(body)}</details>"


def expected_html(step: StepResult) -> str:
    """What became of the output that the page shows for a step."""
    if step.expected is None:
        return ""
    if step.outcome is Outcome.PASSED:
        words = MATCHED.get(step.expected.match, "what the pattern matches")
        return f'<p class="seen passed">{state(Outcome.PASSED)} · it printed {words}</p>'
    if step.failure and step.failure.kind is FailureKind.MISMATCH:
        said = "it printed something else: the difference is above"
        return f'<p class="seen failed">{state(Outcome.FAILED)} · {said}</p>'
    return f'<p class="seen not-run">{state(Outcome.NOT_RUN)} · not compared</p>'


def skipped_html(skipped: SkippedBlock) -> str:
    """A block that is not run, and why; nothing for one that never is."""
    if skipped.kind is SkipKind.SHOWN:
        return ""
    return f'<p class="step skipped">{state(Outcome.SKIPPED)} · {safe(skipped.reason)}</p>'


def failure_html(failure: Failure, step: StepResult | None, again: str) -> Iterator[str]:
    """What went wrong, and what to do."""
    yield f'<p class="fact"><code>{safe(str(failure.position))}</code>: {safe(failure.fact)}</p>'
    if failure.more:
        yield block(failure.more, "more of the failure")
    if failure.diff:
        yield diff(failure.diff)
    if failure.hint:
        yield f'<p class="hint">Hint: {safe(failure.hint)}</p>'
    if failure.diagnosis:
        yield block("\n".join(diagnosis_lines(failure.diagnosis)), "Pods, their logs, and events", "cluster")
    if step is None or failure.kind in WITHOUT_COMMAND or again:
        yield f'<p class="again">Run it again: <code>{safe(again)}</code></p>' if again else ""


def _facts(step: StepResult) -> Iterator[str]:
    what = {StepKind.FILE: f"saved as <code>{safe(step.file_name)}</code>", StepKind.CHECK: "hidden check"}
    if step.kind in what:
        yield what[step.kind]
    if step.cleanup:
        yield "clean-up"
    if step.background:
        yield "in the background"
    if step.outcome is Outcome.NOT_RUN:
        return
    yield seconds(step.seconds)
    if step.attempts > 1:
        yield f"attempt {step.attempts}"
    if step.exit_status is not None and step.exit_status != step.expected_status:
        yield f"exit status {step.exit_status}"


def _body(step: StepResult, again: str, *, code: bool) -> Iterator[str]:
    if step.failure:
        yield from failure_html(step.failure, step, again)
    if code:
        yield block(step.code, "command", "code")
    if step.output.text:
        last = f", {step.output.left_out} bytes left out" if step.output.left_out else ""
        yield f'<p class="title">Output{last}:</p>'
        yield block(step.output.text.rstrip("\n"), "output", "output")
    elif step.failure and step.failure.kind not in WITHOUT_COMMAND:
        yield '<p class="title">It printed nothing.</p>'

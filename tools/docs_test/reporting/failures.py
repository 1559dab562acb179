"""A failure as text: position and fact, the command, what came, what to do, and what the cluster said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.outcomes import FailureKind
from groundwork.base.printable import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.outcomes import Diagnosis, EventSeen, Failure, Output, PodSeen, StepResult

OUTPUT_LINES = 20
WITHOUT_COMMAND = frozenset(
    {
        *(FailureKind.FILE, FailureKind.INTERRUPTED, FailureKind.NOT_LOOKED),
        FailureKind.OLDER,
    }
)
"""Kinds of failures that neither a command nor its output explains."""


def failure_text(failure: Failure, step: StepResult | None = None) -> str:
    """All that is known of a failure; it begins with `path:line:`.

    Args:
        failure: the failure.
        step: the step that it is of; None: it is of none.
    """
    return "\n".join([failure.headline, *failure_lines(failure, step)])


def failure_lines(failure: Failure, step: StepResult | None = None) -> list[str]:
    """The same without its first line."""
    lines = failure.more.splitlines()
    if step and failure.kind not in WITHOUT_COMMAND:
        lines += ["command:", *_indented(_lines(step.code), "$ ")]
        if failure.diff:
            lines += ["expected (-) and came (+):", *_indented(failure.diff)]
            if not step.output.text.strip():
                lines += _indented([f"(it printed {'an empty line' if step.output.text else 'nothing'})"])
        elif failure.kind is not FailureKind.PROMISE:  # What it printed was right.
            lines += _output(step.output)
    if failure.hint:
        lines += f"hint: {failure.hint}".splitlines()
    return [*map(visible, lines), *(diagnosis_lines(failure.diagnosis) if failure.diagnosis else ())]


def diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Pods that were refused, each Pod with what keeps it from running and its last lines, and the events."""
    for one in diagnosis.refused:
        yield from map(visible, (one.sentence, f"  look further: {one.look}"))
    for pod in diagnosis.pods:
        yield from map(visible, _pod(pod))
    if diagnosis.events:
        yield "last Warning events:"
        yield from map(visible, _indented(_table(diagnosis.events), "| "))


def _output(output: Output) -> list[str]:
    shown = _lines(output.text)[-OUTPUT_LINES:]
    whole = output.lines <= OUTPUT_LINES
    title = "output:" if whole else f"output, last {len(shown)} of {output.lines} lines:"
    return [title, *_indented(shown or ["(nothing)"], "| ")]


def _pod(pod: PodSeen) -> Iterator[str]:
    yield f"Pod {pod.namespace}/{pod.name}: {pod.state}:"
    if pod.sentence:
        yield f"  {pod.sentence}"
        yield f"  look further: {pod.look}"
    yield from _indented(_lines(pod.log or "(no log)"), "| ")


def _table(events: Sequence[EventSeen]) -> list[str]:
    """Time, reason, kind and name in columns, then the message."""
    rows = [(event.at or "no time", event.reason, event.kind, event.name) for event in events]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([*map(str.ljust, row, widths), event.message]).rstrip()
        for row, event in zip(rows, events, strict=True)
    ]


def _lines(text: str) -> list[str]:
    """The lines of what a program printed: only line feeds end them, whatever else Python takes for an end."""
    return text.removesuffix("\n").split("\n") if text else []


def _indented(lines: Sequence[str], prefix: str = "") -> list[str]:
    return [f"  {prefix}{line}" for line in lines]

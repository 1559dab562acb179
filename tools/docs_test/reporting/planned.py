"""What a run of a page would do, in order, as text: `docs-test show`. Nothing depends on colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.language.values import written
from docs_test.model import Match, StepKind
from docs_test.names import named
from groundwork.base.masking import mask
from groundwork.base.printable import printable
from groundwork.base.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.model import Skipped, Step, Tutorial

COMPARED = {
    Match.LINES: "line by line, `...` is any text",
    Match.K8S: "as kubectl prints: ages, addresses, generated name endings and column widths may differ",
    Match.JSON: "as JSON: objects may hold more than shown",
    Match.REGEX: "the whole output matches the expression",
}
"""Ways to compare an output, by its `data-match`."""


def planned(tutorial: Tutorial, about: Sequence[tuple[str, str]], last: int = 0) -> Iterator[str]:
    """The lines about a page: what it needs, its steps, its clean-up, what is skipped and why.

    Args:
        tutorial: the page, in one variant.
        about: names and texts of what is known of the page beside its tutorial.
        last: number of the last step of the run, clean-up not counted; 0 for all.
    """
    yield f"{named(tutorial.path, tutorial.variant)}: {printable(tutorial.title)}"
    for name, text in (*about, *_facts(tutorial)):
        if text:
            yield f"  {name:9}  {printable(text)}"
    if tutorial.lacks:
        yield f"  it is not run: {tutorial.lacks}"
    total = len(tutorial.steps)
    steps = [step for step in tutorial.steps if not step.cleanup]
    run = steps[:last] if last else steps
    for number, step in enumerate(run, 1):
        yield from step_lines(step, f"[{number}/{total}]")
    if len(run) < len(steps):
        yield ""
        yield f"not run: {counted(len(steps) - len(run), 'step')} from {steps[len(run)]} on"
    yield from _clean_up(tutorial)
    yield from _skipped(tutorial.skipped)


def _facts(tutorial: Tutorial) -> Iterator[tuple[str, str]]:
    yield "timeout", f"{written(tutorial.timeout)} for all steps, clean-up not counted"
    yield "variables", ", ".join(f"{name}={mask(value)}" for name, value in tutorial.variables.items())
    yield "artifacts", ", ".join(tutorial.artifacts)
    yield "made of", ", ".join(tutorial.inputs)


def _clean_up(tutorial: Tutorial) -> Iterator[str]:
    steps = [step for step in reversed(tutorial.steps) if step.cleanup]
    yield ""
    if not steps:
        yield "clean-up: the page has none"
        return
    yield "clean-up, whatever happens before; the last one of the page first:"
    total = len(tutorial.steps)
    for number, step in enumerate(steps, total - len(steps) + 1):
        yield from step_lines(step, f"[{number}/{total}]")


def _skipped(skipped: Sequence[Skipped]) -> Iterator[str]:
    if not skipped:
        return
    yield ""
    yield "skipped:"
    for skip in skipped:
        yield f"  {skip.location}: {printable(skip.reason)}"


def step_lines(step: Step, head: str) -> Iterator[str]:
    """The lines about a step: place, command, how it is to end, what it is to print."""
    yield ""
    yield f"{head} {step} {_kind(step)}"
    if step.kind is StepKind.FILE:
        yield f"  save {step.file_name!r}, {len(step.code.encode())} bytes, {counted(_count(step.code), 'line')}"
        if origin := _origin(step):
            yield f"  from {origin}"
        return
    yield from (f"  $ {printable(line)}".rstrip() for line in mask(step.code).splitlines())
    yield f"  {_end(step)}"
    if step.within:
        yield f"  promise: done {written(step.within)} after #{step.since} began"
    if (expectation := step.expectation) and not expectation.text.strip():
        to_do = "`docs-test update` fills it in, or write it yourself"
        yield f"  prints ({expectation.location}): nothing yet; {to_do}"
    elif expectation:
        yield f"  prints ({expectation.location}; {COMPARED[expectation.match]}):"
        yield from (f"  | {printable(line)}".rstrip() for line in mask(expectation.text).splitlines())
    elif not step.background:
        yield "  what it prints is not compared"


def _kind(step: Step) -> str:
    words = {StepKind.RUN: "command", StepKind.FILE: "file", StepKind.CHECK: "check that readers do not see"}
    marks = ["in the background"] if step.background else []
    return ", ".join([words[step.kind] + (f" #{step.identifier}" if step.identifier else ""), *marks])


def _end(step: Step) -> str:
    """How the step is to end, and in which time."""
    if step.background:
        return f"runs until the end of the page; {step.ready} must answer within {written(step.timeout)}"
    status = f"must end with status {step.exit_status} within {written(step.timeout)}"
    if not step.until:
        return status
    return f"{status}; repeated for {written(step.until)} until it does and prints what it should"


def _origin(step: Step) -> str:
    """The other file whose lines it saves; "" if they stand in the page's own."""
    files = {line.file for line in step.lines} - {step.location.file}
    return ", ".join(sorted(files))


def _count(text: str) -> int:
    return len(text.splitlines())

"""`docs/page.md:40`: the step that stands at a line of a page, or the last one before it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.model import StepKind
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docs_test.model import Skipped, Step, Tutorial


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run that is asked for up to a line ends."""

    number: int
    """Number of the last step, from 1, clean-up not counted; that of the last one of the page for a line of its
    clean-up."""
    step: Step
    """Step of that number."""
    note: str = ""
    """Sentence on what was taken for the line; "" if it stands in the step's own block."""


def split_line(word: str) -> tuple[str, int]:
    """A page and a line of the command line's `PAGE:LINE`; 0 if it names no line.

    Raises:
        UserError: the line is 0.
    """
    at = Position.read(word)
    if not at.line and word.endswith(":0"):
        raise UserError(f"{word!r}: lines are counted from 1", hint=f"the page as a whole is {at.file}")
    return (at.file, at.line) if at.line else (word, 0)


def place_at(tutorial: Tutorial, line: int) -> Place:
    """The last step of a run up to a line of the page.

    Raises:
        UserError: no step stands there or before; the hint names the first one.
    """
    at = Position(tutorial.path, line)
    steps = [step for step in tutorial.steps if not step.cleanup]
    if not steps:
        raise UserError("this page has no steps to run up to a line", where=at)
    for number, step in reversed(list(enumerate(steps, 1))):
        if any(first <= line <= last for first, last in _spans(step, tutorial.path)):
            own = step.location.file == tutorial.path
            return Place(number, step, "" if own else f"{at} includes {step}, the last step there")
    for step in tutorial.steps:
        if step.cleanup and any(first <= line <= last for first, last in _spans(step, tutorial.path)):
            return Place(len(steps), steps[-1], f"{at} is clean-up, before which all steps are run")
    before = [number for number, step in enumerate(steps, 1) if _first(step, tutorial.path) < line]
    if not before:
        first = steps[0]
        hint = f"the first step is {tutorial.path}:{_first(first, tutorial.path)}"
        raise UserError("no step is at this line or before it", where=at, hint=hint)
    number, step = before[-1], steps[before[-1] - 1]
    return Place(number, step, f"{at} {_what(tutorial, line)}: {step} is the last step before it")


def place_on_page(root: Path, tutorial: Tutorial, line: int) -> Place:
    """As `place_at`, of a line that the page's file has.

    Raises:
        UserError: it has no such line, or no step stands there or before; the hint names the nearest step.
    """
    with suppress(OSError, UnicodeError):  # Whoever reads the page says that it cannot be read.
        count = len((root / tutorial.path).read_text(encoding="utf-8").splitlines())
        if line > count:
            last = next((step for step in reversed(tutorial.steps) if not step.cleanup), None)
            hint = f"the last step is {last}" if last else "`docs-test show PAGE` lists its steps"
            raise UserError(f"the page ends at line {count}", where=Position(tutorial.path, line), hint=hint)
    return place_at(tutorial, line)


def _what(tutorial: Tutorial, line: int) -> str:
    """What stands at a line that is no step."""
    for skip in tutorial.skipped:
        if _skipped_span(skip, tutorial.path, line):
            return f"is a block that is not run ({skip.reason})"
    return "is no step"


def _skipped_span(skip: Skipped, page: str, line: int) -> bool:
    at = skip.location
    return at.file == page and at.line <= line <= at.line + len(skip.text.splitlines()) + 1


def _first(step: Step, page: str) -> int:
    return min(first for first, _ in _spans(step, page))


def _spans(step: Step, page: str) -> Iterator[tuple[int, int]]:
    """First and last lines of a step's blocks in the page: its code, and the output that it shows."""
    yield _span(step.location, step.lines, page, fenced=step.kind is not StepKind.CHECK)
    if step.expectation:
        yield _span(step.expectation.location, step.expectation.lines, page, fenced=True)


def _span(opening: Position, lines: Sequence[Position], page: str, *, fenced: bool) -> tuple[int, int]:
    own = [found for one in lines if (found := _in_page(one, page))]
    first = _in_page(opening, page)
    closing = 1 if fenced and opening.file == page else 0
    return first, max([first, *own]) + closing


def _in_page(at: Position, page: str) -> int:
    """Line of the page at which a position stands, or is included; 0 if it is not known."""
    return next((one.line for one in (at, *at.via) if one.file == page), 0)

"""What pages printed, fence by fence: what each is to show then, or why it stays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docs_test.model import Fence
from docs_test.names import named
from docs_test.outcomes import FailureKind, Outcome
from docs_test.reporting.failures import failure_lines
from docs_test.rewriting.expectation import holds, rewrite
from docs_test.rewriting.rewrite import Refused
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docs_test.model import Expectation, Tutorial
    from docs_test.page_results import PageResult
    from docs_test.pages.page import Page
    from docs_test.rewriting.rewrite import Rewrite


NEVER = frozenset({Outcome.SKIPPED, Outcome.NOT_RUN})
"""Outcomes of pages that did not run."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A page in one variant, and how it ran."""

    page: Page
    """Page that shows the steps; of steps that several pages share, one of them."""
    tutorial: Tutorial
    result: PageResult

    @property
    def name(self) -> str:
        """Path and variant."""
        return named(self.tutorial.path, self.tutorial.variant)


@dataclass(frozen=True, slots=True)
class Observation:
    """What the command of a fence printed in one run of a page."""

    ran: Ran
    fence: Fence
    expectation: Expectation
    output: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a fence is to show."""

    fence: Fence
    new: Rewrite
    pages: tuple[str, ...]
    """Paths of the pages that show it, those that ran."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left as it is although it does not hold."""

    position: Position
    fact: str
    hint: str = ""
    more: tuple[str, ...] = ()
    """Lines on the step that failed."""

    def __str__(self) -> str:
        """`position: fact`, then the other lines, and the hint on a line of its own."""
        hint = (f"hint: {self.hint}",) if self.hint else ()
        return "\n".join((f"{self.position}: {self.fact}", *self.more, *hint))


@dataclass(slots=True)
class Observed:
    """What is known after a run."""

    proposals: list[Proposal] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    blocked: dict[str, Left] = field(default_factory=dict)
    """Pages of which nothing is written, and why."""


def observed(runs: Sequence[Ran], *, may_be_partial: bool = False) -> Observed:
    """What the fences of pages are to show.

    Args:
        runs: pages in their variants, and how each ran.
        may_be_partial: whether steps may be missing after one that printed something else: older results are used.
    """
    found = Observed()
    for ran in runs:
        if failure := _blocks(ran, may_be_partial=may_be_partial):
            found.blocked.setdefault(ran.tutorial.path, failure)
    by_place: dict[Position, list[Observation]] = {}
    for ran in runs:
        if ran.tutorial.path not in found.blocked:
            for one in _observations(ran, found):
                by_place.setdefault(one.fence.location, []).append(one)
    pages = {ran.page.path: ran.page for ran in runs}
    for place in sorted(by_place):
        if proposal := _proposal(by_place[place], found):
            shown_by = tuple(path for path, page in pages.items() if place in _fences(page))
            found.proposals.append(replace(proposal, pages=shown_by))
    _without_blocked(runs, found)
    return found


def _blocks(ran: Ran, *, may_be_partial: bool) -> Left | None:
    """Why nothing of a page is written."""
    result = ran.result
    failed = [step for step in result.steps if step.failure and step.failure.kind is not FailureKind.MISMATCH]
    for step, failure in ((step, step.failure) for step in failed if step.failure):
        fact = f"{failure.fact}; nothing of {ran.name} is written"
        return Left(failure.position, fact, more=tuple(failure_lines(failure, step)))
    if result.outcome in NEVER or result.interrupted or result.failures:
        why = result.lacks or next((failure.fact for failure in result.failures), "it was interrupted")
        return Left(Position(ran.tutorial.path, 1), f"{why}; nothing of {ran.name} is written")
    mismatched = any(step.failure for step in result.steps)
    missing = next((step for step in result.steps if step.outcome is Outcome.NOT_RUN), None)
    if missing and not (may_be_partial and mismatched):
        return Left(missing.position, f"the step was not run; nothing of {ran.name} is written")
    return None


def _observations(ran: Ran, found: Observed) -> Iterable[Observation]:
    fences = _fences(ran.page)
    for step, result in zip(ran.tutorial.steps, ran.result.steps, strict=True):
        expectation = step.expectation
        if expectation is None or result.outcome is Outcome.NOT_RUN:
            continue
        here = fences.get(expectation.location, [])
        if len(here) == 1:
            yield Observation(ran, here[0], expectation, result.output.text)
        elif result.failure:
            fact = "the output differs, but a loop or macro makes several fences here"
            found.left.append(Left(expectation.location, fact, "change it by hand"))


def _fences(page: Page) -> Mapping[Position, list[Fence]]:
    fences: dict[Position, list[Fence]] = {}
    for part in page.content.parts:
        if isinstance(part, Fence):
            fences.setdefault(part.location, []).append(part)
    return fences


def _proposal(seen: Sequence[Observation], found: Observed) -> Proposal | None:
    """What a fence is to show for all that was seen of it; None if it stays."""
    first = seen[0]
    now, new = first.expectation, None
    try:
        for one in seen:
            if made := rewrite(now, one.output, may_be_kubectl=_is_open(first.fence)):
                new = made if new is None else _after(new, made)
                now = replace(now, match=made.match, text=made.text)
    except Refused as refused:
        found.left.append(Left(first.fence.location, f"the output differs, but {refused}", "change it by hand"))
        return None
    if new is None:
        return None
    if other := next((one for one in seen if not holds(one.expectation, new.text, new.match, one.output)), None):
        found.left.append(_conflict(seen, other))
        return None
    return Proposal(first.fence, new, ())


def _after(first: Rewrite, second: Rewrite) -> Rewrite:
    """Two rewrites, one after the other, as one: lines that both kept are kept."""
    lines = []
    for line in second.lines:
        index = line.kept if line.kept is not None else line.instead_of
        old = first.lines[index] if index is not None else None
        if old is None:
            lines.append(line)
        elif line.kept is not None:
            lines.append(old)
        else:
            origin = old.kept if old.kept is not None else old.instead_of
            lines.append(replace(line, instead_of=origin))
    return replace(second, lines=tuple(lines), notes=tuple(dict.fromkeys((*first.notes, *second.notes))))


def _is_open(fence: Fence) -> bool:
    return "data-match" not in fence.attributes


def _conflict(seen: Sequence[Observation], other: Observation) -> Left:
    names = list(dict.fromkeys(one.ran.name for one in seen))
    against = next((name for name in names if name != other.ran.name), names[0])
    fact = f"{against} and {other.ran.name} print different things here, and the fence is one"
    return Left(other.fence.location, fact, 'give each variant a fence of its own, with data-when="NAME=VALUE"')


def _without_blocked(runs: Sequence[Ran], found: Observed) -> None:
    """Drop what would change a file that a page is made of of which nothing is written."""
    inputs = {ran.tutorial.path: set(ran.tutorial.inputs) for ran in runs if ran.tutorial.path in found.blocked}
    for proposal in list(found.proposals):
        touched = {proposal.fence.location.file, *(line.file for line in proposal.fence.lines)}
        blocked = next((path for path, files in inputs.items() if files & touched), "")
        if blocked:
            found.proposals.remove(proposal)
            fact = f"the output differs, but {blocked} shows it too, and a step of it failed"
            found.left.append(Left(proposal.fence.location, fact))

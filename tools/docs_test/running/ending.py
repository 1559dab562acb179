"""The end of a page: its clean-up, whatever happened before, a look at what is left, and its result."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docs_test.clusters.leftovers import leftovers
from docs_test.outcomes import Failure, FailureKind
from docs_test.running import killed_runs
from docs_test.running.record import page_result, step_result
from docs_test.running.session import outcome
from docs_test.running.steps import run_step
from groundwork.base.errors import EnvironmentFault
from groundwork.base.positions import Position
from groundwork.system.signals import deferred

if TYPE_CHECKING:
    from docs_test.page_results import PageResult
    from docs_test.running.page import Page
    from docs_test.running.session import Session
    from docs_test.running.watch import Watch


@dataclass(slots=True)
class Ending:
    """How clean-up went."""

    failures: list[Failure] = field(default_factory=list)
    """Failures that belong to no step."""
    left: list[str] = field(default_factory=list)
    reached: bool = False
    interrupted: bool = False


def end(page: Page, watch: Watch | None, *, patient: bool) -> Ending:
    """Clean up and look at what is left. `patient`: the first interruption waits for the end of that."""
    ending = Ending()
    try:
        with deferred(page.reporter.said) if patient else nullcontext():
            _clean_up(page)
            page.end_backgrounds()
            _look(page, watch, ending, killed_runs.SETTLE_SECONDS)
            page.shell.close()
            ending.reached = True
    except KeyboardInterrupt:
        ending.interrupted = True
    if not ending.reached:
        fact = "interrupted during clean-up; the next run finishes it"
        ending.failures.append(Failure(FailureKind.INTERRUPTED, Position(page.tutorial.path), fact))
        with suppress(KeyboardInterrupt):
            _look(page, watch, ending, 0.0)
    return ending


def result(session: Session, ending: Ending, *, interrupted: bool) -> PageResult:
    """The result of a page that has ended, or is kept where it stands."""
    page, in_part = session.page, session.in_part
    steps = tuple(
        page.results.get(id(step)) or step_result(step, started=page.elapsed()) for step in page.tutorial.steps
    )
    good = not (interrupted or ending.failures or ending.left)
    return replace(
        page_result(page.tutorial, outcome(steps, in_part, good=good), run="", started_at=session.at),
        in_part=in_part,
        seconds=page.elapsed(),
        interrupted=interrupted,
        steps=steps,
        failures=tuple(ending.failures),
        leftovers=tuple(ending.left),
        attachments=page.attachments,
    )


def _look(page: Page, watch: Watch | None, ending: Ending, patience: float) -> None:
    if watch is None:
        return
    page.reporter.said("  looking for what the page left in the cluster")

    def said(text: str) -> None:
        page.reporter.said(f"  {text}")

    try:
        ending.left += leftovers(watch.kubectl, watch.before, patience, watch.expected, said, beside=watch.beside)
    except EnvironmentFault as error:
        # Not seen is not gone.
        fact, at = f"what the page left in the cluster is unknown: {error.fact}", Position(page.tutorial.path, 1)
        ending.failures.append(Failure(FailureKind.NOT_LOOKED, at, fact, error.hint))


def _clean_up(page: Page) -> None:
    """Run the clean-up steps, last one first; they have the last numbers, whether or not all others ran."""
    total = len(page.tutorial.steps)
    steps = [step for step in reversed(page.tutorial.steps) if step.cleanup]
    for number, step in enumerate(steps, total - len(steps) + 1):
        run_step(page, step, number, total)

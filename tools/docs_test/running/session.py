"""A page that is open: its steps are run up to one that fails, and from there, after an edit, once more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from docs_test.clusters.diagnosis import diagnosis
from docs_test.model import StepKind
from docs_test.outcomes import Failure, FailureKind, Outcome
from docs_test.running.conduct import WHOLE, Answer, Conduct
from docs_test.running.record import step_result
from docs_test.running.steps import run_step
from docs_test.shell.readiness import answers
from docs_test.shell.sandbox import outliving
from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docs_test.model import Step, Tutorial
    from docs_test.outcomes import StepResult
    from docs_test.running.page import Page
    from docs_test.running.watch import Watch

    Held = Callable[[], frozenset[str]]
    """Runs other pages, and returns the objects that they left."""


class Keeper(Protocol):
    """Keeps a page that does not come to its end, in the place of its clean-up."""

    def keep(self, session: Session) -> None:
        """Write down all that another process needs to go on; the page's own processes go on."""

    def forget(self, folder: Path) -> None:
        """Take that back: the page in that folder is cleaned up after all, or goes on."""

    @property
    def others(self) -> bool:
        """Whether a page is kept that started from this one: this one must stay, too."""


@dataclass(slots=True)
class Session:
    """A page that is open."""

    page: Page
    watch: Watch | None
    """Eye on its cluster; None without one."""
    at: str
    """Time at which it began: UTC, ISO 8601 with seconds and a Z."""
    conduct: Conduct = WHOLE
    keeper: Keeper | None = None
    """Keeper of a page that does not come to its end; None if it is cleaned up then."""
    next: int = 0
    """Index of the step to run next, clean-up not counted."""
    skipped: list[str] = field(default_factory=list)
    """Places of the steps that a person skipped."""
    ended: list[Step] = field(default_factory=list)
    """Background steps that have run and do not any more: they are started again before anything else."""
    stale: list[Step] = field(default_factory=list)
    """Files that were edited after they were saved: they are saved again before anything else."""
    returns: bool = False
    """Whether a step that fails may run once more, with what the shell knew before it."""
    again: bool = False
    """Whether a person has just asked for the next step once more."""
    quit: bool = False
    """Whether a person ended it."""
    stays: bool = False
    """Whether all of its steps have passed, and it is kept because a page that started from its set-up is."""
    held: Held | None = None
    """Function that runs what starts from the page's set-up, before its clean-up; None if nothing does."""

    _steps: tuple[Tutorial, tuple[Step, ...]] | None = None
    """Steps of the reading of the page that was asked for last."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that it is to run, clean-up not counted."""
        if self._steps is None or self._steps[0] is not self.page.tutorial:
            self._steps = self.page.tutorial, self.conduct.steps(self.page.tutorial)
        return self._steps[1]

    @property
    def failed(self) -> bool:
        """Whether it stands at a step that failed."""
        return self.next < len(self.steps) and id(self.steps[self.next]) in self.page.results

    @property
    def in_part(self) -> str:
        """Why its result is none of the page as a whole; "" if it is one."""
        if self.stays:
            return "kept with what started from its set-up"
        if self.skipped:
            return f"without {', '.join(self.skipped)}, skipped by hand"
        if self.quit and self.next < len(self.steps):
            return f"ended by hand before {self.steps[self.next]}"
        return self.conduct.in_part(self.page.tutorial)

    def keep_with(self, keeper: Keeper | None) -> None:
        """Keep it, if it does not come to its end: its background steps may outlive this process."""
        self.keeper = keeper
        if keeper is not None:
            self.page.background_sandbox = outliving(self.page.sandbox)

    def go_on(self) -> None:
        """Run the steps from the next one on, until one fails."""
        if self.failed:
            self.page.rewind(self.steps[self.next])
        while self.stale:
            if not self._saved(self.stale.pop(0)):
                return
        while self.ended:
            if not self._restarted(self.ended[0]):
                return
            self.ended.pop(0)
        while self.next < len(self.steps) and not self.quit:
            step = self.steps[self.next]
            answer = self._asked(step)
            if answer is Answer.RUN and not self._run(step):
                return
            if answer is Answer.SKIP:
                self._skip(step)
            self.quit = answer is Answer.QUIT

    def hold(self) -> None:
        """If all of the page has passed, or failed in what it goes on after, run what starts from it.

        The time of that is not the page's, and what others left in the cluster is not, either.
        """
        results = [self.page.results.get(id(step)) for step in self.steps]
        passed = all(one is not None and self._goes_on(one) for one in results)
        if self.held is None or self.in_part or not passed:
            return
        with self.page.paused():
            left = self.held()
        if self.watch is not None:
            self.watch = replace(self.watch, before=self.watch.before | left)

    def _goes_on(self, result: StepResult) -> bool:
        failed = result.failure
        return result.outcome is Outcome.PASSED or (failed is not None and self.conduct.goes_on(failed))

    def adopt(self, tutorial: Tutorial) -> None:
        """Go on with another reading of the page, whose steps before the next one are as they were (`edits`)."""
        old = self.steps
        results, self.page.tutorial = self.page.results, tutorial
        self.page.results = {}
        for before, now in zip(old[: self.next], self.steps[: self.next], strict=True):
            if (found := results.get(id(before))) is not None:
                self.page.results[id(now)] = moved(found, now)
            if before.code != now.code:
                self.stale.append(now)
            for background in self.page.backgrounds:
                if background.step is before:
                    background.step = now
            self.ended = [now if step is before else step for step in self.ended]
        if self.next < len(old) and (failed := results.get(id(old[self.next]))) is not None:
            # Its time and its process are still to be taken back, whatever stands in its place now.
            self.page.results[id(old[self.next])] = failed
            self.page.rewind(old[self.next])

    @property
    def broken(self) -> bool:
        """Whether a background step that has run could not be started again."""
        ran = (self.page.results.get(id(step)) for step in self.steps[: self.next])
        return any(one is not None and one.outcome is Outcome.FAILED for one in ran)

    def look_at_backgrounds(self) -> None:
        """Find the background steps that have ended, or do not answer any more: `go_on` starts them again."""
        for background in list(self.page.backgrounds):
            step = background.step
            if step in self.steps[: self.next] and not (background.process.poll() is None and answers(step.ready)):
                background.close()
                self.page.backgrounds.remove(background)
                self.ended.append(step)

    def _saved(self, step: Step) -> bool:
        """Save a file again; returns whether it was. If not, the page stands at that step."""
        number = self.steps.index(step) + 1
        result = run_step(self.page, step, number, len(self.page.tutorial.steps))
        if result.failure is not None:
            self.next = number - 1
        return result.failure is None

    def _restarted(self, step: Step) -> bool:
        """Start a background step again that has ended; returns whether it is ready."""
        page, number = self.page, self.steps.index(step) + 1
        page.reporter.said(f"{step}: this background step has ended since; it is started again")
        try:
            result = run_step(page, step, number, len(page.tutorial.steps))
        except EnvironmentFault as fault:  # Its port is taken.
            failure = Failure(FailureKind.NOT_READY, step.location, fault.fact, fault.hint)
            result = replace(step_result(step, Outcome.FAILED, started=page.elapsed()), failure=failure)
            page.results[id(step)] = result
            page.reporter.step_ended(result, number, len(page.tutorial.steps))
        return result.failure is None

    def _asked(self, step: Step) -> Answer:
        stepper, again = self.conduct.stepper, self.again
        self.again = False
        if stepper is None or again:
            return Answer.RUN
        with self.page.paused():
            return stepper.before(self.page, step, self.next + 1)

    def _run(self, step: Step) -> bool:
        """Run a step; returns whether the page goes on."""
        if self.returns or self.keeper is not None or self.conduct.stepper is not None:
            self.page.mark()
        result = run_step(self.page, step, self.next + 1, len(self.page.tutorial.steps))
        if result.failure is None or self.conduct.goes_on(result.failure):
            self.next += 1
            return True
        self._diagnose(step, result)
        stepper = self.conduct.stepper
        if stepper is None:
            return False
        with self.page.paused():
            answer, reading = stepper.failed(self.page, step, self.next)
        self.again, self.quit = answer is Answer.RUN, answer is Answer.QUIT
        if answer is Answer.SKIP:
            self._skip(step)
        elif answer is Answer.RUN and reading is not None:
            self.adopt(reading)
        elif answer is Answer.RUN:
            self.page.rewind(step)
        return answer is not Answer.QUIT

    def _diagnose(self, step: Step, result: StepResult) -> None:
        """Add to a step's failure what the cluster says."""
        if result.failure and self.watch and step.kind is not StepKind.FILE:
            found = diagnosis(self.watch.kubectl, since=self.at)
            if found:
                self.page.results[id(step)] = replace(result, failure=replace(result.failure, diagnosis=found))

    def _skip(self, step: Step) -> None:
        self.skipped.append(str(step))
        self.next += 1


def moved(result: StepResult, step: Step) -> StepResult:
    """The result of a step that stands elsewhere now."""
    now = step_result(step, result.outcome, started=result.started)
    return replace(
        now,
        seconds=result.seconds,
        attempts=result.attempts,
        exit_status=result.exit_status,
        output=result.output,
        failure=result.failure,
    )


def outcome(results: tuple[StepResult, ...], in_part: str, *, good: bool) -> Outcome:
    """The outcome of a page.

    Args:
        results: of its steps.
        in_part: as of `Session.in_part`.
        good: whether nothing but a step could have failed it.
    """
    counted = [one for one in results if not in_part or one.outcome is not Outcome.NOT_RUN]
    good = good and all(one.outcome is Outcome.PASSED for one in counted)
    if not good:
        return Outcome.FAILED
    return Outcome.PARTIAL if in_part else Outcome.PASSED

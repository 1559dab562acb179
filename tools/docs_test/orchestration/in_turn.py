"""Runs the units of a plan one after the other, in this process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.names import named
from docs_test.orchestration.unit_run import UnitRun
from docs_test.running.page_run import run_page
from docs_test.running.record import page_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.model import Environment, Tutorial
    from docs_test.outcomes import Outcome
    from docs_test.page_results import PageResult
    from docs_test.planning.graph import Key, Unit
    from docs_test.planning.plan import Plan
    from docs_test.running.artifacts import Keep
    from docs_test.running.conduct import Conduct
    from docs_test.running.page import Reporter
    from docs_test.running.session import Held, Keeper
    from groundwork.system.progress import Progress


@dataclass(frozen=True, slots=True)
class How:
    """What is the same for all pages of a run."""

    run: str
    """Identifier of the run."""
    keep: Keep | None
    """Function that takes the files which pages name under `artifacts`; None: they are not looked for."""
    conduct: Callable[[Tutorial], Conduct]
    keeper: Callable[[], Keeper] | None = None
    """Function that makes what keeps a page; None if pages are cleaned up."""


@dataclass(slots=True)
class InTurn:
    """Pages that are run one after the other (`unit_run.Runner`)."""

    environment: Environment
    reporter: Reporter
    progress: Progress
    how: How
    pages: list[PageResult]
    """Gets each result at once."""
    verdicts: dict[int, dict[Key, Outcome]] = field(default_factory=dict)
    """Outcomes of each round."""

    def go(self, plan: Plan) -> None:
        """Run the plan, until a page is interrupted or kept: its result says so.

        Raises:
            EnvironmentFault: a page needs a port that is taken.
        """
        for number, unit in plan.all():
            try:
                self.unit(unit, self.verdicts.setdefault(number, {}))
            except KeyboardInterrupt:
                if not any(page.interrupted for page in self.pages):
                    raise
                return
            if any(page.kept for page in self.pages):
                return

    def unit(self, unit: Unit, verdicts: dict[Key, Outcome]) -> None:
        """Run one unit.

        Raises:
            KeyboardInterrupt, EnvironmentFault: as of `UnitRun.go`.
        """
        UnitRun(unit, self, verdicts).go()

    def run(self, tutorial: Tutorial, held: Held | None) -> PageResult:
        """Run a page."""
        with self.progress.stage(f"run {named(tutorial.path, tutorial.variant)}") as stage:
            page = run_page(
                tutorial,
                self.environment,
                self.reporter,
                run=self.how.run,
                keep=self.how.keep,
                conduct=self.how.conduct(tutorial),
                keeper=self.how.keeper() if self.how.keeper else None,
                held=held,
            )
            stage.note = self.note(page)
        return page

    def not_run(self, tutorial: Tutorial, outcome: Outcome, reason: str) -> PageResult:
        """The result of a page that is not run."""
        return replace(page_result(tutorial, outcome, run=self.how.run, started_at=now()), lacks=reason)

    def ended(self, page: PageResult) -> None:
        """Keep a result."""
        self.pages.append(page)

    def note(self, page: PageResult) -> str:
        """What is said of a page beside its time."""
        return page.outcome.value

    def verdict(self, page: PageResult) -> Outcome:
        """What a result is for pages that need this one."""
        return page.outcome


def now() -> str:
    """The time in UTC, as results have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Runs one unit: pages in order, each set-up open until the last page that starts from it has ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from docs_test.names import named
from docs_test.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult
    from docs_test.planning.graph import Key, Unit
    from docs_test.running.session import Held

UNMET = {Outcome.FAILED: "failed", Outcome.NOT_RUN: "was not run", Outcome.PARTIAL: "was run in part"}
"""Verdicts on a page that keep others from running -> what is said of it."""


class Runner(Protocol):
    """Runs single pages, and keeps their results."""

    def run(self, tutorial: Tutorial, held: Held | None) -> PageResult:
        """Run a page; `held` runs what starts from its set-up, before its clean-up."""

    def not_run(self, tutorial: Tutorial, outcome: Outcome, reason: str) -> PageResult:
        """The result of a page that is not run."""

    def ended(self, page: PageResult) -> None:
        """Keep a result."""

    def verdict(self, page: PageResult) -> Outcome:
        """What a result is for pages that need this one."""


@dataclass(slots=True)
class UnitRun:
    """A unit while it runs."""

    unit: Unit
    runner: Runner
    verdicts: dict[Key, Outcome]
    """Outcomes of the runs of this round; those of this unit are added. A set-up that is held counts as passed."""
    _kept: bool = False
    """Whether a page was kept, which ends the run."""
    _left: set[str] = field(default_factory=set)
    """Objects that pages inside of a set-up left, which that set-up did not make."""

    def go(self) -> None:
        """Run all of it.

        Raises:
            KeyboardInterrupt: a page was interrupted; its result is kept.
            EnvironmentFault: a page needs a port that is taken.
        """
        self._go(self.unit.runs)

    def _go(self, runs: Sequence[Tutorial]) -> None:
        while runs and not self._kept:
            first = runs[0]
            last = 1 + self.unit.inside(self.unit.runs.index(first))
            inside, runs = runs[1:last], runs[last:]
            if not self._one(first, inside):
                self._go(inside)

    def _one(self, run: Tutorial, inside: Sequence[Tutorial]) -> bool:
        """Run one page; returns whether those that start from it have had their turn."""
        outcome, reason = self._why_not(run)
        if reason:
            self._keep(self.runner.not_run(run, outcome, reason))
            return False
        went = False

        def held() -> frozenset[str]:
            nonlocal went
            went = True
            self.verdicts[run.key] = Outcome.PASSED
            self._go(inside)
            return frozenset(self._left)

        page = self.runner.run(run, held if inside else None)
        names = tuple(_name(key) for key in self.unit.held.get(run.key, ()))
        self._keep(replace(page, set_up_by=names))
        if page.interrupted:
            raise KeyboardInterrupt
        return went

    def _keep(self, page: PageResult) -> None:
        self.verdicts[page.key] = self.runner.verdict(page)
        self._left |= set(page.leftovers)
        self._kept |= page.kept
        self.runner.ended(page)

    def _why_not(self, run: Tutorial) -> tuple[Outcome, str]:
        """Why a page is not run, and what it counts as; "": it is run."""
        if run.lacks:
            return Outcome.SKIPPED, run.lacks
        for key in self.unit.before(run):
            verdict = self.verdicts.get(key, Outcome.PASSED)
            if verdict in UNMET:
                return Outcome.NOT_RUN, f"{_name(key)} {UNMET[verdict]}"
            if verdict is Outcome.SKIPPED and key in self.unit.held.get(run.key, ()):
                return Outcome.SKIPPED, f"it starts from {_name(key)}, which is skipped"
        return Outcome.PASSED, ""


def _name(key: Key) -> str:
    return named(key[0], dict(key[1]))

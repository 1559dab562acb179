"""Runs the units of a plan side by side, each in a process and a namespace of its own."""

from __future__ import annotations

import os
import selectors
import signal
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docs_test.orchestration.in_turn import now
from docs_test.orchestration.process import started
from docs_test.orchestration.wire import Began, Detail, Ended, Job, Line, Over
from docs_test.outcomes import Failure, FailureKind, Outcome
from docs_test.planning.side_by_side import beside, claim_of
from docs_test.running import killed_runs
from docs_test.running.record import page_result
from groundwork.base import wording
from groundwork.base.positions import Position
from groundwork.system.signals import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docs_test.language.needs import Vocabulary
    from docs_test.model import Environment, Tutorial
    from docs_test.orchestration.process import Process
    from docs_test.page_results import PageResult
    from docs_test.planning.graph import Key, Unit
    from docs_test.planning.plan import Plan
    from docs_test.planning.side_by_side import Claim
    from docs_test.running.conduct import Conduct
    from groundwork.system.progress import Progress

POLL_SECONDS = 0.2


@dataclass(slots=True)
class _Worker:
    """A process that runs a unit."""

    process: Process
    round: int
    unit: Unit
    claim: Claim
    slot: int
    """Number of its environment, from 0."""
    began: list[Key] = field(default_factory=list)
    """Keys of the pages that have begun and have no result."""
    ended: set[Key] = field(default_factory=set)
    """Keys of the pages that have a result."""
    detail: str = ""
    over: Over | None = None
    """Its last message; None as long as there was none."""


@dataclass(slots=True)
class Workers:
    """Pages that run at the same time."""

    environment: Environment
    progress: Progress
    vocabulary: Vocabulary
    run: str
    """Identifier of the run."""
    results: Path
    conduct: Callable[[Tutorial], Conduct]
    pages: list[PageResult]
    """Gets each result at once."""
    colour: bool = False
    _verdicts: dict[int, dict[Key, Outcome]] = field(default_factory=dict)
    _pending: list[tuple[int, Unit]] = field(default_factory=list)
    _running: list[_Worker] = field(default_factory=list)
    _fault: Exception | None = None
    _told: int = 0
    """Number of interruptions that the processes have been told of."""

    def go(self, plan: Plan) -> None:
        """Run the plan, until it is interrupted: then every page cleans up first.

        Raises:
            KeyboardInterrupt: it was interrupted.
            EnvironmentFault: a page needs a port that is taken; those that ran at the same time have ended.
        """
        self._pending = list(plan.all())
        at_once = len(self.environment.side_by_side)
        pages = sum(len(unit.runs) for _, unit in self._pending)
        name = f"run {wording.counted(pages, 'page')}, at most {at_once} at the same time"
        with counted(self.progress.line) as heard, selectors.DefaultSelector() as selector:
            try:
                with self.progress.stage(name):
                    while self._running or (self._pending and self._goes_on(heard())):
                        if self._goes_on(heard()):
                            self._start(selector)
                        self._listen(selector)
                        self._interrupt(heard())
            finally:
                for worker in self._running:
                    worker.process.end()
        if heard():
            raise KeyboardInterrupt
        if self._fault is not None:
            raise self._fault

    def _goes_on(self, heard: int) -> bool:
        """Whether more pages are to be started."""
        # A page may also be interrupted by a signal to its own process.
        return not heard and self._fault is None and not any(page.interrupted for page in self.pages)

    def _start(self, selector: selectors.BaseSelector) -> None:
        """Start what may run beside what runs, in the order of the plan."""
        for one in list(self._pending):
            number, unit = one
            free = set(range(len(self.environment.side_by_side))) - {worker.slot for worker in self._running}
            if not free:
                return
            claim = claim_of(unit, self.vocabulary)
            claims = [worker.claim for worker in self._running]
            if not self._ready(number, unit) or beside(claim, claims, self.environment.inventory):
                continue
            self._pending.remove(one)
            worker = _Worker(started(self._job(number, unit, claim, min(free))), number, unit, claim, min(free))
            self._running.append(worker)
            selector.register(worker.process.pipe, selectors.EVENT_READ, worker)

    def _ready(self, number: int, unit: Unit) -> bool:
        """Whether all pages that a unit comes after have their results."""
        own = {run.key for run in unit.runs}
        known = self._verdicts.setdefault(number, {})
        return all(key in own or key in known for keys in unit.behind.values() for key in keys)

    def _job(self, number: int, unit: Unit, claim: Claim, slot: int) -> Job:
        # What may change more than its namespace runs alone, where the whole cluster is looked at.
        where = self.environment if claim.alone else self.environment.side_by_side[slot]
        return Job(
            unit=unit,
            environment=replace(where, side_by_side=()),
            verdicts=dict(self._verdicts[number]),
            run=self.run,
            results=self.results,
            conducts={run.key: self.conduct(run) for run in unit.runs},
            colour=self.colour,
            parent=os.getpid(),
        )

    def _listen(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(POLL_SECONDS):
            worker: _Worker = key.data
            for message in worker.process.heard():
                self._hear(worker, message)
            if worker.process.at_end:
                selector.unregister(key.fileobj)
                self._ended(worker)

    def _hear(self, worker: _Worker, message: Any) -> None:
        match message:
            case Line(text):
                self.progress.line(f"{worker.slot + 1}| {text}")
            case Detail(text):
                worker.detail = text
                now_ = (f"{one.slot + 1}| {one.detail}" for one in self._running)
                self.progress.detail("; ".join(now_))
            case Began(key):
                worker.began.append(key)
            case Ended(page):
                self._keep(worker, page)
            case Over():
                worker.over = message

    def _keep(self, worker: _Worker, page: PageResult) -> None:
        worker.ended.add(page.key)
        worker.began = [key for key in worker.began if key != page.key]
        self._verdicts[worker.round][page.key] = page.outcome
        self.pages.append(page)

    def _ended(self, worker: _Worker) -> None:
        """A process has ended: well, by a fault, or because somebody killed it."""
        status = worker.process.ended()
        self._running.remove(worker)
        if worker.over is None:
            killed_runs.sweep(self.progress.line)
            self._lost(worker, status)
            return
        self.progress.stages += worker.over.stages
        self._fault = self._fault or worker.over.fault
        if worker.over.bug:
            self._fault = self._fault or RuntimeError(f"a bug ended a page\n{worker.over.bug}")

    def _lost(self, worker: _Worker, status: int) -> None:
        """Results of the pages of a process that was killed: those that had begun have failed."""
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
        fact = f"the process that ran the page was ended {how}"
        for run in worker.unit.runs:
            if run.key in worker.began:
                result = page_result(run, Outcome.FAILED, run=self.run, started_at=now())
                failure = Failure(FailureKind.INTERRUPTED, Position(run.path, 1), fact)
                self._keep(worker, replace(result, failures=(failure,)))
            elif run.key not in worker.ended and not self._told:
                result = page_result(run, Outcome.NOT_RUN, run=self.run, started_at=now())
                self._keep(worker, replace(result, lacks=fact))

    def _interrupt(self, heard: int) -> None:
        """Pass interruptions on, each once."""
        while self._told < heard:
            self._told += 1
            for worker in self._running:
                worker.process.interrupt()

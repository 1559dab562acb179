"""Runs a tutorial: its steps in order, its clean-up whatever happens, and a look at what is left."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docs_test.clusters.diagnosis import diagnosis
from docs_test.clusters.leftovers import leftovers
from docs_test.clusters.snapshot import snapshot
from docs_test.matching.compare import compare
from docs_test.model import Outcome, PageResult, StepKind, StepResult
from docs_test.running import killed_runs
from docs_test.running.failure import explain, unmet_promise
from docs_test.shell.bash import Background, Ended, Shell
from docs_test.shell.folder import SCRIPTS, page_environment, save
from docs_test.shell.readiness import require_free, wait_until_ready
from docs_test.shell.sandbox import sandbox
from groundwork.base.errors import EnvironmentFault
from groundwork.base.masking import learn, mask
from groundwork.kube.kubectl import Kubectl
from groundwork.system.records import recorded
from groundwork.system.signals import deferred

if TYPE_CHECKING:
    from docs_test.model import Environment, Step, Tutorial

GIVEN = "cluster"
"""The platform of a cluster that outlives the run: what a killed page left there, the next run cleans up."""
RETRY_SECONDS = 2.0
"""Pause between attempts of a step with `data-until`."""


class Reporter(Protocol):
    """Hears how a page goes on."""

    def step_started(self, step: Step, number: int, total: int) -> None:
        """A step begins."""

    def step_ended(self, result: StepResult, number: int, total: int) -> None:
        """A step ended."""

    def said(self, text: str) -> None:
        """Something to know now, beside the steps."""


@dataclass(slots=True)
class _Page:
    """A page while it runs."""

    tutorial: Tutorial
    folder: Path
    env: dict[str, str]
    reporter: Reporter
    shell: Shell
    sandbox: tuple[str, ...] = ()
    """Words before each command that is started."""
    started: float = field(default_factory=time.monotonic)
    results: list[StepResult] = field(default_factory=list)
    backgrounds: list[Background] = field(default_factory=list)

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def elapsed(self) -> float:
        return time.monotonic() - self.started


@dataclass(slots=True)
class _Ending:
    """How clean-up went."""

    errors: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    reached: bool = False
    interrupted: bool = False


def run_page(tutorial: Tutorial, environment: Environment, reporter: Reporter) -> tuple[PageResult, bool]:
    """Run a tutorial in a fresh, empty folder.

    Returns:
        The result, and whether it was interrupted (Ctrl-C, SIGTERM); everything started has ended.

    Raises:
        EnvironmentFault: a port that the page needs is taken; nothing of the page is left.
    """
    for step in tutorial.steps:
        if step.background:
            require_free(step.ready, step.location)
    folder = Path(tempfile.gettempdir(), f"docs-test-{secrets.token_hex(6)}")
    with recorded(killed_runs.KIND, folder=str(folder), page=tutorial.path) as record:
        given_up = False
        try:
            page, interrupted, given_up = _run_page(tutorial, environment, reporter, folder)
        except KeyboardInterrupt:
            # Between two of its lines. Once steps have run, clean-up is due, and the next run sees to it.
            given_up = (folder / SCRIPTS).exists()
            raise
        finally:
            if not given_up:
                shutil.rmtree(folder, ignore_errors=True)
                record.settled()
    return page, interrupted


def _run_page(
    tutorial: Tutorial, environment: Environment, reporter: Reporter, folder: Path
) -> tuple[PageResult, bool, bool]:
    folder.mkdir(mode=0o700)
    env = page_environment(tutorial, environment, folder)
    learn(env, environment.page_kubeconfig, environment.cluster_kubeconfig)
    mine = {"PATH": env["PATH"], "KUBECONFIG": environment.kubeconfig}
    kubectl = Kubectl({**os.environ, **mine}, environment.context, environment.namespace)
    before = snapshot(kubectl)
    if environment.platform == GIVEN:
        asked = {"context": environment.context, "namespace": environment.namespace}
        programs = environment.path_prefix if environment.sandboxed else None
        killed_runs.plan(folder, env, tutorial, before, programs=programs, mine=mine | asked)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    around = sandbox(folder, environment.path_prefix) if environment.sandboxed else ()
    page = _Page(tutorial, folder, env, reporter, Shell(folder, folder / "work", env, None, around), around)
    interrupted = False
    fault: Exception | None = None
    try:
        try:
            _run_steps(page, kubectl, at)
        except KeyboardInterrupt:
            interrupted = True
        except Exception as error:  # noqa: BLE001 - whatever it is, what the page made goes first
            fault = error
        ending = _end(page, kubectl, before, patient=not interrupted)
    finally:
        _end_backgrounds(page)
        page.shell.close()
    if fault:
        raise fault
    interrupted = interrupted or ending.interrupted
    return _result(page, at, ending, interrupted=interrupted), interrupted, not ending.reached


def _end(page: _Page, kubectl: Kubectl, before: frozenset[str], *, patient: bool) -> _Ending:
    """Clean up and look at what is left. `patient`: the first interruption waits for the end of that."""
    ending = _Ending()
    try:
        with deferred(page.reporter.said) if patient else nullcontext():
            _clean_up(page, ending.errors)
            _end_backgrounds(page)
            _look(page, kubectl, before, ending, killed_runs.SETTLE_SECONDS)
            page.shell.close()
            ending.reached = True
    except KeyboardInterrupt:
        ending.interrupted = True
    if not ending.reached:
        ending.errors.append(f"{page.tutorial.path}: interrupted during clean-up; the next run finishes it")
        with suppress(KeyboardInterrupt):
            _look(page, kubectl, before, ending, 0.0)
    return ending


def _look(page: _Page, kubectl: Kubectl, before: frozenset[str], ending: _Ending, patience: float) -> None:
    try:
        ending.left += leftovers(kubectl, before, patience)
    except EnvironmentFault as error:
        # Not seen is not gone.
        ending.errors.append(f"{page.tutorial.path}:1: what the page left in the cluster is unknown: {error}")


def _result(page: _Page, at: str, ending: _Ending, *, interrupted: bool) -> PageResult:
    tutorial = page.tutorial
    done = {id(result.step) for result in page.results}
    page.results += [
        StepResult(step, Outcome.NOT_RUN, 0.0, page.elapsed()) for step in tutorial.steps if id(step) not in done
    ]
    order = {id(step): number for number, step in enumerate(tutorial.steps)}
    page.results.sort(key=lambda result: order[id(result.step)])
    good = all(result.outcome is Outcome.PASSED for result in page.results)
    good = good and not (interrupted or ending.errors or ending.left)
    outcome = Outcome.PASSED if good else Outcome.FAILED
    steps, errors, left = tuple(page.results), tuple(ending.errors), tuple(ending.left)
    return PageResult(tutorial, outcome, at, page.elapsed(), steps, errors, left)


def _run_steps(page: _Page, kubectl: Kubectl, at: str) -> None:
    steps = [step for step in page.tutorial.steps if not step.cleanup]
    total = len(page.tutorial.steps)
    for number, step in enumerate(steps, 1):
        result = _run_step(page, step, number, total)
        if result.outcome is Outcome.PASSED:
            continue
        details = diagnosis(kubectl, since=at) if step.kind is not StepKind.FILE else ""
        if details:
            page.results[-1] = replace(result, error=f"{result.error}\n{details}")
        return


def _run_step(page: _Page, step: Step, number: int, total: int) -> StepResult:
    page.reporter.step_started(step, number, total)
    started = page.elapsed()
    if step.kind is StepKind.FILE:
        result = _save_file(page, step)
    elif step.background:
        result = _start_background(page, step)
    else:
        result = _run_code(page, step)
    result = replace(result, started=started, seconds=page.elapsed() - started)
    if result.outcome is Outcome.PASSED and (broken := unmet_promise(result, page.results)):
        result = replace(result, outcome=Outcome.FAILED, error=broken)
    page.results.append(result)
    page.reporter.step_ended(result, number, total)
    return result


def _save_file(page: _Page, step: Step) -> StepResult:
    try:
        save(page.work, step.file_name, step.code)
    except OSError as error:
        fact = f"{step.location}: {step.file_name!r} cannot be saved: {error.strerror}"
        hint = "did an earlier step make a folder, a link or a pipe of that name?"
        return StepResult(step, Outcome.FAILED, 0.0, 0.0, error=f"{fact}\nhint: {hint}")
    return StepResult(step, Outcome.PASSED, 0.0, 0.0)


def _start_background(page: _Page, step: Step) -> StepResult:
    require_free(step.ready, step.location)
    background = Background(step, page.folder, page.work, page.env, page.shell.state, sandbox=page.sandbox)
    page.backgrounds.append(background)
    problem = wait_until_ready(background, step.ready, step.timeout)
    if problem:
        ended = Ended(background.process.poll(), background.output, 0, problem)
        output = mask(ended.output)
        return StepResult(step, Outcome.FAILED, 0.0, 0.0, error=explain(step, ended, None), output=output)
    return StepResult(step, Outcome.PASSED, 0.0, 0.0)


def _run_code(page: _Page, step: Step) -> StepResult:
    limit = step.timeout if step.cleanup else min(step.timeout, page.tutorial.timeout - page.elapsed())
    deadline = time.monotonic() + limit
    again_until = time.monotonic() + step.until
    attempts = 0
    while True:
        attempts += 1
        if not page.shell.free:
            page.shell = _next_shell(page)
        ended = page.shell.run(step, max(deadline - time.monotonic(), 0.1))
        mismatch = None
        good = not ended.problem and ended.status == step.exit_status
        if good and step.expectation:
            mismatch = compare(step.expectation, ended.output)
        if (good and not mismatch) or ended.problem or time.monotonic() + RETRY_SECONDS > again_until:
            break
        time.sleep(RETRY_SECONDS)
    result = StepResult(step, Outcome.PASSED, 0.0, 0.0, ended.status, mask(ended.output), attempts)
    if good and not mismatch:
        return result
    return replace(result, outcome=Outcome.FAILED, error=explain(step, ended, mismatch, attempts))


def _next_shell(page: _Page) -> Shell:
    """A shell that goes on where the last one ended: a failing command ends the shell, as `set -e` says."""
    old = page.shell
    old.close()
    state = old.state
    return Shell(page.folder, page.work, page.env, state if state.exists() else None, page.sandbox)


def _clean_up(page: _Page, errors: list[str]) -> None:
    """Run the clean-up steps, last one first; adds the errors."""
    total = len(page.tutorial.steps)
    for step in reversed([step for step in page.tutorial.steps if step.cleanup]):
        result = _run_step(page, step, len(page.results) + 1, total)
        if result.outcome is not Outcome.PASSED:
            errors.append(result.error)


def _end_backgrounds(page: _Page) -> None:
    while page.backgrounds:
        with suppress(ProcessLookupError):
            page.backgrounds.pop().close()

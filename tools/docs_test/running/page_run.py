"""Runs a tutorial: its steps in order, its clean-up whatever happens, and a look at what is left."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.clusters.diagnosis import diagnosis
from docs_test.clusters.leftovers import leftovers
from docs_test.clusters.snapshot import snapshot
from docs_test.model import StepKind
from docs_test.outcomes import Failure, FailureKind, Outcome
from docs_test.ports.registry import GIVEN
from docs_test.running import killed_runs
from docs_test.running.artifacts import collect
from docs_test.running.conduct import WHOLE
from docs_test.running.record import page_result, step_result
from docs_test.running.steps import Page, end_backgrounds, run_step
from docs_test.shell.bash import Shell
from docs_test.shell.folder import SCRIPTS, page_environment
from docs_test.shell.readiness import require_free
from docs_test.shell.sandbox import sandbox
from groundwork.base.errors import EnvironmentFault
from groundwork.base.masking import learn
from groundwork.base.positions import Position
from groundwork.kube.kubectl import Kubectl
from groundwork.system.records import recorded
from groundwork.system.signals import deferred

if TYPE_CHECKING:
    from docs_test.model import Environment, Tutorial
    from docs_test.page_results import PageResult
    from docs_test.running.artifacts import Keep
    from docs_test.running.conduct import Conduct
    from docs_test.running.steps import Reporter


@dataclass(slots=True)
class _Ending:
    """How clean-up went."""

    failures: list[Failure] = field(default_factory=list)
    """Failures that belong to no step."""
    left: list[str] = field(default_factory=list)
    reached: bool = False
    interrupted: bool = False


def run_page(
    tutorial: Tutorial,
    environment: Environment,
    reporter: Reporter,
    *,
    run: str = "",
    keep: Keep | None = None,
    conduct: Conduct = WHOLE,
) -> PageResult:
    """Run a tutorial in a fresh, empty folder.

    Args:
        tutorial: the page, in one variant.
        environment: where it runs.
        reporter: hears how it goes on.
        run: identifies the run of docs-test.
        keep: takes the files that the page names under `artifacts`; None: they are not looked for.
        conduct: how far it is run, and what happens after a failure.

    Returns:
        The result; it says if the page was interrupted (Ctrl-C, SIGTERM). Everything started has ended.

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
            page, given_up = _run_page(tutorial, environment, reporter, folder, keep=keep, conduct=conduct)
        except KeyboardInterrupt:
            # Between two of its lines. Once steps have run, clean-up is due, and the next run sees to it.
            given_up = (folder / SCRIPTS).exists()
            raise
        finally:
            if not given_up:
                shutil.rmtree(folder, ignore_errors=True)
                record.settled()
    return replace(page, run=run)


def _run_page(
    tutorial: Tutorial,
    environment: Environment,
    reporter: Reporter,
    folder: Path,
    *,
    keep: Keep | None,
    conduct: Conduct,
) -> tuple[PageResult, bool]:
    """Returns the result, and whether the folder is kept: the next run finishes the clean-up."""
    folder.mkdir(mode=0o700)
    env = page_environment(tutorial, environment, folder)
    learn(env, environment.page_kubeconfig, environment.cluster_kubeconfig)
    watch = _watch(tutorial, environment, folder, env) if tutorial.cluster else None
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    around = sandbox(folder, environment.path_prefix) if environment.sandboxed else ()
    page = Page(tutorial, folder, env, reporter, Shell(folder, folder / "work", env, None, around), around)
    interrupted = False
    fault: Exception | None = None
    try:
        try:
            try:
                _run_steps(page, watch, at, conduct)
            finally:
                if keep:  # Before clean-up, which may remove them.
                    page.attachments = collect(page.work, tutorial.artifacts, keep)
        except KeyboardInterrupt:
            interrupted = True
        except Exception as error:  # noqa: BLE001 - whatever it is, what the page made goes first
            fault = error
        ending = _end(page, watch, patient=not interrupted)
    finally:
        end_backgrounds(page)
        page.shell.close()
    if fault:
        raise fault
    result = _result(page, at, ending, conduct, interrupted=interrupted or ending.interrupted)
    return result, not ending.reached


@dataclass(frozen=True, slots=True)
class _Watch:
    """How docs-test looks at the cluster while a page runs there."""

    kubectl: Kubectl
    before: frozenset[str]
    """Objects that were there before the page."""
    expected: tuple[str, ...]
    """Objects that may be there after it, in the form of `leftovers`."""


def _watch(tutorial: Tutorial, environment: Environment, folder: Path, env: dict[str, str]) -> _Watch:
    mine = {"PATH": env["PATH"], "KUBECONFIG": environment.kubeconfig}
    kubectl = Kubectl({**os.environ, **mine}, environment.context, environment.namespace)
    before = snapshot(kubectl)
    if environment.platform == GIVEN:
        # It outlives the run: what a killed page leaves there, the next run cleans up.
        asked = {"context": environment.context, "namespace": environment.namespace}
        programs, left = environment.path_prefix if environment.sandboxed else None, environment.left_behind
        killed_runs.plan(folder, env, tutorial, before, programs=programs, mine=mine | asked, left_behind=left)
    return _Watch(kubectl, before, environment.left_behind)


def _end(page: Page, watch: _Watch | None, *, patient: bool) -> _Ending:
    """Clean up and look at what is left. `patient`: the first interruption waits for the end of that."""
    ending = _Ending()
    try:
        with deferred(page.reporter.said) if patient else nullcontext():
            _clean_up(page)
            end_backgrounds(page)
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


def _look(page: Page, watch: _Watch | None, ending: _Ending, patience: float) -> None:
    if watch is None:
        return
    try:
        ending.left += leftovers(watch.kubectl, watch.before, patience, watch.expected)
    except EnvironmentFault as error:
        # Not seen is not gone.
        fact, at = f"what the page left in the cluster is unknown: {error.fact}", Position(page.tutorial.path, 1)
        ending.failures.append(Failure(FailureKind.NOT_LOOKED, at, fact, error.hint))


def _result(page: Page, at: str, ending: _Ending, conduct: Conduct, *, interrupted: bool) -> PageResult:
    steps = tuple(
        page.results.get(id(step)) or step_result(step, started=page.elapsed()) for step in page.tutorial.steps
    )
    in_part = conduct.in_part(page.tutorial)
    run = [result for result in steps if result.outcome is not Outcome.NOT_RUN] if in_part else steps
    good = all(result.outcome is Outcome.PASSED for result in run)
    good = good and not (interrupted or ending.failures or ending.left)
    passed = Outcome.PARTIAL if in_part else Outcome.PASSED
    return replace(
        page_result(page.tutorial, passed if good else Outcome.FAILED, run="", started_at=at),
        in_part=in_part,
        seconds=page.elapsed(),
        interrupted=interrupted,
        steps=steps,
        failures=tuple(ending.failures),
        leftovers=tuple(ending.left),
        attachments=page.attachments,
    )


def _run_steps(page: Page, watch: _Watch | None, at: str, conduct: Conduct) -> None:
    total = len(page.tutorial.steps)
    for number, step in enumerate(conduct.steps(page.tutorial), 1):
        result = run_step(page, step, number, total)
        if result.failure is None or conduct.goes_on(result.failure):
            continue
        if watch and step.kind is not StepKind.FILE and (found := diagnosis(watch.kubectl, since=at)):
            page.results[id(step)] = replace(result, failure=replace(result.failure, diagnosis=found))
        return


def _clean_up(page: Page) -> None:
    """Run the clean-up steps, last one first."""
    total = len(page.tutorial.steps)
    for step in reversed([step for step in page.tutorial.steps if step.cleanup]):
        run_step(page, step, len(page.results) + 1, total)

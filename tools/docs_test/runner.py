"""Runs a tutorial: its steps in order, its clean-up whatever happens, and a look at what is left."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docs_test import killed
from docs_test.failure import explain, unmet_promise
from docs_test.kubectl import Kubectl
from docs_test.match import compare
from docs_test.model import Outcome, PageResult, StepKind, StepResult
from docs_test.readiness import require_free, wait_until_ready
from docs_test.secrets import learn
from docs_test.shell import Background, Ended, Shell
from project.records import recorded

if TYPE_CHECKING:
    from docs_test.model import Environment, Step, Tutorial

RETRY_SECONDS = 2.0
"""Pause between attempts of a step with `data-until`."""
SETTLE_SECONDS = 90.0
"""How long objects may take to go after clean-up: Dynamo's Pods have a grace period of 60 seconds."""
KEPT_VARIABLES = ("PATH", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy")
"""What a page sees of the caller's environment; the rest may hold secrets."""


class Reporter(Protocol):
    """Hears how a page goes on."""

    def step_started(self, step: Step, number: int, total: int) -> None:
        """A step begins."""

    def step_ended(self, result: StepResult, number: int, total: int) -> None:
        """A step ended."""


@dataclass(slots=True)
class _Page:
    """A page while it runs."""

    tutorial: Tutorial
    folder: Path
    env: dict[str, str]
    reporter: Reporter
    shell: Shell
    started: float = field(default_factory=time.monotonic)
    results: list[StepResult] = field(default_factory=list)
    backgrounds: list[Background] = field(default_factory=list)

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def elapsed(self) -> float:
        return time.monotonic() - self.started


def run_page(tutorial: Tutorial, environment: Environment, reporter: Reporter) -> tuple[PageResult, bool]:
    """Run a tutorial in a fresh, empty folder.

    Returns:
        The result, and whether it was interrupted (Ctrl-C, SIGTERM); everything started has ended.

    Raises:
        EnvironmentFault: a port that the page needs is taken.
    """
    folder = Path(tempfile.mkdtemp(prefix="docs-test-"))
    with recorded(killed.KIND, folder=str(folder), page=tutorial.path):
        return _run_page(tutorial, environment, reporter, folder)


def _run_page(
    tutorial: Tutorial, environment: Environment, reporter: Reporter, folder: Path
) -> tuple[PageResult, bool]:
    env = page_environment(tutorial, environment, folder)
    learn(env)
    kubectl = Kubectl(env)
    before = kubectl.objects()
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = _Page(tutorial, folder, env, reporter, Shell(_made(folder / "shell"), folder / "work", env))
    interrupted = False
    errors: list[str] = []
    left: list[str] = []
    try:
        try:
            _run_steps(page, kubectl)
        except KeyboardInterrupt:
            interrupted = True
        try:
            errors = _clean_up(page)
            _end_backgrounds(page)
            left = kubectl.leftovers(before, SETTLE_SECONDS)
        except KeyboardInterrupt:
            interrupted = True
            errors.append(f"{tutorial.path}: interrupted during clean-up; objects may be left in the cluster")
    finally:
        _end_backgrounds(page)
        page.shell.close()
        shutil.rmtree(folder, ignore_errors=True)
    done = {id(result.step) for result in page.results}
    page.results += [
        StepResult(step, Outcome.NOT_RUN, 0.0, page.elapsed()) for step in tutorial.steps if id(step) not in done
    ]
    order = {id(step): number for number, step in enumerate(tutorial.steps)}
    page.results.sort(key=lambda result: order[id(result.step)])
    failed = interrupted or errors or left or any(result.outcome is not Outcome.PASSED for result in page.results)
    outcome = Outcome.FAILED if failed else Outcome.PASSED
    result = PageResult(tutorial, outcome, at, page.elapsed(), tuple(page.results), tuple(errors), tuple(left))
    return result, interrupted


def page_environment(tutorial: Tutorial, environment: Environment, folder: Path) -> dict[str, str]:
    """The whole environment of a page's commands."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join([*environment.path_prefix, kept.pop("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "HOME": str(_made(folder / "home")),
        "TMPDIR": str(_made(folder / "tmp")),
        "PWD": str(_made(folder / "work")),
        "KUBECONFIG": environment.kubeconfig,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        **tutorial.variables,
    }


def _run_steps(page: _Page, kubectl: Kubectl) -> None:
    steps = [step for step in page.tutorial.steps if not step.cleanup]
    total = len(page.tutorial.steps)
    for number, step in enumerate(steps, 1):
        result = _run_step(page, step, number, total)
        if result.outcome is Outcome.PASSED:
            continue
        details = kubectl.diagnosis() if step.kind is not StepKind.FILE else ""
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
    target = page.work / step.file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(step.code, encoding="utf-8")
    return StepResult(step, Outcome.PASSED, 0.0, 0.0)


def _start_background(page: _Page, step: Step) -> StepResult:
    require_free(step.ready, str(step))
    background = Background(step, page.folder / "shell", page.work, page.env, page.shell.state)
    page.backgrounds.append(background)
    problem = wait_until_ready(background, step.ready, step.timeout)
    if problem:
        ended = Ended(background.process.poll(), background.output, 0, problem)
        return StepResult(step, Outcome.FAILED, 0.0, 0.0, error=explain(step, ended, None), output=ended.output)
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
    result = StepResult(step, Outcome.PASSED, 0.0, 0.0, ended.status, ended.output, attempts)
    if good and not mismatch:
        return result
    return replace(result, outcome=Outcome.FAILED, error=explain(step, ended, mismatch, attempts))


def _next_shell(page: _Page) -> Shell:
    """A shell that goes on where the last one ended: a failing command ends the shell, as `set -e` says."""
    old = page.shell
    old.close()
    state = old.state
    folder = _made(page.folder / f"{old.folder.name}-")
    return Shell(folder, page.work, page.env, state if state.exists() else None)


def _clean_up(page: _Page) -> list[str]:
    """Run the clean-up steps, last one first; returns the errors."""
    errors: list[str] = []
    total = len(page.tutorial.steps)
    for step in reversed([step for step in page.tutorial.steps if step.cleanup]):
        result = _run_step(page, step, len(page.results) + 1, total)
        if result.outcome is not Outcome.PASSED:
            errors.append(result.error)
    return errors


def _end_backgrounds(page: _Page) -> None:
    while page.backgrounds:
        with suppress(ProcessLookupError):
            page.backgrounds.pop().close()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""Runs the steps of a page: files are saved, commands run in the page's shell, what they print is compared."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.matching.compare import compare
from docs_test.model import StepKind
from docs_test.outcomes import Failure, FailureKind, Outcome, StepResult
from docs_test.running.failure import not_saved, unmet_promise
from docs_test.running.record import ended_result, step_result
from docs_test.shell.background import start
from docs_test.shell.bash import Ended
from docs_test.shell.folder import OUTPUTS, SCRIPTS, save
from docs_test.shell.readiness import require_free, wait_until_ready

if TYPE_CHECKING:
    from docs_test.model import Step
    from docs_test.running.page import Page

RETRY_SECONDS = 2.0
"""Pause between attempts of a step with `data-until`."""
COMPARE_SECONDS = 2.0
"""Seconds that a comparison has although the step's time is over: a command may end in its last moment."""


def run_step(page: Page, step: Step, number: int, total: int) -> StepResult:
    page.reporter.step_started(step, number, total)
    started = page.elapsed()
    try:
        result = _run(page, step)
    except (FileNotFoundError, NotADirectoryError):
        if page.work.is_dir() and (page.folder / SCRIPTS).is_dir() and (page.folder / OUTPUTS).is_dir():
            raise
        # Without the sandbox, nothing keeps a page from removing what it runs in.
        gone = Ended(None, "", 0, "the page has removed the folder that it runs in", FailureKind.SHELL_GONE)
        result = ended_result(step, gone)
    if not result.seconds:
        result = replace(result, started=started, seconds=page.elapsed() - started)
    if result.outcome is Outcome.PASSED and (broken := _broken_promise(page, step, result)):
        result = replace(result, outcome=Outcome.FAILED, failure=broken)
    page.results[id(step)] = result
    page.reporter.step_ended(result, number, total)
    return result


def _run(page: Page, step: Step) -> StepResult:
    if step.kind is StepKind.FILE:
        return _save_file(page, step)
    return _start_background(page, step) if step.background else _run_code(page, step)


def _broken_promise(page: Page, step: Step, result: StepResult) -> Failure | None:
    if not (step.within and step.since):
        return None
    start = next((item for item in page.results.values() if item.identifier == step.since), None)
    if start is None:
        return None
    return unmet_promise(step, start.position, result.started + result.seconds - start.started)


def _save_file(page: Page, step: Step) -> StepResult:
    result = replace(step_result(step, Outcome.PASSED), attempts=1)
    try:
        save(page.work, step.file_name, step.code)
    except OSError as error:
        return replace(result, outcome=Outcome.FAILED, failure=not_saved(step, error))
    return result


def _start_background(page: Page, step: Step) -> StepResult:
    require_free(step.ready, step.location)
    background = start(step, page.folder, page.env, page.shell.known, page.background_sandbox or page.sandbox)
    page.backgrounds.append(background)
    problem = wait_until_ready(background, step.ready, step.timeout)
    if problem:
        return ended_result(step, background.ended(problem))
    return replace(step_result(step, Outcome.PASSED), attempts=1)


def _run_code(page: Page, step: Step) -> StepResult:
    began, started = time.monotonic(), page.elapsed()
    limit = step.timeout if step.cleanup else min(step.timeout, page.tutorial.timeout - started)
    deadline, again_until = began + limit, began + step.until
    attempts = 0
    while True:
        attempts += 1
        if not page.shell.free:
            page.next_shell()
        ended = page.shell.run(step, max(deadline - time.monotonic(), 0.1))
        mismatch = None
        good = not ended.problem and ended.status == step.exit_status
        if good and step.expectation:
            mismatch = compare(step.expectation, ended.output, max(deadline - time.monotonic(), COMPARE_SECONDS))
        if (good and not mismatch) or ended.problem or time.monotonic() + RETRY_SECONDS > again_until:
            return ended_result(step, ended, mismatch, attempts, started=started, seconds=page.elapsed() - started)
        time.sleep(RETRY_SECONDS)

"""The HTML report in a browser, at both sizes, light and dark: it asks for nothing, and axe finds nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from docs_test.html_report.report import write
from docs_test.model import SkipKind
from docs_test.outcomes import Diagnosis, EventSeen, Failure, FailureKind, Outcome, Output, PodSeen
from docs_test.page_results import SkippedBlock
from docs_test.running.record import page_result, step_result
from docs_test.tutorials.build import read_tutorials
from groundwork.base.paths import root as project_root
from support.browser import SCHEMES, SIZES
from support.results import of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from docs_test.model import Step, Tutorial
    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult

pytestmark = pytest.mark.browser

MOST_BYTES = 1024 * 1024
"""Bytes of the report of all pages, at most."""
POD = PodSeen("demo", "web", "Pending, ImagePullBackOff", "It waits.", "kubectl logs web", "last words\n" * 5)
SEEN = Diagnosis((POD,), (EventSeen("2026-11-24T01:00:00Z", "Failed", "Pod", "web", "no image " * 30),))
EVIL = "<script>document.title = 'ran'</script><img src=https://example.org/x.png> " + "long " * 100


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of every tutorial of this site: in each, one step fails and the rest is not run."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    tutorials = read_tutorials(project_root()).tutorials(
        capabilities=frozenset({"gpu", "cluster-scope", "prometheus"})
    )
    write(file, of(*(page_of(one) for one in tutorials if one.steps)), project_root())
    return file


def page_of(tutorial: Tutorial) -> PageResult:
    shown = [number for number, step in enumerate(tutorial.steps) if step.expectation]
    steps = tuple(step_of(step, number, shown[len(shown) // 2]) for number, step in enumerate(tutorial.steps))
    at = "2026-11-24T01:00:00Z"
    page = page_result(tutorial, Outcome.FAILED, run="one", started_at=at)
    extra = SkippedBlock(tutorial.steps[0].location, SkipKind.MISSING, "the environment has no GPU")
    return replace(page, steps=steps, leftovers=("pods/demo/web",), skipped=(*page.skipped, extra))


def step_of(step: Step, number: int, fails: int) -> StepResult:
    if number > fails and not step.cleanup:
        return step_result(step)
    result = replace(step_result(step, Outcome.PASSED), attempts=1, exit_status=0, output=Output(EVIL, 1))
    if number != fails or step.expectation is None:
        return result
    where, rows = step.expectation.location, ("  same", "- this", f"+ {EVIL}")
    failure = Failure(FailureKind.MISMATCH, where, "not what the page shows", "a hint", rows, SEEN)
    return replace(result, outcome=Outcome.FAILED, failure=failure)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_report_reads_well(open_page: Callable[..., Page], report: Path, size: str, scheme: str) -> None:
    page = open_page(size, scheme)
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text))
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    scroll, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert scroll <= inner
    assert (requests, errors) == ([report.as_uri()], [])
    assert re.fullmatch(r"Tutorials: 0 passed, \d+ failed", page.title()), "no script of an output ran"
    found = Axe().run(page).response["violations"]
    assert [f"{item['id']}: {node['html']}" for item in found for node in item["nodes"]] == []


def test_a_failure_is_reached_from_the_table(open_page: Callable[..., Page], report: Path) -> None:
    page = open_page("telephone")
    page.goto(report.as_uri())
    page.locator(".index a").first.click()
    page.locator(".page .facts a").first.click()
    failed = page.locator("details.step.failed").first
    assert failed.get_attribute("open") is not None
    box = failed.bounding_box()
    assert box
    assert box["y"] < 200


def test_the_report_of_all_pages_is_not_large(report: Path) -> None:
    assert report.stat().st_size < MOST_BYTES

"""Results as JUnit XML, for CI systems: a suite for each page and variant, a case for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from docs_test.names import named
from docs_test.outcomes import Outcome
from docs_test.reporting.failures import failure_text
from groundwork.reporting.reporters import xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docs_test.outcomes import Failure, StepResult
    from docs_test.page_results import PageResult


def write_junit(path: Path, pages: Sequence[PageResult]) -> None:
    """Write the file; skipped blocks are skipped cases with their reason.

    Raises:
        OSError: it cannot be written.
    """
    root = ET.Element("testsuites", name="docs-test")
    for page in pages:
        _suite(root, page)
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _suite(root: ET.Element, page: PageResult) -> None:
    name = named(page.path, page.variant)
    suite = ET.SubElement(root, "testsuite", name=name, timestamp=page.started_at.rstrip("Z"))
    for step in page.steps:
        case = _case(suite, page, str(step.position), step.seconds)
        if step.failure:
            _failed(case, step.failure, step)
        elif step.outcome is Outcome.NOT_RUN:
            ET.SubElement(case, "skipped", message=page.in_part or "a step before it failed")
    if page.outcome is Outcome.NOT_RUN:
        ET.SubElement(_case(suite, page, "page"), "skipped", message=xml_text(f"not run: {page.lacks}"))
    for skip in page.skipped:
        ET.SubElement(_case(suite, page, str(skip.position)), "skipped", message=xml_text(skip.reason))
    for failure in page.failures:  # Of no step: an interruption, say.
        _failed(_case(suite, page, "clean-up"), failure)
    for item in page.leftovers:
        case = _case(suite, page, f"left behind: {item}")
        ET.SubElement(case, "failure", message="left in the cluster after clean-up").text = item
    for count, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("skipped", "testcase/skipped")):
        suite.set(count, str(len(suite.findall(tag))))
    suite.set("time", f"{page.seconds:.3f}")


def _failed(case: ET.Element, failure: Failure, step: StepResult | None = None) -> None:
    found = ET.SubElement(case, "failure", type=failure.kind.value, message=xml_text(failure.headline))
    found.text = xml_text(failure_text(failure, step))


def _case(suite: ET.Element, page: PageResult, name: str, seconds: float = 0.0) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=page.path, name=name, time=f"{seconds:.3f}")

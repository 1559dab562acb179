"""Results as JUnit XML, for CI systems: a suite for each page, a case for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from docs_test.model import Outcome
from groundwork.base.masking import mask
from groundwork.reporting.reporters import xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docs_test.model import PageResult


def write_junit(path: Path, pages: Sequence[PageResult]) -> None:
    """Write the file; skipped blocks are skipped cases with their reason."""
    root = ET.Element("testsuites", name="docs-test")
    for page in pages:
        suite = ET.SubElement(root, "testsuite", name=page.tutorial.path, timestamp=page.started_at.rstrip("Z"))
        for result in page.steps:
            case = _case(suite, page, str(result.step), result.seconds)
            if result.outcome is Outcome.FAILED:
                text = _text(result.error)
                ET.SubElement(case, "failure", message=text.splitlines()[0] if text else "").text = text
            elif result.outcome is Outcome.NOT_RUN:
                ET.SubElement(case, "skipped", message="a step before it failed")
        for skip in page.tutorial.skipped:
            ET.SubElement(_case(suite, page, str(skip.location), 0.0), "skipped", message=_text(skip.reason))
        told = {result.error for result in page.steps}
        for error in page.cleanup_errors:
            if error not in told:  # Of no step: an interruption, say.
                text = _text(error)
                ET.SubElement(
                    _case(suite, page, "clean-up", 0.0), "failure", message=text.splitlines()[0]
                ).text = text
        for item in page.leftovers:
            case = _case(suite, page, f"left behind: {item}", 0.0)
            ET.SubElement(case, "failure", message="left in the cluster after clean-up").text = item
        for name, tag in (
            ("tests", "testcase"),
            ("failures", "testcase/failure"),
            ("skipped", "testcase/skipped"),
        ):
            suite.set(name, str(len(suite.findall(tag))))
        suite.set("time", f"{page.seconds:.3f}")
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(suite: ET.Element, page: PageResult, name: str, seconds: float) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=page.tutorial.path, name=name, time=f"{seconds:.3f}")


def _text(text: str) -> str:
    return xml_text(mask(text))

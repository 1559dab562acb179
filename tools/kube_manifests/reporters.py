"""Findings as text, JSON, JUnit XML and GitHub annotations; each reporter turns a report into a string."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from groundwork.base.github import annotation
from groundwork.text.model import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundwork.base.positions import Position
    from groundwork.text.model import Finding, Report

VERSION = 1
"""Of the JSON form, which findings.schema.json describes; changes when a reader of it would have to."""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(report: Report) -> str:
    """`PLACE: $.path: fact` for each finding, what to do below it, and a summary in the last line."""
    lines: list[str] = []
    for finding in report.findings:
        lines += _told(finding)
    return "\n".join([*lines, summary(report)]) + "\n"


def as_json(report: Report) -> str:
    """One JSON object; its form is `findings.schema.json`."""
    found = [
        {
            "file": finding.position.file,
            "line": finding.position.line or 1,
            "column": finding.position.column or 1,
            "path": finding.path,
            "code": finding.code,
            "stage": finding.stage.value,
            "level": "error" if finding.counts else "advice",
            "fact": finding.fact,
            "hint": finding.hint,
            "included_at": [_whole(position) for position in finding.position.via],
        }
        for finding in report.findings
    ]
    document = {
        "version": VERSION,
        "rules": report.rules,
        "files": list(report.files),
        "documents": report.documents,
        "errors": report.errors,
        "advice": report.advice,
        "findings": found,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def junit(report: Report) -> str:
    """JUnit XML: a case for each file, which fails with its errors; advice is its output."""
    root = ET.Element("testsuites", name="docs-test validate")
    suite = ET.SubElement(root, "testsuite", name=report.rules)
    failed = 0
    for file in report.files:
        case = ET.SubElement(suite, "testcase", classname="validate", name=file)
        own = [finding for finding in report.findings if finding.position.file == file]
        errors = [line for finding in own if finding.counts for line in _told(finding)]
        if errors:
            failed += 1
            ET.SubElement(case, "failure", message=xml_text(errors[0])).text = xml_text("\n".join(errors))
        advice = [line for finding in own if not finding.counts for line in _told(finding)]
        if advice:
            ET.SubElement(case, "system-out").text = xml_text("\n".join(advice))
    suite.set("tests", str(len(report.files)))
    suite.set("failures", str(failed))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def github(report: Report) -> str:
    """GitHub's workflow commands, which become annotations on the lines of a pull request."""
    lines = []
    for finding in report.findings:
        kind = "error" if finding.counts else "notice"
        message = "\n".join(filter(None, [headline(finding), finding.hint and f"hint: {finding.hint}"]))
        lines.append(annotation(kind, message, **_properties(finding.position), title=finding.code))
    return "\n".join([*lines, summary(report)]) + "\n"


REPORTERS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "github": github,
}


def _whole(position: Position) -> str:
    """The position as the JSON form has it: what is unknown of it is 1."""
    return f"{position.file}:{position.line or 1}:{position.column or 1}"


def _properties(position: Position) -> dict[str, str | int]:
    known: dict[str, str | int] = {"file": position.file, "line": position.line, "col": position.column}
    return {name: value for name, value in known.items() if value}


def headline(finding: Finding) -> str:
    """`$.path: fact`, marked where it is no error."""
    mark = "advice: " if finding.stage is Stage.ADVICE else ""
    return f"{finding.path}: {mark}{finding.fact}" if finding.path else f"{mark}{finding.fact}"


def _told(finding: Finding) -> list[str]:
    """A finding's lines: where and what, which page includes that, what to do."""
    lines = [f"{finding.position}: {headline(finding)}"]
    lines += [f"  included at {position}" for position in finding.position.via]
    return [*lines, *(f"  hint: {line}" for line in finding.hint.splitlines())]


def summary(report: Report) -> str:
    """One line: how much was checked, against what, and how it went."""
    wrong = len({finding.position.file for finding in report.findings if finding.counts})
    errors = f"{_count(report.errors, 'error')} in {_count(wrong, 'file')}" if report.errors else "no error"
    advice = f", {report.advice} advice" if report.advice else ""
    checked = f"{_count(report.documents, 'manifest')} in {_count(len(report.files), 'file')}"
    return f"{checked} checked against {report.rules}: {errors}{advice}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def xml_text(said: str) -> str:
    """The text with a question mark for each character that XML has no place for."""
    return _NOT_XML.sub("?", said)

"""Problems as text, JSON, JUnit XML and GitHub annotations; each reporter turns a report into a string."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from groundwork.base.printable import visible
from groundwork.base.problems import Stage
from groundwork.base.wording import counted
from groundwork.reporting.github import annotation

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundwork.base.positions import Position
    from groundwork.base.problems import Problem
    from groundwork.reporting.report import Report

VERSION = 1
"""Version of the JSON form, which findings.schema.json describes; changes when a reader of it would have to."""

_NOT_XML = "[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Pattern of what XML has no place for; compiled where it is used, which takes longer than a report as text."""


def text(report: Report) -> str:
    """`POSITION: $.path: fact` for each problem, what to do below it, and a summary in the last two lines."""
    lines: list[str] = []
    for problem in report.problems:
        lines += _told(problem)
    return "\n".join([*lines, *_notes(report), summary(report)]) + "\n"


def as_json(report: Report) -> str:
    """One JSON object; its form is `findings.schema.json`."""
    found = [
        {
            "file": problem.position.file,
            "line": problem.position.line or 1,
            "column": problem.position.column or 1,
            "path": problem.path,
            "code": problem.code,
            "stage": problem.stage.value,
            "level": "error" if problem.counts else "advice",
            "fact": problem.fact,
            "hint": problem.hint,
            "included_at": [_whole(position) for position in problem.position.via],
        }
        for problem in report.problems
    ]
    document = {
        "version": VERSION,
        "rules": report.rules,
        "files": list(report.files),
        "documents": report.documents,
        "errors": report.errors,
        "advice": report.advice,
        "findings": found,
        "notes": list(report.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def junit(report: Report) -> str:
    """JUnit XML: a case for each file, which fails with its errors; advice is its output."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - it takes as long to import as all else here

    root = ET.Element("testsuites", name=report.command)
    suite = ET.SubElement(root, "testsuite", name=report.rules)
    failed = 0
    for file in report.files:
        case = ET.SubElement(suite, "testcase", classname=report.command.split()[-1], name=file)
        own = [problem for problem in report.problems if problem.position.file == file]
        errors = [line for problem in own if problem.counts for line in _told(problem)]
        if errors:
            failed += 1
            ET.SubElement(case, "failure", message=xml_text(errors[0])).text = xml_text("\n".join(errors))
        advice = [line for problem in own if not problem.counts for line in _told(problem)]
        if advice:
            ET.SubElement(case, "system-out").text = xml_text("\n".join(advice))
    if report.notes:
        ET.SubElement(suite, "system-out").text = xml_text("\n".join(report.notes))
    suite.set("tests", str(len(report.files)))
    suite.set("failures", str(failed))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def github(report: Report) -> str:
    """GitHub's workflow commands, which become annotations on the lines of a pull request."""
    lines = []
    for problem in report.problems:
        kind = "error" if problem.counts else "notice"
        message = "\n".join(filter(None, [headline(problem), problem.hint and f"hint: {problem.hint}"]))
        lines.append(annotation(kind, message, **_properties(problem.position), title=problem.code))
    return "\n".join([*lines, *_notes(report), summary(report)]) + "\n"


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


def headline(problem: Problem) -> str:
    """`$.path: fact`, marked where it is no error."""
    mark = "advice: " if problem.stage is Stage.ADVICE else ""
    return f"{problem.path}: {mark}{problem.fact}" if problem.path else f"{mark}{problem.fact}"


def _told(problem: Problem) -> list[str]:
    """A problem's lines: where and what, which page includes that, what to do."""
    lines = [f"{problem.position}: {headline(problem)}"]
    lines += [f"  included at {position}" for position in problem.position.via]
    return [visible(line) for line in (*lines, *(f"  hint: {line}" for line in problem.hint.splitlines()))]


def _notes(report: Report) -> list[str]:
    return [visible(line) for line in report.notes]


def summary(report: Report) -> str:
    """Two lines: against what it was checked; and how much passed and failed, each kind of thing counted apart."""
    places = (problem.position for problem in report.problems if problem.counts)
    wrong = {place.file for position in places for place in (position, *position.via)}
    pages = set(report.pages)
    pages_are_counted = report.noun == "page"
    parts = [] if pages_are_counted else [f"{counted(report.documents, report.noun)} checked"]
    for noun, files in (("page", pages), ("file", set(report.files) - pages)):
        if files or (noun == "page" and pages_are_counted):
            bad = len(files & wrong)
            parts.append(f"{counted(len(files), noun)}: {len(files) - bad} passed, {bad} failed")
    errors = f"{counted(report.errors, 'error')}." if report.errors else "No error."
    advice = (
        f" {counted(report.advice, 'piece')} of advice, which {'fails' if report.advice == 1 else 'fail'} nothing."
        if report.advice
        else ""
    )
    unchecked = " Not all was checked." if report.notes else ""
    return f"Checked against {report.rules}.\n{'; '.join(parts)}. {errors}{advice}{unchecked}"


def xml_text(said: str) -> str:
    """The text with an escape for each character that cannot be seen; XML has no place for many of them."""
    return re.sub(_NOT_XML, "?", visible(said))

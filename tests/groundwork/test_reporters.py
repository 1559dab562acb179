"""What reporters print, of the same findings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from groundwork.base.positions import Position
from groundwork.base.problems import Problem, Stage
from groundwork.reporting import reporters
from groundwork.reporting.report import Report

FOUND = (
    Problem(
        Position("examples/a.yaml", 3, 5, via=(Position("docs/a.md", 41),)),
        "unknown field 'replica'",
        "did you mean 'replicas'?",
        "unknown-field",
        "$.spec.replica",
        Stage.SCHEMA,
    ),
    Problem(
        Position("examples/a.yaml", 9, 1), "100% old,\x07 it is", "a\nb", "advice/version", "$.kind", Stage.ADVICE
    ),
    Problem(Position("examples/b:1.yaml", 1), "a tab indents this line", code="yaml"),
)


def report(files: tuple[str, ...], documents: int, problems: tuple[Problem, ...], rules: str = "D") -> Report:
    return Report(rules, files, documents, problems, command="docs-test validate", noun="manifest")


REPORT = report(("examples/a.yaml", "examples/b:1.yaml", "examples/c.yaml"), 4, FOUND, "Dynamo main-1.5.0")
SUMMARY = (
    "Checked against Dynamo main-1.5.0.",
    "4 manifests checked; 3 files: 1 passed, 2 failed. 2 errors. 1 piece of advice, which fails nothing.",
)


def test_text_is_place_path_fact_then_what_to_do() -> None:
    assert reporters.text(REPORT).splitlines() == [
        "examples/a.yaml:3:5: $.spec.replica: unknown field 'replica'",
        "  included at docs/a.md:41",
        "  hint: did you mean 'replicas'?",
        "examples/a.yaml:9:1: $.kind: advice: 100% old,\\x07 it is",
        "  hint: a",
        "  hint: b",
        "examples/b:1.yaml:1: a tab indents this line",
        *SUMMARY,
    ]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (report((), 0, ()), "0 manifests checked. No error."),
        (report(("a",), 1, ()), "1 manifest checked; 1 file: 1 passed, 0 failed. No error."),
        (
            report(("a",), 1, FOUND[1:2]),
            "1 manifest checked; 1 file: 1 passed, 0 failed. No error. 1 piece of advice, which fails nothing.",
        ),
        (
            report(("examples/a.yaml",), 1, FOUND[:1]),
            "1 manifest checked; 1 file: 0 passed, 1 failed. 1 error.",
        ),
        (
            replace(
                report(("docs/a.md", "docs/b.md", "examples/a.yaml", "x"), 9, FOUND[:1]),
                pages=("docs/a.md", "docs/b.md"),
            ),
            "9 manifests checked; 2 pages: 1 passed, 1 failed; 2 files: 1 passed, 1 failed. 1 error.",
        ),
        (
            replace(report(("docs/a.md", "x"), 1, ()), pages=("docs/a.md",), noun="page", notes=("not all",)),
            "1 page: 1 passed, 0 failed; 1 file: 1 passed, 0 failed. No error. Not all was checked.",
        ),
    ],
)
def test_the_summary_counts(one: Report, said: str) -> None:
    assert reporters.text(one).splitlines()[-1] == said


def test_json_is_what_its_schema_says() -> None:
    schema = json.loads(Path(reporters.__file__).with_name("findings.schema.json").read_text())
    document = json.loads(reporters.as_json(REPORT))
    jsonschema.validate(document, schema)
    assert (document["errors"], document["advice"], document["documents"]) == (2, 1, 4)
    assert document["findings"][0] == {
        "file": "examples/a.yaml",
        "line": 3,
        "column": 5,
        "path": "$.spec.replica",
        "code": "unknown-field",
        "stage": "schema",
        "level": "error",
        "fact": "unknown field 'replica'",
        "hint": "did you mean 'replicas'?",
        "included_at": ["docs/a.md:41:1"],
    }
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "version": 2}, schema)


def test_junit_has_a_case_a_file_and_only_errors_fail() -> None:
    suite = ET.fromstring(reporters.junit(REPORT)).find("testsuite")  # noqa: S314 - our own words
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    a, b, c = suite.findall("testcase")
    assert a.find("failure").get("message") == "examples/a.yaml:3:5: $.spec.replica: unknown field 'replica'"
    assert a.find("failure").text.splitlines()[1:] == [
        "  included at docs/a.md:41",
        "  hint: did you mean 'replicas'?",
    ]
    assert a.find("system-out").text.splitlines() == [
        "examples/a.yaml:9:1: $.kind: advice: 100% old,\\x07 it is",
        "  hint: a",
        "  hint: b",
    ]
    assert b.find("failure") is not None
    assert list(c) == []


def test_annotations_are_escaped_for_github() -> None:
    first, second, third, *summary = reporters.github(REPORT).splitlines()
    assert first == (
        "::error file=examples/a.yaml,line=3,col=5,title=unknown-field::"
        "$.spec.replica: unknown field 'replica'%0Ahint: did you mean 'replicas'?"
    )
    assert second.startswith("::notice file=examples/a.yaml,line=9,")
    assert "100%25 old" in second
    assert "hint: a%0Ab" in second
    assert third.startswith("::error file=examples/b%3A1.yaml,line=1,title=yaml::")
    assert tuple(summary) == SUMMARY

"""`docs-test lint` prints what it found in every form that `docs-test validate` has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from docs_test.options.shared import FORMATS
from groundwork.base.errors import ExitStatus
from groundwork.reporting import reporters

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = "# Good\n\n```bash { .skip data-reason='shown' }\na\n```\n"
BAD = '# Bad\n\n{% include "part.md" %}\n\n```bash { .rum }\na\n```\n'
PART = "```bash\na\n```\n"
NO_ROLE = "this bash fence has no role"
HINT = "say what it is for: ```bash { .run }; roles: .run, .output, .file, .manifest, .fragment, .skip, .cleanup"
UNKNOWN = "unknown role '.rum'"


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    made = site_with({"good.md": GOOD, "bad.md": BAD})
    (made / "snippets" / "part.md").write_text(PART)
    return made


def lint(root: Path, *options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docs_test", "lint", "--root", str(root), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def printed(root: Path, form: str) -> str:
    done = lint(root, "--format", form)
    assert (done.returncode, done.stderr) == (ExitStatus.USAGE, "")
    return done.stdout


def test_text_is_each_problem_at_its_line_and_a_summary(root: Path) -> None:
    lines = printed(root, "text").splitlines()
    assert lines[0] == f"docs/bad.md:5:11: {UNKNOWN}"
    assert lines[1] == "  hint: did you mean '.run'?"
    assert lines[2:5] == [f"snippets/part.md:1: {NO_ROLE}", "  included at docs/bad.md:3", f"  hint: {HINT}"]
    assert lines[5] == "Checked against the rules of pages and examples."
    assert lines[6].startswith("2 pages: 1 passed, 1 failed; ")
    assert lines[6].endswith(" 2 errors.")
    assert len(lines) == 7
    assert lint(root).stdout.splitlines() == lines


NAV = "nav of mkdocs.yml does not name this page"


def with_nav(root: Path, more: str) -> str:
    """What lint says of the site if its nav names one of two pages."""
    settings = root / "mkdocs.yml"
    before = settings.read_text()
    (root / "docs" / "bad.md").write_text(GOOD)
    settings.write_text(f"nav: [good.md]\n{more}\n{before}")
    try:
        done = lint(root)
        again = lint(root)  # From what the first one has kept.
        assert (again.returncode, again.stdout) == (done.returncode, done.stdout)
        return f"{done.returncode}\n{done.stdout}"
    finally:
        settings.write_text(before)


def test_a_page_that_nav_does_not_name_is_what_mkdocs_holds_it_for(root: Path) -> None:
    strict = with_nav(root, "validation: {nav: {omitted_files: warn}}")
    assert strict.startswith(f"2\ndocs/bad.md:1: {NAV}\n  hint: name it there, or under `not_in_nav` if")
    assert "docs/good.md" not in strict
    told = with_nav(root, "")  # MkDocs only says so.
    assert told.startswith("0\n")
    assert f"docs/bad.md:1: advice: {NAV}" in told
    assert NAV not in with_nav(root, "validation: {nav: {omitted_files: ignore}}")
    assert NAV not in with_nav(root, "not_in_nav: bad.md\nvalidation: {nav: {omitted_files: warn}}")
    assert NAV not in lint(root).stdout, "without a nav all pages are in it"


def test_a_site_without_a_mistake_is_status_0(root: Path) -> None:
    done = lint(root, "docs/good.md")
    assert (done.returncode, done.stderr) == (ExitStatus.OK, "")
    assert done.stdout == "Checked against the rules of pages.\n1 page: 1 passed, 0 failed. No error.\n"


def test_json_has_the_form_of_validate(root: Path) -> None:
    document = json.loads(printed(root, "json"))
    schema = json.loads(Path(reporters.__file__).with_name("findings.schema.json").read_text())
    jsonschema.validate(document, schema)
    assert (document["version"], document["errors"], document["advice"]) == (1, 2, 0)
    assert {"docs/good.md", "docs/bad.md", "snippets/part.md"} <= set(document["files"])
    assert document["findings"][1] == {
        "file": "snippets/part.md",
        "line": 1,
        "column": 1,
        "path": "",
        "code": "fence",
        "stage": "read",
        "level": "error",
        "fact": NO_ROLE,
        "hint": HINT,
        "included_at": ["docs/bad.md:3:1"],
    }


def test_junit_has_a_case_for_each_file(root: Path) -> None:
    suites = ET.fromstring(printed(root, "junit"))  # noqa: S314 - our own words
    assert suites.get("name") == "docs-test lint"
    cases = {case.get("name"): case for case in suites.iter("testcase")}
    assert {case.get("classname") for case in cases.values()} == {"lint"}
    assert list(cases["docs/good.md"]) == []
    failure = cases["snippets/part.md"].find("failure")
    assert failure is not None
    assert failure.get("message") == f"snippets/part.md:1: {NO_ROLE}"
    assert suites.find("testsuite").get("failures") == "2"


def test_github_gets_an_annotation_at_each_line(root: Path) -> None:
    first, second, *_ = printed(root, "github").splitlines()
    assert first.startswith(f"::error file=docs/bad.md,line=5,col=11,title=fence::{UNKNOWN}")
    assert second == f"::error file=snippets/part.md,line=1,title=fence::{NO_ROLE}%0Ahint: {HINT}"


def test_the_report_goes_to_a_file_and_the_summary_to_the_terminal(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "lint.json"
    done = lint(root, "--format", "json", "-o", file)
    assert (done.returncode, done.stdout) == (ExitStatus.USAGE, "")
    assert done.stderr.endswith(" 2 errors.\n")
    assert file.read_text() == printed(root, "json")
    done = lint(root, "-o", tmp_path)
    assert (done.returncode, done.stderr.startswith(f"--output {str(tmp_path)!r}: cannot be")) == (2, True)


def test_the_forms_are_those_that_the_help_names() -> None:
    assert sorted(reporters.REPORTERS) == list(FORMATS)

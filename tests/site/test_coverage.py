"""Every row of the analysis has its answer on the site, or a step that is run; tests/coverage.yaml says where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from docs_test.tutorials.build import read_tutorials
from groundwork.base.paths import root as project_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bs4 import Tag

    from conftest import Build

ROWS = yaml.safe_load((project_root() / "tests" / "coverage.yaml").read_text(encoding="utf-8"))
HEADING = re.compile(r"h[1-6]")


def section(build: Build, page: str, anchor: str) -> str:
    """Text from the element with the anchor to the next heading that is not below it; spaces made equal."""
    soup = build.soup(re.sub(r"README$", "index", page) + ".html")
    start = soup.find(id=anchor)
    assert start is not None, f"{page}: no anchor #{anchor}"
    if not HEADING.fullmatch(start.name):
        return plain([start])
    return plain([start, *below(start)])


def below(heading: Tag) -> Iterator[Tag]:
    for element in heading.find_next_siblings():
        if HEADING.fullmatch(element.name) and element.name <= heading.name:
            return
        yield element


def plain(elements: list[Tag]) -> str:
    return " ".join(" ".join(element.get_text(" ") for element in elements).split()).replace("¶", "")


def missing(build: Build, row: dict[str, Any], commands: dict[str, str]) -> list[str]:
    """What a row promises and the site does not keep."""
    faults = []
    text = section(build, row["page"], row["anchor"])
    folded = re.sub(r"\s+([.,:;)])", r"\1", text).casefold()
    faults += [f"says {phrase!r}" for phrase in row.get("says", []) if phrase.casefold() not in folded]
    faults += [
        f"runs {command!r}"
        for command in row.get("runs", [])
        if command not in commands.get(f"docs/{row['page']}.md", "")
    ]
    return faults + [f"has {name}" for name in row.get("files", []) if not (project_root() / name).is_file()]


@pytest.fixture(scope="module")
def commands() -> dict[str, str]:
    """What each tutorial runs, all its variants together."""
    code: dict[str, str] = {}
    for tutorial in read_tutorials(project_root(), []).tutorials(
        capabilities=frozenset({"gpu", "cluster-scope", "prometheus"})
    ):
        code[tutorial.path] = code.get(tutorial.path, "") + "\n".join(step.code for step in tutorial.steps)
    return code


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_is_answered(site: Build, row: dict[str, Any], commands: dict[str, str]) -> None:
    assert site.status == 0, site.log
    assert row.keys() <= {"id", "analysis", "page", "anchor", "says", "runs", "files"}
    assert row.get("says") or row.get("runs"), "a row needs a phrase or a step"
    assert missing(site, row, commands) == []


def test_a_row_without_its_answer_fails(site: Build, commands: dict[str, str]) -> None:
    good = ROWS[0]
    wrong = {**good, "says": ["what no page says"], "runs": ["kubectl explode"], "files": ["examples/none.yaml"]}
    assert len(missing(site, wrong, commands)) == 3
    with pytest.raises(AssertionError, match="no anchor #nowhere"):
        section(site, good["page"], "nowhere")


def test_rows_are_told_apart() -> None:
    identifiers = [row["id"] for row in ROWS]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.upstream
def test_no_row_of_the_analysis_is_left_out(analysis: str) -> None:
    """Its own tables and lists, counted: a row here for each."""
    ids = [row["id"] for row in ROWS]
    fixes = set(re.findall(r"^### Fix (\d)", analysis, re.MULTILINE))
    assert {one.split("-")[1] for one in ids if one.startswith("fix-")} == fixes
    scenarios = re.findall(r"^\| ([^|]+) \| (?:X \|\s+\||\s*\| X \|)$", analysis, re.MULTILINE)
    assert len(scenarios) == sum(one.startswith("scenario-") for one in ids)
    pains = re.findall(r"^### \d\. ", analysis, re.MULTILINE)
    assert {one.split("-")[1] for one in ids if one.startswith("pain-")} == {str(n + 1) for n in range(len(pains))}
    arguments = re.findall(r"^\| \*\*", analysis, re.MULTILINE)
    assert len(arguments) == sum(one.startswith(("for-", "against-")) for one in ids)
    impact = re.findall(r"^\| [^|]+ \| (?:Low|Medium|High) \|", analysis, re.MULTILINE)
    assert len(impact) == sum(one.startswith("impact-") for one in ids)


@pytest.fixture
def analysis(root: Path) -> str:
    path = root.parent / "shared" / "seed" / "ux-analysis.txt"
    if not path.is_file():
        pytest.skip("needs ../shared/seed/ux-analysis.txt, which is no part of this project")
    return path.read_text(encoding="utf-8")

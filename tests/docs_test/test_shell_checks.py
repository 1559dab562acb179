"""Checks of shell code, by example: tests/cases/shell/good/*.md has no finding, bad/*.md those of its .txt."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from docs_test.checks.lint import lint

CASES = Path(__file__).parents[1] / "cases"
SHELL = CASES / "shell"


def names(verdict: str) -> list[str]:
    found = sorted(file.stem for file in (SHELL / verdict).glob("*.md"))
    assert found
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is found in each page, all of them checked in one go."""
    root = tmp_path_factory.mktemp("shell") / "root"
    shutil.copytree(CASES / "site", root)
    for verdict in ("good", "bad"):
        shutil.copytree(SHELL / verdict, root / "docs" / verdict)
    lines: dict[str, str] = defaultdict(str)
    pages = [f"docs/{verdict}/{name}.md" for verdict in ("good", "bad") for name in names(verdict)]
    report = lint(root, pages)
    assert report.notes == ()
    for problem in report.problems:
        assert problem.position.line
        where = problem.position
        column = f":{where.column}" if where.column else ""
        hint = f"\nhint: {problem.hint}" if problem.hint else ""
        lines[where.file] += f"{where.line}{column} {problem.code}: {problem.fact}{hint}\n"
    return lines


@pytest.mark.parametrize("name", names("good"))
def test_nothing_is_found_in_a_good_page(found: dict[str, str], name: str) -> None:
    assert found.get(f"docs/good/{name}.md", "") == ""


@pytest.mark.parametrize("name", names("bad"))
def test_each_mistake_is_found_at_its_line_and_column(found: dict[str, str], name: str) -> None:
    assert found.get(f"docs/bad/{name}.md", "") == (SHELL / "bad" / f"{name}.txt").read_text(encoding="utf-8")

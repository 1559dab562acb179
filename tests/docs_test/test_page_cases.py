"""Rules of a page, by example: tests/cases/good/*.md has no mistake, tests/cases/bad/*.md those of its .txt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.lint import lint, lint_page
from project.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.mkdocs_site import Site

CASES = Path(__file__).parents[1] / "cases"


def names(verdict: str) -> list[str]:
    found = sorted(file.stem for file in (CASES / verdict).glob("*.md"))
    assert found
    return found


@pytest.mark.parametrize("name", names("good"))
def test_good_page_has_no_mistake(cases_site: Site, name: str) -> None:
    assert [str(error) for error in lint_page(cases_site, f"docs/good/{name}.md").errors] == []


@pytest.mark.parametrize("name", names("bad"))
def test_bad_page_reports_each_mistake_at_its_line(cases_site: Site, name: str) -> None:
    try:
        errors = lint_page(cases_site, f"docs/bad/{name}.md").errors
    except UserError as error:
        errors = (error,)
    expected = (CASES / "bad" / f"{name}.txt").read_text(encoding="utf-8")
    assert "\n".join(str(error) for error in errors) + "\n" == expected


def test_lint_of_a_whole_site_reports_every_page(site_with: Callable[..., Path]) -> None:
    root = site_with(
        {
            "a.md": "# A\n\n```bash\na\n```\n",
            "b.md": "# B\n\n{{ nothing_of_that_name }}\n",
            "c.md": "# C\n\n```bash { .rum }\nc\n```\n",
        }
    )
    assert [error.where for error in lint(root)] == ["docs/a.md:3", "docs/b.md:3", "docs/c.md:3"]


def test_folder_without_a_site_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no mkdocs\.yml"):
        lint(tmp_path)


def test_site_that_mkdocs_refuses_is_named(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: [no-such-plugin]\n", encoding="utf-8")
    with pytest.raises(UserError, match="no-such-plugin") as error:
        lint(root)
    assert error.value.where == "mkdocs.yml:1"


def test_site_without_superfences_is_refused(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: []\n", encoding="utf-8")
    assert [error.fact for error in lint(root)] == ["markdown_extensions lacks 'pymdownx.superfences'"]


def test_a_page_that_the_renderer_cannot_take_is_a_mistake_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nplugins: []\nmarkdown_extensions: [attr_list, pymdownx.superfences]\n"
    )
    (tmp_path / "docs" / "x.md").write_text("1. " * 500 + "\n")
    (error,) = lint(tmp_path)
    assert str(error).startswith("docs/x.md:1: nested too deeply to be rendered\nhint: ")

"""Pictures of terminals in the built pages: text to select, said in words, with what it was made from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from docs_site.pages.macros import define_env
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Build

PAGES = ("kubernetes/kubectl-dynamo", "contribute/proposal-progress")


@pytest.mark.parametrize("page", PAGES)
def test_pictures_are_part_of_the_page(page: str, site: Build) -> None:
    found = site.soup(f"{page}.html").select("figure.terminal-figure")
    assert len(found) > 1
    for figure in found:
        (drawn,) = figure.select(".terminal > svg[role=img]")
        (caption,) = figure.select("figcaption")
        assert str(drawn["aria-label"]).endswith(".")
        assert "ade from" in caption.get_text() or "Our proposal" in caption.get_text()
        first = drawn.select_one("text")
        assert first is not None
        assert first.get_text().startswith("$ kubectl dynamo ")


def test_diagrams_are_part_of_the_page_in_its_colours(site: Build, root: Path) -> None:
    pages = {
        "request-to-pods": "kubernetes/custom-resources",
        "aggregated-disaggregated": "kubernetes/dgd",
        "planner-loop": "planner/how-it-works",
    }
    assert {file.stem for file in (root / "docs/assets/diagrams").glob("*.svg")} == pages.keys()
    for page in pages.values():
        (drawn,) = site.soup(f"{page}.html").select("figure.diagram > svg[role=img]")
        assert str(drawn["aria-label"]).endswith(".")
        assert [shape for shape in drawn.select("[fill], [stroke], [style]") if shape.name != "svg"] == []


def test_the_proposal_is_marked_wherever_it_is_shown(site: Build) -> None:
    page = site.soup("contribute/proposal-progress.html")
    mark = "Dynamo does not do this today"
    shown = page.select("figure.terminal-figure figcaption")
    assert len(shown) == 2
    assert all(mark in caption.get_text() for caption in shown)
    assert mark in page.select(".admonition.warning")[0].get_text()
    assert any(mark in str(fence["data-reason"]) for fence in page.select("[data-reason]"))


def macro(root: Path) -> Callable[..., str]:
    """The macro `terminal` of a site in this folder."""
    macros: dict[str, Callable[..., str]] = {}

    def keep(function: Callable[..., str]) -> Callable[..., str]:
        return macros.setdefault(function.__name__, function)

    configuration = {"config_file_path": str(root / "mkdocs.yml"), "docs_dir": str(root / "docs"), "extra": {}}
    environment: Any = SimpleNamespace(conf=configuration, macro=keep)
    define_env(environment)
    return macros["terminal"]


def test_a_picture_that_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "assets" / "terminal"
    folder.mkdir(parents=True)
    (folder / "list.svg").write_text("<svg/>\n", encoding="utf-8")
    terminal = macro(tmp_path)
    assert "<svg/>" in terminal("list", "a < b")
    assert "a &lt; b" in terminal("list", "a < b")
    with pytest.raises(UserError) as error:
        terminal("lst", "caption")
    assert (error.value.fact, error.value.hint) == (
        "there is no picture of a terminal 'lst'",
        "in assets/terminal: list",
    )

"""The abbreviations: one file gives every page its tooltips and the glossary page its list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docs_site.pages.glossary import DEFINITION, glossary_list
from docs_test.pages.read import read_page
from docs_test.pages.site import open_site
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Build


def terms(root: Path) -> dict[str, str]:
    lines = (root / "snippets/glossary.md").read_text(encoding="utf-8").splitlines()
    return {match["term"]: match["text"] for match in map(DEFINITION.fullmatch, lines) if match}


def test_glossary_page_has_every_term_with_the_tooltips_text(site: Build, root: Path) -> None:
    page = site.soup("reference/glossary.html")
    known = terms(root)
    assert {"DGD", "DGDR", "SLA", "TTFT", "ITL", "ISL", "OSL", "AIConfigurator", "AISimulate"} <= known.keys()
    for term, text in known.items():
        anchor = page.find(id=term.lower())
        assert anchor is not None, term
        assert anchor.get_text() == term
        assert anchor.find_parent("dt").find_next_sibling("dd").get_text() == f"{text}."


@pytest.mark.parametrize(
    "page", ["kubernetes/index", "kubernetes/quick-deploy", "reference/status-words", "examples/index"]
)
def test_page_has_tooltips(site: Build, root: Path, page: str) -> None:
    known = terms(root)
    found = site.soup(f"{page}.html").select("article abbr")
    assert found
    assert all(abbr["title"] == known[abbr.get_text()] for abbr in found)


def test_tooltips_are_not_in_code(site: Build) -> None:
    for file in sorted(site.folder.rglob("*.html")):
        assert not re.search(r"<code[^>]*>[^<]*<abbr", file.read_text(encoding="utf-8")), file


def test_list_is_sorted_and_refuses_what_is_no_abbreviation() -> None:
    assert glossary_list("*[TP]: b\n\n*[AIC]: a\n", "g.md") == "`AIC`{ #aic }\n:   a.\n\n`TP`{ #tp }\n:   b."
    with pytest.raises(UserError, match=r"^g\.md:2: 'TP: b' is no abbreviation"):
        glossary_list("*[AIC]: a\nTP: b\n", "g.md")
    with pytest.raises(UserError, match=r"^g\.md:2: 'AIC' is given twice"):
        glossary_list("*[AIC]: a\n*[AIC]: b\n", "g.md")


@pytest.mark.parametrize("page", ["install", "uninstall"])
def test_landing_page_counts_what_is_not_run(site: Build, root: Path, page: str) -> None:
    """As many as docs-test sees, which reads the page as the renderer does."""
    with open_site(root) as opened:
        fences = read_page(opened, f"docs/kubernetes/{page}.md").content.fences
    count = sum("skip" in fence.classes and "data-runs-on" in fence.attributes for fence in fences)
    (item,) = site.soup("kubernetes/index.html").select(f'li:has(.tested-word):has(a[href="{page}.html"])')
    assert f"not executed: {count} blocks of commands, which need more than a mock platform" in item.get_text()
    assert count > 1

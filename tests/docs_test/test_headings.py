"""Headings of a page: text and anchor as the site shows them, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.pages.hidden_checks import HiddenCheck
from docs_test.pages.site import open_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docs_test.pages.page import Content


@pytest.fixture
def read(site_with: Callable[..., Path]) -> Callable[..., Content]:
    """Read a page of a text, which may include `part.md`."""

    def content(text: str, part: str = "") -> Content:
        root = site_with({"page.md": text})
        (root / "snippets" / "part.md").write_text(part, encoding="utf-8")
        with open_site(root) as site:
            return site.read("docs/page.md").content

    return content


CASES = {
    "plain": ("# Title\n", (1, "Title", "title", 1)),
    "with an anchor": ("text\n\n## What next { #next }\n", (2, "What next", "next", 3)),
    "with markup": (
        "## The `kind` *of* [a page](other.md) ##\n",
        (2, "The kind of a page", "the-kind-of-a-page", 1),
    ),
    "with a number": ("## 12 steps\n", (2, "12 steps", "12-steps", 1)),
    "without a blank": ("##Title\n", (2, "Title", "title", 1)),
    "underlined": ("text\n\nTitle\n-----\n", (2, "Title", "title", 3)),
    "underlined, after a quote's mark": ("> Title\n> ===\n", (1, "Title", "title", 1)),
    "in a list": ("- item\n\n    ### Deep\n", (3, "Deep", "deep", 3)),
    "in a tab": ('=== "Tab"\n\n    #### Deep\n', (4, "Deep", "deep", 3)),
    "that begins with no letter": ("`x`\n===\n", (1, "x", "x", 0)),
    "of a line that a macro makes": ("{{ '# Made' }}\n", (1, "Made", "made", 1)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_heading(read: Callable[..., Content], name: str) -> None:
    text, wanted = CASES[name]
    (heading,) = read(text).headings
    assert (heading.level, heading.text, heading.anchor, heading.position.line) == wanted
    assert heading.position.file == "docs/page.md"


def test_the_same_heading_again_has_another_anchor(read: Callable[..., Content]) -> None:
    headings = read("# A\n\n## B\n\n## B\n").headings
    assert [(one.anchor, one.position.line) for one in headings] == [("a", 1), ("b", 3), ("b_1", 5)]


def test_a_heading_of_an_included_file_is_at_its_line_there(read: Callable[..., Content]) -> None:
    (heading,) = read("text\n\n{% include 'part.md' %}\n", "more\n\n## Part\n").headings
    assert (str(heading.position), [str(one) for one in heading.position.via]) == (
        "snippets/part.md:3",
        ["docs/page.md:3"],
    )


NONE = {
    "a fence": "```text\n# no\n```\n",
    "a comment": "<!--\n# no\n-->\n",
    "indented code": "text\n\n    # no\n",
    "inline code": "text `a\n\\# no` more\n",
    "a row of a table": "a | b\n--|--\n1 | 2\n",
}


@pytest.mark.parametrize("name", NONE)
def test_what_looks_like_a_heading_and_is_none(read: Callable[..., Content], name: str) -> None:
    assert read(NONE[name]).headings == ()


def test_a_line_of_a_check_that_looks_like_a_heading_is_left_as_it_is(read: Callable[..., Content]) -> None:
    text = "<!-- check: cat <<'EOF'\n# one\ntwo\n---\nEOF\n-->\n"
    (check,) = read(text).parts
    assert isinstance(check, HiddenCheck)
    assert check.code == "cat <<'EOF'\n# one\ntwo\n---\nEOF"

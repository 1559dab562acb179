"""Random pages: a page without a mistake holds exactly the fences, checks and headings that its HTML shows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Comment

from docs_test.pages.hidden_checks import HiddenCheck
from docs_test.pages.read import read_page
from docs_test.pages.site import Site, open_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docs_test.pages.page import Page

BEFORE = (
    "- item\n",
    "1. item\n",
    "!!! note\n",
    '=== "T"\n',
    "??? q\n",
    "> said\n",
    "text\n",
    "<!--\n",
    "-->\n",
    "",
    # What is rendered to the end lies beside what is left out of the rendering (pages/lighter.py).
    "- a\n\n    - b <!-- check: c -->\n",
    "para [link\n",
    "<div markdown>\n",
    "| a | b |\n|---|---|\n| `<!-- x -->` | c |\n",
    "| a | b |\n|---|---|\n| 1 | <!-- check: d --> |\n",
    "## Heading `<x>` { #h }\n",
    "Underlined\n---\n",
    "term\n:   definition\n",
    "<details><summary>x</summary>\n",
    "<!-- check: a\n# b\n-->\n",
    "text <!-- check: in --> text\n",
    "$ x < y && z > w\n",
)
BETWEEN = (
    "",
    "```",
    "````",
    "~~~",
    "    ```",
    "> ```",
    "    code",
    "`<!-- check: x -->`",
    "<!-- check: y -->",
    "> q",
)


def random_page(rng: random.Random) -> str:
    parts = ["# Page\n"]
    for _ in range(rng.randrange(1, 3)):
        indent = rng.choice(["", "", "    ", "> ", "        "])
        fence = rng.choice(["```", "````", "~~~"])
        lines = [f"{fence}text", "a", "", "  b " + rng.choice(["```", "x", ""]), fence]
        block = "".join(f"{indent}{line}\n" for line in lines)
        parts += [rng.choice(BEFORE), block, rng.choice(BETWEEN) + "\n"]
    return "\n".join(parts)


def shown(site: Site, path: str) -> tuple[list[str], list[str], list[tuple[str, str, str]]]:
    """The blocks of code, checks and headings of the page as Markdown renders it, without docs-test's help."""
    text = (site.root / path).read_text(encoding="utf-8")
    html = BeautifulSoup(site.markdown().convert(text), "html.parser")
    for link in html.find_all("a", "headerlink"):
        link.decompose()
    comments = (str(comment) for comment in html.find_all(string=lambda found: isinstance(found, Comment)))
    titles = html.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    return (
        [stripped(block.get_text()) for block in html.find_all("pre")],
        [comment.partition(":")[2].strip() for comment in comments if comment.lstrip().startswith("check:")],
        [(title.name, title.get("id", ""), title.get_text().strip()) for title in titles],
    )


def found(page: Page) -> tuple[list[str], list[str], list[tuple[str, str, str]]]:
    """The same as docs-test reads it."""
    content = page.content
    return (
        [stripped(fence.text) for fence in content.fences],
        [part.code for part in content.parts if isinstance(part, HiddenCheck)],
        [(f"h{heading.level}", heading.anchor, heading.text) for heading in content.headings],
    )


def stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def test_random_pages(site_with: Callable[..., Path]) -> None:
    rng = random.Random(3)  # noqa: S311 - cases, no secrets.
    root = site_with({f"{n}.md": random_page(rng) for n in range(300)})
    faultless = 0
    with open_site(root) as site:
        for path in site.page_paths:
            page = read_page(site, path)
            if not page.problems:
                faultless += 1
                assert found(page) == shown(site, path), path
    assert 40 <= faultless < 300, "the pages are all alike"

"""Random pages: a page without a mistake holds exactly the fences that its HTML shows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from docs_test.pages.page import read_page
from docs_test.pages.site import Site, open_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


def shown(site: Site, path: str) -> list[str]:
    """The blocks of code of the page as plain Markdown renders it, without docs-test's help."""
    text = (site.root / path).read_text(encoding="utf-8")
    html = BeautifulSoup(site.markdown().convert(text), "html.parser")
    return [stripped(block.get_text()) for block in html.find_all("pre")]


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
                assert [stripped(fence.text) for fence in page.content.fences] == shown(site, path), path
    assert 40 <= faultless < 300, "the pages are all alike"

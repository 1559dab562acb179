"""Every page says its kind and the next step, where the site names its kinds; each way in which it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MISSING = "hint: add to its front matter one of kind: tutorial, how-to, concept or reference"
ADD_IT = "hint: add it, or make the page a how-to"
ALLOWED = "allowed: tutorial, how-to, concept or reference"
STEP = "hint: name the next step for the reader; only the landing page needs none"
EXPECTED = f"expected: '## What next {{ #what-next }}'\n{STEP}"
FENCED = "## More { #more }\n\n~~~text\n## What next { #what-next }\n~~~"
EXTRA = "\nextra: {docs_test: {product: dynamo}, kinds: [tutorial, how-to, concept, reference], homepage: home/}\n"
NEXT = "\n## What next { #what-next }\n\n- [On](home.md)\n"


@pytest.fixture
def told(site_with: Callable[..., Path]) -> Callable[..., list[str]]:
    """The mistakes of a site with one page beside its landing page."""

    def lint_page(page: str, *, extra: str = EXTRA) -> list[str]:
        root = site_with({"home.md": "---\nkind: concept\n---\n# Home\n", "page.md": page})
        config = root / "mkdocs.yml"
        config.write_text(config.read_text(encoding="utf-8") + extra, encoding="utf-8")
        return [str(error) for error in lint(root).problems]

    return lint_page


def test_page_with_kind_and_next_step_has_no_mistake(told: Callable[..., list[str]]) -> None:
    assert told(f"---\nkind: how-to\n---\n# Page\n{NEXT}") == []


def test_a_heading_in_a_comment_is_no_section(told: Callable[..., list[str]]) -> None:
    assert told(f"---\nkind: how-to\n---\n# Page\n{NEXT}\n<!--\n## More\n-->\n") == []


def test_site_that_names_no_kinds_has_no_such_rule(told: Callable[..., list[str]]) -> None:
    assert told("# Page\n", extra="") == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            f"# Page\n{NEXT}",
            f"docs/page.md:1: the page does not say its kind\n{MISSING}",
        ),
        (
            f"---\ntitle: x\nkind: howto\n---\n# Page\n{NEXT}",
            f"docs/page.md:3:1: 'howto' is not a kind of page, {ALLOWED}\nhint: did you mean 'how-to'?",
        ),
        (
            f"---\nkind: tutorial\n---\n# Page\n{NEXT}",
            f"docs/page.md:2:1: a tutorial without 'tutorial:' is never run\n{ADD_IT}",
        ),
        (
            "---\nkind: concept\n---\n# Page\n",
            f"docs/page.md:1: the last section is none, {EXPECTED}",
        ),
        (
            f"---\nkind: concept\n---\n# Page\n{NEXT}\n{FENCED}\n",
            f"docs/page.md:10: the last section is '## More {{ #more }}', {EXPECTED}",
        ),
        (
            "---\nkind: concept\n---\n# Page\n\n## What next { #what-next }\n\nNothing.\n",
            "docs/page.md:6: the next step has no link\nhint: link the page that comes next",
        ),
        (
            f"---\nkind: concept\n---\n# Page\n{NEXT}\nMore\n----\n",
            f"docs/page.md:10: the last section is 'More', {EXPECTED}",
        ),
    ],
)
def test_mistake_is_told_at_its_line(told: Callable[..., list[str]], page: str, said: str) -> None:
    assert told(page) == [said]

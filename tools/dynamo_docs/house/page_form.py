"""What every page of a site that names its kinds of page must have: its kind, and where to go next."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from docs_test.pages.page import Page
    from docs_test.pages.source import PageSource

problem = partial(Problem, code="page-form")

SETTING = "kinds"
"""Key under `extra:` of mkdocs.yml: the kinds of page there are. A site without it has no such rule."""
HOME = "homepage"
"""Key under `extra:`: the address of the landing page, the one page from which all others are next."""
TUTORIAL = "tutorial"
SECTION = 2
"""The level of the headings of a page's sections."""
WHAT_NEXT = "## What next { #what-next }"
LINK = re.compile(r"\]\([^)]+\)")


def check(site: PageSource, page: Page) -> list[Problem]:
    """The mistakes in the form of a page.

    Args:
        site: its site.
        page: the page, read.
    """
    kinds = kinds_of(site)
    if not kinds:
        return []
    home = site.url(page.path) == site.extra.get(HOME)
    return [*_kind(page, kinds), *([] if home else _what_next(site.text(page.path), page))]


def kinds_of(site: PageSource) -> list[str]:
    """The kinds of page that the site names; none: it has no such rule.

    Raises:
        UserError: it is no list of words.
    """
    kinds = site.extra.get(SETTING) or []
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        fact = f"{SETTING!r} under 'extra' is {kinds!r}, expected a list of words"
        raise UserError(fact, hint="write kinds: [tutorial, how-to]", where=Position("mkdocs.yml", 1))
    return kinds


def _kind(page: Page, kinds: list[str]) -> list[Problem]:
    front, path = page.front_matter, page.path
    where = front.positions.get("kind")
    if where is None:
        hint = f"add to its front matter one of kind: {either(kinds)}"
        return [problem(Position(path, 1), "the page does not say its kind", hint)]
    if front.kind not in kinds:
        hint = did_you_mean(front.kind, kinds)
        return [problem(where, f"{front.kind!r} is not a kind of page, allowed: {either(kinds)}", hint)]
    if front.kind == TUTORIAL and not front.tutorial:
        return [problem(where, "a tutorial without 'tutorial:' is never run", "add it, or make the page a how-to")]
    return []


def _what_next(text: str, page: Page) -> list[Problem]:
    """The last section says where to go, with a link."""
    path, lines = page.path, text.split("\n")
    headings = [
        heading.position.line
        for heading in page.content.headings
        if heading.level == SECTION and heading.position.file == path and heading.position.line
    ]
    last = headings[-1] if headings else 1
    if not headings or lines[last - 1].rstrip() != WHAT_NEXT:
        found = repr(lines[last - 1].strip()) if headings else "none"
        fact = f"the last section is {found}, expected: {WHAT_NEXT!r}"
        return [
            problem(
                Position(path, last), fact, "name the next step for the reader; only the landing page needs none"
            )
        ]
    if not any(LINK.search(line) for line in lines[last:]):
        return [problem(Position(path, last), "the next step has no link", "link the page that comes next")]
    return []

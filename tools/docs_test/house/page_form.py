"""What every page of a site that names its kinds of page must have: its kind, and where to go next."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from docs_test.pages.front_matter import read_front_matter
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from docs_test.pages.site import Site

problem = partial(Problem, code="page-form")

SETTING = "kinds"
"""Under `extra:` of mkdocs.yml: the kinds of page there are. A site without it has no such rule."""
HOME = "homepage"
"""Under `extra:`: the address of the landing page, the one page from which all others are next."""
TUTORIAL = "tutorial"
WHAT_NEXT = "## What next { #what-next }"
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
LINK = re.compile(r"\]\([^)]+\)")


def check(site: Site, path: str) -> list[Problem]:
    """The mistakes in the form of a page.

    Args:
        site: the opened site.
        path: the page, relative to the root.
    """
    kinds = kinds_of(site)
    if not kinds:
        return []
    file = site.page(path).file
    text = file.content_string
    home = file.url == site.config.extra.get(HOME)
    return [*_kind(text, path, kinds), *([] if home else _what_next(text, path))]


def kinds_of(site: Site) -> list[str]:
    """The kinds of page that the site names; none: it has no such rule.

    Raises:
        UserError: it is no list of words.
    """
    kinds = site.config.extra.get(SETTING) or []
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        fact = f"{SETTING!r} under 'extra' is {kinds!r}, expected a list of words"
        raise UserError(fact, hint="write kinds: [tutorial, how-to]", where=Position("mkdocs.yml", 1))
    return kinds


def _kind(text: str, path: str, kinds: list[str]) -> list[Problem]:
    front, _ = read_front_matter(text, path)
    where = front.positions.get("kind")
    if where is None:
        hint = f"add to its front matter one of kind: {either(kinds)}"
        return [problem(Position(path, 1), "the page does not say its kind", hint)]
    if front.kind not in kinds:
        hint = did_you_mean(front.kind, kinds)
        return [problem(where, f"{front.kind!r} is no kind of page, allowed: {either(kinds)}", hint)]
    if front.kind == TUTORIAL and not front.tutorial:
        return [problem(where, "a tutorial without 'tutorial:' is never run", "add it, or make the page a how-to")]
    return []


def _what_next(text: str, path: str) -> list[Problem]:
    """The last section says where to go, with a link."""
    lines = text.splitlines()
    headings = _headings(lines)
    last = headings[-1] if headings else 1
    if not headings or lines[last - 1].rstrip() != WHAT_NEXT:
        found = repr(lines[last - 1].strip()) if headings else "none"
        fact = f"the last section is {found}, expected: {WHAT_NEXT!r}"
        return [
            problem(Position(path, last), fact, "tell the reader the next step; only the landing page needs none")
        ]
    if not any(LINK.search(line) for line in lines[last:]):
        return [problem(Position(path, last), "the next step has no link", "link the page that comes next")]
    return []


def _headings(lines: list[str]) -> list[int]:
    """The numbers of the lines with a heading of the second level, those in fences left out."""
    found: list[int] = []
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip(" `~") else fence
        elif mark:
            fence = mark[1]
        elif line.startswith("## "):
            found.append(number)
    return found

"""How long the ways through the site are: pages, words and commands from the landing page to a goal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from docs_site.pages.navigation import Entry
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bs4 import Tag

SHELLS = ".language-bash:is(.run, .skip) pre, .language-sh:is(.run, .skip) pre"
"""Blocks that a reader copies into a terminal."""
UNREAD = "pre, script, style, svg, .headerlink, .page-foot, .kind, .md-path"
"""Elements that are not read on the way; code is counted apart."""
FOLDED = "details > :not(summary), .choose-commands"
"""Elements that a reader sees after a click; their words are counted apart."""
LEVELS = ["h1", "h2", "h3", "h4"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way, counted."""

    name: str
    pages: int
    clicks: int
    """Number of links to follow: one less than pages."""
    words: int
    """Words of the prose, in one tab of each set: a reader follows one."""
    folded: int
    """Words in folded blocks, whose titles are among the others."""
    commands: int
    """Blocks of shell to be copied, those in folded blocks left out."""


def measure(site: Path, ways: Mapping[str, Sequence[str]]) -> list[Way]:
    """Count the ways that mkdocs.yml lists (`extra.ways`: name -> pages in order).

    Args:
        site: the built site.
        ways: pages by their source, relative to the folder of the pages; `PAGE#ANCHOR` ends with that section.

    Raises:
        UserError: a page is not there, or does not link to the one that follows it: the way has a gap.
    """
    return [_measure(site, name, sources) for name, sources in ways.items()]


def report(ways: Sequence[Way]) -> dict[str, Any]:
    """For the build's report."""
    return {"ways": [asdict(way) for way in ways]}


def _measure(site: Path, name: str, sources: Sequence[str]) -> Way:
    pages = [(Entry((), page), anchor) for page, _, anchor in (source.partition("#") for source in sources)]
    words = folded = commands = 0
    for (entry, anchor), following in zip(pages, [*(page for page, _ in pages[1:]), None], strict=True):
        if not (site / entry.built).is_file():
            fact = f"the way {name!r} leads over {entry.source!r}, which is not a page of the site"
            raise UserError(fact, where=Position("mkdocs.yml", 1), hint="fix it under extra: ways:")
        html = (site / entry.built).read_text(encoding="utf-8")
        article = BeautifulSoup(html, "lxml", parse_only=SoupStrainer("article"))
        if following is not None and following.built not in _links(article, entry.built):
            fact = f"the way {name!r} has a gap: no link from here to {following.source!r}"
            raise UserError(
                fact, where=Position(f"docs/{entry.source}", 1), hint="link it, or fix extra: ways: in mkdocs.yml"
            )
        if anchor:
            _cut(article, anchor, name, entry)
        read = _count(article)
        words, folded, commands = words + read[0], folded + read[1], commands + read[2]
    return Way(name, len(pages), len(pages) - 1, words, folded, commands)


def _cut(article: Tag, anchor: str, name: str, entry: Entry) -> None:
    """Take away all that follows a section: the next heading of its level or above, and what is after that."""
    heading = article.find(id=anchor)
    if heading is None or heading.name not in LEVELS:
        fact = f"the way {name!r} ends at {anchor!r}, which is not a heading of {entry.source!r}"
        raise UserError(fact, where=Position("mkdocs.yml", 1), hint="fix it under extra: ways:")
    following = heading.find_next(LEVELS[: LEVELS.index(heading.name) + 1])
    for tag in [following, *following.find_all_next()] if following else []:
        tag.extract()


def _count(article: Tag) -> tuple[int, int, int]:
    """Words in the open, words in folded blocks, and blocks of commands in the open."""
    for block in article.select(".tabbed-block ~ .tabbed-block, .tabbed-labels"):
        block.decompose()
    commands = sum(1 for block in article.select(SHELLS) if not block.css.closest(FOLDED))
    for block in article.select(UNREAD):
        block.decompose()
    every = len(article.get_text(" ").split())
    for block in article.select(FOLDED):
        block.decompose()
    words = len(article.get_text(" ").split())
    return words, every - words, commands


def _links(article: Tag, here: str) -> set[str]:
    return {urldefrag(urljoin(here, str(link["href"])))[0] for link in article.find_all("a", href=True)}

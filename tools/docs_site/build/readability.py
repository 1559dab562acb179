"""How long the ways through the site are: pages, words and commands from the landing page to a goal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from docs_site.build.llms import Entry
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bs4 import Tag

SHELLS = ".language-bash:is(.run, .skip) pre, .language-sh:is(.run, .skip) pre"
"""Blocks that a reader copies into a terminal."""
UNREAD = "pre, script, style, .headerlink, .page-foot, .kind, details > :not(summary)"
"""Elements that are not read on the way: code is counted apart, and a folded block only by its title."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way, counted."""

    name: str
    pages: int
    words: int
    """Words of the prose, in one tab of each set: a reader follows one."""
    commands: int
    """Blocks of shell to be copied, those in folded blocks left out."""


def measure(site: Path, ways: Mapping[str, Sequence[str]]) -> list[Way]:
    """Count the ways that mkdocs.yml lists (`extra.ways`: name -> pages in order).

    Args:
        site: the built site.
        ways: pages by their source, relative to the folder of the pages.

    Raises:
        UserError: a page is not there, or does not link to the one that follows it: the way has a gap.
    """
    return [_measure(site, name, [Entry((), source) for source in sources]) for name, sources in ways.items()]


def report(ways: Sequence[Way]) -> dict[str, Any]:
    """For the build's report."""
    return {"ways": [asdict(way) for way in ways]}


def _measure(site: Path, name: str, pages: Sequence[Entry]) -> Way:
    words = commands = 0
    for entry, following in zip(pages, [*pages[1:], None], strict=True):
        if not (site / entry.built).is_file():
            fact = f"the way {name!r} leads over {entry.source!r}, which is no page of the site"
            raise UserError(fact, where=Position("mkdocs.yml", 1), hint="mend it under extra: ways:")
        html = (site / entry.built).read_text(encoding="utf-8")
        article = BeautifulSoup(html, "lxml", parse_only=SoupStrainer("article"))
        if following is not None and following.built not in _links(article, entry.built):
            fact = f"the way {name!r} has a gap: no link from here to {following.source!r}"
            raise UserError(
                fact, where=Position(f"docs/{entry.source}", 1), hint="link it, or mend extra: ways: in mkdocs.yml"
            )
        for block in article.select(".tabbed-block ~ .tabbed-block, .tabbed-labels"):
            block.decompose()
        commands += sum(1 for block in article.select(SHELLS) if block.find_parent("details") is None)
        for block in article.select(UNREAD):
            block.decompose()
        words += len(article.get_text(" ").split())
    return Way(name, len(pages), words, commands)


def _links(article: Tag, here: str) -> set[str]:
    return {urldefrag(urljoin(here, str(link["href"])))[0] for link in article.find_all("a", href=True)}

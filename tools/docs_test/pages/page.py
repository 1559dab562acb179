"""A page as its reader sees it: macros, includes and snippets resolved, every line with its file and number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.model import Fence
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docs_test.pages.front_matter import FrontMatter
    from docs_test.pages.hidden_checks import HiddenCheck


SWALLOWED = "fence-not-closed"
"""Code of a fence that another one has swallowed: what else is wrong from there on follows from it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page."""

    level: int
    """Level, 1 to 6."""
    text: str
    """Text as it is read, without markup."""
    anchor: str
    """Anchor, the part of a link to it after the `#`; "" if the site gives it none."""
    position: Position
    """Its line; of the page as a whole where that is not known."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page that leads to something of the site."""

    to: str
    """Address as it is written: `dgd.md#structure`."""
    position: Position


@dataclass(frozen=True, slots=True)
class Content:
    """What docs-test reads of a page."""

    parts: tuple[Fence | HiddenCheck, ...]
    """Parts in the page's order."""
    problems: tuple[Problem, ...] = ()
    headings: tuple[Heading, ...] = ()
    """Headings in the page's order."""
    links: tuple[Link, ...] = ()
    """Links within the site, in the page's order."""
    anchors: tuple[str, ...] = ()
    """Anchors, each once: of headings, of blocks, and those that lines name."""

    @property
    def fences(self) -> tuple[Fence, ...]:
        """The fences alone."""
        return tuple(part for part in self.parts if isinstance(part, Fence))


@dataclass(frozen=True, slots=True)
class Page:
    """One page, read."""

    path: str
    """POSIX, relative to the root."""
    title: str
    front_matter: FrontMatter
    content: Content
    """Fences and hidden checks, in the page's order."""
    inputs: Mapping[str, str]
    """Every file its lines came from, relative to the root, with the SHA-256 it had when it was read."""
    problems: tuple[Problem, ...] = ()
    """Problems of the page; the rest of it was read nevertheless."""
    lasting: bool = True
    """Whether it stays as it is while no file changes; not if it shows the time or a commit."""


def bug_at(path: str, error: Exception) -> UserError:
    """An error of docs-test itself, said of the page that it fails on, so that the others are still read."""
    said = ": ".join(filter(None, (type(error).__name__, str(error).partition("\n")[0])))
    hint = "a bug, please report it; --debug shows where"
    return UserError.of(Problem(Position(path, 1), f"cannot be read: {said}", hint, "bug", bug=error))

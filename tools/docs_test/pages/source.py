"""Where pages come from, as those who use them see it: opened by MkDocs (`site`), or read before."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from docs_test.pages.front_matter import read_front_matter
from docs_test.pages.page import bug_at
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.text.not_utf8 import not_utf8

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.pages.front_matter import FrontMatter
    from docs_test.pages.page import Page


READING: ContextVar[bool] = ContextVar("docs_test_reading", default=False)
"""Whether docs-test has a site open to read it: macros then must not ask docs-test what it reads."""


class PageSource(Protocol):
    """A site whose pages can be read."""

    @property
    def root(self) -> Path:
        """The site's top folder."""

    @property
    def page_paths(self) -> list[str]:
        """Every page, as POSIX paths relative to the root, sorted."""

    @property
    def docs_dir(self) -> str:
        """The folder of the pages, relative to the root."""

    @property
    def site_url(self) -> str:
        """The address of the site, with a slash at its end; "" if mkdocs.yml says none."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """What mkdocs.yml says under `extra`, as far as it is plain data."""

    @property
    def not_in_nav(self) -> Mapping[str, bool]:
        """Paths of pages that `nav` leaves out although it should not -> whether MkDocs warns of them."""

    @property
    def link_checks(self) -> Mapping[str, bool]:
        """MkDocs' checks of links (`not_found`, `anchors`, ...) that are on -> whether it warns."""

    def relative(self, path: str | Path) -> str:
        """The POSIX path relative to the root, as errors print it; unchanged if it lies elsewhere."""

    def file(self, path: str) -> Path:
        """The file of a page, as MkDocs names it: perhaps by a symbolic link.

        Raises:
            UserError: the site has no such page.
        """

    def url(self, path: str) -> str:
        """The address of a page, relative to the site's.

        Raises:
            UserError: the site has no such page.
        """

    def text(self, path: str) -> str:
        """The text of a page's file.

        Raises:
            UserError: the site has no such page, or its file cannot be read.
        """

    def read(self, path: str) -> Page:
        """A page as its reader sees it.

        Raises:
            UserError: the site has no such page, or nothing of it can be read.
        """


class OpenedSite(Protocol):
    """A site as MkDocs has opened it (`site.Site`), as those see it who read its pages."""

    @property
    def root(self) -> Path:
        """The site's top folder."""

    @property
    def config(self) -> Any:
        """The configuration, MkDocs' own."""

    @property
    def files(self) -> Any:
        """The files of the site, MkDocs' own."""

    @property
    def macros(self) -> Any:
        """The macros plugin with its Jinja environment, or None."""

    def relative(self, path: str | Path) -> str:
        """The POSIX path relative to the root; unchanged if it lies elsewhere."""

    def page(self, path: str) -> Any:
        """MkDocs' own page for a path relative to the root.

        Raises:
            UserError: the site has no such page.
        """

    def text(self, path: str) -> str:
        """The text of a page's file.

        Raises:
            UserError: the site has no such page, or its file cannot be read.
        """

    def markdown(self) -> Any:
        """A Markdown instance as the build makes one for each page."""


class Paths:
    """Paths relative to a folder; each is worked out once, because every line of a page asks for one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, str] = {}

    def relative(self, path: str | Path) -> str:
        """The POSIX path relative to the folder; unchanged if it lies elsewhere."""
        text = str(path)
        if text not in self._known:
            absolute = Path(self.root, path).resolve()
            inside = absolute.is_relative_to(self.root)
            self._known[text] = absolute.relative_to(self.root).as_posix() if inside else text
        return self._known[text]


def no_such_page(path: str, pages: Sequence[str], docs_dir: str) -> UserError:
    """The error for a path that is not a page of the site."""
    hint = did_you_mean(path, pages) or f"pages are the Markdown files under {docs_dir}/"
    return UserError(f"{path!r} is not a page of this site", hint=hint)


def read_text(file: Path, path: str) -> str:
    """A page's text, as MkDocs reads it.

    Raises:
        UserError: it is not UTF-8, or cannot be opened.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError.of(_no_utf_8(path, error)) from None
    except (OSError, ValueError) as error:
        fact = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise UserError.of(Problem(Position(path, 1), fact, code="page")) from error


def _no_utf_8(path: str, error: UnicodeDecodeError) -> Problem:
    """At the byte that is wrong, which is all of a file in UTF-16."""
    found = not_utf8(error.object, error.start, path)
    return Problem(Position(path, found.line, found.column), found.fact, found.hint, "page")


def front_matter_of(source: PageSource, path: str) -> FrontMatter:
    """Only the front matter of a page, mistakes ignored: cheap, to choose pages by.

    Raises:
        UserError: the site has no such page.
    """
    text = source.text(path)
    try:
        return read_front_matter(text, path)[0]
    except Exception as error:
        raise bug_at(path, error) from error

"""Links of pages that lead nowhere, as MkDocs finds them when it builds the site."""

from __future__ import annotations

import os
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docs_test.language.links import parts
from docs_test.language.word_positions import at_text
from groundwork.base.errors import UserError
from groundwork.base.problems import Problem, Stage
from groundwork.base.suggest import closest, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.pages.page import Link, Page
    from docs_test.pages.source import PageSource

MARKDOWN = ".md"
BUILT = ".html"
CODE = "link"


class Links:
    """Looks where links lead; the anchors of a page are read once."""

    def __init__(self, site: PageSource) -> None:
        self._site = site
        # Links are relative to where the site has a page, which may be a symbolic link to its file.
        self._pages = {os.path.relpath(site.file(path), site.root): path for path in site.page_paths}
        self._places = {path: place for place, path in self._pages.items()}
        self._anchors: dict[str, tuple[str, ...] | None] = {}

    def check(self, page: Page) -> Iterator[Problem]:
        """The dead links of a page: errors where MkDocs warns, advice where it only says so."""
        self._anchors[page.path] = page.content.anchors
        for link in page.content.links:
            kind, fact, hint = self._fault(self._places[page.path], link)
            warns = self._site.link_checks.get(kind)
            if warns is not None:
                stage = Stage.READ if warns else Stage.ADVICE
                where = at_text(self._site.root, link.position, link.to)
                yield Problem(where, f"the link {link.to!r}: {fact}", hint, CODE, stage=stage)

    def _fault(self, page: str, link: Link) -> tuple[str, str, str]:
        """Which of MkDocs' checks a link fails, what is wrong, and what to do; all "" if it leads somewhere."""
        path, anchor = parts(link.to)
        if path.startswith("/"):
            return "absolute_links", "begins with a slash", "write the path from this page's folder"
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if target not in self._pages:
            return self._of_file(page, path, target)
        if not anchor or anchor == "top":
            return "", "", ""
        known = self._known(self._pages[target])
        if known is None or anchor in known:
            return "", "", ""
        other = f"{target} has" if path else "this page has"
        hint = did_you_mean(f"#{anchor}", [f"#{one}" for one in known])
        return "anchors", f"{other} no anchor {anchor!r}", hint or f"an anchor is a heading's id: {{ #{anchor} }}"

    def _of_file(self, page: str, path: str, target: str) -> tuple[str, str, str]:
        """The same of a link that leads to no page."""
        source = f"{target.removesuffix(BUILT)}{MARKDOWN}"
        if (self._site.root / target).is_file() or (target.endswith(BUILT) and self._is_page(source)):
            return "", "", ""
        if not PurePosixPath(path).suffix:
            hint = f"write {path.rstrip('/')}{MARKDOWN}" if self._is_page(f"{target}{MARKDOWN}") else ""
            return "unrecognized_links", "is not a file", hint or f"a link to a page ends in {MARKDOWN}"
        meant = closest(target, self._pages) if target.endswith(MARKDOWN) else self._beside(target)
        right = posixpath.relpath(meant, posixpath.dirname(page)) if meant else ""
        hint = f"did you mean {right!r}?" if right else "the path starts at this page's folder"
        return "not_found", f"there is no file {target}", hint

    def _is_page(self, path: str) -> bool:
        readme = posixpath.join(posixpath.dirname(path), f"README{MARKDOWN}")
        return path in self._pages or (posixpath.basename(path) == f"index{MARKDOWN}" and readme in self._pages)

    def _beside(self, target: str) -> str:
        """The file of the same folder that was meant; "" where none is near."""
        folder = (self._site.root / target).parent
        if not folder.is_dir():
            return ""
        found = closest(posixpath.basename(target), [one.name for one in folder.iterdir()])
        return posixpath.join(posixpath.dirname(target), found) if found else ""

    def _known(self, path: str) -> tuple[str, ...] | None:
        """The anchors of a page; None if it cannot be read: lint says why."""
        if path not in self._anchors:
            try:
                self._anchors[path] = self._site.read(path).content.anchors
            except UserError:
                self._anchors[path] = None
        return self._anchors[path]

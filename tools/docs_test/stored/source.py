"""A site whose pages were read before, or are read now: `pages` opens it, MkDocs only where it must."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from docs_test.pages.front_matter import read_front_matter
from docs_test.pages.page import Page
from docs_test.pages.source import Paths, no_such_page, read_text
from docs_test.stored import depends, form
from docs_test.stored.depends import Digests, Opened
from docs_test.stored.store import Store
from groundwork.base.content import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docs_test.pages.site import Site

CONFIG = "mkdocs.yml"


@contextlib.contextmanager
def pages(root: Path) -> Iterator[StoredPages]:
    """The pages of a site; the working directory is its root meanwhile.

    What was read is kept for the next time, also where some pages could not be read.

    Args:
        root: the site's top folder.

    Raises:
        UserError: no mkdocs.yml, or one that MkDocs or a plugin refuses.
    """
    root = root.resolve()
    with contextlib.ExitStack() as stack:
        source = StoredPages(root, stack)
        stack.callback(source.keep)
        if source.is_known:
            stack.enter_context(contextlib.chdir(root))
        else:
            source.opened()
        yield source


@dataclass(slots=True)
class _Facts:
    """What is known of a site without its pages."""

    urls: dict[str, str]
    """The address of each page, by its path."""
    files: dict[str, str]
    """The file of each page, as MkDocs names it."""
    docs_dir: str
    site_url: str
    extra: Mapping[str, Any]
    not_in_nav: Mapping[str, bool]
    link_checks: Mapping[str, bool]

    @classmethod
    def of(cls, site: Site) -> _Facts:
        """Those of an opened site."""
        paths = site.page_paths
        files = {path: os.fspath(site.file(path)) for path in paths}
        urls = {path: site.url(path) for path in paths}
        facts = (site.docs_dir, site.site_url, site.extra, site.not_in_nav, site.link_checks)
        return cls(urls, files, *facts)


class StoredPages:
    """A `PageSource`; valid inside `pages` only."""

    def __init__(self, root: Path, stack: contextlib.ExitStack) -> None:
        self.root = root
        self._stack = stack
        self._paths = Paths(root)
        self._digests = Digests(root)
        self._store = Store(root)
        self._site: Site | None = None
        self._facts: _Facts | None = None
        self._pages: dict[str, Any] = {}
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._environment = depends.environment(_text(root / CONFIG))
        self._is_new = False
        self._load()

    def _load(self) -> None:
        try:
            data = self._store.read()
            if not data or data["environment"] != self._environment:
                return
            if any(stamp(path) != known for path, known in data["modules"].items()):
                return
            if depends.unchanged(self._digests, data["files"], data["folders"]):
                kept = (dict(data[name]) for name in ("pages", "files", "folders"))
                facts = _Facts(**data["site"])
                self._pages, self._files, self._folders = kept
                self._facts = facts
        except (KeyError, TypeError, ValueError, AttributeError):
            self._facts = None

    @property
    def is_known(self) -> bool:
        """Whether the site can be used without MkDocs, as far as its pages are known."""
        return self._facts is not None

    @property
    def facts(self) -> _Facts:
        """What is known of the site."""
        if self._facts is None:
            self._facts = _Facts.of(self.opened())
        return self._facts

    @property
    def page_paths(self) -> list[str]:
        """Every page, as POSIX paths relative to the root, sorted."""
        return list(self.facts.urls)

    @property
    def docs_dir(self) -> str:
        """The folder of the pages, relative to the root."""
        return self.facts.docs_dir

    @property
    def site_url(self) -> str:
        """The address of the site, with a slash at its end; "" if mkdocs.yml says none."""
        return self.facts.site_url

    @property
    def extra(self) -> Mapping[str, Any]:
        """What mkdocs.yml says under `extra`, as far as it is plain data."""
        return self.facts.extra

    @property
    def not_in_nav(self) -> Mapping[str, bool]:
        """Paths of pages that `nav` leaves out although it should not -> whether MkDocs warns of them."""
        return self.facts.not_in_nav

    @property
    def link_checks(self) -> Mapping[str, bool]:
        """MkDocs' checks of links (`not_found`, `anchors`, ...) that are on -> whether it warns."""
        return self.facts.link_checks

    def relative(self, path: str | Path) -> str:
        """The POSIX path relative to the root; unchanged if it lies elsewhere."""
        return self._paths.relative(path)

    def file(self, path: str) -> Path:
        """The file of a page, as MkDocs names it: perhaps by a symbolic link.

        Raises:
            UserError: the site has no such page.
        """
        return Path(self.facts.files[self._known(path)])

    def url(self, path: str) -> str:
        """The address of a page, relative to the site's.

        Raises:
            UserError: the site has no such page.
        """
        return self.facts.urls[self._known(path)]

    def text(self, path: str) -> str:
        """The text of a page's file.

        Raises:
            UserError: the site has no such page, or its file cannot be read.
        """
        return read_text(self.file(path), path)

    def read(self, path: str) -> Page:
        """A page as its reader sees it.

        Raises:
            UserError: no such page, or nothing of it can be read.
        """
        path = self._known(path)
        kept = self._kept(path)
        return self._read(path) if kept is None else kept

    def opened(self) -> Site:
        """The site as MkDocs opens it, for what is not kept of it.

        Raises:
            UserError: MkDocs or a plugin refuses it.
        """
        if self._site is None:
            from docs_test.pages.site import open_site  # noqa: PLC0415 - MkDocs takes longer than all else

            with depends.watched() as found:
                self._site = self._stack.enter_context(open_site(self.root))
            self._note(found, "", {})
            watch = [path for path in self._site.config.watch if Path(path).is_file()]
            self._note(Opened({CONFIG, *map(os.path.abspath, watch)}), "", {})
        return self._site

    def keep(self) -> None:
        """Write what was read into the cache, if something is new."""
        if not self._is_new or self._facts is None:
            return
        modules = depends.modules()
        site = {
            "urls": self._facts.urls,
            "files": self._facts.files,
            "docs_dir": self._facts.docs_dir,
            "site_url": self._facts.site_url,
            "extra": self._facts.extra,
            "not_in_nav": self._facts.not_in_nav,
            "link_checks": self._facts.link_checks,
        }
        if _differs_as_json(site) or depends.changed_since_start(modules):
            return
        pages = {path: page for path, page in self._pages.items() if path in self._facts.urls}
        data = {"environment": self._environment, "modules": modules, "files": self._files}
        self._store.write({**data, "folders": self._folders, "site": site, "pages": pages})

    def _known(self, path: str) -> str:
        name = self.relative(path)
        if name not in self.facts.urls:
            raise no_such_page(path, self.page_paths, self.docs_dir)
        return name

    def _kept(self, path: str) -> Page | None:
        """The page as it was read before; None where it was not, or something that it is made of has changed."""
        try:
            data = self._pages[path]
            inputs, others = data["inputs"], data["others"]
            if not depends.unchanged(self._digests, {**inputs, **others}, {}):
                return None
            content = form.read(data["content"])
            title = str(data["title"])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None
        front_matter, problems = read_front_matter(self.text(path), path)
        return Page(path, title, front_matter, content, inputs, (*problems, *content.problems))

    def _read(self, path: str) -> Page:
        site = self.opened()
        began = time.time_ns()
        with depends.watched() as found:
            page = site.read(path)
        lasts = page.lasting and not depends.changed_since(began, (self.root / name for name in page.inputs))
        content = form.written(page.content) if lasts else None
        self._is_new = True
        others = self._note(found, path, page.inputs)
        others |= {name: self._digests.file(name) for name in _rivals(site, page.inputs)}
        if content is None:
            self._pages.pop(path, None)
        else:
            data = {"title": page.title, "inputs": dict(page.inputs), "others": others}
            self._pages[path] = {**data, "content": content}
        return page

    def _note(self, found: Opened, page: str, inputs: Mapping[str, str]) -> dict[str, str]:
        """Note what was opened: other pages are dependencies of the page alone, all else but its inputs of all.

        A macro that opens a file may keep what it read, and use it for pages that come later.
        """
        others: dict[str, str] = {}
        for path in depends.outside_of_python(found.files):
            name = depends.relative(self.root, os.path.realpath(path))
            if name == page or name in inputs:
                continue
            is_page = self._facts is not None and name in self._facts.urls
            kept = others if page and is_page else self._files
            kept[name] = self._digests.file(name)
        for path in depends.folders_of_pages(found.folders):
            name = depends.relative(self.root, os.path.realpath(path))
            self._folders[name] = self._digests.folder(name)
        return others


def _rivals(site: Site, inputs: Iterable[str]) -> Iterator[str]:
    """Files that would be inserted instead of a page's snippets, if they were there.

    The library looks through its folders by asking whether a file is there, which nobody notices.
    """
    given = site.config.mdx_configs.get("pymdownx.snippets", {}).get("base_path", ["."])
    bases = [site.relative(base) for base in ([given] if isinstance(given, str) else given)]
    known = set(inputs)
    for base, name in itertools.product(bases, known):
        if PurePosixPath(name).is_relative_to(base):
            below = PurePosixPath(name).relative_to(base)
            yield from {str(PurePosixPath(other, below)) for other in bases} - known


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""  # MkDocs says what is wrong with it.


def _differs_as_json(data: Mapping[str, Any]) -> bool:
    """Whether it would be read as something else: `extra` may have dates, or numbers as keys."""
    try:
        return bool(json.loads(json.dumps(data)) != data)
    except (TypeError, ValueError):
        return True

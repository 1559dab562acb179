"""The site as MkDocs itself reads it: the same configuration, macros and Markdown extensions as the build's."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import markdown
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import get_navigation

from docs_test.pages.page_jinja import confined, plain_data
from docs_test.pages.read import read_page
from docs_test.pages.source import READING, Paths, no_such_page, read_text
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page as MkDocsPage

    from docs_test.pages.page import Page


@dataclass(frozen=True, slots=True)
class Site:
    """An opened site. Valid inside `open_site` only: MkDocs resolves paths against the working directory."""

    root: Path
    config: MkDocsConfig
    files: Files
    macros: Any
    """The macros plugin with its Jinja environment (`docs_test.pages.page_jinja`), or None."""
    not_in_nav: Mapping[str, bool] = field(default_factory=dict)
    """Paths of pages that `nav` leaves out although it should not -> whether MkDocs warns of them."""
    _paths: Paths = field(init=False, repr=False, compare=False)
    _pages: dict[str, MkDocsPage] = field(init=False, default_factory=dict, repr=False, compare=False)
    """MkDocs' pages by their paths, once one was asked for."""

    def __post_init__(self) -> None:
        """Start with no path known."""
        object.__setattr__(self, "_paths", Paths(self.root))

    @property
    def page_paths(self) -> list[str]:
        """Every page, as POSIX paths relative to the root, sorted."""
        return sorted(self.relative(file.abs_src_path or "") for file in self.files.documentation_pages())

    @property
    def docs_dir(self) -> str:
        """The folder of the pages, relative to the root."""
        return self.relative(self.config.docs_dir)

    @property
    def site_url(self) -> str:
        """The address of the site, with a slash at its end; "" if mkdocs.yml says none."""
        return self.config.site_url or ""

    @property
    def extra(self) -> Mapping[str, Any]:
        """What mkdocs.yml says under `extra`, as far as it is plain data."""
        return plain_data(self.config.extra)

    @property
    def link_checks(self) -> Mapping[str, bool]:
        """MkDocs' checks of links (`not_found`, `anchors`, ...) that are on -> whether it warns."""
        levels = dict(self.config.validation.links)
        numbers = {name: level for name, level in levels.items() if isinstance(level, int)}
        return {name: level >= logging.WARNING for name, level in numbers.items() if level >= logging.INFO}

    def relative(self, path: str | Path) -> str:
        """The POSIX path relative to the root, as errors print it; unchanged if it lies elsewhere."""
        return self._paths.relative(path)

    def page(self, path: str) -> MkDocsPage:
        """MkDocs' own page for a path relative to the root.

        Raises:
            UserError: the site has no such page.
        """
        if not self._pages:
            for file in self.files.documentation_pages():
                if file.page is not None:
                    self._pages.setdefault(self.relative(file.abs_src_path or ""), file.page)
        found = self._pages.get(self.relative(path))
        if found is None:
            raise no_such_page(path, self.page_paths, self.docs_dir)
        return found

    def file(self, path: str) -> Path:
        """The file of a page, as MkDocs names it: perhaps by a symbolic link.

        Raises:
            UserError: the site has no such page.
        """
        return Path(self.page(path).file.abs_src_path or path)

    def url(self, path: str) -> str:
        """The address of a page, relative to the site's.

        Raises:
            UserError: the site has no such page.
        """
        return self.page(path).file.url

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
        return read_page(self, path)

    def markdown(self) -> markdown.Markdown:
        """A Markdown instance as the build makes one for each page."""
        return markdown.Markdown(
            extensions=self.config.markdown_extensions, extension_configs=self.config.mdx_configs or {}
        )


@contextlib.contextmanager
def open_site(root: Path) -> Iterator[Site]:
    """Read `mkdocs.yml` as `mkdocs build` does, up to where pages are read.

    The working directory is the root meanwhile: MkDocs, macros and snippets take relative folders from there.

    Raises:
        UserError: no mkdocs.yml, or one that MkDocs or a plugin refuses.
    """
    root = root.resolve()
    file = root / "mkdocs.yml"
    if not file.is_file():
        raise UserError(
            f"no mkdocs.yml in {str(root)!r}",
            hint="docs-test reads pages as the site's build does; name the site's top folder as root",
        )
    token = READING.set(True)
    try:
        with contextlib.chdir(root):
            yield _opened(root, file)
    finally:
        READING.reset(token)


BARE = """\
site_name: None
plugins: []
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.details
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""
"""Settings with which Markdown is read that belongs to no site: with all in which a fence may be."""


@contextlib.contextmanager
def open_folder(root: Path) -> Iterator[Site]:
    """A folder without `mkdocs.yml` as a site without pages, whose Markdown can be read all the same."""
    root = root.resolve()
    with tempfile.TemporaryDirectory(prefix="docs-test-") as folder, contextlib.chdir(root):
        file = Path(folder, "mkdocs.yml")
        file.write_text(BARE, encoding="utf-8")
        yield Site(root, load_config(str(file), docs_dir=str(root)), Files([]), None)


class _Errors(logging.Handler):
    """Keeps what MkDocs logs: its exception says no more than "aborted"."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _opened(root: Path, file: Path) -> Site:
    said = _Errors()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(said)
    try:
        config = load_config(str(file))
        config.plugins.on_startup(command="build", dirty=False)
        config = config.plugins.on_config(config)
        files = get_files(config)
        navigation = get_navigation(files, config)
    except (MkDocsException, OSError, ValueError, ImportError) as error:
        reason = "; ".join(said.messages) or f"{type(error).__name__}: {error}"
        raise UserError(
            f"MkDocs cannot read it: {reason}",
            hint="`mkdocs build --strict` tells more",
            where=Position(file.name, 1),
        ) from error
    finally:
        logger.removeHandler(said)
    macros = config.plugins.get("macros")
    if macros is not None:
        macros.on_nav(navigation, config, files)
        macros._env = confined(macros.env)  # noqa: SLF001 - it has no setter; a page must not run Python here.
    site = Site(root, config, files, macros)
    return replace(site, not_in_nav={site.relative(path): warns for path, warns in _not_in_nav(site, navigation)})


def _not_in_nav(site: Site, navigation: Navigation) -> Iterator[tuple[str, bool]]:
    """As MkDocs finds them: mkdocs.yml says under `not_in_nav` and `validation` what is meant, and what counts."""
    level = site.config.validation.nav.omitted_files
    there = {page.file.src_uri for page in navigation.pages}
    for file in site.files.documentation_pages():
        meant = file.inclusion.is_in_nav()  # type: ignore[no-untyped-call]
        if level >= logging.INFO and meant and file.src_uri not in there:
            yield file.abs_src_path or "", level >= logging.WARNING

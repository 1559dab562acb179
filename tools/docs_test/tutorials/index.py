"""The index of a site's pages: what each shows, for whoever would else guess it from the text.

`docs-test lint` writes it to build/pages.json; its form is pages.schema.json.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping  # noqa: TC003 - typed_json reads the hints
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.language.roles import Use
from docs_test.pages.page import Heading  # noqa: TC001 - as above
from docs_test.pages.source import READING
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.structure import lint_page
from groundwork.base.content import write_whole
from groundwork.base.errors import UserError
from groundwork.base.positions import Position  # noqa: TC001 - as above
from groundwork.base.typed_json import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.pages.source import PageSource
    from docs_test.tutorials.structure import LintedPage

FILE = "build/pages.json"
"""Path of the index, relative to the site's top folder."""
SCHEMA = Path(__file__).with_name("pages.schema.json")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    position: Position
    """Line of the opening fence, perhaps of an included file."""
    language: str
    role: str
    """Role of the fence; "": its language needs none."""
    reason: str
    """Reason of a `.skip`; "" otherwise."""
    runs_on: str
    """Platform on which a `.skip` would run (`data-runs-on`); "": none is named."""
    file_name: str
    """Name under which a reader saves it; "": nobody does."""
    files: tuple[str, ...]
    """Other files whose lines it shows, or that it names as its source, relative to the root."""


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """A page of the index."""

    path: str
    """POSIX, relative to the root."""
    title: str
    kind: str
    """Kind that its front matter names; "": none."""
    tutorial: bool
    """Whether it is run."""
    inputs: Mapping[str, str]
    """SHA-256 of every file its lines came from, itself included, by path."""
    variants: Mapping[str, tuple[str, ...]]
    """Variants in which it is run: name -> values, the default first."""
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Other files that its blocks show, each once, in the page's order."""
        return tuple(dict.fromkeys(file for block in self.blocks for file in block.files))


@dataclass(frozen=True, slots=True)
class Index:
    """The pages of a site that can be read."""

    pages: tuple[IndexedPage, ...] = ()
    """Pages, sorted by path."""

    def page(self, path: str) -> IndexedPage | None:
        """A page by its path relative to the root; None: there is none, or it cannot be read."""
        return next((page for page in self.pages if page.path == path), None)


def page_index(root: Path) -> Index:
    """The index of a site as it is now; empty while docs-test reads a page, whose macros may ask for it.

    Args:
        root: the site's top folder.

    Raises:
        UserError: there is no such site.
    """
    if READING.get():
        return Index()
    with pages_of(root) as site:
        return Index(tuple(indexed(one) for one in _readable(site)))


def indexed(linted: LintedPage) -> IndexedPage:
    """What the index has of a page."""
    page = linted.page
    uses = (part for part in linted.parts if isinstance(part, Use))
    return IndexedPage(
        path=page.path,
        title=page.title,
        kind=page.front_matter.kind,
        tutorial=page.front_matter.tutorial,
        inputs=dict(page.inputs),
        variants=dict(page.front_matter.variants),
        headings=page.content.headings,
        blocks=tuple(_block(use, page.path) for use in uses),
    )


def write(root: Path, index: Index) -> None:
    """Write the index to FILE whole or not at all; not being able to is no error: reading makes it anew."""
    path = root / FILE
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, (json.dumps(document(index)) + "\n").encode())


def document(index: Index) -> dict[str, object]:
    """The content of the file."""
    return {"version": VERSION, "pages": to_json(index.pages)}


def _readable(site: PageSource) -> Iterator[LintedPage]:
    for path in site.page_paths:
        with contextlib.suppress(UserError):  # The build, and lint, say what is wrong with it.
            yield lint_page(site, path)


def _block(use: Use, path: str) -> Block:
    values = use.values
    shown = (line.file for line in use.fence.lines if line.file != path)
    named = values.get("data-from")
    return Block(
        position=use.location,
        language=use.fence.language,
        role=use.role.value if use.role else "",
        reason=values.get("data-reason", ""),
        runs_on=values.get("data-runs-on", ""),
        file_name=values.get("file_name", ""),
        files=tuple(dict.fromkeys([*([named] if named else []), *shown])),
    )

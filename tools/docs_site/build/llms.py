"""llms.txt and the Markdown copy of each page (quick-deploy.md beside quick-deploy.html), from the built site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from docs_site.build.markdown_copy import Copy, copy_of
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation."""

    section: tuple[str, ...]
    """The names of the sections that it is in."""
    source: str
    """Path relative to the folder of the pages."""

    @property
    def built(self) -> str:
        """Its HTML, relative to the site."""
        path = PurePosixPath(self.source)
        return path.with_name("index.html" if path.stem == "README" else f"{path.stem}.html").as_posix()

    @property
    def copy(self) -> str:
        """Its Markdown copy, relative to the site."""
        return PurePosixPath(self.built).with_suffix(".md").as_posix()


def entries(nav: Sequence[Any], section: tuple[str, ...] = ()) -> Iterator[Entry]:
    """The pages of mkdocs.yml's `nav`, in its order; links that lead elsewhere are left out."""
    for item in nav:
        for title, value in item.items() if isinstance(item, dict) else [("", item)]:
            if isinstance(value, list):
                yield from entries(value, (*section, str(title)))
            elif str(value).endswith(".md") and "://" not in str(value):
                yield Entry(section, str(value))


def write(site: Path, config: MkDocsConfig) -> int:
    """Write the copies and llms.txt into the built site; returns the number of pages.

    Raises:
        UserError: a page of the navigation is not in the site.
    """
    pages: list[tuple[Entry, Copy]] = []
    for entry in entries(config.nav or []):
        file = site / entry.built
        if not file.is_file():
            hint = "build it first: mkdocs build"
            raise UserError(
                f"the site {str(site)!r} has no page {entry.built!r}", where=Position("mkdocs.yml", 1), hint=hint
            )
        copy = copy_of(file.read_text(encoding="utf-8"))
        (site / entry.copy).write_text(copy.markdown, encoding="utf-8")
        pages.append((entry, copy))
    text = listing(pages, str(config.site_name), str(config.site_description or ""))
    (site / "llms.txt").write_text(text, encoding="utf-8")
    return len(pages)


def listing(pages: Sequence[tuple[Entry, Copy]], name: str, description: str) -> str:
    """The text of llms.txt: the site's name, what it is, and each page by section with what it is about."""
    lines = [f"# {name}", "", f"> {description}"]
    section: tuple[str, ...] | None = None
    for entry, copy in pages:
        if entry.section[:1] != section:
            section = entry.section[:1]
            lines += ["", f"## {section[0] if section else 'More'}", ""]
        kind = f" ({copy.kind})" if copy.kind else ""
        about = f": {copy.description}" if copy.description and copy.description != description else ""
        lines.append(f"- [{copy.title}]({entry.copy}){kind}{about}")
    return "\n".join(lines) + "\n"

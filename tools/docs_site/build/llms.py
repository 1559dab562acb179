"""llms.txt and the Markdown copy of each page (quick-deploy.md beside quick-deploy.html), from the built site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_site.build.markdown_copy import Copy, copy_of
from docs_site.pages.navigation import Entry, entries
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig


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

"""The page of the tools: its tables of files, and the address of the site in its commands."""

from __future__ import annotations

import posixpath
from html import escape
from typing import TYPE_CHECKING, Any

from docs_site.downloads.offer import PLACEHOLDER, WITHIN_SITE
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_site.downloads.offer import File

SINGLE = "single"
NOT_BUILT = """\
!!! note "Not built here"
    This copy of the site was built without the tools.
    In a clone of its repository, `./nox -s tools` makes them, and `./nox -s docs` then offers them here.
"""
AS_ABOVE = "Not built here, as above."
MEGA = 1_000_000


def address_of(settings: Mapping[str, Any]) -> str:
    """The address of the site, without a slash at its end: what mkdocs.yml says, or the placeholder."""
    return str(settings.get("site_url") or PLACEHOLDER).rstrip("/")


def table(files: Sequence[File], tool: str, kind: str, page: str) -> str:
    """The files of a tool as a table, in Markdown; if none was made, a note below the first table.

    Args:
        files: all that are offered.
        tool: whose files.
        kind: which of them.
        page: the page's path relative to the folder of the pages.

    Raises:
        UserError: there are files, and none of that tool and kind.
    """
    if not files:
        return NOT_BUILT if kind == SINGLE else AS_ABOVE
    chosen = [file for file in files if (file.tool, file.kind) == (tool, kind)]
    if not chosen:
        known = ", ".join(sorted({f"{file.tool} {file.kind}" for file in files}))
        raise UserError(f"there is no download {tool!r} of kind {kind!r}", hint=f"there are: {known}")
    to_files = posixpath.relpath(WITHIN_SITE, posixpath.dirname(page) or ".")
    rows = ["| File | For | Version | Size | SHA-256 |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*rows, *(_row(file, to_files) for file in chosen)])


def _row(file: File, folder: str) -> str:
    link = f'<a href="{escape(folder)}/{escape(file.name)}" download><code>{escape(file.name)}</code></a>'
    fits = "every machine" if file.platform == "any" else file.platform.replace("-", ", ")
    size = f"{file.size / MEGA:.1f} MB" if file.size >= MEGA // 10 else f"{file.size} bytes"
    return f'| {link} | {fits} | {file.version} | {size} | <code class="checksum">{file.sha256}</code> |'

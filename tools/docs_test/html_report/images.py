"""Images of a page, put into the report itself."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TYPES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
MOST_BYTES = 256 * 1024
"""Bytes of an image that is put into a report, at most."""


def inlined(source: str, folder: Path, root: Path) -> str:
    """An image as a `data:` address; "" if it is none of the site's, too large or of an unknown type.

    Args:
        source: the address that the page has.
        folder: the folder of the page's file.
        root: the site's top folder: what lies elsewhere is no image of the site.
    """
    parts = urlsplit(source)
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    file = (folder / unquote(parts.path)).resolve()
    kind = TYPES.get(file.suffix.lower())
    try:
        if kind is None or not file.is_relative_to(root.resolve()) or file.stat().st_size > MOST_BYTES:
            return ""
        return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
    except (OSError, ValueError):
        return ""

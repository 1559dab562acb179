"""The file of a site's pages in the cache: whole or not at all, believed only if its checksum is right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groundwork.base.content import Folder, digest

if TYPE_CHECKING:
    from pathlib import Path

FORM = 1
"""Number of the file's form; a change of its own code counts as a dependency anyway."""
MOST_SITES = 30
"""Files in the folder, the last used ones: each clone of a project is a site of its own."""


class Store:
    """What is kept of one site."""

    def __init__(self, root: Path) -> None:
        """Make nothing yet.

        Args:
            root: the site's top folder, resolved.
        """
        self._folder = Folder("pages")
        self._name = f"{digest(str(root), length=32)}.json"

    def read(self) -> dict[str, Any]:
        """What was kept; {} where there is nothing that can be used."""
        body = self._folder.read(self._name)
        data = json.loads(body) if body else {}
        return data if isinstance(data, dict) and data.get("form") == FORM else {}

    def write(self, data: dict[str, Any]) -> None:
        """Keep it; not being able to is no error."""
        self._folder.write(self._name, json.dumps({"form": FORM, **data}, separators=(",", ":")))
        self._folder.prune(MOST_SITES)

"""Where things are: the project's root and its cache."""

from __future__ import annotations

import os
from pathlib import Path


def root() -> Path:
    """The checkout's top folder: the one with versions.toml (the install is an editable one)."""
    return Path(__file__).resolve().parents[3]


def cache_dir(*parts: str) -> Path:
    """A folder of the cache, made if absent: `$XDG_CACHE_HOME/dynamo-docs/PARTS…`.

    It is shared by all clones of the project on a machine, so whatever lies in it is named by its content.
    """
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base, "dynamo-docs", *parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""Where things are: the project's root and its cache."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def root() -> Path:
    """The checkout's top folder: the one with versions.toml (the install is an editable one)."""
    return Path(__file__).resolve().parents[3]


def cache_dir(*parts: str) -> Path:
    """A folder of the cache, made if absent: `$XDG_CACHE_HOME/dynamo-docs/PARTS…`.

    It is shared by all clones of the project on a machine, so whatever lies in it is named by its content.
    """
    folder = cache_base().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cache_base() -> Path:
    """The folder of all that is cached; perhaps it is not there yet.

    Raises:
        FileNotFoundError: nobody knows a home folder for it.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    if not base:
        try:
            base = str(Path.home() / ".cache")
        except RuntimeError as error:  # Neither HOME nor an entry for this user.
            raise FileNotFoundError(errno.ENOENT, "no home folder is known", "~/.cache") from error
    return Path(base, "dynamo-docs")

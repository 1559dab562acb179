"""Names by content: what is cached is named after what it was made from."""

from __future__ import annotations

import fcntl
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def digest(*parts: str | Path, length: int = 12) -> str:
    """Hex digest of texts, files and folders (recursively, by relative name and bytes), in that order."""
    state = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            state.update(b"text\0" + part.encode() + b"\0")
            continue
        for file in _files(part):
            state.update(
                b"file\0" + str(file.relative_to(part.parent)).encode() + b"\0" + file.read_bytes() + b"\0"
            )
    return state.hexdigest()[:length]


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return sorted(found)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock file, waiting for another run that builds the same thing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

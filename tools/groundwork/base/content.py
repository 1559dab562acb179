"""Names by content: what is cached is named after what it was made from."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from groundwork.base import paths

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


def stamp(path: str) -> list[int]:
    """The time of the last change of a file or folder in ns, and its size; [] where it is not there."""
    try:
        found = os.stat(path)  # noqa: PTH116 - some hundred of them
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock file, waiting for another run that builds the same thing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: who reads it meanwhile gets the old one; a device is written into.

    Raises:
        OSError: it cannot be written.
    """
    if path.exists() and not path.is_file():  # Nobody wants /dev/null to be a file.
        path.write_bytes(data)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class Folder:
    """Files of a folder of the cache: written whole or not at all, believed only if their checksum is right.

    A file that is missing, cut short or changed is no error, and neither is a folder that cannot be written: who
    asks makes the content anew.
    """

    def __init__(self, *parts: str) -> None:
        """Make nothing yet.

        Args:
            parts: of the folder's path within the cache.
        """
        self._parts = parts

    def read(self, file: str) -> bytes | None:
        """The content of a file; None where there is none that can be believed."""
        try:
            data = (paths.cache_dir(*self._parts) / file).read_bytes()
        except OSError:
            return None
        checksum, _, body = data.partition(b"\n")
        return body if checksum == _checksum(body) else None

    def write(self, file: str, text: str) -> None:
        """Write a file; not being able to is no error."""
        body = text.encode()
        with contextlib.suppress(OSError):
            write_whole(paths.cache_dir(*self._parts) / file, _checksum(body) + b"\n" + body)

    def prune(self, most: int) -> None:
        """Remove all files but so many, the last written ones."""
        with contextlib.suppress(OSError):
            files = sorted(paths.cache_dir(*self._parts).iterdir(), key=lambda file: file.stat().st_mtime_ns)
            for file in files[:-most]:
                file.unlink(missing_ok=True)


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()

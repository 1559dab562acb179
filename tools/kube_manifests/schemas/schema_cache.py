"""Files of compiled schemas: written whole or not at all, believed only if their checksum is right.

A folder is named by what it was made of, so nothing in it is ever out of date. A file that is missing, cut short
or changed is made again; a cache that cannot be written is done without.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FORMAT = "1"
"""Number that is raised when what files hold changes its meaning without any code that is part of a key."""


def key(parts: Iterable[bytes]) -> str:
    """A name for a folder, from all that its files depend on."""
    digest = hashlib.sha256(_FORMAT.encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:32]


def compiler() -> Iterator[bytes]:
    """The modules whose change changes a compiled schema; a part of every key."""
    rooms = Path(__file__).parents[1]
    for name in (
        *("schemas/sources.py", "schemas/compiled.py", "schemas/builtin.py"),
        *("cel/rules.py", "cel/shapes.py", "cel/texts.py"),
    ):
        yield (rooms / name).read_bytes()


def kubernetes() -> Iterator[bytes]:
    """Which definitions of Kubernetes: the version asked for, and the package that has it; a part of a key."""
    yield (paths.root() / "versions.toml").read_bytes()
    spec = importlib.util.find_spec("kubernetes_validate")  # found, not imported: it would cost 0.3 s
    if spec is not None and spec.origin is not None:
        yield (Path(spec.origin).parent / "version.py").read_bytes()


def file_name(group: str, version: str, kind: str) -> str:
    """The file of one kind in one version."""
    return f"{kind.lower()}-{version}.{group or 'core'}.json"


class Folder:
    """The files of one key."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self, file: str) -> bytes | None:
        """What a file holds; None where there is none that can be believed."""
        try:
            data = (paths.cache_dir("schemas", self._name) / file).read_bytes()
        except OSError:
            return None
        checksum, _, body = data.partition(b"\n")
        return body if checksum == _checksum(body) else None

    def write(self, file: str, text: str) -> None:
        """Write a file; not being able to is no error."""
        body = text.encode()
        with contextlib.suppress(OSError):
            folder = paths.cache_dir("schemas", self._name)
            self._replace(folder / file, _checksum(body) + b"\n" + body)

    @staticmethod
    def _replace(path: Path, data: bytes) -> None:
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            draft.write_bytes(data)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()

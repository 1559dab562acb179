"""Files of compiled schemas: written whole or not at all, believed only if their checksum is right.

A folder is named by what it was made of, so nothing in it is ever out of date. A file that is missing, cut short
or changed is made again; a cache that cannot be written is done without.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base import content, paths

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


class Folder(content.Folder):
    """The files of one key."""

    def __init__(self, name: str) -> None:
        super().__init__("schemas", name)

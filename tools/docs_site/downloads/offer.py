"""What is offered: the files in build/downloads, and the list of them that pages show (offer.json)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from groundwork.base.content import write_whole
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = "build/downloads"
"""Folder in which the files are made, relative to the root."""
LIST = "offer.json"
WITHIN_SITE = "downloads"
"""The folder of the built site into which they are copied."""
PLACEHOLDER = "https://THIS-SITE"
"""Address of a site that does not know its own; docs/assets/address.js puts the reader's in its place."""
SUMS = "SHA256SUMS"
"""File with the checksums of all others, as `sha256sum --check` reads it."""
VERSION = 1
"""Version of the list's form."""
HINT = "make it again: ./nox -s tools"


@dataclass(frozen=True, slots=True)
class File:
    """A file to download."""

    name: str
    tool: str
    """Name of the tool: `kubectl-dynamo`."""
    kind: str
    """Kind of file: `single`, `wheel`, `krew`."""
    platform: str
    """Name of the platform: `Linux-x86_64`, `any`."""
    version: str
    size: int
    """Size in bytes."""
    sha256: str
    """Checksum in hexadecimal digits."""


def described(name: str, data: bytes, *, tool: str, kind: str, version: str, platform: str = "any") -> File:
    """The entry of a file."""
    return File(name, tool, kind, platform, version, len(data), hashlib.sha256(data).hexdigest())


def write(folder: Path, files: Sequence[File], sources: str) -> None:
    """Write the list, and that of the checksums.

    Args:
        folder: with the files.
        files: their entries.
        sources: the digest of what they were made from.
    """
    document = {"version": VERSION, "sources": sources, "files": [asdict(file) for file in files]}
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    write_whole(folder / SUMS, sums.encode())
    write_whole(folder / LIST, (json.dumps(document, indent=2) + "\n").encode())


def read(folder: Path, sources: str = "") -> tuple[File, ...]:
    """The entries of a folder; none if nothing was made there, or made from other sources.

    Args:
        folder: with the list.
        sources: the digest of today's sources; "": whatever they were made from.

    Raises:
        UserError: the list is there and cannot be understood.
    """
    file = folder / LIST
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["version"] != VERSION or (sources and data["sources"] != sources):
            return ()
        return tuple(File(**entry) for entry in data["files"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        fact = f"no list of downloads: {type(error).__name__}: {error}"
        raise UserError(fact, where=Position(str(file), 1), hint=HINT) from None

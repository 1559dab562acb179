"""A tool as one file that Python runs: the project's code, its packages, and what unpacks them (`start`)."""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docs_site.downloads import start, wheels
from docs_site.downloads.archive import zipped
from docs_site.downloads.platforms import ANY, PYTHONS, part
from groundwork.base.content import digest, locked, write_whole
from groundwork.base.paths import cache_dir, root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_site.downloads.platforms import Platform
    from docs_site.downloads.recipe import Tool

HEAD = b"#!/usr/bin/env python3\n"
OLDEST = "3.11"
"""The oldest Python that the tools run on."""
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 2, "dict_size": 64 << 20}]
"""Compression of compiled files, in which those of the Python before are within reach."""
HERE = Path(__file__).parent
SKIPPED = {"__pycache__"}
ENTRY_POINTS = "[docs_test.products]\ndynamo = dynamo_docs.product:Dynamo\n"


def plain_files(tool: Tool, version: str) -> dict[str, bytes]:
    """All files of a tool that fit every machine, by their names in the archive.

    Raises:
        EnvironmentFault: a wheel could not be had.
    """
    files = {f"tools/{name}": data for room in tool.rooms for name, data in _room(room)}
    files |= {name: (root() / name).read_bytes() for name in tool.files}
    had = wheels.fetch([package.pinned for package in tool.packages])
    for package in tool.packages:
        for name, data in wheels.plain(package, had[package.pinned.name]):
            files[f"packages/{name}"] = data
    files |= {f"packages/{name}": (HERE / source).read_bytes() for name, source in tool.standins}
    about = f"packages/{tool.distribution.replace('-', '_')}-{version}.dist-info"
    files[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {tool.distribution}\nVersion: {version}\n".encode()
    files[f"{about}/entry_points.txt"] = ENTRY_POINTS.encode()
    files["LICENSE"] = (root() / "LICENSE").read_bytes()
    return files


def _room(room: str) -> list[tuple[str, bytes]]:
    """The files of a folder below tools/, and the `__init__` of the package around it."""
    tools = root() / "tools"
    around = [tools / room.split("/", maxsplit=1)[0] / "__init__.py"]
    found = [file for file in sorted((tools / room).rglob("*")) if file.is_file()]
    return [
        (file.relative_to(tools).as_posix(), file.read_bytes())
        for file in [*around, *found]
        if not SKIPPED & set(file.parts) and file.suffix != ".pyc"
    ]


@dataclass(frozen=True, slots=True)
class Parts:
    """The compiled files of a tool for one platform: in one stream, as what differs between Pythons is little."""

    packed: bytes = b""
    """Stream of all files, one after the other, compressed; none without a file."""
    index: tuple[tuple[str, str, int], ...] = ()
    """Python, name and size of each file, in the order of the stream."""


def parts(tool: Tool, platform: Platform, pythons: Sequence[str] = PYTHONS) -> Parts:
    """The compiled files of a tool for a platform.

    Raises:
        EnvironmentFault: a wheel could not be had.
    """
    found: list[tuple[str, str, bytes]] = []
    for python in pythons:
        had = wheels.fetch([package.pinned for package in tool.compiled], platform, python)
        for package in tool.compiled:
            files = wheels.compiled(package, had[package.pinned.name])
            found += [(part(python), name, data) for name, data in files]
    found.sort(key=lambda one: one[1])  # The same file of each Python side by side.
    return Parts(_packed(b"".join(one[2] for one in found)), tuple((*one[:2], len(one[2])) for one in found))


def _packed(data: bytes) -> bytes:
    """Compressed once on a machine: it takes seconds."""
    folder = cache_dir("compiled-parts")
    kept = folder / f"{hashlib.sha256(data + repr(FILTERS).encode()).hexdigest()[:32]}.xz"
    with locked(folder):
        if not kept.exists():
            write_whole(kept, lzma.compress(data, filters=FILTERS))
    return kept.read_bytes()


def file_name(tool: Tool, platform: str) -> str:
    """The name under which a file is offered: `kubectl-dynamo`, `dynamo-validate-Linux-x86_64`."""
    return f"{tool.name}-{platform}" if tool.compiled else tool.name


def made(tool: Tool, plain: dict[str, bytes], compiled: Parts | None = None, platform: str = ANY) -> bytes:
    """A single file.

    Args:
        tool: the tool.
        plain: `plain_files` of it.
        compiled: `parts` of it; None: it runs without them.
        platform: that these are for.
    """
    with_parts = compiled or Parts()
    files = dict(plain)
    files["__main__.py"] = Path(start.__file__).read_bytes()
    if with_parts.index:
        files[start.COMPILED] = with_parts.packed
    sums = (f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in sorted(files.items()))
    about = {
        "name": tool.name,
        "start": tool.start,
        "python": OLDEST,
        "needs_part": bool(tool.compiled),
        "platform": platform,
        "parts": with_parts.index,
        "digest": digest(*sums, tool.start, platform, length=64),
    }
    files[start.ABOUT] = json.dumps(about, sort_keys=True).encode()
    return zipped(files, HEAD)

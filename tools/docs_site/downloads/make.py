"""Makes all files that the site offers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from docs_site.downloads import krew, offer, wheel
from docs_site.downloads.platforms import ANY, PYTHONS
from docs_site.downloads.recipe import LIST, LOCK, PYPROJECT, tools, tools_version
from docs_site.downloads.single_file import file_name, made, parts, plain_files
from groundwork.base.content import digest
from groundwork.base.paths import root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docs_site.downloads.platforms import Platform
    from docs_site.downloads.recipe import Tool


def make(
    folder: Path,
    platforms: Sequence[Platform],
    address: str,
    say: Callable[[str], None],
    pythons: Sequence[str] = PYTHONS,
) -> tuple[offer.File, ...]:
    """Make the files and their list; the folder holds nothing else afterwards.

    Args:
        folder: for the files.
        platforms: those for which there is a file with compiled parts.
        address: of the site, without a slash at its end.
        say: prints one line.
        pythons: for which these have parts.

    Raises:
        EnvironmentFault: a wheel could not be had or built.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    version = tools_version()
    files: list[offer.File] = []
    for tool in tools():
        for name, data, platform, kind in _of_tool(tool, platforms, version, address, pythons):
            (folder / name).write_bytes(data)
            if kind == "single":
                (folder / name).chmod(0o755)
            entry = offer.described(name, data, tool=tool.name, kind=kind, version=version, platform=platform)
            files.append(entry)
            say(f"{entry.name}: {entry.size:,} bytes, sha256 {entry.sha256}")
    offer.write(folder, files, sources())
    return tuple(files)


def _of_tool(
    tool: Tool, platforms: Sequence[Platform], version: str, address: str, pythons: Sequence[str]
) -> list[tuple[str, bytes, str, str]]:
    """Name, content, platform and kind of each file of a tool."""
    plain = plain_files(tool, version)
    single = made(tool, plain)
    found = [(file_name(tool, ANY), single, ANY, "single")]
    if not tool.compiled:
        packed = krew.archive(tool, single, plain["LICENSE"])
        described = krew.manifest(tool, version, packed, address).encode()
        found.append((*wheel.of_plugin(), ANY, "wheel"))
        found += [(krew.ARCHIVE, packed, ANY, "krew"), (krew.MANIFEST, described, ANY, "krew")]
        return found
    found.append((*wheel.of_script(tool, version, single, ANY), ANY, "wheel"))
    for platform in platforms:
        single = made(tool, plain, parts(tool, platform, pythons), platform.name)
        found.append((file_name(tool, platform.name), single, platform.name, "single"))
        found.append((*wheel.of_script(tool, version, single, platform.wheel), platform.name, "wheel"))
    return found


def sources() -> str:
    """A digest of all that the files are made from."""
    rooms = sorted({root() / "tools" / room for tool in tools() for room in tool.rooms})
    more = sorted({root() / name for tool in tools() for name in tool.files})
    own = (LIST.parent, root() / LOCK, root() / PYPROJECT)
    return digest(*rooms, *more, *own, length=32)

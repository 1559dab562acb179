"""Wheels of the packages that the lock pins, for any platform; pip fetches and checks them, once."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from docs_site.downloads.platforms import PLATFORMS, PYTHONS, part
from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir
from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_site.downloads.platforms import Platform
    from docs_site.downloads.recipe import Package, Pinned

PATCH = 9
"""Patch release of every Python that wheels are looked for: some packages refuse the first ones."""
LEFT_OUT = ("*.so", "*.pyd", "*.dylib", "*.dist-info/RECORD", "*.pyi", "bazel-project/*", "*/py.typed", "*.pyx")
"""Files that are no plain files of a package, or that nobody reads at run time."""


def fetch(
    pinned: Sequence[Pinned], platform: Platform = PLATFORMS[0], python: str = PYTHONS[0]
) -> dict[str, Path]:
    """The wheels of packages, by name of the package.

    Args:
        pinned: the packages.
        platform: that they are to fit; those without a compiled part fit all.
        python: the same.

    Raises:
        EnvironmentFault: the package index is out of reach, or has no such wheel.
    """
    lines = [one.line for one in pinned]
    folder = cache_dir("wheels", digest(*lines, *platform.tags, python))
    with locked(folder):
        if not (folder / "whole").exists():
            _fetch(lines, platform, python, folder)
            (folder / "whole").touch()
    found = {file.name.split("-")[0].lower().replace("_", "-"): file for file in folder.glob("*.whl")}
    return {one.name: found[one.name.replace("_", "-").lower()] for one in pinned}


def _fetch(lines: list[str], platform: Platform, python: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="wheels-") as made:
        wanted = Path(made, "wanted.txt")
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--only-binary", ":all:", "--implementation", "cp", "--abi", part(python), "--abi", "abi3"]
        command += [
            "--abi",
            "none",
            "--python-version",
            f"{python}.{PATCH}",
            "--dest",
            str(folder),
            "-r",
            str(wanted),
        ]
        for tag in platform.tags:
            command += ["--platform", tag]
        run(command, what=f"fetching wheels for {platform.name}, Python {python}", source="the package index")


def plain(package: Package, wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel that fit every machine, and that are taken."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/") or _any(name, LEFT_OUT) or _any(name, package.without):
                continue
            if package.only is None or _any(name, package.only) or ".dist-info/" in name:
                yield name, archive.read(name)


def compiled(package: Package, wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel that fit one platform and one Python, and that are taken."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if _any(name, package.compiled):
                yield name, archive.read(name)


def _any(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)

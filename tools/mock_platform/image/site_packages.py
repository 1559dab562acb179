"""Python packages for an image: wheels for the image's own Python, checked by hash, pruned, as one tar file.

pip runs on this machine, where the network, the proxy and the certificates are set up, but resolves for the image:
its Python (Debian's) may be another than the one that runs this.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.errors import UserError
from groundwork.base.paths import cache_dir, root
from groundwork.base.positions import Position
from groundwork.base.versions import version
from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.system.progress import Progress

GLIBC_MINORS = range(36, 16, -1)
"""manylinux tags that Debian 12 (glibc 2.36) can load, best first."""
EPOCH = 1767225600
"""Modification time of all packed files (2026-01-01): the same packages are the same bytes."""


def site_packages(
    requirements: Path, progress: Progress, *, beside: Path | None = None, pruned: Path | None = None
) -> Path:
    """Path of the tar file of the packages that a hashed requirements list names, cached by content.

    Args:
        requirements: the list.
        progress: reports the stage.
        beside: the list of an image on which this one stands; what that one has is left out.
        pruned: patterns of files to leave out; by default those beside the list.

    Raises:
        EnvironmentFault: pip failed: a package is out of reach or its hash is another.
        UserError: the two lists pin a package to different versions.
    """
    folder = cache_dir("site-packages")
    target = folder / f"{requirements.stem}-{site_key(requirements, beside=beside, pruned=pruned)}.tar"
    with locked(folder / requirements.stem):
        if not target.exists():
            with (
                progress.stage(f"Python packages of the {requirements.stem} image"),
                scratch(folder, f"partial-{requirements.stem}-") as work,
            ):
                packages = work / "packages"
                wanted = work / requirements.name
                wanted.write_text(further(requirements, beside) if beside else requirements.read_text("utf-8"))
                _install(wanted, packages, progress)
                prune(packages, pruned or requirements.with_suffix(".prune"))
                partial = work / "packages.tar"
                pack(packages, partial)
                partial.rename(target)
    return target


@contextmanager
def scratch(folder: Path, prefix: str) -> Iterator[Path]:
    """Give a new folder that is gone afterwards, and remove those that a killed run left behind.

    Only the holder of the lock under which such folders are made may call this.
    """
    for stale in folder.glob(f"{prefix}*"):
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix) as work:
        yield Path(work)


def site_key(requirements: Path, *, beside: Path | None = None, pruned: Path | None = None) -> str:
    """What the packages are made from: the lists, what is pruned, the image's Python, the machine."""
    target = f"{version('debian.python')} {platform.machine()}"
    lists = (requirements, beside) if beside else (requirements,)
    return digest(*lists, pruned or requirements.with_suffix(".prune"), Path(__file__), target)


def further(requirements: Path, beside: Path) -> str:
    """The packages of a hashed list that another list has not, as a hashed list.

    Raises:
        UserError: a package has one version here and another there: two of one package cannot be in one image.
    """
    there = {name: pin for name, pin, _ in _pins(beside)}
    kept = []
    for name, pin, lines in _pins(requirements):
        if name not in there:
            kept += lines
        elif pin != there[name]:
            raise UserError(
                f"{name} is {pin}, but {there[name]} in {beside.name}",
                where=Position(os.path.relpath(requirements, root())),
                hint="make the lists again, as README.md in their folder says",
            )
    return "".join(f"{line}\n" for line in kept)


def _pins(requirements: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and lines (the pin and its hashes) of each package of a list."""
    block: list[str] = []
    for line in [*requirements.read_text(encoding="utf-8").splitlines(), ""]:
        if block and not line.startswith(" "):
            name, _, pin = block[0].removesuffix(" \\").partition("==")
            yield name, pin, block
            block = []
        if line and not line.startswith("#"):
            block.append(line)


def prune(packages: Path, patterns: Path) -> None:
    """Remove what the globs of a file match below a folder: one a line; `#` begins a comment, `!` what stays.

    Raises:
        UserError: a pattern matches nothing although its package is there: upstream has moved the files.
    """
    lines = [line.strip() for line in patterns.read_text(encoding="utf-8").splitlines()]
    kept = {path for line in lines if line.startswith("!") for path in packages.glob(line[1:])}
    for number, pattern in enumerate(lines, start=1):
        if not pattern or pattern[0] in "#!":
            continue
        matches = [path for path in packages.glob(pattern) if path not in kept]
        package = pattern.split("/", 1)[0]
        if not matches and "*" not in package and (packages / package).exists():
            raise UserError(
                f"{pattern!r} matches nothing in this version of {package}",
                where=Position(os.path.relpath(patterns, root()), number),
                hint="fix the pattern, or remove it if the files are gone",
            )
        for match in matches:
            if match.is_dir() and not match.is_symlink():
                shutil.rmtree(match)
            else:
                match.unlink(missing_ok=True)


def pack(packages: Path, target: Path) -> None:
    """Write a tar file with sorted names, no owners and one time stamp."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = EPOCH
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    with tarfile.open(target, "w") as archive:
        for path in sorted(packages.rglob("*")):
            archive.add(path, arcname=str(path.relative_to(packages)), recursive=False, filter=plain)


def _install(requirements: Path, target: Path, progress: Progress) -> None:
    machine = platform.machine()
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC_MINORS] + [f"manylinux2014_{machine}"]
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--target", str(target), "--require-hashes", "--requirement", str(requirements)]
    # The list is complete: markers of dependencies would be read for this machine's Python, not the image's.
    command += ["--no-deps", "--no-compile", "--only-binary", ":all:", "--progress-bar", "off"]
    command += ["--python-version", version("debian.python"), "--implementation", "cp"]
    command += [word for name in platforms for word in ("--platform", name)]
    run(
        command,
        # Warnings about the machine's own packages are about nothing: --target leaves them alone.
        env={"PIP_ROOT_USER_ACTION": "ignore"},
        on_line=progress.detail,
        what=f"installing {requirements.name}",
        hint="`pip config list` shows where pip looks; a differing hash means that a file is not the locked one",
        source="the Python package index",
    )

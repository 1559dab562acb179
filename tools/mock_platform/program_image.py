"""Images of programs that are built from Go modules: the program, and what it calls, in one layer."""

from __future__ import annotations

import shutil
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir
from kind_cluster.docker import image_exists, import_image
from kind_cluster.rootfs import debian_rootfs

if TYPE_CHECKING:
    from pathlib import Path

    from groundwork.system.progress import Progress
    from kind_cluster.rootfs import RootFileSystem

HOST = "dynamo-docs.invalid"
"""Registry host of images whose program is the project's own and whose image is not. No such host can exist."""


@dataclass(frozen=True, slots=True)
class ProgramImage:
    """What to make."""

    name: str
    place: str
    """Folder of the program in the image, without a `/` at its ends."""
    base: RootFileSystem | None = None
    """Debian packages beside the program."""
    links: tuple[tuple[str, str], ...] = ()
    """Symbolic links: path in the image, and where it leads."""
    changes: tuple[str, ...] = ()
    """Instructions of a Dockerfile beside the ENTRYPOINT, which is the program unless one is named here."""


def ensure_program_image(wanted: ProgramImage, program: Path, progress: Progress) -> str:
    """Reference of the local image with this program; built if it is not there.

    Raises:
        EnvironmentFault: the packages could not be had, or Docker does not answer.
    """
    more = [repr(wanted)] if wanted.base or wanted.changes else []
    image = f"dynamo-docs/{wanted.name}:{digest(program.parent.name, wanted.place, *more)}"
    folder = cache_dir("images")
    with locked(folder):
        if not image_exists(image):
            base = debian_rootfs(wanted.base, progress) if wanted.base else None
            tar = folder / f"{wanted.name}.tar"
            try:
                _layer(tar, wanted, program, base)
                start = f'ENTRYPOINT ["/{wanted.place}/{program.name}"]'
                named = any(change.startswith("ENTRYPOINT") for change in wanted.changes)
                changes = wanted.changes if named else (start, *wanted.changes)
                import_image(tar, image, changes, what=f"importing the image {wanted.name}")
            finally:
                tar.unlink(missing_ok=True)
    return image


def _layer(tar: Path, wanted: ProgramImage, program: Path, base: Path | None) -> None:
    if base:
        shutil.copy(base, tar)
    with tarfile.open(tar, "a" if base else "w") as archive:
        archive.add(program, arcname=f"{wanted.place}/{program.name}")
        for path, target in wanted.links:
            link = tarfile.TarInfo(path)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)

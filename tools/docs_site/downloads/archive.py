"""Archives that are the same, byte for byte, whenever they are made of the same files."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of every file: the first that a zip archive knows."""
PACKED = (".xz",)
"""Suffixes of files that are compressed already."""
PLAIN, PROGRAM = 0o644, 0o755


def zipped(files: Mapping[str, bytes], head: bytes = b"", programs: frozenset[str] = frozenset()) -> bytes:
    """A zip archive.

    Args:
        files: by their names.
        head: stands before it, the line `#!` for example.
        programs: the names of those that can be run.
    """
    target = io.BytesIO()
    target.write(head)
    with zipfile.ZipFile(target, "a" if head else "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix, wherever it is made.
            info.external_attr = (0o100000 | (PROGRAM if name in programs else PLAIN)) << 16
            info.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name], compresslevel=9)
    return target.getvalue()


def tarred(files: Mapping[str, bytes], programs: frozenset[str] = frozenset()) -> bytes:
    """A compressed tar archive; arguments as of `zipped`."""
    target = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name in sorted(files):
            info = tarfile.TarInfo(name)
            info.size = len(files[name])
            info.mode = PROGRAM if name in programs else PLAIN
            archive.addfile(info, io.BytesIO(files[name]))
    return target.getvalue()

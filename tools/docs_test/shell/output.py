"""The file that a command prints into, and what is read of it."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from docs_test.capture import LEFT_OUT

if TYPE_CHECKING:
    from pathlib import Path

KEPT_BYTES = 256 * 1024
"""Bytes of a step's output that are kept: half of it from the start, half from the end."""


class Output:
    """A file that a page's command prints into.

    Opened before the page knows its name: a link that the page puts in its place is not followed.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}-{secrets.token_hex(8)}.out"
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._file = os.fdopen(os.open(self.path, flags, 0o600), "rb")

    def fileno(self) -> int:
        """To be a program's standard output."""
        return self._file.fileno()

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self.fileno()).st_size

    def read(self) -> tuple[str, int]:
        """What was printed, of much of it the start and the end, secrets and all; and how much is left out."""
        size = self.size
        if size <= KEPT_BYTES:
            return self._part(0, size), 0
        half, left_out = KEPT_BYTES // 2, size - KEPT_BYTES
        start, end = self._part(0, half), self._part(size - half, half)
        return f"{start}{'' if start.endswith(chr(10)) else chr(10)}{LEFT_OUT.format(left_out)}{end}", left_out

    def _part(self, start: int, size: int) -> str:
        self._file.seek(start)
        return self._file.read(size).decode(errors="replace").replace("\r\n", "\n")

    def close(self) -> None:
        """Nothing more is read."""
        self._file.close()

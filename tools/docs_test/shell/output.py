"""The file that a command prints into, and what is read of it."""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING, Self

from docs_test.capture import LEFT_OUT

if TYPE_CHECKING:
    from pathlib import Path

KEPT_BYTES = 256 * 1024
"""Bytes of a step's output that are kept: half of it from the start, half from the end."""


class Output:
    """A file that a page's command prints into.

    Opened before the page knows its name: a link that the page puts in its place is not followed.
    """

    def __init__(self, folder: Path, name: str, *, number: int | None = None) -> None:
        self.name = name
        if number is None:
            self.name = f"{name}-{secrets.token_hex(8)}.out"
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            number = os.open(f"{folder}/{self.name}", flags, 0o600)
        self._folder = folder
        self._number = number

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._folder / self.name

    @classmethod
    def again(cls, folder: Path, name: str) -> Self:
        """The file of a command that an earlier process has started.

        An empty one, if a page has put something else in its place.
        """
        number = -1
        try:
            # Not blocking: a pipe in its place would wait for a writer.
            number = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            if stat.S_ISREG(os.fstat(number).st_mode):
                return cls(folder, name, number=number)
            os.close(number)
        except OSError:
            pass
        return cls(folder, name, number=os.open(os.devnull, os.O_RDONLY))

    def fileno(self) -> int:
        """To be a program's standard output."""
        return self._number

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
        parts, end = [], start + size
        while start < end and (part := os.pread(self._number, end - start, start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts).decode(errors="replace").replace("\r\n", "\n")

    def close(self) -> None:
        """Nothing more is read."""
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)

"""The file that a command prints into, and what is read of it."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import stat
from typing import TYPE_CHECKING, Self

from docs_test.capture import LEFT_OUT

if TYPE_CHECKING:
    from pathlib import Path

KEPT_BYTES = 256 * 1024
"""Bytes of a step's output that are kept: half of it from the start, half from the end."""


MOST_REUSED = 1024 * 1024
"""Bytes of a file that the next step may print into, too."""
F_SETSIG = 10
"""The kernel's number; Python has no name for it."""


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
        self._number, self._start = number, 0
        self._asks = False
        """Whether it may ask for a lease."""

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

    def go_on(self) -> bool:
        """Begin anew behind what was printed: to make a file takes longer than a short step.

        Returns:
            Whether that can be: it is still there, and nobody has it open who could still print into it.
        """
        found = os.fstat(self._number)
        if not found.st_nlink or found.st_size > MOST_REUSED or not self._held_by_nobody():
            return False
        self._start = found.st_size
        return True

    def _held_by_nobody(self) -> bool:
        """Whether no other process has it open, as far as its file system can tell: a lease needs that."""
        try:
            if not self._asks:
                # The signal for one who opens it in this very moment: one that nobody minds.
                fcntl.fcntl(self._number, F_SETSIG, signal.SIGURG)
                self._asks = True
            fcntl.fcntl(self._number, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            fcntl.fcntl(self._number, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except (OSError, AttributeError):
            return False
        return True

    def fileno(self) -> int:
        """To be a program's standard output."""
        return self._number

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self._number).st_size - self._start

    def read(self) -> tuple[str, int]:
        """What was printed, of much of it the start and the end, secrets and all; and how much is left out."""
        size = self.size
        if size <= KEPT_BYTES:
            return self._part(0, size), 0
        half, left_out = KEPT_BYTES // 2, size - KEPT_BYTES
        start, end = self._part(0, half), self._part(size - half, half)
        return f"{start}{'' if start.endswith(chr(10)) else chr(10)}{LEFT_OUT.format(left_out)}{end}", left_out

    def _part(self, start: int, size: int) -> str:
        start += self._start
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

"""What the driver of a page's shell tells: that a step has ended, which command failed, what is written down."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

KEEP_SECONDS = 10.0
"""Seconds that a shell has to write down what it knows, once a step has ended."""


class News:
    """Hears one driver, line by line."""

    process: subprocess.Popen[bytes]

    def __init__(self) -> None:
        self._read_end, self.write_end = os.pipe()
        """The end for the driver."""
        self.done = ""
        """Status of the step that has ended, or "early"; "" while it goes on."""
        self.errors: list[str] = []
        """Line of the step at which each command failed."""
        self._kept: int | None = None
        self._keeps = self._keeping = False
        self._rest = b""

    def opened(self, process: subprocess.Popen[bytes]) -> None:
        """The driver runs, and has its end."""
        self.process = process
        os.close(self.write_end)

    def forget(self, *, keeps: bool) -> None:
        """The next step begins; `keeps`: at its end, the driver writes down what it knows."""
        self._keeps = keeps
        self.done = ""
        self.errors.clear()

    def listen(self, seconds: float) -> bool:
        """Hear what there is, or wait so long for more; returns whether more can come."""
        if not select.select([self._read_end], [], [], seconds)[0]:
            # A job left in the background may still hold the pipe's other end.
            return self.process.poll() is None
        part = os.read(self._read_end, 65536)
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            self._hear(line.decode(errors="replace"))
        return bool(part)

    def _hear(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "done":
            self.done, self._keeping = rest, self._keeps
        elif word == "kept":
            self._kept, self._keeping = int(rest), False
        elif word == "error":
            self.errors.append(rest)

    def kept(self) -> int | None:
        """Which of the driver's two files has what it knows now; None: none yet."""
        while self._keeping and self._read_end >= 0 and self.listen(KEEP_SECONDS):
            pass
        return self._kept

    def close(self) -> None:
        """Hear no more, but what was told already; again, it does nothing."""
        if self._read_end >= 0:
            with suppress(OSError):
                while self._keeping and self.listen(0.0):
                    pass
        end, self._read_end = self._read_end, -1
        with suppress(OSError):
            os.close(end)

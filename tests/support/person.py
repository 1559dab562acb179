"""A person at a terminal, for tests of programs that ask."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from groundwork.system.processes import end_group
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)

CODES = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]|\r")
"""Pattern of what moves the cursor or changes colours."""
UNFINISHED = re.compile(r"\x1b(?:\[[?0-9;]*)?\Z")
"""Pattern of what may be the start of these."""


class Person:
    """Starts a program in a terminal of its own, reads what it says, and types."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.seen = ""
        """Everything that the terminal has shown."""
        self._read, self._rest = 0, ""
        self._master, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [command[0], "-IS", "-c", TERMINAL, *command],
            env=dict(env),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end_group(self.process, grace=1.0)
        os.close(self._master)

    def sees(self, words: str) -> str:
        """Wait until the terminal shows these words, after those of the last time; returns all until there."""
        deadline = time.monotonic() + LONG
        while words not in self.seen[self._read :]:
            assert time.monotonic() < deadline, f"no {words!r} in:\n{self.seen}"
            assert self._more(), f"ended without {words!r}:\n{self.seen}"
        start = self._read
        self._read = self.seen.index(words, start) + len(words)
        return self.seen[start : self._read]

    def types(self, text: str) -> None:
        """Type a text; Enter is "\\n"."""
        os.write(self._master, text.encode())

    def ends(self) -> int:
        """Wait for the program's end; returns its exit status."""
        deadline = time.monotonic() + LONG
        while self._more():
            assert time.monotonic() < deadline, f"goes on:\n{self.seen}"
        return self.process.wait(LONG)

    def _more(self) -> bool:
        """Read what there is; returns whether more may come."""
        with suppress(OSError):
            if not select.select([self._master], [], [], 1.0)[0]:
                return self.process.poll() is None
            text = os.read(self._master, 65536).decode(errors="replace")
            self._rest += text
            rest = UNFINISHED.search(self._rest)
            whole, self._rest = self._rest[: rest.start() if rest else None], rest[0] if rest else ""
            self.seen += CODES.sub("", whole)
            return bool(text)
        return False

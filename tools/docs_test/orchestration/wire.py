"""What a process that runs pages tells the one that started it: messages through a pipe, each with its length."""

from __future__ import annotations

import os
import pickle
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from docs_test.model import Environment
    from docs_test.outcomes import Outcome
    from docs_test.page_results import PageResult
    from docs_test.planning.graph import Key, Unit
    from docs_test.running.conduct import Conduct
    from groundwork.system.progress import Stage

LENGTH = 4
"""Bytes of the length before a message."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is to run."""

    unit: Unit
    environment: Environment
    verdicts: Mapping[Key, Outcome]
    """Outcomes of the runs so far in the unit's round."""
    run: str
    """Identifier of the run."""
    results: Path
    """Path of the results file, beside which files of pages are kept."""
    conducts: Mapping[Key, Conduct]
    colour: bool
    parent: int
    """Process that started it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line to print."""

    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What goes on now."""

    text: str


@dataclass(frozen=True, slots=True)
class Began:
    """A page began."""

    key: Key


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a page."""

    page: PageResult


@dataclass(frozen=True, slots=True)
class Over:
    """The last message."""

    stages: tuple[Stage, ...] = ()
    """Stages with the time of each page."""
    fault: Exception | None = None
    """Fault of the machine or the cluster that ended it; None if there was none."""
    bug: str = ""
    """Traceback of a bug that ended it; "" if there was none."""


Message = Line | Detail | Began | Ended | Over


@dataclass(slots=True)
class Sender:
    """Writes messages into a pipe; whoever reads it may be gone."""

    number: int
    """File descriptor of the pipe."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Message) -> None:
        """Write a message."""
        content = pickle.dumps(message)
        rest = memoryview(len(content).to_bytes(LENGTH, "big") + content)
        with self._lock, suppress(BrokenPipeError):
            while rest:
                rest = rest[os.write(self.number, rest) :]


@dataclass(slots=True)
class Receiver:
    """Takes messages from what came through a pipe, whole or in parts."""

    _rest: bytes = b""

    def messages(self, part: bytes) -> Iterator[Any]:
        """The messages that are whole now."""
        self._rest += part
        while len(self._rest) >= LENGTH:
            end = LENGTH + int.from_bytes(self._rest[:LENGTH], "big")
            if len(self._rest) < end:
                return
            content, self._rest = self._rest[LENGTH:end], self._rest[end:]
            yield pickle.loads(content)  # noqa: S301 - from this program's own process

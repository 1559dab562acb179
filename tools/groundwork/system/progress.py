"""Progress of long work: what, how far, how long. A line that moves on a terminal, plain lines in CI."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

HEARTBEAT_SECONDS = 30.0
"""How often a log that cannot be redrawn (CI) hears that a stage still goes on."""

COLUMNS = 80
"""Of a terminal that does not tell."""


@dataclass(slots=True)
class Stage:
    """One stage of a run and how long it took."""

    name: str
    seconds: float = 0.0
    note: str = ""
    """What to know of it beside its time: "cached", "built", "reused"."""
    ok: bool = False


@dataclass(slots=True)
class Progress:
    """Prints stages as they go and remembers their times.

    Stages may nest; only `detail` of the innermost one is shown.
    """

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    stages: list[Stage] = field(default_factory=list)
    _detail: str = ""
    _depth: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def live(self) -> bool:
        """Whether the stream is a terminal whose last line can be redrawn."""
        return not self.stream.closed and self.stream.isatty()

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time a stage; `with progress.stage("node image") as stage: stage.note = "cached"`."""
        stage = Stage(name)
        self.stages.append(stage)
        indent = "  " * self._depth
        self._depth += 1
        stop = threading.Event()
        started = time.monotonic()
        if not self.live:
            self.line(f"{indent}{name} ...")
        ticker = threading.Thread(target=self._tick, args=(f"{indent}{name}", started, stop), daemon=True)
        ticker.start()
        try:
            yield stage
            stage.ok = True
        finally:
            stop.set()
            ticker.join()
            self._depth -= 1
            self._detail = ""
            stage.seconds = time.monotonic() - started
            word = "done" if stage.ok else "FAILED"
            note = f" ({stage.note})" if stage.note else ""
            self.line(f"{indent}{name}: {word} in {stage.seconds:.1f} s{note}")

    def detail(self, text: str) -> None:
        """Say what the stage is doing now ("compiling kubelet, 3 of 7"), for a terminal and heartbeats."""
        self._detail = text.strip().splitlines()[-1][:100] if text.strip() else ""

    def line(self, text: str) -> None:
        """Print a line of its own, above the moving one."""
        with self._lock:
            start = "\r\x1b[K" if self.live else ""
            self._write(f"{start}{text}\n")

    def _tick(self, name: str, started: float, stop: threading.Event) -> None:
        pause = 0.25 if self.live else HEARTBEAT_SECONDS
        while not stop.wait(pause):
            seconds = time.monotonic() - started
            detail = f": {self._detail}" if self._detail else ""
            with self._lock:
                if self.live:
                    moving = f"{name} {seconds:.0f} s{detail}"
                    self._write(f"\r\x1b[K{moving[: self._columns() - 1]}")
                else:
                    self._write(f"{name}: {seconds:.0f} s so far{detail}\n")

    def _columns(self) -> int:
        """Of the terminal: a line that is as long or longer goes on in a row that the next one leaves behind."""
        with suppress(OSError, ValueError):
            return os.get_terminal_size(self.stream.fileno()).columns or COLUMNS
        return COLUMNS

    def _write(self, text: str) -> None:
        # A pipe that nobody reads, a stream that a test runner has closed: what is being removed is removed all
        # the same.
        with suppress(OSError, ValueError):
            self.stream.write(text)
            self.stream.flush()

"""Progress of long work: what, how far, how long. A line that moves on a terminal, plain lines in CI."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from groundwork.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEARTBEAT_SECONDS = 30.0
"""Seconds that a log which cannot be redrawn (CI) stays silent: then a line says what still goes on."""
REDRAW_SECONDS = 0.25
"""Seconds between two drawings of a terminal's moving line."""
COLUMNS = 80
"""Width of a terminal that does not report its own."""


@dataclass(slots=True)
class Stage:
    """One stage of a run and how long it took."""

    name: str
    seconds: float = 0.0
    note: str = ""
    """Remark beside its time: "cached", "built", "reused"."""
    ok: bool = False


@dataclass(slots=True)
class _Open:
    """A stage that goes on."""

    title: str
    """Its name, indented by how deep it is nested."""
    started: float
    detail: str | Callable[[], str] = ""


@dataclass(slots=True)
class Progress:
    """Prints stages as they go and remembers their times.

    Stages may nest. Only the innermost one says that it goes on, with its own `detail`: an outer one would repeat
    it, or show what is not its own.
    """

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    stages: list[Stage] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _heard: float = 0.0
    """Time of the last printed line (time.monotonic)."""
    _terminal: bool | None = None
    """Whether the stream is a terminal; None if nobody has asked yet: the answer takes longer than a line."""
    _quiet: bool = False
    """Whether the moving line is left alone: somebody types there."""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def live(self) -> bool:
        """Whether the stream is a terminal whose last line can be redrawn."""
        if self._terminal is None and not self.stream.closed:
            self._terminal = self.stream.isatty()
        return bool(self._terminal) and not self.stream.closed

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time a stage; `with progress.stage("node image") as stage: stage.note = "cached"`."""
        stage = Stage(name)
        self.stages.append(stage)
        opened = _Open("  " * len(self._open) + name, time.monotonic())
        if not self.live:
            self.line(f"{opened.title} ...")
        with self._lock:
            self._open.append(opened)
        try:
            with self._ticking() if len(self._open) == 1 else nullcontext():
                yield stage
            stage.ok = True
        finally:
            with self._lock:
                self._open.remove(opened)
            stage.seconds = time.monotonic() - opened.started
            word = "done" if stage.ok else "FAILED"
            note = f" ({stage.note})" if stage.note else ""
            self.line(f"{opened.title}: {word} in {stage.seconds:.1f} s{note}")

    def detail(self, text: str | Callable[[], str]) -> None:
        """Say what the innermost stage does now ("compiling kubelet, 3 of 7"), for a terminal and heartbeats.

        A function is asked when somebody is to see it, in another thread.
        """
        open_ = self._open  # Of the thread that opens and closes them: no lock.
        if open_:
            open_[-1].detail = text

    def line(self, text: str) -> None:
        """Print a line of its own, above the moving one."""
        with self._lock:
            start = "\r\x1b[K" if self.live else ""
            self._write(f"{start}{text}\n")
            self._heard = time.monotonic()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Leave the terminal to somebody else while the `with` block runs."""
        with self._lock:
            self._quiet = True
            if self.live:
                self._write("\r\x1b[K")
        try:
            yield
        finally:
            self._quiet = False

    def tick(self) -> None:
        """Draw the moving line of a terminal; elsewhere, break a silence that has become too long."""
        with self._lock:
            if not self._open or self._quiet:
                return
            now, stage = time.monotonic(), self._open[-1]
            text = stage.detail if isinstance(stage.detail, str) else stage.detail()
            last = text.strip().splitlines()[-1:]
            detail = f": {printable(last[0])[:100]}" if last else ""
            seconds = f"{now - stage.started:.0f} s"
            if self.live:
                self._write(f"\r\x1b[K{f'{stage.title} {seconds}{detail}'[: self._columns() - 1]}")
            elif now - self._heard >= HEARTBEAT_SECONDS:
                self.line(f"{stage.title}: {seconds} so far{detail}")

    @contextmanager
    def _ticking(self) -> Iterator[None]:
        """Tick while the `with` block runs."""
        stop = threading.Event()
        pause = REDRAW_SECONDS if self.live else 1.0

        def tick() -> None:
            while not stop.wait(pause):
                self.tick()

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield
        finally:
            stop.set()
            ticker.join()

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

"""Waiting for other processes and threads: as long as a slow machine may take, and no longer than needed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 120.0
"""Seconds. Nothing takes as long, unless it hangs: a bound for what is not measured."""


def wait_until(holds: Callable[[], object], what: str, seconds: float = LONG) -> None:
    """Ask again and again, with a short pause, until something holds; fail where it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or nobody but its parent has yet to ask how it ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def wait_until_runs(program: str, number: Path) -> None:
    """Wait until the process whose number a shell writes into a file has become the program that it executes."""

    def runs() -> bool:
        text = number.read_text(encoding="utf-8").strip() if number.exists() else ""
        return bool(text) and Path(f"/proc/{text}/comm").read_text(encoding="utf-8").strip() == program

    wait_until(runs, f"{program} runs")


@dataclass
class Clock:
    """Stands in for the module `time`: it goes on only where somebody sleeps, so that no test depends on speed."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

"""Programs that a killed run had started and that go on without it: a compiler, an unpacking tool."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from groundwork.system.process_table import end_all, started, with_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psutil import Process

OWNER = "DYNAMO_DOCS_OWNER"
"""The environment variable that says who started a program: process id and start time, which no two share."""
GRACE_SECONDS = 5.0


def owner() -> str:
    """This process, as `OWNER` says it."""
    return f"{os.getpid()}:{started(os.getpid())}"


def end_orphans(say: Callable[[str], None]) -> None:
    """End the programs whose run is gone; `say` is called with a line for each."""
    found = dict(_orphans())
    for name in found.values():
        say(f"ended {name}, which a killed run had started")
    if found:
        end_all(lambda: [process for process, _ in _orphans() if process in found], GRACE_SECONDS)


def _orphans() -> Iterator[tuple[Process, str]]:
    """The programs whose owner is gone, each with its name."""
    from psutil import Error  # noqa: PLC0415

    for process, mark in with_variable(OWNER):
        pid, _, since = mark.partition(":")
        if pid.isdecimal() and started(int(pid)) == since:
            continue
        try:
            name = process.name()
        except (Error, OSError):
            continue  # It has just ended.
        yield process, name

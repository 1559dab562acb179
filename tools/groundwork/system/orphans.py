"""Programs that a killed run had started and that go on without it: a compiler, an unpacking tool."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OWNER = "DYNAMO_DOCS_OWNER"
"""The environment variable that says who started a program: process id and start time, which no two share."""
GRACE_SECONDS = 5.0


def owner() -> str:
    """This process, as `OWNER` says it."""
    return f"{os.getpid()}:{started(os.getpid())}"


def end_orphans(say: Callable[[str], None]) -> None:
    """End the programs whose run is gone; `say` is told of each."""
    found = dict(_orphans())
    for name in found.values():
        say(f"ended {name}, which a killed run had started")
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = [pid for pid, _ in _orphans() if pid in found]
        for pid in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + GRACE_SECONDS
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = [pid for pid, _ in _orphans() if pid in found]


def _orphans() -> Iterator[tuple[int, str]]:
    mark = f"{OWNER}=".encode()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            marks = [word for word in environ.read_bytes().split(b"\0") if word.startswith(mark)]
            name = (environ.parent / "comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue  # Another user's, or it has just ended.
        for word in marks[:1]:
            pid, _, since = word.removeprefix(mark).decode(errors="replace").partition(":")
            if not pid.isdecimal() or started(int(pid)) != since:
                yield int(environ.parent.name), name


def started(pid: int) -> str:
    """When a process started, in the kernel's clock ticks; "" if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rsplit(")", 1)[1].split()[19]

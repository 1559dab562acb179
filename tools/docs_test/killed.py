"""What pages of a run that was killed left on this machine: found by their records, ended and removed."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from project.records import abandoned

if TYPE_CHECKING:
    from collections.abc import Callable

KIND = "page"
GRACE_SECONDS = 5.0


def sweep(say: Callable[[str], None]) -> None:
    """End the processes and remove the folders that killed runs left; `say` is told what was done."""
    with abandoned(KIND) as pages:
        for facts in pages:
            folder = Path(facts.get("folder", ""))
            if not folder.name.startswith("docs-test-"):
                continue  # Not one of ours: a record is a file that anybody could have written.
            ended = end_processes(folder)
            shutil.rmtree(folder, ignore_errors=True)
            page = facts.get("page", "a page")
            say(f"a run of {page} was killed: ended {ended} of its processes, removed its folder")


def end_processes(folder: Path) -> int:
    """End every process that got its temporary folder from this page, and say how many there were."""
    found = processes_of(folder)
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE_SECONDS
        for pid in processes_of(folder):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        while processes_of(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
    return len(found)


def processes_of(folder: Path) -> list[int]:
    """Ids of the processes whose environment is this page's: a page gives all it starts a `TMPDIR` of its own."""
    mark = f"TMPDIR={folder / 'tmp'}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:
            continue
    return found

"""The processes that something has started, known by what stands in their environment."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def with_environment(text: str) -> list[int]:
    """Numbers of the processes whose environment has a text, such as `TMPDIR=/folder/`."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in environ.read_bytes():
                found.append(int(environ.parent.name))
        except OSError:
            continue
    return found


def kill(processes: Iterable[int]) -> None:
    """Kill processes; the end of one may have ended others."""
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

"""The processes of this machine, as far as the kernel tells this user of them: by environment, group and port.

psutil reads the kernel's tables. It is imported where it is used: most commands never look at processes, and the
stand-in's image does without it.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from psutil import Process

POLL_SECONDS = 0.05


def with_variable(name: str) -> Iterator[tuple[Process, str]]:
    """The processes that have this environment variable, each with its value; a zombie has no environment left."""
    import psutil  # noqa: PLC0415

    for process in psutil.process_iter():
        try:
            value = process.environ().get(name)
        except (psutil.Error, OSError):
            continue  # Another user's, or it has just ended.
        if value is not None:
            yield process, value


def end_all(find: Callable[[], Collection[Process]], grace: float) -> None:
    """End processes: SIGTERM, then SIGKILL.

    Args:
        find: the processes that are still there; it is asked again and again, so that what they start meanwhile
            is found, too. A process that took the number of one that has ended is left alone.
        grace: seconds that they have after each signal.
    """
    import psutil  # noqa: PLC0415

    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + grace
        for process in find():
            try:
                process.send_signal(number)
            except psutil.Error:
                continue
        while find() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def has_members(group: int) -> bool:
    """Whether a process group has more than zombies: those go when their new parent, often a slow one, looks."""
    import psutil  # noqa: PLC0415

    ended = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    for pid in psutil.pids():
        try:
            if os.getpgid(pid) == group and psutil.Process(pid).status() not in ended:
                return True
        except (psutil.Error, OSError):
            continue
    return False


def runs(pid: int) -> bool:
    """Whether there is a process of that number that is no zombie."""
    import psutil  # noqa: PLC0415

    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except (psutil.Error, OSError):
        return False


def listener(port: int) -> str:
    """The program that listens on a TCP port, as "kubectl (process 123)"; "" if it cannot be known."""
    import psutil  # noqa: PLC0415

    try:
        for found in psutil.net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port and found.pid:
                return f"{psutil.Process(found.pid).name()} (process {found.pid})"
    except (psutil.Error, OSError):
        pass  # It ended a moment ago, or this system tells nobody but root.
    return ""


def started(pid: int) -> str:
    """When a process started, in the kernel's clock ticks since it booted; "" if there is none.

    Not psutil's `create_time`: that moves when somebody sets the clock, and a run would be taken for another one.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rsplit(")", 1)[1].split()[19]

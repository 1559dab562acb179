"""The program around a page's commands where there is no sandbox: nothing that they start outlives them.

Started as: python supervisor.py [--die-with-parent] COMMAND... It runs the command and takes over what leaves it,
by `setsid` or `nohup` or a parent that ends. When the command has ended, or is told to, it ends all of these, and
then itself as the command did. It needs nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

LIFE = "--die-with-parent"
"""Word to end when this program's parent does, named as bubblewrap's."""
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 2
"""Seconds that a command has to end once it was told to: whoever tells it kills all of us after three."""
TOLD = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
WAITED = TOLD | {signal.SIGCHLD}
GRACE_SECONDS = 0.5
"""Seconds that what it left has."""
CANNOT_RUN = 127


def main(words: list[str]) -> int:
    """Run the command to its end, and end what it left; returns its exit status."""
    command = [word for word in words[:1] if word != LIFE] + words[1:]
    with suppress(OSError, AttributeError):  # Another system than Linux has none.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if command != words:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WAITED)
    child = os.fork()
    if not child:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and a command would, too.
            signal.signal(ignored, signal.SIG_DFL)
        try:
            os.execvp(command[0], command)  # noqa: S606
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        finally:
            os._exit(CANNOT_RUN)
    os.closerange(3, 256)  # Whoever listens to the command must hear of its end.
    status = _waited(child)
    _end_all()
    if os.WIFSIGNALED(status):
        ended_by = os.WTERMSIG(status)
        if ended_by != signal.SIGKILL:
            signal.signal(ended_by, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {ended_by})
        os.kill(os.getpid(), ended_by)
    return os.waitstatus_to_exitcode(status)


def _waited(child: int) -> int:
    """Wait for the child, and pass on what we are told meanwhile; returns the child's status.

    The signals are blocked and fetched one by one: one that comes just before we wait is not lost.
    """
    until: float | None = None
    while (status := _reaped(child)) is None:
        left = None if until is None else max(0.0, until - time.monotonic())
        came = signal.sigwaitinfo(WAITED) if left is None else signal.sigtimedwait(WAITED, left)
        if came is None:
            os.kill(child, signal.SIGKILL)
            until = None
        elif came.si_signo in TOLD:
            until = time.monotonic() + PATIENCE
            os.kill(child, came.si_signo)  # Its group was told as well, but for the end of our parent.
    return status


def _reaped(child: int) -> int | None:
    """Take the status of all that have ended; returns the child's, None if it goes on."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == child:
            return status
        if not pid:
            return None


def _end_all() -> None:
    """End all children, and theirs, which become ours."""
    for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, None)):
        until = time.monotonic() + (seconds or 0)
        while children := _children():
            for pid in children:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            if seconds is not None and time.monotonic() > until:
                break
            time.sleep(0.01)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _children() -> list[int]:
    """The processes whose parent this one is, but for those that have ended."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = file.read_bytes().rpartition(b")")[2].split()[:2]
            if int(parent) == os.getpid() and state not in b"ZX":
                found.append(int(file.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Programs this project runs: each in a process group of its own, ended with everything it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Protocol

from groundwork.base.errors import EnvironmentFault
from groundwork.system.network import out_of_reach
from groundwork.system.orphans import OWNER, owner
from groundwork.system.process_table import has_members, runs, started

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

UNKNOWN = -1
"""Exit status of a process that is not this one's to wait for."""
KEPT_LINES = 30
"""Number of a failed program's last lines that its error shows."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    what: str = "",
    hint: str = "",
    source: str = "",
    stdin: bytes | None = None,
) -> str:
    """Run a program to its end and return what it printed (stdout and stderr, interleaved).

    Args:
        command: program and arguments; nothing is interpreted by a shell.
        cwd: the folder it runs in.
        env: additions to this process's environment.
        on_line: called with each line as it comes (`progress.detail`, say).
        what: what the program was to do, for the error ("building kind").
        hint: what the person can do when it fails.
        source: what it downloads from ("the Go module proxy"), for the error when that is out of reach.
        stdin: what it reads; nothing by default.

    Raises:
        EnvironmentFault: it could not be started or ended with a status other than 0.
    """
    words = [str(word) for word in command]
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    kept: list[str] = []
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {}), OWNER: owner()},
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EnvironmentFault(f"{what or words[0]}: cannot run {words[0]!r}: {reason}", hint=hint) from None
    try:
        if stdin is not None and process.stdin:
            _feed(process.stdin, stdin)
        for raw in process.stdout or ():
            line = raw.decode(errors="replace").rstrip("\n")
            kept.append(line)
            tail.append(line)
            if on_line:
                on_line(line)
        status = process.wait()
    finally:
        end_group(process)
        if process.stdout:
            process.stdout.close()
    if status != 0:
        reason = out_of_reach(kept) if source else ""
        if reason:
            raise EnvironmentFault(f"{what}: {source} is out of reach: {reason}", hint=hint)
        lines = "\n".join(f"  | {line}" for line in tail)
        raise EnvironmentFault(
            f"{what or ' '.join(words)}: {words[0]!r} ended with status {status}\n{lines}", hint=hint
        )
    return "\n".join(kept)


def _feed(pipe: IO[bytes], content: bytes) -> None:
    """Write all and close; a program that ends without reading it says why in its own words."""
    with suppress(BrokenPipeError):
        pipe.write(content)
    with suppress(BrokenPipeError):
        pipe.close()


class Running(Protocol):
    """A process that leads its group: one that this program has started, or that it has taken over."""

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group, too."""

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""

    def wait(self) -> int:
        """Wait for its end; returns its exit status."""


class Adopted:
    """A process that another one has started, in a group of its own; its exit status is nobody's to know.

    Args:
        pid: its process id.
        since: when it started (`process_table.started`): another one may have got its number.
    """

    def __init__(self, pid: int, since: str) -> None:
        self.pid, self._since = pid, since

    @property
    def replaced(self) -> bool:
        """Whether another process has its number: it must not be taken for this one's group."""
        return started(self.pid) not in ("", self._since)

    def poll(self) -> int | None:
        """UNKNOWN once it has ended; None while it runs."""
        return None if started(self.pid) == self._since and runs(self.pid) else UNKNOWN

    def wait(self) -> int:
        """Nothing to wait for: who has started it, or init, takes its exit status."""
        return UNKNOWN


def end_group(process: Running, *, grace: float = 5.0) -> None:
    """End a process started with `start_new_session=True` and all of its group: SIGTERM, then SIGKILL."""
    for sig, wait in ((signal.SIGTERM, grace), (signal.SIGKILL, grace)):
        try:
            os.killpg(process.pid, sig)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline and _group_alive(process):
            time.sleep(0.02)
    process.wait()


def _group_alive(process: Running) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return has_members(process.pid)

"""Starts a process for a unit, and hears what it says."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docs_test.orchestration.wire import Receiver
from groundwork.system.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.orchestration.wire import Job

COMMAND = (sys.executable, "-P", "-m", "docs_test.orchestration.worker")
BLOCKED = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals that wait until the process can clean up after them."""


@dataclass(slots=True)
class Process:
    """A process that runs a unit."""

    popen: subprocess.Popen[bytes]
    pipe: int
    """File descriptor from which its messages are read."""
    _receiver: Receiver = field(default_factory=Receiver)
    at_end: bool = False
    """Whether it has closed its pipe."""

    def heard(self) -> Iterator[Any]:
        """The messages that have come, once its pipe can be read."""
        part = os.read(self.pipe, 1 << 16)
        self.at_end = not part
        return self._receiver.messages(part)

    def interrupt(self) -> None:
        """Let it clean up and end; a second time: give that up."""
        self.popen.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """Wait for its end; returns its exit status, or the number of a signal, negative."""
        os.close(self.pipe)
        return self.popen.wait()

    def end(self) -> None:
        """End it and what it has started in its process group."""
        end_group(self.popen)


def started(job: Job) -> Process:
    """Start a process for a job."""
    read, write = os.pipe()
    # Not a pipe, which holds little: the process reads it when it comes to it.
    with os.fdopen(os.memfd_create("job"), "w+b") as file:
        file.write(pickle.dumps(job))
        file.seek(0)
        old = signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)
        try:
            popen = subprocess.Popen(
                COMMAND,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=file,
                stdout=write,
                start_new_session=True,  # A terminal's Ctrl-C reaches it once, by who started it.
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)
            os.close(write)
    return Process(popen, read)

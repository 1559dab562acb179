"""What is being removed is removed to the end; a second Ctrl-C is heard at once."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import ExitStatus
from groundwork.system.signals import deferred, handle_signals
from kind_cluster import __main__ as cluster_program
from mock_platform import __main__ as platform_program

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


@pytest.fixture(autouse=True)
def handlers(ctrl_c: None) -> None:  # noqa: ARG001 - SIGINT's
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    handle_signals()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_interruption_waits(number: signal.Signals) -> None:
    trace: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        removing(trace, number)
    assert trace == ["interrupted: cleaning up first; Ctrl-C once more gives that up", "removed"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_does_not_wait_but_a_second_sigterm_does() -> None:
    trace: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        removing(trace, signal.SIGTERM, signal.SIGTERM)
    assert trace[-1] == "removed"
    trace.clear()
    with pytest.raises(KeyboardInterrupt):
        removing(trace, signal.SIGINT, signal.SIGINT)
    assert "removed" not in trace


def test_nothing_happens_without_one() -> None:
    trace: list[str] = []
    removing(trace)
    assert trace == ["removed"]


def removing(trace: list[str], *numbers: signal.Signals) -> None:
    with deferred(trace.append):
        for number in numbers:
            os.kill(os.getpid(), number)
        trace.append("removed")


def test_what_is_started_after_sigterm_can_be_ended_by_it() -> None:
    with suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)  # A second one changes nothing.
    sleeping = subprocess.Popen(["sleep", "987"])
    sleeping.send_signal(signal.SIGTERM)
    assert sleeping.wait(120) == -signal.SIGTERM


@pytest.mark.parametrize(
    ("program", "words"),
    [(cluster_program, ["tools"]), (platform_program, ["images"])],
    ids=["cluster", "platform"],
)
def test_programs_that_make_clusters_end_by_sigterm_as_by_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, program: ModuleType, words: list[str]
) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # Unless the program asks for more, nothing comes of it.
    monkeypatch.setattr(sys, "argv", ["program", *words])
    monkeypatch.setattr(program, "_run", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    assert program.main() is ExitStatus.INTERRUPTED


PROGRAM = """
import signal, sys, time
from groundwork.system.signals import deferred, handle_signals
handle_signals()
try:
    print("started", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    with deferred(print):
        print("said to a terminal that is gone", flush=True)
        open(sys.argv[1], "w").write("cleaned up")
"""


@pytest.mark.parametrize("ignored", [False, True], ids=["", "under nohup"])
def test_a_terminal_that_is_closed(tmp_path: Path, *, ignored: bool) -> None:
    """What is written to it from then on is an error, which must not end the clean-up."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "file")]
    process = subprocess.Popen(
        ["nohup", *command] if ignored else command,
        stdin=theirs,
        stdout=subprocess.PIPE if ignored else theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    if ignored:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        os.close(ours)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert process.poll() is None
        process.terminate()
    else:
        os.read(ours, 100)
        os.close(ours)  # The terminal's other end: every write to it is EIO now.
        process.send_signal(signal.SIGHUP)
    process.communicate(timeout=120)
    assert (tmp_path / "file").read_text() == "cleaned up"

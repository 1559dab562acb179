"""What is being removed is removed to the end; a second Ctrl-C is heard at once."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from project.signals import as_interrupt, deferred

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    old = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, as_interrupt)
    yield
    for number, handler in old.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
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
    assert sleeping.wait(10) == -signal.SIGTERM

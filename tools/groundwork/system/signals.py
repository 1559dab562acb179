"""Ctrl-C, SIGTERM, a terminal that goes away: what was started ends, what is being removed is finished first."""

from __future__ import annotations

import os
import signal
import stat
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIKE_CTRL_C = (signal.SIGTERM, signal.SIGHUP)
_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def handle_signals() -> None:
    """Let SIGTERM and SIGHUP (the terminal is closed, the connection lost) end this program like Ctrl-C; once.

    Under `nohup`, which ignores SIGHUP for its program, that stays so.
    """
    for number in _LIKE_CTRL_C:
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _as_interrupt)


def _as_interrupt(number: int, _frame: object) -> None:
    # Not SIG_IGN: the programs that clean up would inherit it, and could not be ended.
    for other in _LIKE_CTRL_C:
        if signal.getsignal(other) is _as_interrupt:
            signal.signal(other, lambda *_: None)
    _leave_terminal(number)
    raise KeyboardInterrupt


def _leave_terminal(number: int) -> None:
    """After SIGHUP, each line said to the terminal would be an error, in the midst of cleaning up."""
    if number != signal.SIGHUP:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        if stat.S_ISCHR(os.fstat(stream).st_mode):
            os.dup2(nowhere, stream)
    os.close(nowhere)


@contextmanager
def deferred(say: Callable[[str], None]) -> Iterator[None]:
    """Let the `with` block, which removes things, reach its end although there is a signal to end meanwhile.

    A second Ctrl-C ends it at once.

    Args:
        say: called with a line that the interruption was noticed and waits.

    Raises:
        KeyboardInterrupt: after the block, when there was an interruption.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = False

    def note(number: int, _frame: object) -> None:
        nonlocal heard
        if heard and number == signal.SIGINT:
            raise KeyboardInterrupt
        _leave_terminal(number)
        if not heard:
            say("interrupted: cleaning up first; Ctrl-C once more gives that up")
        heard = True

    # Leave SIG_IGN and SIG_DFL handlers alone; only replace handlers that Python runs.
    numbers = [number for number in (signal.SIGINT, *_LIKE_CTRL_C) if callable(signal.getsignal(number))]
    old = [signal.signal(number, note) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, old, strict=True):
            signal.signal(number, handler)
    if heard:
        raise KeyboardInterrupt


@contextmanager
def counted(say: Callable[[str], None]) -> Iterator[Callable[[], int]]:
    """Count the signals to end in the place of raising KeyboardInterrupt, for a block that looks at the count.

    The block gets a function that says how many there were so far; of several signals only Ctrl-C counts again.

    Args:
        say: called with a line at the first one.
    """
    heard = 0

    def note(number: int, _frame: object) -> None:
        nonlocal heard
        _leave_terminal(number)
        if not heard:
            say("interrupted: cleaning up first; Ctrl-C once more gives that up")
        if not heard or number == signal.SIGINT:
            heard += 1

    numbers = [number for number in (signal.SIGINT, *_LIKE_CTRL_C) if callable(signal.getsignal(number))]
    old = [signal.signal(number, note) for number in numbers]
    try:
        yield lambda: heard
    finally:
        for number, handler in zip(numbers, old, strict=True):
            signal.signal(number, handler)


def end_with(parent: int) -> None:
    """Let this process get SIGTERM when its parent, of that number, ends without having ended it."""
    import ctypes  # noqa: PLC0415 - few programs have such processes

    with suppress(OSError, AttributeError):  # Linux alone has it.
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:  # It was gone before.
        os.kill(os.getpid(), signal.SIGTERM)

"""Ctrl-C and SIGTERM while something is being removed: it is finished first."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def as_interrupt(_number: int, _frame: object) -> None:
    """Signal handler: SIGTERM ends a run like Ctrl-C; once."""
    # Not SIG_IGN: the programs that clean up would inherit it, and could not be ended.
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise KeyboardInterrupt


@contextmanager
def deferred(say: Callable[[str], None]) -> Iterator[None]:
    """Let the `with` block, which removes things, reach its end although there is a Ctrl-C or SIGTERM meanwhile.

    A second Ctrl-C ends it at once.

    Args:
        say: is told that the interruption was heard and waits.

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
        if not heard:
            say("interrupted: cleaning up first; Ctrl-C once more gives that up")
        heard = True

    # One that is ignored stays so.
    numbers = [number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number))]
    old = [signal.signal(number, note) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, old, strict=True):
            signal.signal(number, handler)
    if heard:
        raise KeyboardInterrupt

"""What work costs, to be compared within one run: seconds differ between machines, and within a minute."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[], object]


def least_seconds(*works: Work, rounds: int = 5) -> list[float]:
    """The least CPU time of each piece of work.

    They take turns, so that whatever else the machine does strikes all alike; of CPU time a busy machine takes
    little more than an idle one, and the least of several rounds hardly any.
    """
    for work in works:
        work()  # What it loads and caches the first time is not its cost.
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, spent, strict=True):
            started = time.process_time()
            work()
            times.append(time.process_time() - started)
    return [min(times) for times in spent]


def calls(work: Work, *, most: int) -> int:
    """How many functions work calls, Python's own among them: the same number on any machine.

    Args:
        work: what is done.
        most: after so many it is given up, so that work without a bound does not go on for ever.
    """
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")
        assert count <= most, f"more than {most} calls"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count

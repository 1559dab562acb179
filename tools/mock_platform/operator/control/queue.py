"""A work queue as controllers need it: each key once, never twice at a time, failures later and later."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")

FIRST_RETRY_SECONDS = 0.2
LAST_RETRY_SECONDS = 60.0
_DOUBLED = 20
"""Number of times that a wait is doubled, at most: far beyond the last wait, and what doubles 1024 times is no
float any more."""


class WorkQueue(Generic[K]):
    """Keys to be worked on.

    A key added while it waits is worked on once; one added while it is being worked on, once more afterwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """An empty queue; `clock` gives seconds."""
        self._clock = clock
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, K]] = []
        self._when: dict[K, float] = {}
        self._running: set[K] = set()
        self._again: set[K] = set()
        self._failures: dict[K, int] = {}
        self._order = itertools.count()
        self._closed = False

    def add(self, key: K, delay: float = 0.0) -> None:
        """Work on the key, after `delay` seconds; the earlier of two times counts."""
        with self._changed:
            if key in self._running and not delay:
                self._again.add(key)
                return
            when = self._clock() + delay
            if self._when.get(key, float("inf")) <= when:
                return
            self._when[key] = when
            heapq.heappush(self._due, (when, next(self._order), key))
            self._changed.notify()

    def get(self) -> K | None:
        """The next key that is due; waits for one. None when the queue is closed."""
        with self._changed:
            while not self._closed:
                now = self._clock()
                key = self._next(now)
                if key is not None:
                    self._running.add(key)
                    return key
                self._changed.wait(max(0.001, self._due[0][0] - now) if self._due else None)
            return None

    def done(self, key: K) -> None:
        """The work on a key has ended, well or not."""
        with self._changed:
            self._running.discard(key)
            again = key in self._again
            self._again.discard(key)
            self._changed.notify()
        if again:
            self.add(key)

    def succeeded(self, key: K) -> None:
        """Forget the key's failures."""
        with self._changed:
            self._failures.pop(key, None)

    def failed(self, key: K) -> float:
        """Try the key again; each failure in a row doubles the wait. Returns the wait in seconds."""
        with self._changed:
            count = self._failures.get(key, 0)
            self._failures[key] = count + 1
        delay = min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(count, _DOUBLED))
        self.add(key, delay)
        return delay

    def close(self) -> None:
        """Wake everybody who waits: there is no more work."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self, now: float) -> K | None:
        skipped: list[tuple[float, int, K]] = []
        found: K | None = None
        while self._due and self._due[0][0] <= now:
            entry = heapq.heappop(self._due)
            when, _, key = entry
            if self._when.get(key) != when:
                continue
            if key in self._running:
                skipped.append(entry)
                continue
            del self._when[key]
            found = key
            break
        for entry in skipped:
            # Its turn comes when the work on it ends (`done`).
            del self._when[entry[2]]
            self._again.add(entry[2])
        return found

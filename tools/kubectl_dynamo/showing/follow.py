"""Looking again and again: until an end is reached (`--wait`), or until somebody stops it (`--watch`)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from groundwork.base.errors import EnvironmentFault
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.reading.api import AbsentError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_dynamo.judging.view import View


class Screen(Protocol):
    """Where views go."""

    def show(self, view: View) -> None:
        """Show a view."""

    def say(self, text: str) -> None:
        """Say something beside the views."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to look, and how long."""

    interval: float
    """Seconds between two looks."""
    timeout: float | None
    """Seconds until it gives up; None: never."""
    wait: bool
    """Whether to stop when everything has come to an end."""


class Follower:
    """Looks, shows, waits, and looks again."""

    def __init__(
        self,
        look: Callable[[], View],
        patience: Patience,
        screen: Screen,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._look, self._patience, self._screen = look, patience, screen
        self._clock, self._sleep = clock, sleep
        self._silent = False

    def run(self) -> Outcome:
        """Follow; returns what was reached, GOING when the time is over.

        Raises:
            EnvironmentFault: the first look fails. Later ones may: API servers restart, and that is no end.
        """
        start = self._clock()
        outcome = self._first()
        while True:
            if self._patience.wait and outcome is not Outcome.GOING:
                return outcome
            if self._patience.timeout is not None:
                left = self._patience.timeout - (self._clock() - start)
                if left <= 0:
                    if self._patience.wait:
                        self._screen.say(f"timed out after {self._patience.timeout:g} s")
                    return outcome
                self._sleep(min(self._patience.interval, left))
            else:
                self._sleep(self._patience.interval)
            outcome = self._next()

    def _first(self) -> Outcome:
        view = self._look()
        self._screen.show(view)
        return view.outcome

    def _next(self) -> Outcome:
        try:
            view = self._look()
        except (RefusedError, AbsentError):
            raise
        except EnvironmentFault as error:
            if not self._silent:
                self._screen.say(f"{error.fact}; trying again")
            self._silent = True
            return Outcome.GOING  # What was seen before may not hold any more.
        self._silent = False
        self._screen.show(view)
        return view.outcome

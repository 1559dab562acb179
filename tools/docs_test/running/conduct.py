"""How a page is run where not all of it is: up to a step, past wrong output, step by step.

The default is what CI does.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from docs_test.outcomes import FailureKind

if TYPE_CHECKING:
    from docs_test.model import Step, Tutorial
    from docs_test.outcomes import Failure
    from docs_test.running.page import Page


class Answer(enum.Enum):
    """What a person wants of a step."""

    RUN = "run"
    """Running it; of one that failed, once more."""
    SKIP = "skip"
    """Going on after it."""
    QUIT = "quit"
    """Cleaning up, as after a failure."""


class Stepper(Protocol):
    """Is asked before each step, clean-up not counted, and after one that failed."""

    def before(self, page: Page, step: Step, number: int) -> Answer:
        """What is wanted of the step that is about to run, the so-manieth one from 1."""

    def failed(self, page: Page, step: Step, index: int) -> tuple[Answer, Tutorial | None]:
        """What is wanted after a step that failed, and another reading of the page to go on with, if there is one.

        The steps before the index are the same in both.
        """


@dataclass(frozen=True, slots=True)
class Conduct:
    """How far a page is run, and what happens after a step that failed."""

    last: int = 0
    """Number of the last step that is run, from 1, clean-up not counted (`place_at`); 0 for all of them."""
    past_mismatches: bool = False
    """Whether the page goes on after a step that failed for what it printed alone. The step has failed all the
    same, and so has the page."""
    stepper: Stepper | None = None

    def steps(self, tutorial: Tutorial) -> tuple[Step, ...]:
        """The steps to run, clean-up not counted."""
        steps = tuple(step for step in tutorial.steps if not step.cleanup)
        return steps[: self.last] if self.last else steps

    def goes_on(self, failure: Failure) -> bool:
        """Whether the next step is run after this failure."""
        return self.past_mismatches and failure.kind is FailureKind.MISMATCH

    def in_part(self, tutorial: Tutorial) -> str:
        """Why such a run is no test of the page as a whole; "" if it is one."""
        steps = self.steps(tutorial)
        if len(steps) == len(Conduct().steps(tutorial)):
            return ""
        return f"run up to {steps[-1]}, step {len(steps)} of {len(tutorial.steps)}"


WHOLE = Conduct()
"""Conduct of a run that is a test of the page."""

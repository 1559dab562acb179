"""A process that runs one unit, so that several run at the same time: `python -m docs_test.orchestration.worker`.

Its job comes in on standard input, pickled by the docs-test that started it; messages go out on standard output.
It ends like docs-test itself: an interruption cleans up first, and it does not outlive the one that started it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TextIO, cast

from docs_test.orchestration.in_turn import How, InTurn
from docs_test.orchestration.process import BLOCKED
from docs_test.orchestration.wire import Began, Detail, Ended, Job, Line, Over, Sender
from docs_test.reporting.attachments import Store
from docs_test.reporting.text import ConsoleReporter
from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.system.progress import Progress
from groundwork.system.signals import end_with, handle_signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.model import Tutorial
    from docs_test.page_results import PageResult
    from docs_test.running.session import Held


@dataclass(slots=True)
class Remote(Progress):
    """Progress that another process prints."""

    sender: Sender = field(kw_only=True)

    @property
    def live(self) -> bool:
        """Whether a line can be drawn again: not from here."""
        return False

    def detail(self, text: str | Callable[[], str]) -> None:
        """Say what goes on now."""
        self.sender.send(Detail(text if isinstance(text, str) else text()))

    def line(self, text: str) -> None:
        """Say a line."""
        self.sender.send(Line(text))

    def tick(self) -> None:
        """Say nothing: the other process breaks a silence."""


@dataclass(slots=True)
class Told(InTurn):
    """Pages whose results another process gets."""

    sender: Sender = field(kw_only=True)

    def run(self, tutorial: Tutorial, held: Held | None) -> PageResult:
        """Run a page."""
        self.sender.send(Began(tutorial.key))
        return InTurn.run(self, tutorial, held)

    def ended(self, page: PageResult) -> None:
        """Send a result."""
        self.pages.append(page)
        self.sender.send(Ended(page))


def main() -> None:
    """Run the job."""
    handle_signals()
    sender = Sender(os.dup(1))
    os.dup2(2, 1)  # What is printed by mistake must not look like a message.
    job = cast("Job", pickle.load(sys.stdin.buffer))  # noqa: S301 - from the docs-test that started it
    end_with(job.parent)
    try:
        sender.send(_over(job, sender))
    except KeyboardInterrupt:  # A second one, after what it ended.
        sys.exit(ExitStatus.INTERRUPTED)


def _over(job: Job, sender: Sender) -> Over:
    progress = Remote(stream=cast("TextIO", None), sender=sender)
    how = How(job.run, Store(job.results).keep, lambda tutorial: job.conducts[tutorial.key])
    reporter = ConsoleReporter(progress, colour=job.colour)
    told = Told(job.environment, reporter, progress, how, [], sender=sender)
    over = Over()
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED)
        told.unit(job.unit, dict(job.verdicts))
    except KeyboardInterrupt:
        pass  # Pages that were interrupted say so in their results.
    except (EnvironmentFault, UserError) as error:
        over = Over(fault=error)
    except Exception:  # noqa: BLE001 - the other process tells of it
        over = Over(bug=traceback.format_exc())
    return replace(over, stages=tuple(progress.stages))


if __name__ == "__main__":
    main()

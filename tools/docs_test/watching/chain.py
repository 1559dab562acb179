"""Open pages, each inside the one whose set-up it starts from; the last one is the page that is written."""

from __future__ import annotations

import secrets
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.keeping.edits import first_edit
from docs_test.names import named
from docs_test.running.conduct import WHOLE
from docs_test.running.page_run import begin, carry_out, page_record
from docs_test.shell.readiness import require_free

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docs_test.model import Environment, Tutorial
    from docs_test.page_results import PageResult
    from docs_test.running.artifacts import Keep
    from docs_test.running.page import Reporter
    from docs_test.running.page_run import Folder
    from docs_test.running.session import Session


@dataclass(slots=True)
class OpenPage:
    """A page that is open."""

    session: Session
    becomes: list[Folder]
    record: ExitStack

    @property
    def tutorial(self) -> Tutorial:
        """The page as it runs."""
        return self.session.page.tutorial

    @property
    def done(self) -> bool:
        """Whether all of its steps have passed."""
        return self.session.next == len(self.session.steps) and not self.session.broken


@dataclass(slots=True)
class Chain:
    """Open pages of which each starts from the set-up of those before it."""

    environment: Environment
    reporter: Reporter
    keep: Keep
    ended: Callable[[PageResult], None]
    """Function that gets the result of each page that has come to its end, clean-up and all."""
    run: str = ""
    """Identifier of the run."""
    pages: list[OpenPage] = field(default_factory=list)
    _rested: float = 0.0
    """Time since which nothing runs (time.monotonic); 0 while something does."""

    def go(self, tutorials: Sequence[Tutorial]) -> bool:
        """Run pages, each from what the one before it left open; returns whether all of their steps have passed.

        What has passed and was not changed stays as it is. Where a page was changed before what has run of it, it
        and all that start from it run anew; else it goes on from the first step that has not passed.

        Raises:
            EnvironmentFault: a port that a page needs is taken.
        """
        self._wake()
        try:
            return self._go(tutorials)
        finally:
            self._rested = time.monotonic()

    def _go(self, tutorials: Sequence[Tutorial]) -> bool:
        for number, tutorial in enumerate(tutorials):
            if number < len(self.pages) and not self._goes_on(self.pages[number], tutorial):
                self.close(number)
            if number == len(self.pages):
                self._open(tutorial)
            page = self.pages[number]
            if page.done and not page.session.ended:
                continue
            self.close(number + 1)
            page.session.go_on()
            if not page.done:
                return False
        self.close(len(tutorials))
        return True

    def close(self, number: int = 0, *, interrupted: bool = False) -> None:
        """Clean up the pages from a number on, the last one first."""
        self._wake()
        while len(self.pages) > number:
            page = self.pages.pop()
            with page.record:
                result = carry_out(page.session, self.keep, page.becomes, steps=False, interrupted=interrupted)
            self.ended(replace(result, run=self.run))

    def _wake(self) -> None:
        """Count none of the time in which nothing ran."""
        if self._rested:
            for page in self.pages:
                page.session.page.started += time.monotonic() - self._rested
        self._rested = 0.0

    def _open(self, tutorial: Tutorial) -> None:
        for step in tutorial.steps:
            if step.background:
                require_free(step.ready, step.location)
        folder = Path(tempfile.gettempdir(), f"docs-test-{secrets.token_hex(6)}")
        record = ExitStack()
        becomes = record.enter_context(page_record(folder, tutorial))
        try:
            session = begin(tutorial, self.environment, self.reporter, folder, WHOLE)
            session.returns = True
        except BaseException:
            record.close()
            raise
        self.pages.append(OpenPage(session, becomes, record))

    def _goes_on(self, page: OpenPage, tutorial: Tutorial) -> bool:
        """Let an open page go on with another reading; returns whether nothing that has run was changed."""
        if page.tutorial.key != tutorial.key:
            return False
        session = page.session
        edit = first_edit(page.tutorial, tutorial, session.next)
        if edit is not None:
            name = named(tutorial.path, tutorial.variant)
            self.reporter.said(f"{edit.position}: {edit.fact}: {name} runs anew")
            return False
        session.adopt(tutorial)
        session.look_at_backgrounds()
        return True

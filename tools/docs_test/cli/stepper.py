"""`--step`: asks the person at the terminal before each step, and after one that failed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.keeping.edits import read_again
from docs_test.reporting.failures import failure_text
from docs_test.reporting.planned import step_lines
from docs_test.running.conduct import Answer
from docs_test.shell.terminal import look_around
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docs_test.model import Step, Tutorial
    from docs_test.running.page import Page
    from groundwork.system.progress import Progress

    Reread = Callable[[Tutorial, int], Tutorial]
    """Reads a page once more, if its first steps, so many, are as they were; else raises UserError."""

RUN, SKIP, SHELL, REST, QUIT = "run", "skip", "bash", "continue", "quit"
BEFORE = {"": RUN, "r": RUN, "s": SKIP, "b": SHELL, "c": REST, "q": QUIT}
AFTER = {"": RUN, "r": RUN, "s": SKIP, "b": SHELL, "q": QUIT}
"""Keys -> what is wanted; whole words are understood as well."""
ASK_BEFORE = "[Enter] run it, s skip it, b bash in the page's state, c continue without asking, q quit"
ASK_AFTER = "[Enter] read the page again and retry, s skip it, b bash in the page's state, q quit"


def require_terminal() -> None:
    """Hold that somebody can be asked.

    Raises:
        UserError: nobody is at a terminal.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError("--step: needs a terminal", hint="without --step the page runs without asking")


def stepper_of(
    root: Path, capabilities: frozenset[str], progress: Progress, options: Sequence[str], *, cluster: bool
) -> TerminalStepper:
    """The person at the terminal, who may edit a page of the site after a failure; options as of `read_again`."""

    def reread(ran: Tutorial, upto: int) -> Tutorial:
        return read_again(root, ran, upto, capabilities, options, cluster=cluster)

    return TerminalStepper(progress, reread)


@dataclass(slots=True)
class TerminalStepper:
    """The person at the terminal (`conduct.Stepper`)."""

    progress: Progress
    reread: Reread
    rest: bool = False
    """Whether to go on without asking, until a step fails."""

    def before(self, page: Page, step: Step, number: int) -> Answer:
        """Show a step and ask what is wanted of it."""
        if self.rest:
            return Answer.RUN
        lines = list(step_lines(step, f"[{number}/{len(page.tutorial.steps)}]"))
        while True:
            wanted = self._asked(lines, ASK_BEFORE, BEFORE)
            if wanted == SHELL:
                if state := self._shell(page, step, page.shell.known):
                    page.go_on_from(state)
                continue
            self.rest = wanted == REST
            return {SKIP: Answer.SKIP, QUIT: Answer.QUIT}.get(wanted, Answer.RUN)

    def failed(self, page: Page, step: Step, index: int) -> tuple[Answer, Tutorial | None]:
        """Show how a step failed and ask what is wanted now."""
        self.rest = False
        result = page.results[id(step)]
        lines = ["", failure_text(result.failure, result)] if result.failure else []
        while True:
            wanted = self._asked(lines, ASK_AFTER, AFTER)
            if wanted == SHELL:
                page.before = self._shell(page, step, page.before) or page.before
            elif wanted == RUN:
                try:
                    return Answer.RUN, self.reread(page.tutorial, index)
                except UserError as error:
                    self.progress.line(str(error))
            else:
                return (Answer.SKIP if wanted == SKIP else Answer.QUIT), None
            lines = []

    def _asked(self, lines: Sequence[str], question: str, allowed: dict[str, str]) -> str:
        with self.progress.quiet():
            for line in lines:
                self.progress.line(line)
            while True:
                self.progress.line(question)
                typed = sys.stdin.readline()
                word = typed.strip().lower()
                if not typed:
                    return QUIT
                if word in allowed or word in allowed.values():
                    return allowed.get(word, word)
                self.progress.line(f"{word!r}: not understood")

    def _shell(self, page: Page, step: Step, state: Path | None) -> Path | None:
        with self.progress.quiet():
            self.progress.line("Ctrl-D comes back; variables, functions, aliases and the directory come along")
            return look_around(page.folder, page.env, state, page.sandbox, f"before {step}")

"""A page while it runs: its folder, its shell, what its steps have done so far."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from docs_test.capture import captured
from docs_test.outcomes import Outcome
from docs_test.shell.bash import Shell
from docs_test.shell.folder import SCRIPTS
from docs_test.shell.state import copied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docs_test.model import Step, Tutorial
    from docs_test.outcomes import StepResult
    from docs_test.page_results import Attachment
    from docs_test.shell.background import Background


class Reporter(Protocol):
    """Hears how a page goes on."""

    def step_started(self, step: Step, number: int, total: int) -> None:
        """A step begins."""

    def step_ended(self, result: StepResult, number: int, total: int) -> None:
        """A step ended."""

    def said(self, text: str) -> None:
        """Something to know now, beside the steps."""


@dataclass(slots=True)
class Page:
    """A page while it runs."""

    tutorial: Tutorial
    folder: Path
    env: dict[str, str]
    reporter: Reporter
    shell: Shell
    sandbox: tuple[str, ...] = ()
    """Words before each command that is started."""
    background_sandbox: tuple[str, ...] = ()
    """Words before each background step: those of a page that may be kept outlive this process."""
    started: float = field(default_factory=time.monotonic)
    results: dict[int, StepResult] = field(default_factory=dict)
    """Results by the `id` of the step, in the order in which they ran."""
    backgrounds: list[Background] = field(default_factory=list)
    attachments: tuple[Attachment, ...] = ()
    before: Path | None = None
    """State file of the shell before the last step that was marked; None before the first one."""

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def elapsed(self) -> float:
        """Seconds that its steps have taken so far."""
        return time.monotonic() - self.started

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Count none of the time in the `with` block: a person thinks."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.started += time.monotonic() - began

    def next_shell(self) -> None:
        """A shell that goes on where the last one ended: a failing command ends the shell, as `set -e` says."""
        self._restart(self.shell.known)

    def mark(self) -> None:
        """Remember what the shell knows now, so that `rewind` can come back to it."""
        known, old = self.shell.known, self.before
        if known == old:
            return
        self.before = copied(self.folder / SCRIPTS, known)
        if old is not None:
            old.unlink(missing_ok=True)

    def rewind(self, step: Step) -> None:
        """Undo a step that failed, as far as the shell and the clock go: it is about to run once more."""
        failed = self.results.pop(id(step), None)
        if failed is not None:
            self.started = time.monotonic() - failed.started
        for background in [one for one in self.backgrounds if one.step is step]:
            background.close()
            self.backgrounds.remove(background)
        self._restart(self.before)

    def go_on_from(self, state: Path) -> None:
        """Let the next step begin with what a shell beside has written down."""
        self._restart(state)

    def _restart(self, state: Path | None) -> None:
        self.shell.close()
        self.shell = Shell(self.folder, self.work, self.env, state, self.sandbox)

    def end_backgrounds(self) -> None:
        """End the background steps, the last one first, and keep what they have printed."""
        while self.backgrounds:
            background = self.backgrounds.pop()
            with suppress(ProcessLookupError):
                output = captured(*background.close())
                result = self.results.get(id(background.step))
                if result and result.outcome is Outcome.PASSED:  # Of one that failed, what it printed until then.
                    self.results[id(background.step)] = replace(result, output=output)

"""Errors for the person at the keyboard: a fact first, then a hint; never a traceback."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundwork.base.positions import Position


class ExitStatus(enum.IntEnum):
    """Exit statuses of this project's programs; `docs-test --help` lists them."""

    OK = 0
    FAILED = 1
    """A page failed: what it says is not what happened."""
    USAGE = 2
    """The command line or a page cannot be read: nothing was run."""
    ENVIRONMENT = 3
    """The machine or the cluster lacks something: no page is to blame."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM; everything started was ended."""


class UserError(Exception):
    """A mistake that its reader can mend.

    Args:
        fact: what is wrong, with the value (repr) and what was allowed; one line, no full stop needed.
        hint: what to do next; may span lines.
        where: the position of the cause, printed first; None: it has none, such as the command line.
        status: the exit status of the program that gives up because of it.
    """

    status = ExitStatus.USAGE

    def __init__(
        self, fact: str, *, hint: str = "", where: Position | None = None, status: ExitStatus | None = None
    ) -> None:
        super().__init__(fact)
        self.fact = fact
        self.hint = hint
        self.where = where
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        """`where: fact`, then `hint: …` on a line of its own."""
        head = f"{self.where}: {self.fact}" if self.where else self.fact
        return f"{head}\nhint: {self.hint}" if self.hint else head


class EnvironmentFault(UserError):
    """The machine, not a page, is to blame: Docker absent, disk full, registry out of reach."""

    status = ExitStatus.ENVIRONMENT

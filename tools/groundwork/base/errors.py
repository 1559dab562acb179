"""Errors for the person at the keyboard: a fact first, then a hint; never a traceback."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Self

from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from groundwork.base.positions import Position


class ExitStatus(enum.IntEnum):
    """Exit statuses of this project's programs; `docs-test run --help` lists them."""

    OK = 0
    FAILED = 1
    """A page failed: what it says is not what happened."""
    USAGE = 2
    """The command line or a page cannot be read: nothing was run."""
    ENVIRONMENT = 3
    """The machine or the cluster lacks something: no page is to blame."""
    BUG = 70
    """A bug of the program's own."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM; everything started was ended."""
    CLOSED_PIPE = 141
    """A closed pipe: whoever read the output went away (`| head`). A shell gives it to programs that SIGPIPE
    ends."""


class UserError(Exception):
    """A mistake that its reader can fix.

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
        self.problems: tuple[Problem, ...] = (Problem(where, fact, hint),) if where else ()
        if status is not None:
            self.status = status

    @classmethod
    def of(cls, first: Problem, *others: Problem) -> Self:
        """An error that says several problems, in the order given; fact, hint and position are the first one's."""
        error = cls(first.fact, hint=first.hint, where=first.position)
        error.problems = (first, *others)
        return error

    def __str__(self) -> str:
        """`where: fact`, then `hint: …` on a line of its own, for each problem."""
        if self.problems:
            return "\n".join(map(str, self.problems))
        return f"{self.fact}\nhint: {self.hint}" if self.hint else self.fact


class EnvironmentFault(UserError):
    """The machine, not a page, is to blame: Docker absent, disk full, registry out of reach."""

    status = ExitStatus.ENVIRONMENT

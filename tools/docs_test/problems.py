"""Several mistakes reported at once, and the wording they share."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class PageErrors(UserError):
    """Every mistake found in the pages; `str()` is all of them, each starting with its `path:line:`.

    Args:
        errors: at least one.
    """

    def __init__(self, errors: Iterable[UserError]) -> None:
        self.errors: tuple[UserError, ...] = tuple(errors)
        first = self.errors[0]
        super().__init__(first.fact, hint=first.hint, where=first.where)

    def __str__(self) -> str:
        """All messages, in the order given."""
        return "\n".join(str(error) for error in self.errors)


class PageBug(UserError):
    """A page on which docs-test itself fails: said of that page, so that the others are still read."""

    def __init__(self, path: str, error: Exception) -> None:
        said = ": ".join(filter(None, (type(error).__name__, str(error).partition("\n")[0])))
        super().__init__(
            f"cannot be read: {said}",
            hint="a bug, please report it; --debug shows where",
            where=Position(path, 1),
        )
        self.__cause__ = error


def bugs(error: UserError) -> list[BaseException]:
    """What went wrong within docs-test, with its traceback."""
    errors = error.errors if isinstance(error, PageErrors) else (error,)
    return [one.__cause__ for one in errors if isinstance(one, PageBug) and one.__cause__]


def problem(where: Position, fact: str, hint: str = "") -> UserError:
    """A mistake at a line of a page."""
    return UserError(fact, hint=hint, where=where)


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """`did you mean 'x'?`, or "" when nothing is near."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def choices(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "nothing"

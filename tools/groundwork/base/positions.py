"""Positions in files, as errors print them: `docs/kubernetes/quick-deploy.md:41:7`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self

_WRITTEN = re.compile(r"(.*?)(?::([0-9]+)(?::([0-9]+))?)?", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position in a file; `str()` leaves out what is not known of it."""

    file: str
    """Path as its reader knows it: as given on the command line, or POSIX relative to the site's top folder."""
    line: int = 0
    """Line, 1-based; 0 for the file as a whole."""
    column: int = 0
    """Column in characters, 1-based; 0 if it is unknown."""
    via: tuple[Position, ...] = field(default=(), compare=False, repr=False)
    """The positions that include this file, the nearest first."""

    def __str__(self) -> str:
        """`file`, `file:line` or `file:line:column`."""
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str()` wrote into a file of results or findings; a file's name may have colons.

        Within a program positions are passed as they are.
        """
        file, line, column = _WRITTEN.fullmatch(text).groups()  # type: ignore[union-attr]  # It matches any text.
        return cls(file, int(line or 0), int(column or 0))

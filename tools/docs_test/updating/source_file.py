"""A file of a site as bytes and lines: what is not changed stays byte for byte."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from docs_test.rewriting.rewrite import Refused

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
OPENING = re.compile(r"(?P<before>\ufeff?[>\s]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was read."""

    name: str
    """POSIX path relative to the site's root."""
    data: bytes
    lines: tuple[str, ...]
    """Lines, each with its end."""

    @classmethod
    def read(cls, root: Path, name: str) -> Self:
        """Read a file of a site.

        Raises:
            Refused: it cannot be read, or is no UTF-8.
        """
        try:
            data = (root / name).read_bytes()
            return cls(name, data, tuple(LINE.findall(data.decode("utf-8"))))
        except (OSError, UnicodeError) as error:
            raise Refused(f"{name!r} cannot be read: {error}") from None

    @property
    def digest(self) -> str:
        """SHA-256 of what was read."""
        return hashlib.sha256(self.data).hexdigest()

    def line(self, number: int) -> str:
        """A line without its end; "" where there is none."""
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Block:
    """Where a fence stands in a file."""

    file: SourceFile
    opening: int
    """Line of the opening marker."""
    closing: int
    """Line of the closing marker."""
    prefix: str
    """Text before each marker: indentation, and the signs of quotes."""
    fence: str
    """Marker: backticks or tildes."""

    @classmethod
    def at(cls, file: SourceFile, opening: int, after: int = 0) -> Self:
        """The fence that opens at a line.

        Args:
            file: where it stands.
            opening: the line.
            after: a line before which it does not close.

        Raises:
            Refused: no fence opens or closes in this file.
        """
        found = OPENING.fullmatch(file.line(opening))
        if not found:
            raise Refused("the line that opens the fence comes from a macro")
        closing = re.compile(rf"[>\s]*{re.escape(found['fence'])}[ \t]*")
        numbers = range(max(opening, after) + 1, len(file.lines) + 1)
        end = next((n for n in numbers if closing.fullmatch(file.line(n))), 0)
        if not end:
            raise Refused("the line that closes the fence is in another file")
        return cls(file, opening, end, found["before"].removeprefix("\ufeff"), found["fence"])


@dataclass(slots=True)
class Patch:
    """What is changed in a file, line by line."""

    file: SourceFile
    instead: dict[int, list[str]] = field(default_factory=dict)
    """Lines, without their ends, in the place of a line."""
    after: dict[int, list[str]] = field(default_factory=dict)
    """Lines that follow a line."""
    before: dict[int, list[str]] = field(default_factory=dict)
    """Lines that stand before a line."""

    def put(self, number: int, lines: list[str]) -> None:
        """Put lines in the place of a line.

        Raises:
            Refused: another change put other lines there.
        """
        if self.instead.get(number, lines) != lines:
            raise Refused(f"two changes of {self.file.name}:{number} contradict each other")
        self.instead[number] = lines

    @property
    def data(self) -> bytes:
        """The file, changed."""
        made: list[str] = []
        for number, line in enumerate(self.file.lines, 1):
            end = line[len(line.rstrip("\r\n")) :] or self._end
            last = number == len(self.file.lines)
            made += [text + self._end for text in self.before.get(number, ())]
            if number in self.instead:
                made += [text + end for text in self.instead[number]]
            else:
                made.append(line)
            if added := self.after.get(number):
                if made and not made[-1].endswith(("\r", "\n")):
                    made[-1] += end
                made += [text + self._end for text in added]
            if last and not line.endswith(("\r", "\n")) and made:
                made[-1] = made[-1].rstrip("\r\n")  # The file has no newline at its end, and gets none.
        return "".join(made).encode()

    @property
    def _end(self) -> str:
        first = self.file.lines[0] if self.file.lines else "\n"
        return first[len(first.rstrip("\r\n")) :] or "\n"

"""What is read of shell code: words, commands, variables. Offsets are characters of the code, from 0."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SPLIT = re.compile(r"^$|[\s*?\[]")
"""Pattern of values of which the shell makes several words, or none, outside of quotes."""
UNKNOWN = "\ufffc"
"""Character in a word's text for whatever the shell would put there: a variable, a command's output."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the command gets it: quotes and escapes taken off."""

    text: str
    """Text, with one UNKNOWN for each expansion."""
    offsets: tuple[int, ...]
    """Offset of each character of `text`."""
    start: int
    end: int
    unknown: tuple[str, ...] = ()
    """Variable behind each UNKNOWN, in order; "" for anything else, such as a command's output."""

    @property
    def known(self) -> bool:
        """Whether nothing of it depends on running the code."""
        return UNKNOWN not in self.text

    def at(self, index: int) -> int:
        """The offset of a character of `text`; of its end, the word's."""
        return self.offsets[index] if index < len(self.offsets) else self.end

    def part(self, start: int, end: int | None = None) -> Word:
        """A part of it, by indices of `text`."""
        end = len(self.text) if end is None else end
        names = self.unknown[self.text.count(UNKNOWN, 0, start) :][: self.text.count(UNKNOWN, start, end)]
        last = self.at(end) if end < len(self.text) else self.end
        return Word(self.text[start:end], self.offsets[start:end], self.at(start), last, names)

    def filled(self, values: Mapping[str, str]) -> Word:
        """The word with the values of variables that are known; not those that may become several words."""
        values = {name: value for name, value in values.items() if not SPLIT.search(value)}
        if self.known or not any(name in values for name in self.unknown):
            return self
        text, offsets, names = "", [], []
        left = iter(self.unknown)
        for character, offset in zip(self.text, self.offsets, strict=True):
            name = next(left) if character == UNKNOWN else ""
            put = values.get(name, UNKNOWN) if character == UNKNOWN else character
            text += put
            offsets += [offset] * len(put)
            names += [name] if put == UNKNOWN else []
        return replace(self, text=text, offsets=tuple(offsets), unknown=tuple(names))


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection."""

    operator: str
    """Operator: `>`, `>>`, `<`, `<<`, `<<<`, `>&`, …"""
    word: Word | None
    """File, descriptor or here-string; None for a here-document."""
    body: Word | None = None
    """Text of a here-document; UNKNOWN in it is what the shell replaces."""


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: its words and what is connected to it."""

    words: tuple[Word, ...]
    start: int
    end: int
    redirects: tuple[Redirect, ...] = ()
    assignments: tuple[str, ...] = ()
    """Variables that are set for this command alone: `X=1 command`."""
    fed_by: int = -1
    """Index of the command before it in its pipeline; -1 if it has none."""
    repeated: bool = False
    """Whether it stands in a loop."""
    conditional: bool = False
    """Whether it may not be run: in an `if`, a `case`, after `&&` or `||`, in a function."""
    tested: bool = False
    """Whether its status is asked for (`if`, `while`, `!`, `||`), so that it may fail."""
    background: bool = False
    """Whether it ends in `&`."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a variable's value is taken."""

    name: str
    start: int
    late: bool = False
    """Whether it stands in a function: what it needs may be set later."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a variable is set."""

    name: str
    start: int
    scope: tuple[int, int] | None = None
    """Range in which alone it is set: a subshell, the function of a `local`; None for the shell's rest."""
    value: Word | None = None
    """Value, if it is one word; None for a loop's variable, `read`, an array."""
    certain: bool = True
    """Whether it is run once, wherever the code is run."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is read of a piece of code."""

    commands: tuple[Command, ...] = ()
    """Simple commands, in the order of the code, those in substitutions too."""
    uses: tuple[Use, ...] = ()
    """Variables whose value the code needs; not those with a default."""
    definitions: tuple[Definition, ...] = ()
    functions: frozenset[str] = frozenset()
    """Functions that it defines."""
    open: bool = False
    """Whether it may set variables that are not seen here: `source`, `eval`."""
    error: bool = False
    """Whether part of it could not be read; commands in that part are left out."""

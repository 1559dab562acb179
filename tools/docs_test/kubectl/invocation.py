"""A command line of kubectl, taken apart as kubectl does: its command, flags, words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.kubectl.table import Flag, KubectlCommand, table
from docs_test.shellcode.model import UNKNOWN, Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.shellcode.model import Command

WRAPPERS = {"sudo": "uUgp", "time": "", "command": "", "exec": "a", "nohup": "", "watch": "dn", "env": "uC"}
"""Programs that run the command behind them -> their options that take a value."""
FEEDERS = {"xargs": "adEeIiLlnPs", "timeout": "ks"}


@dataclass(frozen=True, slots=True)
class Given:
    """A flag as it was given."""

    flag: Flag
    word: Word
    """Word that names it."""
    value: Word | None = None
    """Value; None if it has none."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A word that kubectl would refuse."""

    word: Word
    sort: str
    """Sort of word: "flag", "subcommand", "letter", "value" (a flag without its value)."""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line of kubectl."""

    program: Word
    path: tuple[str, ...] = ()
    """Names of the command and of those below it: `("rollout", "status")`; () if there is none."""
    command: KubectlCommand | None = None
    """Command; None if the table has none of that name, or it is not known."""
    name: Word | None = None
    """Word that names the command; for a plugin, its first word."""
    flags: tuple[Given, ...] = ()
    words: tuple[Word, ...] = ()
    """Words that are no flags, before `--`."""
    rest: tuple[Word, ...] = ()
    """Words after `--`."""
    strays: tuple[Stray, ...] = ()
    uncertain: bool = False
    """Whether the shell may put further words into it."""
    fed: bool = False
    """Whether `xargs` adds words to it."""

    def value(self, name: str) -> Word | None:
        """The value of a flag, the last one; None where it is not given or has none."""
        return next((one.value for one in reversed(self.flags) if one.flag.name == name), None)

    def values(self, name: str) -> list[Word]:
        """All values of a flag."""
        return [one.value for one in self.flags if one.flag.name == name and one.value is not None]

    def has(self, name: str) -> bool:
        """Whether a flag is given, and not as `=false`."""
        given = [one for one in self.flags if one.flag.name == name]
        return bool(given) and (given[-1].value is None or given[-1].value.text != "false")


def invocation(command: Command, values: Mapping[str, str]) -> Invocation | None:
    """The command line, if the command is a kubectl, perhaps behind `sudo`, `timeout` or `xargs`; else None.

    Args:
        command: of the shell.
        values: variables whose value is known.
    """
    if not any(word.text.rpartition("/")[2] == "kubectl" for word in command.words):
        return None
    words = [word.filled(values) for word in command.words]
    fed = False
    while words and words[0].text.rpartition("/")[2] != "kubectl":
        name = words[0].text
        if name in WRAPPERS:
            words = _behind(words[1:], WRAPPERS[name])
        elif name in FEEDERS:
            fed = fed or name == "xargs"
            words = _behind(words[1:], FEEDERS[name])
            words = words[1:] if name == "timeout" else words
        else:
            return None
    return _Reader(words[0], fed=fed).read(words[1:]) if words else None


def _behind(words: Sequence[Word], with_value: str) -> list[Word]:
    """The command behind a wrapper's options and assignments."""
    rest = list(words)
    while rest and (rest[0].text.startswith("-") or "=" in rest[0].text.partition("/")[0]):
        option = rest.pop(0).text
        if len(option) == 2 and option[0] == "-" and option[1] in with_value and rest:  # noqa: PLR2004 - `-n`
            rest.pop(0)
    return rest


@dataclass(slots=True)
class _Reader:
    program: Word
    fed: bool
    path: list[str] = field(default_factory=list)
    command: KubectlCommand | None = None
    name: Word | None = None
    flags: list[Given] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    uncertain: bool = False
    unread: bool = False
    """Whether the command is not known, so that nothing can be said of its words."""

    def read(self, given: Sequence[Word]) -> Invocation:
        left = list(given)
        rest: list[Word] = []
        while left:
            word = left.pop(0)
            if word.text == "--":
                rest, left = left, []
            elif self.unread or (word.unknown and word.text[0] == UNKNOWN and word.start == word.at(0)):
                self.uncertain = self.uncertain or not self.unread
                self._word(word)
            elif word.text.startswith("--"):
                self._long(word, left)
            elif word.text.startswith("-") and len(word.text) > 1:
                self._short(word, left)
            else:
                self._word(word)
        return Invocation(
            self.program,
            tuple(self.path),
            self.command,
            self.name,
            tuple(self.flags),
            tuple(self.words),
            tuple(rest),
            tuple(self.strays),
            self.uncertain,
            self.fed,
        )

    def _word(self, word: Word) -> None:
        if self.words or self.unread:
            self.words.append(word)
            return
        known: Mapping[str, KubectlCommand] = table().commands if self.name is None else {}
        below = self.command.commands if self.command is not None else known
        if word.known and word.text in below:
            self.command = below[word.text]
            self.path.append(self.command.name)
            self.name = word
        elif self.name is None:
            self.name, self.unread = word, True
            if word.known:
                self.strays.append(Stray(word, "subcommand", tuple(known)))
        else:
            if below and word.known:
                self.strays.append(Stray(word, "subcommand", tuple(below)))
            self.words.append(word)

    def _long(self, word: Word, left: list[Word]) -> None:
        name, equals, _ = word.text[2:].partition("=")
        if UNKNOWN in name:
            self.uncertain = True
            return
        known = self._known()
        flag = known.get(name)
        if flag is None:
            # Of `kubectl --x get` it is not known yet whose flag it is; kubectl takes only common ones there.
            self.strays.append(Stray(word.part(0, 2 + len(name)), "flag", tuple(known)))
        elif equals:
            self.flags.append(Given(flag, word, word.part(3 + len(name))))
        elif flag.value:
            self._valued(flag, word, left)
        else:
            self.flags.append(Given(flag, word))

    def _short(self, word: Word, left: list[Word]) -> None:
        letters = word.text
        for index in range(1, len(letters)):
            flag = next((one for one in self._known().values() if one.short == letters[index]), None)
            if flag is None:
                if letters[index] == UNKNOWN:
                    self.uncertain = True
                else:
                    allowed = tuple(f"-{one.short}" for one in self._known().values() if one.short)
                    self.strays.append(Stray(word.part(index, index + 1), "letter", allowed))
                return
            rest = word.part(index + 1)
            if rest.text.startswith("="):
                self.flags.append(Given(flag, word, rest.part(1)))
                return
            if flag.value:
                if rest.text:
                    self.flags.append(Given(flag, word, rest))
                else:
                    self._valued(flag, word, left)
                return
            self.flags.append(Given(flag, word))

    def _valued(self, flag: Flag, word: Word, left: list[Word]) -> None:
        if left:
            self.flags.append(Given(flag, word, left.pop(0)))
        else:
            self.strays.append(Stray(word, "value"))

    def _known(self) -> Mapping[str, Flag]:
        return table().commands["get"].flags if self.command is None else self.command.flags

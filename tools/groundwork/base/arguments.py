"""The command line's parser: `argparse`, whose errors are a fact and a hint, with the name that was meant."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from groundwork.base.errors import ExitStatus
from groundwork.base.suggest import near

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOICE = re.compile(r"invalid choice: (?P<quote>['\"])(?P<word>.*?)(?P=quote) \(choose from (?P<allowed>.*)\)")
"""Pattern of argparse's message for a value that is not in a list; from Python 3.12 on, the list has no quotes."""


class Parser(argparse.ArgumentParser):
    """Parser of a program, and of each of its commands."""

    usage_status: int = ExitStatus.USAGE
    """Exit status for a mistake in the command line."""
    commands: argparse._SubParsersAction[Any] | None = None
    """The commands, if it has some."""

    def add_subparsers(self, **options: Any) -> argparse._SubParsersAction[Any]:
        """The commands, which `read` needs to know."""
        self.commands = super().add_subparsers(**options)
        return self.commands

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The options of a command line; a mistake ends the program."""
        options, unknown = self.parse_known_args(words)
        if unknown:
            self.refuse(options, unknown)
        return options

    def refuse(self, options: argparse.Namespace, unknown: Sequence[str]) -> NoReturn:
        """End the program because of words that are neither options nor arguments of the command."""
        command = self.commands.choices.get(getattr(options, self.commands.dest)) if self.commands else None
        parser = command if isinstance(command, Parser) else self
        names = list(parser._option_string_actions)  # noqa: SLF001 - argparse has no other list of them
        option = next((word.partition("=")[0] for word in unknown if word.startswith("-")), "")
        parser.fail(f"unrecognized arguments: {' '.join(unknown)}", _meant(option, names) if option else "")

    def error(self, message: str) -> NoReturn:
        """End the program because of a mistake that argparse has found."""
        found = CHOICE.search(message)
        meant = _meant(found["word"], re.findall(r"[\w./-]+", found["allowed"])) if found else ""
        self.fail(message, meant)

    def fail(self, fact: str, hint: str = "") -> NoReturn:
        """End the program with a fact and a hint; without one, the hint names the help."""
        said = f"{self.prog}: {fact}\nhint: {hint or f'`{self.prog} --help` shows what is allowed'}\n"
        self._print_message(said, sys.stderr)
        self.exit(self.usage_status)


def _meant(word: str, names: Sequence[str]) -> str:
    """`did you mean 'x'?`: of several names that are near, the one with the same letters (`lnit` is `lint`)."""
    found = near(word, names, count=3)
    same = [name for name in found if sorted(name) == sorted(word)]
    return f"did you mean {(same or found)[0]!r}?" if found else ""

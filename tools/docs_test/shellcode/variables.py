"""Variables that commands set by their arguments: `read NAME`, `printf -v NAME`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.shellcode.model import Word

NAME = re.compile(r"[A-Za-z_]\w*")
WITH_VALUE = {"read": "adinNptu", "mapfile": "dnOsuCc", "readarray": "dnOsuCc", "getopts": ""}
"""Commands whose arguments are variables -> their options that take a value."""
DEFAULTS = {"read": "REPLY", "mapfile": "MAPFILE", "readarray": "MAPFILE"}
OPENING = frozenset({"source", ".", "eval"})
"""Commands that run code which is not seen here."""
ASSIGNED = re.compile(
    r"([A-Za-z_]\w*)\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|(?:\+\+|--)([A-Za-z_]\w*)|([A-Za-z_]\w*)(?:\+\+|--)"
)
"""Pattern of an assignment in arithmetic."""


def set_by(words: Sequence[Word]) -> Iterator[tuple[str, int]]:
    """The variables that a command sets, and where it names them."""
    command, arguments = words[0].text, words[1:]
    if command in WITH_VALUE:
        yield from _named(command, words[0], arguments)
    elif command in {"printf", "wait"}:
        option = "-v" if command == "printf" else "-p"
        for before, after in pairwise(arguments):
            if before.text == option and NAME.fullmatch(after.text):
                yield after.text, after.start
    elif command == "let":
        for word in arguments:
            for name in assigned(word.text):
                yield name, word.start


def assigned(arithmetic: str) -> Iterator[str]:
    """The variables that an arithmetic expression sets."""
    for found in ASSIGNED.finditer(arithmetic):
        yield found[1] or found[2] or found[3]


def _named(command: str, name: Word, arguments: Sequence[Word]) -> Iterator[tuple[str, int]]:
    found = False
    skip = command == "getopts"
    for word in arguments:
        if skip:
            skip = False
            if command != "getopts" and word.text and NAME.fullmatch(word.text) and _is_array(arguments, word):
                found = True
                yield word.text, word.start
        elif word.text.startswith("-") and len(word.text) > 1:
            skip = word.text[-1] in WITH_VALUE[command]
        elif NAME.fullmatch(word.text):
            found = True
            yield word.text, word.start
    if not found and command in DEFAULTS:
        yield DEFAULTS[command], name.start


def _is_array(arguments: Sequence[Word], word: Word) -> bool:
    """Whether it is the array of `read -a`."""
    return arguments[arguments.index(word) - 1].text.endswith("a")

"""Texts as bash reads them: words, comments, and files written by here-documents, byte for byte."""

from __future__ import annotations

import base64
import re
import shlex

DELIMITER = "EOF"
BREAKING = re.compile(r"[^\S\n]|[\x00-\x08\x0b-\x1f\x7f]")


def word(text: str) -> str:
    """One word of a command line: in `$'...'` if it spans lines."""
    if "\n" not in text:
        return shlex.quote(text)
    for character, written in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
        text = text.replace(character, written)
    return f"$'{text}'"


def comment(text: str, prefix: str = "") -> list[str]:
    """Lines of comment; with a prefix no line of a page can be read as a word to shellcheck."""
    return [f"# {prefix}{line}".rstrip() for line in text.split("\n")]


def one_line(text: str) -> str:
    """A text without line ends and control characters."""
    return " ".join(BREAKING.sub(" ", text).split())


def saved(name: str, text: str) -> list[str]:
    """Lines that write a file with exactly this text.

    Args:
        name: of the file, as a word of bash.
        text: its content.
    """
    if "\0" in text:  # Which no text of bash can have.
        encoded = base64.encodebytes(text.encode()).decode().splitlines()
        return [f"base64 -d >{name} <<'{DELIMITER}'", *encoded, DELIMITER]
    lines = text.split("\n")
    end = delimiter(lines)
    if not text:
        return [f": >{name}"]
    if lines[-1]:  # Without a line end, which a here-document always has.
        return ["printf '%s' \"$(", f"cat <<'{end}'", *lines, end, f')" >{name}']
    return [f"cat >{name} <<'{end}'", *lines[:-1], end]


def delimiter(lines: list[str]) -> str:
    """A delimiter that is none of the lines."""
    number = 0
    while (found := f"{DELIMITER}_{number}" if number else DELIMITER) in lines:
        number += 1
    return found

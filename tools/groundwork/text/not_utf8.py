"""What a file is that is not UTF-8, and how to make UTF-8 of it: for the errors of all that read files."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from shlex import quote

MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
"""Marks at the beginning of a file, each with its encoding; a longer one comes before one that it begins with."""
WINDOWS = "Windows-1252"
"""Encoding of western Europe on Windows; nearly the same as Latin-1."""
LOOKED_AT = 4096
"""Bytes that show whether a file without a mark is UTF-16: in western texts, each second one is 0."""
SHARE = 0.4
"""Share of zeros among the even or the odd bytes of such a text, at least."""


@dataclass(frozen=True, slots=True)
class NotUtf8:
    """The place of the first wrong byte, what the file is, and what to do."""

    line: int
    column: int
    fact: str
    hint: str


def not_utf8(content: bytes, at: int, name: str) -> NotUtf8:
    """What to say of a file that is not UTF-8.

    Args:
        content: all of it.
        at: index of the first byte that is not UTF-8.
        name: its path, for the command that converts it.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            fact = f"this is {encoding}, as its first bytes say; it must be UTF-8"
            return NotUtf8(1, 1, fact, _convert(encoding, name))
    start = content[:LOOKED_AT]
    if b"\0" in start:
        for first, encoding in ((1, "UTF-16LE"), (0, "UTF-16BE")):
            if start[first::2].count(0) > SHARE * len(start[first::2]) and not start[1 - first :: 2].count(0):
                return NotUtf8(1, 1, f"this looks like {encoding}; it must be UTF-8", _convert(encoding, name))
        fact = "this is not text: it has zero bytes, as pictures, archives and programs have"
        return NotUtf8(1, 1, fact, f"is it the right file? `file {quote(name)}` says what it is")
    before = content[:at]
    line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
    fact = f"the byte {content[at]:#04x} is not UTF-8"
    letter = content[at : at + 1].decode(WINDOWS, errors="replace")
    if letter.isalpha():
        fact += f"; in {WINDOWS} it is the letter {letter!r}"
    return NotUtf8(line, column, fact, _convert(WINDOWS.upper(), name))


def _convert(encoding: str, name: str) -> str:
    """The command that writes a file again in UTF-8."""
    if name == "-":
        return f"convert it first: `iconv -f {encoding} -t UTF-8`"
    old, new = quote(name), quote(f"{name}.utf-8")
    command = f"iconv -f {encoding} -t UTF-8 {old} > {new} && mv {new} {old}"
    return f"save it as UTF-8 in your editor, or convert it: {command}"

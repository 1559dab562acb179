"""Lines of a diff that look the same and are not: what tells them apart is made visible, and named."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

from groundwork.base.printable import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

TERMINAL_CODE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""Pattern of what a terminal obeys: colours, titles, movements."""
BLANKS = re.compile(r"[ \t]+")
LIKE = str.maketrans(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2012\u2013\u2014\u2212\u2026", "'''\"\"\"------."
)
"""Typographic signs, which editors put in the place of those that programs print."""
CODES = (
    "the output has colours or other codes for a terminal (\\x1b): let the command print none, "
    "with `--color=never` or `NO_COLOR=1`"
)
OVERWRITTEN = "the command writes over its own line (\\r): let it show no progress"
WIDTH = 'the number of blanks differs (shown as `·`): with data-match="k8s", the width of columns may'
BLANK, DOT = " ", "·"


def told(diff: str) -> tuple[str, str]:
    """The diff, in which lines that differ look different; and what tells the first such pair apart."""
    rows, hint = diff.split("\n"), ""
    at = 0
    for mark, group in groupby(rows, key=lambda row: row[:2]):
        count = len(list(group))
        if mark == "- ":
            for number in range(at, at + count):
                came = number + count
                if came < len(rows) and rows[came].startswith("+ "):
                    pair = _pair(rows[number][2:], rows[came][2:])
                    if pair:
                        rows[number], rows[came] = f"- {pair[0]}", f"+ {pair[1]}"
                        hint = hint or pair[2]
        at += count
    return "\n".join(rows), hint


def _pair(shown: str, came: str) -> tuple[str, str, str] | None:
    """Two lines made to look different, and what tells them apart; None if they already do."""
    if shown == came or _look(shown) != _look(came):
        return None
    if TERMINAL_CODE.search(came) and not TERMINAL_CODE.search(shown):
        return visible(shown), visible(came), CODES
    if "\r" in came and "\r" not in shown:
        return visible(shown), visible(came), OVERWRITTEN
    if _blanks_alone(shown, came):
        return shown.replace(BLANK, DOT), came.replace(BLANK, DOT), WIDTH
    return _escaped(shown), _escaped(came), _difference(shown, came)


def _look(line: str) -> str:
    """What lines that look the same have in common."""
    text = TERMINAL_CODE.sub("", line).rpartition("\r")[2]
    text = "".join(BLANK if unicodedata.category(sign) == "Zs" else sign for sign in text)
    text = "".join(sign for sign in text if sign == "\t" or unicodedata.category(sign) not in {"Cf", "Cc"})
    text = unicodedata.normalize("NFC", text.translate(LIKE).replace("...", "."))
    return BLANKS.sub(BLANK, text)


def _blanks_alone(shown: str, came: str) -> bool:
    return "\t" not in shown + came and BLANKS.sub(BLANK, shown) == BLANKS.sub(BLANK, came)


def _escaped(line: str) -> str:
    """The line, with tabs and accents that are signs of their own written as escapes, too."""
    signs = (f"\\u{ord(sign):04x}" if unicodedata.combining(sign) else sign for sign in visible(line))
    return "".join(signs).replace("\t", "\\t")


def _difference(shown: str, came: str) -> str:
    pairs = enumerate(zip(f"{shown}\n", f"{came}\n", strict=False), 1)
    number, (one, other) = next((at, pair) for at, pair in pairs if pair[0] != pair[1])
    if unicodedata.normalize("NFC", shown) == unicodedata.normalize("NFC", came):
        return f"character {number}: a letter with an accent is one sign here and two there (Unicode NFC and NFD)"
    return f"character {number} is {_name(one)} on the page, and {_name(other)} in the output"


def _name(sign: str) -> str:
    known = {"\t": "a tab", BLANK: "a blank", "\n": "the end of the line"}
    if sign in known:
        return known[sign]
    name = unicodedata.name(sign, "a control character").lower()
    return f"{sign!r}" if "!" <= sign <= "~" else f"U+{ord(sign):04X} ({name})"


def blanks_for_tabs(line: str) -> Sequence[str]:
    """What a page may show for a line with tabs: Markdown makes blanks of them, and so does who copies a terminal.

    Where Markdown's stops are depends on how far the fence is indented.
    """
    markdown = (f"{BLANK * indent}{line}".expandtabs(4)[indent:] for indent in range(4))
    return list(dict.fromkeys([*markdown, line.expandtabs(8)]))

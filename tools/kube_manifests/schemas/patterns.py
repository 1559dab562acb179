r"""Patterns of schemas: Go's regular expressions (RE2), made Python's.

What differs and is translated: `$` and `\z` (Python's `$` also matches before a last line feed), classes of ASCII
only, `[[:alpha:]]`, `\Q…\E`, `(?<name>…)`, flags in mid-pattern, `{,n}` (literal in Go), brackets within sets.
"""

from __future__ import annotations

import functools
import re

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
}
_PIECE = (  # compiled when first used
    r"(?s)\\Q(?P<literal>.*?)(?:\\E|\Z)"
    r"|\\x\{(?P<hex>[0-9A-Fa-f]+)\}"
    r"|(?P<escape>\\.)"
    r"|\[:(?P<posix>\^?\w+):\]"
    r"|\(\?(?P<flags>[ims]+)\)"
    r"|(?P<named>\(\?<(?=[A-Za-z_]))"
    r"|(?P<repeat>\{,\d*\})"
    r"|(?P<char>.)"
)


@functools.lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    r"""A pattern ready for `search`; None where Python cannot say it (`\pL`, for example)."""
    try:
        return re.compile(_translated(pattern), re.ASCII)
    except (re.error, KeyError, OverflowError, RecursionError, ValueError):
        return None


def _translated(pattern: str) -> str:
    out: list[str] = []
    flags: list[list[str]] = [[]]  # of each open group, those switched on within it
    in_set = ""  # "open" after "[", "negated" after "[^", "full" once something stands in the set
    for token in re.finditer(_PIECE, pattern):
        text, kind = token.group(), token.lastgroup
        if kind == "literal":
            out.append(re.escape(token["literal"]))
        elif kind == "hex":
            out.append(f"\\U{int(token['hex'], 16):08x}")
        elif kind == "escape":
            out.append(r"\Z" if text == r"\z" else text)
        elif in_set:
            closes = text == "]" and in_set == "full"
            out.append(text if closes else _in_set(text, token["posix"], out[-1]))
            in_set = "" if closes else "negated" if text == "^" and in_set == "open" else "full"
            continue
        elif text == "[":
            out.append(text)
            in_set = "open"
            continue
        elif kind == "posix":
            out.append(f"[{token['posix']}:]")  # outside a set it is one: of these letters
        else:
            out.append(_outside(text, kind or "", flags))
        in_set = in_set and "full"
    return "".join(out) + ")" * len(flags[-1])


def _outside(text: str, kind: str, flags: list[list[str]]) -> str:
    """What stands for a token outside sets. Go's flags hold to the group's end, also for further alternatives."""
    if kind == "flags":
        flags[-1].append(text[:-1] + ":")
        return flags[-1][-1]
    if kind == "named":
        flags.append([])
        return "(?P<"
    if kind == "repeat":
        return rf"\{text}"
    if text == "(":
        flags.append([])
    elif text == ")" and len(flags) > 1:
        return ")" * len(flags.pop()) + ")"
    elif text == "|":
        return ")" * len(flags[-1]) + "|" + "".join(flags[-1])
    lines = any("m" in one for level in flags for one in level)
    return r"\Z" if text == "$" and not lines else text


def _in_set(text: str, posix: str | None, before: str) -> str:
    if posix is not None:
        return _POSIX[posix]
    return rf"\{text}" if text in "[]" or (text in "&~|" and before == text) else text

"""What a step is to print, as extended regular expressions of POSIX: bash has no others.

A script compares output only to know whether to try again; that is what these are for.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from docs_test.matching.kubectl_output import k8s_pattern
from docs_test.matching.lines import ELLIPSIS, clean, line_pattern
from docs_test.matching.wildcards import Literal, Varying
from docs_test.model import Match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docs_test.matching.wildcards import Line, Part
    from docs_test.model import Expectation

NEW_LINE = "\n"
BLANK_LINES = rf"([[:blank:]]*{NEW_LINE})*"
ANYTHING = f"[^{NEW_LINE}]*"
"""Expression for any text of a line."""
SPECIAL = frozenset(".[{()*+?^$|\\")
"""Characters that mean something in an expression; `]` and `}` do so only after what opens them."""
TOKEN = re.compile(r"\\(?P<escaped>.)|(?P<group>\(\?:)|(?P<other>\(\?)|(?P<set>\[)|(?P<plain>.)", re.DOTALL)
SETS = {"d": "0-9", "w": "[:alnum:]_", "s": "[:space:]"}
"""Contents of brackets that mean what Python's letter does."""
AFTER_NUMBER = "([],}[:space:]]|$)"


def patterns(expectation: Expectation) -> list[str] | None:
    """Expressions that an output, with one more line end, matches all of if it is as expected.

    Of JSON they ask for each name with its value, wherever it stands.

    Returns:
        None: an expression of Python's has what POSIX lacks.
    """
    match expectation.match:
        case Match.LINES:
            return [_lines(expectation.text, line_pattern)]
        case Match.K8S:
            return [_lines(expectation.text, k8s_pattern)]
        case Match.JSON:
            return list(dict.fromkeys(_values(json.loads(expectation.text), "")))
        case Match.REGEX:
            try:
                return [f"^({posix(expectation.text)}){NEW_LINE}+$"]
            except ValueError:
                return None


def _lines(text: str, pattern: Callable[[str], Line]) -> str:
    parts = [
        f"({ANYTHING}{NEW_LINE})*" if line.strip() == ELLIPSIS else f"{_line(pattern(line))}[[:blank:]]*{NEW_LINE}"
        for line in clean(text)
    ]
    return f"^{BLANK_LINES}{''.join(parts)}{BLANK_LINES}$"


def _line(line: Line) -> str:
    return ANYTHING.join("".join(map(_part, run)) for run in line.runs)


def _part(part: Part) -> str:
    if isinstance(part, Literal):
        return _literal(part.text)
    return f"({posix(part.form.pattern)})" if isinstance(part, Varying) else "[[:blank:]]+"


def posix(pattern: str) -> str:
    """An expression of Python's, in which `.` is any character, in POSIX' form.

    Raises:
        ValueError: it has what POSIX lacks: a look around, a reference, a word's edge.
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        found = TOKEN.match(pattern, at)
        if found is None or found["other"]:
            raise ValueError(pattern)
        at = found.end()
        if found["set"]:
            text, at = _set(pattern, at)
            parts.append(text)
        elif found["group"]:
            parts.append("(")
        elif found["escaped"]:
            parts.append(_escaped(found["escaped"]))
        elif found["plain"] == "?" and parts and parts[-1] in ("*", "+", "?", "}"):
            continue  # As little as possible: of a whole match that says nothing.
        else:
            parts.append(found["plain"])
    return "".join(parts)


def _escaped(letter: str) -> str:
    if letter in SETS:
        return "[[:blank:]]" if letter == "s" else f"[{SETS[letter]}]"
    if letter == "n":
        return NEW_LINE
    if letter.isalnum():
        raise ValueError(letter)
    return f"\\{letter}" if letter in SPECIAL else letter


def _set(pattern: str, at: int) -> tuple[str, int]:
    """A set of characters whose bracket ends before `at`, and where it ends."""
    end = pattern.index("]", at + (2 if pattern[at] == "^" else 1))
    inner = pattern[at:end]
    if "[" in inner:
        raise ValueError(inner)
    for letter, inside in SETS.items():
        inner = inner.replace(f"\\{letter}", inside)
    inner = inner.replace("\\n", NEW_LINE).replace("\\.", ".")
    if "\\" in inner:
        raise ValueError(inner)
    return f"[{inner}]", end + 1


def _values(value: Any, before: str) -> Iterator[str]:
    """Expressions for a value that stands after `before`, and for all that is in it."""
    if isinstance(value, dict):
        yield f"{before}\\{{"
        for name, inner in value.items():
            yield from _values(inner, f"{_literal(json.dumps(name))}[[:space:]]*:[[:space:]]*")
    elif isinstance(value, list):
        yield f"{before}\\["
        for inner in value:
            yield from _values(inner, "")
    elif isinstance(value, str) and value == ELLIPSIS:
        if before:
            yield before
    elif isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        yield before + ".*".join(_literal(part) for part in text.split(ELLIPSIS))
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        yield f"{before}{_literal(json.dumps(value))}{AFTER_NUMBER if number else ''}"


def _literal(text: str) -> str:
    return "".join(f"\\{letter}" if letter in SPECIAL else letter for letter in text)

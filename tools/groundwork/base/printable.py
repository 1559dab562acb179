"""Text of the cluster, or of a page's commands, before a terminal or a log sees it.

Whoever may create a request chooses its model's name, and a terminal obeys what is in it: sequences that clear the
screen or change its title, line ends that forge another row, signs that turn the order of others around. JSON and
YAML need none of this: they escape.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

_Found = TypeVar("_Found")


def printable(text: str) -> str:
    """The text in one line, a space for each character that a terminal would obey instead of showing it."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


def visible(text: str) -> str:
    r"""The text, perhaps of several lines, with an escape (`\x1b`, `\u200b`) for what a terminal does not show."""
    if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def all_printable(found: _Found) -> _Found:
    """The same of every text within: of items, and of whatever they are made of."""
    return _within(found)  # type: ignore[no-any-return]


def _within(found: Any) -> Any:
    if isinstance(found, str):
        return printable(found)
    if isinstance(found, tuple):
        return tuple(_within(part) for part in found)
    if isinstance(found, dict):
        return {_within(key): _within(value) for key, value in found.items()}
    if is_dataclass(found) and not isinstance(found, type):
        return replace(found, **{part.name: _within(getattr(found, part.name)) for part in fields(found)})
    return found

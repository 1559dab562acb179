"""What was probably meant, where a name is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEW = 12
"""Up to this many allowed names are listed where none is near."""


def closest(word: str, allowed: Iterable[str]) -> str:
    """The allowed name nearest to a word; "" where none is near. Case alone is nearer than any letter."""
    words = sorted(allowed)
    folded = word.replace("_", "").replace("-", "").casefold()
    for one in words:
        if one.replace("_", "").replace("-", "").casefold() == folded:
            return one
    if len(word) > 2 * max(map(len, words), default=0):
        return ""
    import difflib  # noqa: PLC0415 - it costs more than all else, and a valid manifest does not need it

    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return near[0] if near else ""


def hint(word: str, allowed: Iterable[str], what: str = "allowed here") -> str:
    """`did you mean 'x'?`; else the allowed names where they are few; else ""."""
    words = sorted(allowed)
    if near := closest(word, words):
        return f"did you mean {near!r}?"
    return f"{what}: {', '.join(words)}" if 0 < len(words) <= _FEW else ""

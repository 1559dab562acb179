"""What was probably meant, where a name is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CUTOFF = 0.6
"""Likeness, from 0 to 1 (difflib's ratio), that two names must have to count as alike."""
_FEW = 12
"""Largest number of allowed names that are all listed if none of them is similar."""


def near(word: str, allowed: Iterable[str], *, count: int = 1, cutoff: float = CUTOFF) -> list[str]:
    """The allowed names nearest to a word, the best first; what differs in case, `-` and `_` alone is the best."""
    names = sorted(allowed)
    folded = _folded(word)
    for name in names:
        if _folded(name) == folded:
            return [name]
    longest = max(map(len, names), default=0)
    if 2 * longest < cutoff * (len(word) + longest):  # Not even the longest one within the word would do.
        return []
    import difflib  # noqa: PLC0415 - it costs more than all else, and a valid manifest does not need it

    return difflib.get_close_matches(word, names, n=count, cutoff=cutoff)


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def closest(word: str, allowed: Iterable[str], *, cutoff: float = CUTOFF) -> str:
    """The allowed name nearest to a word; "" where none is near."""
    return next(iter(near(word, allowed, cutoff=cutoff)), "")


def did_you_mean(word: str, allowed: Iterable[str], *, cutoff: float = CUTOFF) -> str:
    """`did you mean 'x'?`, or "" where nothing is near."""
    found = closest(word, allowed, cutoff=cutoff)
    return f"did you mean {found!r}?" if found else ""


def hint(word: str, allowed: Iterable[str], what: str = "allowed here") -> str:
    """`did you mean 'x'?`; else the allowed names where they are few; else ""."""
    words = sorted(allowed)
    listed = f"{what}: {', '.join(words)}" if 0 < len(words) <= _FEW else ""
    return did_you_mean(word, words) or listed

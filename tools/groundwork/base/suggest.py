"""What was probably meant, where a name is unknown."""

from __future__ import annotations

import re
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


def closest_value(word: str, allowed: Iterable[str]) -> str:
    """The allowed value that a text means; "" where that is not clear.

    Numbers decide: `gb300` is not `mi300` nor `gb10`. Where all parts of a value stand in the text, it is meant:
    `NVIDIA-H100-SXM5-80GB` is `h100_sxm`.
    """
    names = sorted(allowed)
    there = _parts(word)
    within = [name for name in names if len(_parts(name)) > 1 and _parts(name) <= there]
    if within:
        return max(within, key=len)
    numbers = _NUMBER.findall(word)
    if numbers:
        names = [name for name in names if _NUMBER.findall(name) == numbers]
        names = [name for name in names if near(_NUMBER.sub("", word), [_NUMBER.sub("", name)])]
    return closest(word, names)


_NUMBER = re.compile(r"\d+")
_GENERATION = re.compile(r"(?<=[a-z]{3})\d$")
"""The number after a word that names it more closely: the 5 of SXM5."""


def _parts(name: str) -> set[str]:
    return {_GENERATION.sub("", part) for part in re.split(r"[^a-z0-9]+", name.casefold()) if part}


def listed(allowed: Iterable[str], what: str = "allowed here") -> str:
    """The allowed names, where they are few; else ""."""
    words = sorted(allowed)
    return f"{what}: {', '.join(words)}" if 0 < len(words) <= _FEW else ""


def hint(word: str, allowed: Iterable[str], what: str = "allowed here") -> str:
    """`did you mean 'x'?`; else the allowed names where they are few; else ""."""
    words = sorted(allowed)
    return did_you_mean(word, words) or listed(words, what)

"""Kubernetes quantities as whole numbers of nano-units: exact, and one number for all ways to write a value."""

from __future__ import annotations

import re

NANO = 10**9
LARGEST = 2**63 - 1
"""Kubernetes caps larger values at this."""

_QUANTITY = re.compile(r"([+-]?)(\d+)?(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?", re.ASCII)
_POWERS_OF_TEN = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_LONGEST = 4000
"""Python reads no longer numbers."""
_FURTHEST = 100
"""Exponent beyond which a number is above the cap, or below a nano-unit, whatever its digits."""


def parse(text: str) -> int:
    """A quantity in nano-units: `"1.5k"` is `1500 * NANO`; rounded away from zero, capped at `LARGEST`.

    Raises:
        ValueError: it is no quantity; the message says which text.
    """
    found = _QUANTITY.fullmatch(text)
    if found is None or not (found[2] or found[3]) or len(text) > _LONGEST:
        raise ValueError(f"{text!r} is not a quantity")
    sign, whole, fraction, suffix = (part or "" for part in found.groups())
    amount = int(whole + fraction)
    two, ten = _scale(suffix)
    ten += 9 - len(fraction)
    if amount == 0:
        return 0
    limit = _FURTHEST + len(whole) + len(fraction)
    ten = max(-limit, min(limit, ten))
    amount <<= two
    value = amount * int(10**ten) if ten >= 0 else -(-amount // int(10**-ten))
    value = min(value, LARGEST * NANO)
    return -value if sign == "-" else value


def _scale(suffix: str) -> tuple[int, int]:
    """A suffix as powers of two and of ten."""
    if suffix.endswith("i"):
        return 10 * (1 + "KMGTPE".index(suffix[0])), 0
    if suffix in _POWERS_OF_TEN:
        return 0, _POWERS_OF_TEN[suffix]
    return 0, int(suffix[1:])

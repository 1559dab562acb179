"""What the writer of a wrong value probably meant: a quantity in another unit, a key without its blank."""

from __future__ import annotations

import re
import unicodedata

_AMOUNT = re.compile(r"\s*(?P<number>[+-]?[0-9][0-9_,]*(?:\.[0-9]*)?|[+-]?\.[0-9]+)\s*(?P<unit>[A-Za-z%]*)\s*\Z")
_CPU = re.compile(r"(v?cpus?|cores?)\Z")
_MILLI = re.compile(r"(m|milli)(cpus?|cores?)\Z")
_BYTES = re.compile(r"(?P<power>[kmgtpe])(?P<two>i)?(b|bytes?)?\Z")
_WORDS = {"kibi": "ki", "mebi": "mi", "gibi": "gi", "kilo": "k", "mega": "m", "giga": "g"}
_KEY = re.compile(r"(?P<key>[A-Za-z][\w./-]*):(?P<value>[^\s/:][^\s:]*)\Z")
_DASH = re.compile(r"-[A-Za-z]")
_EXAMPLE = "such as 500m, 2 or 1.5Gi"


def quantity(text: str) -> str:
    """The hint for a text that is not a quantity."""
    found = _AMOUNT.match(text)
    if not found:
        return _EXAMPLE
    number, unit = re.sub("[_,]", "", found["number"]), found["unit"].lower()
    unit = next(
        (letter + unit.removeprefix(word) for word, letter in _WORDS.items() if unit.startswith(word)), unit
    )
    if not unit or _CPU.match(unit):
        return f"write {number}"
    if _MILLI.match(unit):
        return f"write {number}m"
    size = _BYTES.match(unit)
    if not size:
        return _EXAMPLE
    two = f"{number}{size['power'].upper()}i"
    if size["two"]:
        return f"write {two}"
    ten = f"{number}{'k' if size['power'] == 'k' else size['power'].upper()}"
    return f"write {two}, which counts in 1024, or {ten}, which counts in 1000"


def mapping(text: str) -> str:
    """The hint for a text where an object belongs: its blank is missing, or is one that YAML does not know."""
    odd = next((letter for letter in text if letter != " " and unicodedata.category(letter) in ("Zs", "Cf")), "")
    if odd and ":" in text:
        return f"it holds U+{ord(odd):04X}, which cannot be seen: type the blank again"
    found = _KEY.match(text)
    return f"write a blank after the colon: `{found['key']}: {found['value']}`" if found else ""


def sequence(value: object) -> str:
    """The hint for an object where a list belongs: keys such as `-name` lack a blank."""
    first = next(iter(value), "") if isinstance(value, dict) else ""
    if isinstance(first, str) and _DASH.match(first):
        return f"write a blank after the dash: `- {first[1:]}`"
    return ""

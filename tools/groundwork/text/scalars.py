"""What a plain YAML scalar means to Kubernetes: YAML 1.1 as its Go library reads it, then as JSON.

Facts: go.yaml.in/yaml/v2 v2.4 (resolve, decode), sigs.k8s.io/yaml v1.6 (to JSON), sigs.k8s.io/json (int64, else
float64); the table in tests/validation/scalars.yaml was made with them. Odd but true: `yes`, `on` and `y` are
booleans, `0777` and `0o777` are octal, `08` is 8, `1e3` and `1.0` are integers, dates and `1:30` are strings.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from decimal import Decimal

Scalar = str | int | float | bool | None

NULLS = ("", "~", "null", "Null", "NULL")
TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(TRUE, True),
    **dict.fromkeys(FALSE, False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
NUMBER_START = frozenset("0123456789+-.")
INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)")
SIGN_WITHIN = re.compile(r"0b[-+][01]+")
"""Numbers with a sign after their prefix: `0b-1` is -1, because the library strips the prefix and reads the rest
as a number."""
POINT_FIRST = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?"
)

INT64 = range(-(2**63), 2**63)
UINT64_END = 2**64
LONGEST = 20
"""Decimal digits of the last integer before that: what has more is beyond it, and Python refuses the longest."""
EXACT = 2**53
"""Bound below which every integer is a float of its own."""
CORE = "tag:yaml.org,2002:"
KINDS = {"str": str, "bool": bool, "int": int, "float": float, "null": type(None), "timestamp": str}
"""The tags that the library resolves; any other tag leaves a string."""
EXPONENT_FROM = 6
"""Power of ten from which on Go's shortest `%g` has an exponent."""
LEAST_EXPONENT = -4


def plain(text: str) -> Scalar:
    """The value of a plain scalar without a tag, before JSON: floats may be infinite."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_START:
        return text
    if text[0] == "." and not POINT_FIRST.fullmatch(text):
        return text
    digits = text.replace("_", "")
    if SIGN_WITHIN.fullmatch(digits):
        digits = digits[2] + "0b" + digits[3:]
    if INTEGER.fullmatch(digits):
        value = _integer(digits)
        if value is not None:
            return value
    if FLOAT.fullmatch(digits):
        number = float(digits)
        if math.isfinite(number):
            return number
    return text


def _integer(digits: str) -> int | None:
    """The integer, None if it is beyond 64 bits."""
    body = digits.lstrip("+-").lower()
    if body[0] != "0" and len(body) > LONGEST:
        return None
    octal = len(body) > 1 and body[0] == "0" and body[1].isdigit()
    value = int(body[1:], 8) if octal else int(body, 0)
    value = -value if digits[0] == "-" else value
    return value if -(2**63) <= value < UINT64_END else None


def tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag, plain or quoted.

    Raises:
        ValueError: the text is no such thing.
    """
    name = tag.removeprefix(CORE) if tag.startswith(CORE) else ""
    if name == "binary":
        return _binary(text)
    if name == "str" or name not in KINDS:
        return text
    if name == "timestamp":
        if TIMESTAMP.fullmatch(text):
            return text
        raise ValueError(f"{text!r} is not a timestamp, as its tag !!timestamp says")
    value = plain(text)
    if name == "float" and type(value) is int:
        return float(value)
    if type(value) is not KINDS[name]:
        raise ValueError(f"{text!r} is not of type {name}, as its tag !!{name} says")
    return value


def is_dropped(tag: str) -> bool:
    """Whether a tag of a scalar means nothing to the library: `!vault`, `!Ref`, `!important`."""
    return tag != "!" and tag.removeprefix(CORE) not in (*KINDS, "binary", "merge")


def _binary(text: str) -> str:
    try:
        data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the value is not base64, as its tag !!binary says") from None
    return data.decode("utf-8", errors="replace")


def as_json(value: Scalar) -> Scalar:
    """A number as the API server sees it after JSON: int64 where it is written as one, else float64.

    Raises:
        ValueError: infinite, or not a number: JSON has no such thing.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{_go_name(value)!r} is not a number that JSON could hold")
        if not value.is_integer():
            return value
        whole = int(value) if abs(value) < EXACT else int(Decimal(repr(value)))
        return whole if whole in INT64 else value
    if type(value) is int and value not in INT64:
        return float(value)
    return value


def as_key(value: Scalar) -> str:
    """A key as a string, as the conversion to JSON makes it of numbers and booleans.

    Raises:
        ValueError: null, or an integer over int64.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _short_float(value)
    if value is None:
        raise ValueError("a key is null")
    if value not in INT64:
        raise ValueError(f"the key {value} is beyond 64 bits")
    return str(value)


def _go_name(value: float) -> str:
    return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"


def _short_float(value: float) -> str:
    """Go's shortest `%g` of the value as a 32-bit float: so the library writes keys."""
    try:
        narrow = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        narrow = math.copysign(math.inf, value)
    if not math.isfinite(narrow):
        return _go_name(narrow)
    for precision in range(9):
        text = f"{narrow:.{precision}e}"
        if struct.pack("f", float(text)) == struct.pack("f", narrow):
            break
    mantissa, _, exponent = text.partition("e")
    if LEAST_EXPONENT <= int(exponent) < EXPONENT_FROM:
        return f"{Decimal(text):f}"
    return f"{mantissa}e{int(exponent):+03d}"

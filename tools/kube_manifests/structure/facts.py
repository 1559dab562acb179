"""One keyword of a schema, one function: what is wrong with a value, as (code, fact, hint), for both engines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from groundwork.base import suggest
from groundwork.base.wording import choices, counted, shown, typed
from groundwork.text.scalars import plain
from kube_manifests.schemas import formats, patterns
from kube_manifests.structure import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kube_manifests.schemas.nodes import Node, RawSchema

Fact = tuple[str, str, str]
"""Code, fact, hint."""

IN_QUOTES = "in quotes: "
"""Beginning of the hint for a number or boolean that is to be text; the checker quotes what the document says."""
_QUANTITY = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
"""Beginning of a CRD's pattern of quantities, in every version."""


def of_type(value: Any, node: Node) -> Fact | None:
    """Whether a value has a type that the schema allows."""
    if value is None:
        if not node.types or node.nullable:
            return None
    elif not node.types or _has_type(value, node):
        return None
    wanted = _or(sorted(node.types))
    hint = ""
    if isinstance(value, str) and value.lower() in ("true", "false") and "boolean" in node.types:
        hint = "without quotes"
    elif "string" in node.types and isinstance(value, (bool, int, float)):
        hint = f'{IN_QUOTES}"{shown(value)}"'
    elif node.types & {"integer", "number"} and isinstance(value, str) and _numeric(value):
        hint = f"without quotes: {value.strip()}"
    elif "object" in node.types and isinstance(value, str):
        hint = meant.mapping(value)
    elif "array" in node.types:
        hint = meant.sequence(value)
    return "type", f"expected {wanted}, got {typed(value)}", hint


def _has_type(value: Any, node: Node) -> bool:
    types = node.types
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, int):
        return "integer" in types or "number" in types
    if isinstance(value, float):
        return "number" in types
    if isinstance(value, str):
        return "string" in types
    if isinstance(value, list):
        # The API server's validator takes a list for whatever has a format of strings.
        return "array" in types or (bool(node.format) and not node.go and not types & {"integer", "number"})
    return isinstance(value, dict) and "object" in types


def of_range(value: float, node: Node) -> Fact | None:
    """Whether a Go field of the schema's format can hold a number."""
    if node.range is None or node.range[0] <= value <= node.range[1]:
        return None
    return "type", f"{shown(value)} is beyond the range of {node.format}", ""


def of_string(value: str, raw: RawSchema) -> Fact | None:
    """Length (in code points), then pattern; the first that is wrong, as the API server says it."""
    length, low, high = len(value), raw.get("minLength"), raw.get("maxLength")
    if high is not None and length > high:
        return "length", f"{counted(length, 'character')}, of {high} at most: {shown(value)}", ""
    if low is not None and length < low:
        fact = (
            f"{counted(length, 'character')}, of {low} at least: {shown(value)}" if value else "may not be empty"
        )
        return "length", fact, ""
    pattern = raw.get("pattern")
    regex = patterns.compiled(pattern) if pattern else None
    if pattern is None or regex is None or regex.search(value):
        return None
    if pattern.startswith(_QUANTITY):
        return "quantity", f"{shown(value)} is no quantity", meant.quantity(value)
    return "pattern", f"{shown(value)} does not match {pattern}", ""


def of_format(value: str, node: Node) -> Fact | None:
    """Whether a string has the schema's format."""
    if node.format_check is None or node.format_check(value):
        return None
    example = formats.EXAMPLES.get(node.format)
    if node.format == "quantity":
        return "quantity", f"{shown(value)} is no quantity", meant.quantity(value)
    if node.format == "byte" and node.go:
        return "format", f"{shown(value)} is not base64", "encode it, or write it as it is in stringData"
    said = node.raw.get("format", node.format)
    return "format", f"{shown(value)} is no {said}", f"such as {example}" if example else ""


def of_number(value: float, raw: RawSchema) -> Iterator[Fact]:
    """Minimum, maximum, multiple. Go compares integers with the limit's whole part."""
    whole = isinstance(value, int)
    low, high, step = raw.get("minimum"), raw.get("maximum"), raw.get("multipleOf")
    if low is not None:
        limit, exclusive = int(low) if whole else low, raw.get("exclusiveMinimum", False)
        if value < limit or (exclusive and value == limit):
            yield "minimum", f"{shown(value)} is below the minimum, {'above ' if exclusive else ''}{low}", ""
    if high is not None:
        limit, exclusive = int(high) if whole else high, raw.get("exclusiveMaximum", False)
        if value > limit or (exclusive and value == limit):
            yield "maximum", f"{shown(value)} is above the maximum, {'below ' if exclusive else ''}{high}", ""
    if step is not None and not _multiple(value, step, whole=whole):
        yield "multiple", f"{shown(value)} is not a multiple of {step}", ""


def of_enum(value: Any, enum: list[Any]) -> Fact | None:
    """Whether a value is one of those listed; null never is."""
    if value is not None and any(
        value == one and isinstance(value, bool) == isinstance(one, bool) for one in enum
    ):
        return None
    names = [one for one in enum if isinstance(one, str)]
    near = suggest.closest_value(value, names) if isinstance(value, str) else ""
    hint = f"did you mean {near!r}?" if near else ""
    return "enum", f"{shown(value)} is none of {choices(enum)}", hint


def of_size(size: int, raw: RawSchema, low: str, high: str, noun: str) -> Iterator[Fact]:
    """Items of a list, or properties of an object."""
    if low in raw and size < raw[low]:
        yield "items", f"{counted(size, noun)}, of {raw[low]} at least", ""
    if high in raw and size > raw[high]:
        yield "items", f"{counted(size, noun)}, of {raw[high]} at most", ""


def missing(name: str) -> Fact:
    """A required field that is not there."""
    return "required", f"required field {name!r} is missing", ""


def _multiple(value: float, step: float, *, whole: bool) -> bool:
    if whole:
        return int(step) > 0 and value % int(step) == 0
    if step <= 0:
        return False
    times = 1 / step * value if step < 1 else value / step
    return not math.isfinite(times) or abs(times - round(times)) <= 1e-9 * max(1.0, abs(times))


def _numeric(text: str) -> bool:
    digits = text.strip()
    # Beyond what a float can hold it would be text without quotes, too.
    return digits.lstrip("+-").replace(".", "", 1).isdecimal() and not isinstance(plain(digits), str)


def _or(words: list[str]) -> str:
    return " or ".join(words)

"""Values as a rule sees them: by the schema's types, with property names as CEL can write them.

A shape is what a schema says of that, and nothing else: JSON, so that it can be cached. Source of the behaviour:
`UnstructuredToVal` in `k8s.io/apiserver/pkg/cel/common`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = list[Any]
"""Shape of a value, `[kind, ...]`:
`["object", {property: [name in CEL, shape]}, [required property]]`, `["map", shape]`,
`["list", shape, "set" or keys or null]`, `["nullable", shape]` (of items and of values of maps), or one of
`["string"]`, `["integer"]`, `["number"]`, `["boolean"]`, `["date-time"]`, `["date"]`, `["duration"]`, `["byte"]`,
`["int-or-string"]`, `["any"]`. Inner shapes are numbers: indices of the list of all shapes.
"""

_DEEPEST = 200
_INT64 = range(-(2**63), 2**63)
_GO_DURATION = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[+-]?0", re.ASCII)
_GO_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_MICROSECONDS = {"ns": 1e-3, "us": 1, "µs": 1, "μs": 1, "ms": 1e3, "s": 1e6, "m": 6e7, "h": 3.6e9}


class MisfitError(Exception):
    """A value is not what its schema says: no rule can be asked about it."""


def view(value: Any, number: int, shapes: list[Shape], only: tuple[str, ...] | None = None) -> Any:
    """A value as a rule sees it, made of plain dicts, lists and scalars.

    Args:
        value: JSON, not None.
        number: the value's shape.
        shapes: all shapes.
        only: the properties (names in CEL) of the object, or of the list's objects, that are looked at; None: all.

    Raises:
        MisfitError: the value, or something in it, does not fit the schema.
    """
    shape = shapes[number]
    if only is None:
        return _view(value, shape, shapes)
    if shape[0] == "nullable":
        return None if value is None else view(value, shape[1], shapes, only)
    if shape[0] == "list":
        if not isinstance(value, list):
            raise MisfitError
        return [view(item, shape[1], shapes, only) for item in value]
    if shape[0] != "object":
        return _view(value, shape, shapes)
    _check_required(value, shape[2])
    return {
        name: _view(value[key], shapes[inner], shapes)
        for key, (name, inner) in shape[1].items()
        if name in only and value.get(key) is not None
    }


def like(old: Any, new: Any, number: int, shapes: list[Shape]) -> Any:
    """The old value, its lists of type set or map in the order of the new value's.

    Kubernetes compares such lists whatever their order; the engine knows no such lists, but it need not where the
    same items already stand at the same places.
    """
    kind, *rest = shapes[number]
    if kind == "nullable":
        return like(old, new, rest[0], shapes)
    if kind == "object" and isinstance(old, dict) and isinstance(new, dict):
        known = rest[0]
        return {k: like(v, new.get(k), known[k][1], shapes) if k in known else v for k, v in old.items()}
    if kind == "map" and isinstance(old, dict) and isinstance(new, dict):
        return {k: like(v, new.get(k), rest[0], shapes) for k, v in old.items()}
    if kind != "list" or not isinstance(old, list) or not isinstance(new, list):
        return old
    inner, keys = rest
    if keys is None:
        pairs = zip(old, [*new, *[None] * len(old)], strict=False)
        return [like(before, after, inner, shapes) for before, after in pairs]
    places = {identity(item, keys): place for place, item in enumerate(new)}
    ordered = sorted(old, key=lambda item: places.get(identity(item, keys), len(new)))
    found = [places.get(identity(item, keys)) for item in ordered]
    return [
        item if place is None else like(item, new[place], inner, shapes)
        for item, place in zip(ordered, found, strict=True)
    ]


def identity(item: Any, keys: list[str] | str) -> str:
    """What tells an item of a list of type map (by its keys) or set (keys `"set"`) from the others."""
    if isinstance(keys, str):
        return repr(item)
    return repr([item.get(key) for key in keys]) if isinstance(item, dict) else repr(item)


def _view(value: Any, shape: Shape, shapes: list[Shape]) -> Any:
    kind = shape[0]
    if kind == "object":
        return _object(value, shape, shapes)
    if kind == "map":
        if not isinstance(value, dict):
            raise MisfitError
        inner = shapes[shape[1]]
        return {_text(key): _view(v, inner, shapes) for key, v in value.items()}
    if kind == "list":
        if not isinstance(value, list):
            raise MisfitError
        inner = shapes[shape[1]]
        return [_view(item, inner, shapes) for item in value]
    if kind == "nullable":
        return None if value is None else _view(value, shapes[shape[1]], shapes)
    return _SCALARS[kind](value)


def _object(value: Any, shape: Shape, shapes: list[Shape]) -> dict[str, Any]:
    """Null is absent; what the schema does not name (preserved fields) counts when objects are compared."""
    _, properties, required = shape
    _check_required(value, required)
    made = {}
    for key, inner in value.items():
        if inner is None:
            continue
        if key in properties:
            name, number = properties[key]
            made[name] = _view(inner, shapes[number], shapes)
        else:
            made[_text(key)] = _any(inner)
    return made


def _check_required(value: Any, required: list[str]) -> None:
    if not isinstance(value, dict) or any(value.get(key) is None for key in required):
        raise MisfitError


def _text(value: Any) -> str:
    """A string that UTF-8 can say: the engine takes no lone surrogates."""
    if not isinstance(value, str):
        raise MisfitError
    return str(value) if value.isascii() else value.encode("utf-8", "replace").decode()


def _integer(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INT64:
        raise MisfitError
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MisfitError
    try:
        return float(value)
    except OverflowError:
        raise MisfitError from None


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise MisfitError
    return value


def _int_or_string(value: Any) -> int | str:
    return _text(value) if isinstance(value, str) else _integer(value)


def _any(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise MisfitError
    if isinstance(value, dict):
        return {_text(key): _any(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_any(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | float):
        return value
    return _integer(value)


def _date_time(value: Any) -> Any:
    from kube_manifests.cel import times  # noqa: PLC0415  few schemas have times

    try:
        return times.timestamp(_text(value))
    except ValueError:
        raise MisfitError from None


def _duration(value: Any) -> Any:
    from kube_manifests.cel import times  # noqa: PLC0415

    text = _text(value)
    if not _GO_DURATION.fullmatch(text):
        raise MisfitError
    total = sum(float(amount) * _MICROSECONDS[unit] for amount, unit in _GO_PART.findall(text))
    try:
        return times.duration(-total if text.startswith("-") else total)
    except OverflowError:
        raise MisfitError from None


def _byte(value: Any) -> bytes:
    from base64 import b64decode  # noqa: PLC0415

    try:
        return b64decode(_text(value), validate=True)
    except ValueError:
        raise MisfitError from None


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "int-or-string": _int_or_string,
    "any": _any,
    "date-time": _date_time,
    "date": _date_time,
    "duration": _duration,
    "byte": _byte,
}

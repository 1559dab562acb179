"""Dataclasses as JSON and back: what a results file keeps is read as what was written.

Fields may be texts, numbers, truth values, enums of texts, other dataclasses, tuples of one type, mappings from
text, and any of these or None. A field that does not count in comparisons is left out.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_Read = TypeVar("_Read")


def to_json(value: Any) -> Any:
    """The value as JSON: an object for each dataclass, with all of its fields."""
    if isinstance(value, enum.Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _hints(type(value))}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    return value


def from_json(kind: type[_Read], data: Any) -> _Read:
    """The value of a type that `to_json` wrote.

    Args:
        kind: a dataclass.
        data: JSON that a schema has been held against: types are not checked once more.

    Raises:
        KeyError: a field is missing that has no default.
        ValueError: an enum has no such value.
    """
    read: _Read = _read(kind, data)
    return read


def _read(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin is types.UnionType:
        (inner,) = (one for one in get_args(kind) if one is not types.NoneType)
        return None if data is None else _read(inner, data)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in data)
    if origin is Mapping:
        return {key: _read(get_args(kind)[1], item) for key, item in data.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        named = (name for name in hints if name in data or name not in _with_default(kind))
        return kind(**{name: _read(hints[name], data[name]) for name in named})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(data)
    return float(data) if kind is float else data


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.compare}


@cache
def _with_default(kind: type[Any]) -> frozenset[str]:
    """The fields that what was written before they were added may lack."""
    found = (one for one in fields(kind) if one.default is not MISSING or one.default_factory is not MISSING)
    return frozenset(one.name for one in found)

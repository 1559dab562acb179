"""Dataclasses as JSON and back: what a results file keeps is read as what was written.

Fields may be texts, numbers, truth values, enums of texts, other dataclasses, tuples of one type, mappings from
text, and any of these or None. A field that does not count in comparisons is left out.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_Read = TypeVar("_Read")


PLAIN = frozenset({str, int, float, bool, types.NoneType})


def to_json(value: Any) -> Any:
    """The value as JSON: an object for each dataclass, with all of its fields."""
    kind: Any = type(value)
    if kind in PLAIN:
        return value
    if (getter := _getter(kind)) is not None:
        names, values = getter
        return {
            name: item if type(item) in PLAIN else to_json(item)
            for name, item in zip(names, values(value), strict=True)
        }
    if isinstance(value, enum.Enum):
        return value._value_  # `value` is a property, which takes longer than all else here.
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    return value


@cache
def _getter(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]] | None:
    """The fields of a dataclass, and what gets all their values at once; None of any other type."""
    if not is_dataclass(kind):
        return None
    fields_of: Any = _hints
    names = tuple(fields_of(kind))
    if len(names) < 2:  # noqa: PLR2004 - of one name it would be the value itself.
        return names, lambda value: tuple(getattr(value, name) for name in names)
    return names, attrgetter(*names)


def from_json(kind: type[_Read], data: Any) -> _Read:
    """The value of a type that `to_json` wrote.

    Args:
        kind: a dataclass.
        data: JSON that a schema has been held against: types are not checked once more.

    Raises:
        KeyError: a field is missing that has no default.
        ValueError: an enum has no such value.
    """
    wanted: Any = kind
    read: _Read = _reader(wanted)(data)
    return read


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of a type: what the type says is looked up once, not for each value."""
    origin = get_origin(kind)
    if origin is types.UnionType:
        (inner,) = (one for one in get_args(kind) if one is not types.NoneType)
        of_inner: Callable[[Any], Any] = _reader(inner)
        return lambda data: None if data is None else of_inner(data)
    if origin is tuple:
        of_item = _reader(get_args(kind)[0])
        return lambda data: tuple(map(of_item, data))
    if origin is Mapping:
        of_value = _reader(get_args(kind)[1])
        return lambda data: {key: of_value(item) for key, item in data.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return _object_reader(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        members = {one.value: one for one in kind}
        return lambda data: members[data] if data in members else kind(data)  # Which says what is wrong.
    return float if kind is float else _same


def _object_reader(kind: Any) -> Callable[[Any], Any]:
    readers = [(name, _reader(hint)) for name, hint in _hints(kind).items()]
    optional = _with_default(kind)

    def read(data: Any) -> Any:
        named = {}
        for name, of in readers:
            if name in data or name not in optional:
                named[name] = data[name] if of is _same else of(data[name])
        return kind(**named)

    return read


def _same(data: Any) -> Any:
    return data


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.compare}


@cache
def _with_default(kind: type[Any]) -> frozenset[str]:
    """The fields that what was written before they were added may lack."""
    found = (one for one in fields(kind) if one.default is not MISSING or one.default_factory is not MISSING)
    return frozenset(one.name for one in found)

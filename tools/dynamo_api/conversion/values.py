"""JSON values as conversion sees them: equality, checked access, nulls, and an error that names the place.

The readers of `groundwork.kube.values` take what is of another shape for absent. A conversion that did so would
lose it, so these raise an error instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.field_paths import dotted

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

JsonObject = dict[str, Any]

_OPAQUE = frozenset(
    ("config", "value", "parameters", "planner", "dgd", "generatedDeployment", "selectedConfig", "extraClientPods")
)
"""Fields under which the schemas keep what they do not know: a null there is a value like any other."""
_SHOWN = 60


class ConversionError(Exception):
    """An object that cannot be converted: `path` says where, `fact` what is wrong there."""

    def __init__(self, path: Path, fact: str) -> None:
        """Keep place and fact apart, for callers that point at the place."""
        super().__init__(f"{dotted(path)}: {fact}")
        self.path = path
        self.fact = fact


def shown(value: Any) -> str:
    """A value as errors show it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def table(parent: JsonObject, key: str, path: Path) -> JsonObject:
    """The object under a key, empty where there is none.

    Raises:
        ConversionError: something else stands there.
    """
    value = parent.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConversionError((*path, key), f"expected an object, got {type(value).__name__} {shown(value)}")
    return value


def rows(parent: JsonObject, key: str, path: Path) -> list[JsonObject]:
    """The list of objects under a key, empty where there is none.

    Raises:
        ConversionError: something else stands there, or in it.
    """
    value = parent.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ConversionError((*path, key), f"expected a list, got {type(value).__name__} {shown(value)}")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            fact = f"expected an object, got {type(item).__name__} {shown(item)}"
            raise ConversionError((*path, key, index), fact)
    return value


def names(items: list[JsonObject], path: Path) -> list[str]:
    """The names of a list's items, which tell them apart.

    Raises:
        ConversionError: an item without a name, or a name twice.
    """
    found: list[str] = []
    for index, item in enumerate(items):
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str):
            raise ConversionError((*path, index, "name"), f"expected a name, got {shown(name)}")
        if name in found:
            raise ConversionError((*path, index, "name"), f"{name!r} is also the name of another item")
        found.append(name)
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike Python's ==, true is not 1 (but 1 is 1.0, as in JSON)."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def without_nulls(value: Any, path: Path = ()) -> Any:
    """A copy less the nulls, which the API server drops too; opaque fields keep theirs."""
    if isinstance(value, dict):
        if not _OPAQUE.isdisjoint(path) or path[-2:] == ("job", "podTemplate"):
            return value
        return {key: without_nulls(item, (*path, key)) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item, (*path, index)) for index, item in enumerate(value)]
    return value


def picked(source: JsonObject, *keys: str, **renamed: str) -> JsonObject:
    """A new object with some fields of another, where it has them; `new=old` gives a field another name."""
    made = {key: source[key] for key in keys if key in source}
    return made | {new: source[old] for new, old in renamed.items() if old in source}

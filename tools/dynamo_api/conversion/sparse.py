"""What to change in one value to make another of it: found, written down sparsely as JSON, read again, done.

The JSON is that of the annotations in which Dynamo's operator keeps what a version cannot say:
`{"version": 1, "spec": {...}, "rawJSON": [{"path": "serviceName", "nil": true}]}`: fields to set, and fields to
remove. Lists are set whole, but for those whose items have names (`Keyed`): their items are told apart by name.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dynamo_api.conversion.values import JsonObject, names, same
from groundwork.base.field_paths import Path

Keyed = Callable[[Path], bool]
"""Whether the list at a path is one of named items; steps into it are then names."""

RAW = "rawJSON"
_SIMPLE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass(frozen=True, slots=True)
class Absent:
    """In place of a value: the field is not there."""


@dataclass(frozen=True, slots=True)
class Order:
    """In place of a list: its items' names, in order."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: a value to set (`{}`: an object is there, whatever it holds), to remove, or an order."""

    path: Path
    value: Any

    def under(self, *prefix: str | int) -> Edit:
        """The same change of a value that stands deeper."""
        return Edit((*prefix, *self.path), self.value)


def difference(base: Any, wanted: Any, keyed: Keyed, path: Path = ()) -> list[Edit]:
    """The changes that make `wanted` of `base`; none if they are equal."""
    if isinstance(base, dict) and isinstance(wanted, dict):
        found = []
        for key, value in wanted.items():
            if key in base:
                found += difference(base[key], value, keyed, (*path, key))
            else:
                found += _whole(value, keyed, (*path, key))
        return found + [Edit((*path, key), Absent()) for key in base if key not in wanted]
    if keyed(path) and isinstance(base, list) and isinstance(wanted, list):
        return _difference_of_items(base, wanted, keyed, path)
    return [] if same(base, wanted) else _whole(wanted, keyed, path)


def changed(base: Any, edits: list[Edit], keyed: Keyed) -> Any:
    """`base` with changes made, as a new value."""
    made = copy.deepcopy(base)
    for edit in edits:
        if not edit.path:
            made = edit.value
        elif isinstance(edit.value, Absent):
            _remove(made, edit.path, keyed)
        else:
            _set(made, edit, keyed)
    return made


def written(edits: list[Edit], keyed: Keyed) -> tuple[JsonObject, list[JsonObject]]:
    """Changes as JSON: the fields to set, and the entries of those to remove."""
    gone = sorted((edit.path for edit in edits if isinstance(edit.value, Absent)), key=list)
    orders = [edit for edit in edits if isinstance(edit.value, Order)]
    kept = changed({}, [edit for edit in edits if not isinstance(edit.value, (Absent, Order))], keyed)
    for order in orders:
        items = [Edit((*order.path, name), {"name": name}) for name in order.value.names]
        kept = changed(kept, [*items, order], keyed)
    return kept, [{"path": _joined(path), "nil": True} for path in gone]


def read(kept: Any, removed: Any, keyed: Keyed) -> list[Edit]:
    """The changes that JSON tells, as `written` made it; what makes no sense is left out."""
    if not isinstance(kept, dict):
        return []
    edits = _told(kept, keyed, ())
    for entry in removed if isinstance(removed, list) else []:
        if isinstance(entry, dict) and entry.get("nil") is True:
            path = entry.get("path")
            steps = path.split(".") if isinstance(path, str) else path
            if steps and isinstance(steps, list) and all(isinstance(step, str) for step in steps):
                edits.append(Edit(tuple(steps), Absent()))
    return edits


def _joined(path: Path) -> str | list[str | int]:
    simple = all(isinstance(step, str) and step and _SIMPLE.issuperset(step) for step in path)
    return ".".join(map(str, path)) if simple else list(path)


def _whole(value: Any, keyed: Keyed, path: Path) -> list[Edit]:
    """Changes that set a value where there is none, or one of another type."""
    if isinstance(value, dict) and value:
        return [edit for key, item in value.items() for edit in _whole(item, keyed, (*path, key))]
    if isinstance(value, list) and value and keyed(path):
        return [Edit((*path, name), item) for name, item in zip(names(value, path), value, strict=True)]
    return [Edit(path, value)]


def _difference_of_items(base: list[Any], wanted: list[Any], keyed: Keyed, path: Path) -> list[Edit]:
    old = dict(zip(names(base, path), base, strict=True))
    new = dict(zip(names(wanted, path), wanted, strict=True))
    found = []
    for name, item in new.items():
        if name in old:
            found += difference(old[name], item, keyed, (*path, name))
        else:
            found.append(Edit((*path, name), item))
    found += [Edit((*path, name), Absent()) for name in old if name not in new]
    unchanged = [*(name for name in old if name in new), *(name for name in new if name not in old)]
    if unchanged != list(new):
        found.append(Edit(path, Order(tuple(new))))
    return found


def _told(kept: Any, keyed: Keyed, path: Path) -> list[Edit]:
    if isinstance(kept, dict) and (kept or not path):
        return [edit for key, value in kept.items() for edit in _told(value, keyed, (*path, key))]
    if not keyed(path) or not isinstance(kept, list):
        return [Edit(path, kept)]
    items = [item for item in kept if isinstance(item, dict) and isinstance(item.get("name"), str)]
    edits = [] if items else [Edit(path, [])]
    for item in items:
        within = (*path, item["name"])
        edits.append(Edit(within, {"name": item["name"]}))
        rest = {key: value for key, value in item.items() if key != "name"}
        edits += _told(rest, keyed, within) if rest else []
    return [*edits, Edit(path, Order(tuple(item["name"] for item in items)))] if items else edits


def _set(value: Any, edit: Edit, keyed: Keyed) -> None:
    *steps, last = edit.path
    parent = value
    for index in range(len(steps)):
        parent = _child(parent, edit.path[: index + 1], keyed)
    if isinstance(parent, list):
        _put(parent, str(last), edit.value)
    elif isinstance(edit.value, Order):
        parent[last] = _ordered(parent.get(last, []), edit.value.names)
    elif not _is_there(parent.get(last), edit, keyed):
        parent[last] = copy.deepcopy(edit.value)


def _is_there(value: Any, edit: Edit, keyed: Keyed) -> bool:
    """Whether there is an object, or a list of named items, of which nothing more is asked."""
    if edit.value == {}:
        return isinstance(value, dict)
    return edit.value == [] and keyed(edit.path) and isinstance(value, list)


def _put(items: list[JsonObject], name: str, value: Any) -> None:
    at = next((index for index, item in enumerate(items) if item.get("name") == name), None)
    if at is None:
        items.append(copy.deepcopy(value))
    elif value != {"name": name}:
        items[at] = copy.deepcopy(value)


def _child(parent: Any, path: Path, keyed: Keyed) -> Any:
    """The object or list of items at a path within its parent, made where there is none."""
    step = path[-1]
    if isinstance(parent, list):
        found = next((item for item in parent if item.get("name") == step), None)
        if found is None:
            found = {"name": step}
            parent.append(found)
        return found
    fits = list if keyed(path) else dict
    if not isinstance(parent.get(step), fits):
        parent[step] = fits()
    return parent[step]


def _remove(value: Any, path: Path, keyed: Keyed) -> None:
    parent = value
    for step in path[:-1]:
        if isinstance(parent, list):
            parent = next((item for item in parent if item.get("name") == step), None)
        elif isinstance(parent, dict):
            parent = parent.get(step)
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif isinstance(parent, list) and keyed(path[:-1]):
        parent[:] = [item for item in parent if item.get("name") != path[-1]]


def _ordered(items: Any, wanted: tuple[str, ...]) -> Any:
    """Named items first, in the order wanted; as they are, where that order says nothing new."""
    present = {item["name"]: item for item in items}
    first = [name for name in wanted if name in present]
    rest = [name for name in present if name not in first]
    if rest and [name for name in present if name in first] == first:
        return items
    return [present[name] for name in (*first, *rest)]

"""Lists that are sets or maps: no item twice (k8s.io/apiextensions-apiserver, pkg/apiserver/schema/listtype)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown, typed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

Fault = tuple[int, str, str]
"""Index of the item, code, fact."""


def duplicates(value: list[Any], list_type: str, keys: Sequence[str]) -> Iterator[Fault]:
    """Each item that repeats an earlier one: as a whole in a set, by its keys in a map.

    A key that an item lacks (its default is in by now) is a value of its own: two items without it are the same.
    """
    if list_type == "set":
        yield from _repeated([_same(item) for item in value], [f"{shown(item)} is in this set" for item in value])
    elif list_type == "map":
        strangers = [index for index, item in enumerate(value) if item is not None and not isinstance(item, dict)]
        if strangers:
            index = strangers[0]
            yield index, "type", f"expected object, got {typed(value[index])}"
            return
        chosen = [{key: item[key] for key in keys if key in item} for item in (one or {} for one in value)]
        facts = [f"an item with {_named(one, keys)} is in this list" for one in chosen]
        yield from _repeated([_same(one) for one in chosen], facts)


def _repeated(same: list[Hashable], facts: list[str]) -> Iterator[Fault]:
    first: dict[Hashable, int] = {}
    for index, one in enumerate(same):
        if one in first:
            yield index, "duplicate-item", f"{facts[index]} already, at index {first[one]}"
        else:
            first[one] = index


def _same(item: Any) -> Hashable:
    """Equal for equal JSON; 1, 1.5, "1" and true are all different."""
    if isinstance(item, (dict, list)):
        return json.dumps(item, sort_keys=True, default=str)
    return (type(item), item)


def _named(chosen: dict[str, Any], keys: Sequence[str]) -> str:
    return ", ".join(f"{key} {shown(chosen[key])}" if key in chosen else f"no {key}" for key in keys)

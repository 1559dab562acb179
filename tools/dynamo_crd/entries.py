"""Entries of the schema sources (fields and named types), read and checked; `sources/README.md` describes them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_crd import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dynamo_crd.sources import KeyPath, Source

LIMITS: dict[str, type | tuple[type, ...]] = {
    "default": (str, int, float, bool, list, dict),
    "enum": list,
    "pattern": str,
    "minimum": (int, float),
    "maximum": (int, float),
    "minLength": int,
    "maxLength": int,
    "minItems": int,
    "maxItems": int,
    "minProperties": int,
    "maxProperties": int,
}
"""Keys that mean what they mean in OpenAPI, and their values' types."""

_OTHERS: dict[str, type | tuple[type, ...]] = {
    "type": str,
    "fields": dict,
    "include": str,
    "inherit": bool,
    "required": bool,
    "keys": list,
    "list": str,
    "preserve": bool,
    "rules": list,
    "doc": str,
    "since": str,
    "at": dict,
}
_RULE = {"rule": str, "message": str, "optionalOldSelf": bool}
_LISTS = ("set", "atomic")


@dataclass(frozen=True, slots=True)
class Entry:
    """A field or a named type."""

    source: Source
    keys: KeyPath
    """Where it stands in its source."""
    values: dict[str, Any]
    """Its own keys as written, but for `fields` and `at`."""
    fields: dict[str, Entry] | None
    at: dict[str, Entry]
    """What is added deeper in a type that is not ours: `containers[]` -> rules."""

    def error(self, fact: str, *, key: str = "", hint: str = "") -> Exception:
        """A UserError at the line of one of its keys, else at its own."""
        return self.source.error((*self.keys, key) if key else self.keys, fact, hint=hint)

    @property
    def limits(self) -> dict[str, Any]:
        """Those of its keys that go into the schema as they are."""
        return {key: self.values[key] for key in LIMITS if key in self.values}


def read_entry(source: Source, keys: KeyPath) -> Entry:
    """Read the entry at a place of a source, with the fields in it.

    Raises:
        UserError: an unknown key, a value of the wrong type, a release that nobody read.
    """
    values = source.at(keys)
    if not isinstance(values, dict):
        raise source.error(keys, f"{keys[-1]!r} is {values!r}: an entry is a mapping such as {{type: string}}")
    _check_types(source, keys, values, {**LIMITS, **_OTHERS})
    entry = Entry(
        source=source,
        keys=keys,
        values={key: value for key, value in values.items() if key not in ("fields", "at")},
        fields=_children(source, (*keys, "fields")) if "fields" in values else None,
        at=_children(source, (*keys, "at")),
    )
    _check(entry)
    return entry


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """`did you mean 'x'?`, or what is allowed where nothing is near."""
    words = sorted(allowed)
    near = difflib.get_close_matches(word, words, n=1)
    return f"did you mean {near[0]!r}?" if near else f"one of {', '.join(words)}"


def _children(source: Source, keys: KeyPath) -> dict[str, Entry]:
    return {name: read_entry(source, (*keys, name)) for name in source.at(keys) or {}}


def _check_types(source: Source, keys: KeyPath, values: dict[str, Any], allowed: dict[str, Any]) -> None:
    for key, value in values.items():
        if key not in allowed:
            raise source.error((*keys, key), f"unknown key {key!r}", hint=suggestion(key, allowed))
        right = allowed[key]
        if not isinstance(value, right) or (isinstance(value, bool) and right is int):
            names = " or ".join(one.__name__ for one in (right if isinstance(right, tuple) else (right,)))
            raise source.error((*keys, key), f"{key!r} is {value!r}: it takes a value of type {names}")


def _check(entry: Entry) -> None:
    values = entry.values
    since = values.get("since", registry.releases()[0])
    if since not in registry.releases():
        raise entry.error(f"unknown release {since!r}", key="since", hint=suggestion(since, registry.releases()))
    if "enum" in values and "default" in values and values["default"] not in values["enum"]:
        raise entry.error(f"default {values['default']!r} is none of the enum {values['enum']!r}", key="default")
    if values.get("list", "set") not in _LISTS:
        raise entry.error(f"unknown kind of list {values['list']!r}", key="list", hint=suggestion("", _LISTS))
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if low in values and high in values and values[low] > values[high]:
            raise entry.error(f"{low} {values[low]} is above {high} {values[high]}", key=low)
    for index, rule in enumerate(values.get("rules", [])):
        where = (*entry.keys, "rules", str(index))
        if not isinstance(rule, dict) or not {"rule", "message"} <= rule.keys():
            raise entry.source.error(where, "a rule is a mapping with 'rule' (CEL) and 'message'")
        _check_types(entry.source, where, rule, _RULE)

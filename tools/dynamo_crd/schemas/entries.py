"""Entries of the schema sources (fields and named types), read and checked; `sources/README.md` describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import releases
from dynamo_crd.schemas.releases import suggestion

if TYPE_CHECKING:
    from dynamo_crd.schemas.releases import AsOf
    from dynamo_crd.schemas.source_files import Source
    from groundwork.base.field_paths import Path

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
    "embedded": bool,
    "twice": bool,
    "rules": list,
    "doc": str,
    "at": dict,
}
_RULE = {"rule": str, "message": str, "optionalOldSelf": bool}
_LISTS = ("set", "atomic")


@dataclass(frozen=True, slots=True)
class Entry:
    """A field or a named type, as it was in one release."""

    source: Source
    keys: Path
    """Path in its source."""
    there: bool
    """Whether the release has it, according to its own `since` and `until`."""
    values: dict[str, Any]
    """Own keys as written, except `fields` and `at`."""
    origins: dict[str, Path]
    """Paths of its keys in the source: in the entry or in its `was`."""
    fields: dict[str, Entry] | None
    """Fields that the release has."""
    at: dict[str, Entry]
    """Additions deeper in a type that is not ours: `containers[]` -> rules."""

    def error(self, fact: str, *, key: str = "", hint: str = "") -> Exception:
        """A UserError at the line of one of its keys, else at its own."""
        return self.source.error(self.origins.get(key, self.keys), fact, hint=hint)

    @property
    def limits(self) -> dict[str, Any]:
        """Those of its keys that go into the schema as they are, or nearly so."""
        found = {key: self.values[key] for key in LIMITS if key in self.values}
        if self.values.get("twice"):
            # As controller-gen writes it where both a Go type and the field have an enum: the API server then
            # has a second message for one mistake, of no field (`<nil>: ... must validate all the schemas`).
            enum = found.pop("enum")
            found["allOf"] = [{"enum": enum}, {"enum": enum}]
        return found


def read_entry(source: Source, keys: Path, release: str = "") -> Entry:
    """Read the entry at a place of a source, with the fields in it.

    It is read as it was in a release, by default the newest; what it was in others is checked too, but for the
    fields under its `was`.

    Raises:
        UserError: an unknown key, a value of the wrong type, a release that nobody read.
    """
    release = release or releases.newest()
    values = source.at(keys)
    if not isinstance(values, dict):
        raise source.error(keys, f"{keys[-1]!r} is {values!r}: an entry is a mapping such as {{type: string}}")
    _check_types(source, keys, values, {**LIMITS, **_OTHERS, **releases.KEYS})
    releases.check(source, keys, values)
    for then, changed in values.get("was", {}).items():
        given = {key: value for key, value in changed.items() if value is not None}
        _check_types(source, (*keys, "was", then), given, {**LIMITS, **_OTHERS})
        _check(source, releases.as_of(keys, values, then))
    now = releases.as_of(keys, values, release)
    _check(source, now)
    kept = {key: value for key, value in now.values.items() if key not in ("fields", "at")}
    if "rules" in kept:
        kept["rules"] = releases.rows(source, now.origins["rules"], kept["rules"], release)
    return Entry(
        source=source,
        keys=keys,
        there=releases.there(values, release),
        values=kept,
        origins={key: now.origins[key] for key in kept},
        fields=_children(source, now.origins["fields"], release) if "fields" in now.values else None,
        at=_children(source, now.origins["at"], release) if "at" in now.values else {},
    )


def _children(source: Source, keys: Path, release: str) -> dict[str, Entry]:
    read = {name: read_entry(source, (*keys, name), release) for name in source.at(keys) or {}}
    return {name: entry for name, entry in read.items() if entry.there}


def _check_types(source: Source, keys: Path, values: dict[str, Any], allowed: dict[str, Any]) -> None:
    for key, value in values.items():
        if key not in allowed:
            raise source.error((*keys, key), f"unknown key {key!r}", hint=suggestion(key, allowed))
        right = allowed[key]
        if not isinstance(value, right) or (isinstance(value, bool) and right is int):
            names = " or ".join(one.__name__ for one in (right if isinstance(right, tuple) else (right,)))
            raise source.error((*keys, key), f"{key!r} is {value!r}: it takes a value of type {names}")


def _check(source: Source, entry: AsOf) -> None:
    values, at = entry.values, entry.origins
    if "enum" in values and "default" in values and values["default"] not in values["enum"]:
        raise source.error(at["default"], f"default {values['default']!r} is not in the enum {values['enum']!r}")
    if values.get("twice") and "enum" not in values:
        raise source.error(at["twice"], "'twice' is for an entry with an 'enum'")
    if values.get("list", "set") not in _LISTS:
        raise source.error(at["list"], f"unknown kind of list {values['list']!r}", hint=suggestion("", _LISTS))
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if low in values and high in values and values[low] > values[high]:
            raise source.error(at[low], f"{low} {values[low]} is above {high} {values[high]}")
    for index, rule in enumerate(values.get("rules", [])):
        where = (*at["rules"], index)
        if not isinstance(rule, dict) or not {"rule", "message"} <= rule.keys():
            raise source.error(where, "a rule is a mapping with 'rule' (CEL) and 'message'")
        _check_types(source, where, rule, {**_RULE, **releases.KEYS})

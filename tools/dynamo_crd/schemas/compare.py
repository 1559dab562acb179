"""Two sets of CustomResourceDefinitions, compared fact by fact; words (descriptions, messages) are no facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import GROUP
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Facts = dict[tuple[str, str], Any]
"""Facts by place: (`NAME/VERSION spec.components[].name`, `maxLength`) -> 63."""

_WORDS = ("description", "message", "messageExpression")
_NESTED = ("properties", "items", "additionalProperties")


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One fact that two sets do not share."""

    place: str
    fact: str
    old: str
    """Old value as JSON; "" if the old set says nothing."""
    new: str

    def __str__(self) -> str:
        """One line: place, fact, old, new."""
        return f"{self.place}: {self.fact}: {self.old or 'absent'} -> {self.new or 'absent'}"


def differences(old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[Difference]:
    """What sets two sets of CRDs apart, by place.

    Of a CRD, version or field that only one set has, only its presence is reported, not each fact in it.
    """
    return apart(facts(old), facts(new))


def apart(before: Facts, after: Facts) -> list[Difference]:
    """As `differences`, of facts at hand."""
    found = [
        Difference(*key, _json(before, key), _json(after, key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    absent = {difference.place for difference in found if difference.fact == "present"}
    return [
        one
        for one in found
        if not _inside(one.place, absent) and (one.fact == "present" or one.place not in absent)
    ]


def facts(crds: Iterable[dict[str, Any]]) -> Facts:
    """All facts of a set of CRDs."""
    found: Facts = {}
    for crd in crds:
        name, spec = crd["metadata"]["name"], crd["spec"]
        found[name, "present"] = True
        found |= {(name, f"metadata.{key}"): value for key, value in crd["metadata"].items() if key != "name"}
        found |= {(name, f"names.{key}"): value for key, value in spec["names"].items()}
        found |= {(name, key): spec[key] for key in ("group", "scope")}
        found[name, "conversion"] = spec.get("conversion", {"strategy": "None"})
        for version in spec["versions"]:
            place = f"{name}/{version['name']}"
            found[place, "present"] = True
            rest = {key: value for key, value in version.items() if key not in ("name", "schema")}
            found |= {(place, key): _plain(value) for key, value in rest.items()}
            for path, key, value in _of_schema(version["schema"]["openAPIV3Schema"], ""):
                found[f"{place} {path}".rstrip(), key] = value
    return found


def of_dynamo(crds: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of Dynamo's group; a cluster has others as well."""
    return [one for one in crds if one["spec"]["group"] == GROUP]


def of_json(text: str) -> list[dict[str, Any]]:
    """The CRDs of Dynamo in what `kubectl get crd -o json` prints.

    Raises:
        UserError: not JSON, or no CRD of Dynamo in it.
    """
    try:
        printed = json.loads(text)
    except ValueError as error:
        raise UserError(f"standard input is not JSON: {error}", hint="kubectl get crd -o json") from None
    items = printed.get("items", [printed]) if isinstance(printed, dict) else []
    found = [one for one in items if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition"]
    found = of_dynamo(found)
    if not found:
        raise UserError(
            f"no CustomResourceDefinition of {GROUP} on standard input", hint="kubectl get crd -o json"
        )
    return found


def _of_schema(schema: dict[str, Any], path: str) -> Iterator[tuple[str, str, Any]]:
    yield path, "present", True
    for key, value in schema.items():
        if key not in (*_NESTED, "description") and value != []:
            yield path, key, sorted(value, key=str) if key in ("required", "enum") else _plain(value)
    for name, field in schema.get("properties", {}).items():
        yield from _of_schema(field, f"{path}.{name}" if path else name)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), dict):
            yield from _of_schema(schema[key], path + mark)
        elif key in schema:
            yield path, key, schema[key]


def _plain(value: Any) -> Any:
    """A value without its words; absent `false` and `false` are the same."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in sorted(value.items()) if key not in _WORDS and one is not False}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _json(found: Facts, key: tuple[str, str]) -> str:
    return json.dumps(found[key], sort_keys=True) if key in found else ""


def _inside(place: str, absent: set[str]) -> bool:
    """Whether something around a place is among the absent ones."""
    crd_version, _, path = place.partition(" ")
    around = {crd_version, crd_version.partition("/")[0]} if path else {crd_version.partition("/")[0]}
    for index in range(1, len(path)):
        if path[index] in ".[{":
            around.add(f"{crd_version} {path[:index]}")
    return bool((around - {place}) & absent)

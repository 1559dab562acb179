"""Where a field's value goes in the other version: found by converting objects that have it, and no more.

So it is what the conversion does, not what a table says that it does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs_reference.fields import plain
from docs_reference.words import FREE, enum
from dynamo_api.conversion.objects import KINDS, convert
from dynamo_api.conversion.values import ConversionError
from dynamo_api.conversion.zero_values import dropped
from dynamo_api.facts.kinds import GROUP
from dynamo_crd.schemas.schema import KUBERNETES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docs_reference.fields import Field
    from dynamo_crd.schemas.schema import Schema

_MARK = "m4rk"
_NUMBER = 4711
_KEY = "Worker"
_STEP = re.compile(r"[^.\[\]{}]+|\[\]|\{\}")
_BESIDE = {
    "name": _KEY,
    "enabled": True,
    "componentType": "worker",
    "subComponentType": "prefill",
    "type": "worker",
    "containers": [],
}
"""Values of other fields that an object needs, if it has such fields, for a value of it to be looked at."""
_TOGETHER = {
    "components.name": "services",
    "components.frontendSidecar": "services.frontendSidecar",
    "components.podTemplate": "services.extraPodSpec",
    "components.podTemplate.spec": "services.extraPodSpec",
    "components.podTemplate.metadata": "services.extraPodMetadata",
    "services.subComponentType": "components.type",
    "services.extraPodMetadata": "components.podTemplate.metadata",
    "services.extraPodSpec.mainContainer": "components.podTemplate.spec",
    "services.resources.limits.gpuType": "components.podTemplate.spec",
    "services.resources.requests.gpuType": "components.podTemplate.spec",
    "services.volumeMounts.name": "components.podTemplate.spec",
}
"""Fields whose values go on only with others, or are a map's key there; of a graph, and of a component alone."""
_OTHER = {"v1alpha1": "v1beta1", "v1beta1": "v1alpha1"}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What the other version has in a field's place."""

    path: str
    """A field of the other version: `spec.profilingConfig.config`."""
    anchor: str
    inside: str = ""
    """Path within that, if it is an object with any fields: `sla.ttft`."""


def find(
    kind: str, version: str, schema: Schema, paths: Iterable[str], targets: Iterable[Field]
) -> dict[str, Counterpart]:
    """The field of the other version for each that has one there, by path.

    Args:
        kind: one with both versions; of another, the answer is empty.
        version: the one the fields are of.
        schema: that version's, with the marks of `compile.marked`.
        paths: the fields.
        targets: `spec` and `status` of the other version.
    """
    if kind not in KINDS:
        return {}
    known = {plain(one.path): one for top in targets for one in top.walk()}
    found = {}
    for path in paths:
        there = _found(kind, version, schema, path, known)
        if (field := known.get(_trimmed(there, known))) is None:
            continue
        inside = there.removeprefix(plain(field.path)).strip(".") if field.type == FREE else ""
        found[path] = Counterpart(field.path, field.anchor, inside)
    return found


def _found(kind: str, version: str, schema: Schema, path: str, known: dict[str, Field]) -> str:
    same = plain(path)
    if same in ("spec", "status"):
        return same
    graph = next((name for name in ("components", "services") if same.startswith(f"spec.{name}.")), "")
    alone = {"v1alpha1": "services", "v1beta1": "components"}[version]
    within = same.removeprefix("spec.") if graph else f"{alone}.{same.removeprefix('spec.')}"
    there = _TOGETHER.get(within, "")
    there = there if graph else there.partition(".")[2]
    if there:
        return f"spec.{there}"
    for beside in ({}, _BESIDE):
        node, without, with_it = _probe(schema, _STEP.findall(path), beside)
        try:
            before, after = (_converted(kind, version, body) for body in (without, with_it(node)))
        except ConversionError:
            continue
        whole = _has_fields(node)
        raw = {".".join(place) for place in _differences(before, after, ())}
        if there := _one({_trimmed(place, known) for place in raw}, same, whole=whole):
            exact = (place for place in raw if _trimmed(place, known) == there)
            return there if whole else min(exact, key=len, default=there)
    return ""


def _has_fields(schema: Schema) -> bool:
    while isinstance(below := schema.get("items", schema.get("additionalProperties")), dict):
        schema = below
    return bool(schema.get("properties"))


def _one(places: set[str], same: str, *, whole: bool) -> str:
    """The place that is a field's: the same one, one of the same name, else what all have around them."""
    if same in places or any(place.startswith(f"{same}.") for place in places):
        return same
    inner = sorted((place for place in places if "." in place), key=lambda place: (place.count("."), place))
    name = same.rpartition(".")[2]
    for place in inner:
        if f".{name}." in f"{place}.":
            return f"{place}.".partition(f".{name}.")[0] + f".{name}"
    if not whole:
        return inner[0] if inner else ""
    common = []
    for steps in zip(*(place.split(".") for place in inner), strict=False):
        if len(set(steps)) > 1:
            break
        common.append(steps[0])
    return ".".join(common) if len(common) > same.count(".") else ""


def _converted(kind: str, version: str, body: dict[str, Any]) -> dict[str, Any]:
    other = _OTHER[version]
    obj = {"apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": {"name": "x"}, **body}
    made = convert(obj, f"{GROUP}/{other}")
    if other == "v1alpha1" and "spec" in made:
        made["spec"] = dropped(kind, made["spec"])  # A flag that is false is a field, too.
    return {part: made[part] for part in ("spec", "status") if part in made}


def _probe(schema: Schema, steps: list[str], beside: dict[str, Any]) -> tuple[Schema, dict[str, Any], Any]:
    """The field's schema; an object without it; and a function that makes the object with it."""
    node = schema
    around: list[tuple[str, dict[str, Any]]] = []
    for step in steps:
        if step in ("[]", "{}"):
            node = node["items" if step == "[]" else "additionalProperties"]
            around.append((step, {}))
            continue
        fields = node.get("properties", {})
        extra = {key: value for key, value in beside.items() if key in fields and key != step}
        if step != "name" and "name" in fields:
            extra["name"] = _KEY
        around.append((step, extra))
        node = fields[step]

    def built(value: Any) -> dict[str, Any]:
        for step, extra in reversed(around):
            if step == "[]":
                value = [value]
            elif step == "{}":
                value = {_KEY: value}
            else:
                value = extra | ({} if value is None else {step: value})
        made: dict[str, Any] = value
        return made

    return node, built(None), lambda found: built(_sample(found))


def _sample(schema: Schema) -> Any:
    """A value of a schema, such that conversion takes it for one; not the default."""
    if values := enum(schema):
        return next((value for value in reversed(values) if value not in ("", schema.get("default"))), values[-1])
    kind = schema.get("type")
    if kind == "array":
        return [_sample(schema["items"])]
    if kind == "object":
        return _object(schema)
    simple = {"boolean": not schema.get("default", False), "integer": _NUMBER, "number": _NUMBER}
    return simple.get(str(kind), _MARK)


def _object(schema: Schema) -> Any:
    if isinstance(schema.get("additionalProperties"), dict):
        return {_KEY: _sample(schema["additionalProperties"])}
    fields = schema.get("properties", {})
    if KUBERNETES in schema:
        return {"name": _MARK} if "name" in fields else {"nodeName": _MARK}
    made = {name: _sample(field) for name, field in fields.items() if KUBERNETES not in field}
    return {name: value for name, value in made.items() if value is not True or name == "enabled"}


def _differences(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The places, without indices and keys of maps, where the second has what the first has not."""
    if isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        if not after and before != after:
            yield path
        for key, value in after.items():
            yield from _differences(old.get(key), value, path if key == _KEY else (*path, key))
    elif isinstance(after, list):
        old_items = before if isinstance(before, list) else []
        for index, value in enumerate(after):
            yield from _differences(old_items[index] if index < len(old_items) else None, value, path)
    elif before != after:
        yield path


def _trimmed(place: str, known: dict[str, Field]) -> str:
    """The nearest field that the other version's page has, at a place or around it."""
    while place and place not in known:
        place = place.rpartition(".")[0]
    return place

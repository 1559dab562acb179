"""A partial graph laid over a complete one, in either API version: pure functions."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import ConversionError, convert
from dynamo_api.facts import kinds, names
from groundwork.kube.values import entries, mapping, text
from mock_platform.operator.overriding.lists import ATOMIC, DEFAULT_KEYS, LIST_KEYS

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

_VERSIONS = (kinds.ALPHA_API, kinds.BETA_API)
_METADATA = ("annotations", "labels")
_RESERVED = names.kept_spec(kinds.GRAPH).removesuffix("spec")
"""Beginning of the annotations in which a conversion keeps what the other version cannot say."""
_NOT_WORKERS = ("Frontend", "Planner")


class OverrideError(Exception):
    """The override cannot be laid over the graph; the message says why."""


def apply(blueprint: Any, override: Any) -> tuple[Object, list[str]]:
    """The graph with the override over it, in its own version, and what of the override was left out.

    They are merged in the override's version. Objects are merged field by field, lists of named things item by
    item, other lists are replaced. Components that the graph does not have are left out.

    Raises:
        OverrideError: one of them is no graph, has a null, or cannot be converted.
    """
    for item, role in ((blueprint, "blueprint"), (override, "override")):
        if mapping(item).get("kind") != kinds.GRAPH or mapping(item).get("apiVersion") not in _VERSIONS:
            given = f"{mapping(item).get('apiVersion')!r} {mapping(item).get('kind')!r}"
            raise OverrideError(f"{role}: {given}, not a {kinds.GRAPH} of {' or '.join(_VERSIONS)}")
    version = override["apiVersion"]
    base, partial, left_out = _converted(blueprint, version), copy.deepcopy(override), []
    if "status" in partial:
        raise OverrideError("override: status is not supported")
    left_out += _metadata(partial)
    _no_nulls(partial, "")
    left_out += _alpha(base, partial) if version == kinds.ALPHA_API else _beta(base, partial)
    merged = _merged(base, partial, "")
    return _converted(merged, blueprint["apiVersion"]), left_out


def _converted(graph: Object, version: str) -> Object:
    try:
        return convert(graph, version)
    except ConversionError as error:
        raise OverrideError(f"the graph cannot be converted to {version}: {error}") from error


def _metadata(partial: Object) -> list[str]:
    """Keep labels and annotations alone; what is left out."""
    if "metadata" not in partial:
        return []
    given, told = mapping(partial, "metadata"), []
    if others := sorted(given.keys() - {*_METADATA}):
        told.append(f"metadata: ignored fields of identity: {', '.join(others)}")
    kept = {key: dict(mapping(given, key)) for key in _METADATA if key in given}
    annotations = kept.get("annotations", {})
    if reserved := sorted(name for name in annotations if name.startswith(_RESERVED)):
        told.append(f"metadata.annotations: ignored, the operator's own: {', '.join(reserved)}")
        kept["annotations"] = {name: value for name, value in annotations.items() if name not in reserved}
    partial["metadata"] = kept
    return told


def _no_nulls(value: Any, path: str) -> None:
    below: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        below = [(f"{path}.{key}".lstrip("."), item) for key, item in value.items()]
    elif isinstance(value, list):
        below = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    for where, item in below:
        if item is None:
            raise OverrideError(f"override: {where} is null; a field cannot be removed")
        _no_nulls(item, where)


def _alpha(base: Object, partial: Object) -> list[str]:
    """Leave out services that the graph does not have, and add to the arguments of workers."""
    there, told = mapping(base, "spec", "services"), []
    given = mapping(partial, "spec", "services")
    for name in sorted(given):
        if name not in there:
            del given[name]
            told.append(f"spec.services.{name}: ignored, the generated graph has no such service")
        elif name not in _NOT_WORKERS:
            container = mapping(given, name, "extraPodSpec", "mainContainer")
            before = mapping(there, name, "extraPodSpec", "mainContainer").get("args") or []
            if isinstance(container.get("args"), list):
                container["args"] = [*before, *container["args"]]
    return told


def _beta(base: Object, partial: Object) -> list[str]:
    """Leave out components that the graph does not have."""
    there = {text(item.get("name")) for item in entries(base, "spec", "components")}
    given = entries(partial, "spec", "components")
    if not given:
        return []
    partial["spec"]["components"] = [item for item in given if item.get("name") in there]
    others = [text(item.get("name")) for item in given if item.get("name") not in there]
    return [f"spec.components[name={name}]: ignored, the generated graph has none" for name in others]


def _merged(base: Any, over: Any, name: str) -> Any:
    if isinstance(base, dict) and isinstance(over, dict) and name not in ATOMIC:
        return {**base, **{key: _merged(base.get(key), value, key) for key, value in over.items()}}
    keys = LIST_KEYS.get(name)
    if keys and _named_things(base) and _named_things(over):
        found = {_identity(item, keys): item for item in base}
        for item in over:
            identity = _identity(item, keys)
            found[identity] = _merged(found.get(identity), item, "")
        return list(found.values())
    return copy.deepcopy(over)


def _named_things(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _identity(item: Object, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(item.get(key, DEFAULT_KEYS.get(key))) for key in keys)

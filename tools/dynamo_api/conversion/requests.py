"""The spec of DynamoGraphDeploymentRequest.

v1alpha1 takes the profiler's own configuration as it is; v1beta1 has fields for most of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dynamo_api.conversion.lens import Lens
from dynamo_api.conversion.values import JsonObject, picked, rows, table
from dynamo_api.facts.names import PROFILER_CONTAINER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dynamo_api.conversion.sparse import Edit
    from groundwork.base.field_paths import Path

_CONTAINERS = ("overrides", "profilingJob", "template", "spec", "containers")
_SPEC: Path = ("spec",)
_CONFIG = ("profilingConfig", "config")
_TARGETS = {"ttft": "ttft", "itl": "itl"}
_LENGTHS = {"isl": "isl", "osl": "osl"}
_CACHE = {"pvcName": "pvcName", "pvcModelPath": "modelPathInPvc", "pvcMountPath": "pvcMountPath"}
"""Fields of modelCache in v1beta1, and their names under deployment.modelCache of the configuration."""
_JOB = ("tolerations", "nodeSelector")
_MAX = 2**31


def request_lists(path: Path) -> bool:
    """Lists of named items in a request's v1beta1 spec."""
    return path == _CONTAINERS


def request_to_beta(alpha: JsonObject, kept: list[Edit], _name: str | None) -> tuple[JsonObject, list[Edit]]:
    """A request's spec in v1beta1; and what to keep of v1alpha1.

    Raises:
        ConversionError: something of another type than its field has.
    """
    return _LENS.to_beta(alpha, kept)


def request_to_alpha(beta: JsonObject, kept: list[Edit], _name: str | None) -> tuple[JsonObject, list[Edit]]:
    """The other way round."""
    return _LENS.to_alpha(beta, kept)


def _up(alpha: JsonObject) -> JsonObject:
    made: JsonObject = {"autoApply": False} | picked(
        alpha, "model", "backend", "autoApply", "runtimeVersionOverride"
    )
    profiling = table(alpha, "profilingConfig", _SPEC)
    image = profiling.get("profilerImage")
    if isinstance(image, str) and image:
        made["image"] = image
    config = table(profiling, "config", (*_SPEC, "profilingConfig"))
    targets = _inner(config, "sla")
    sla = _all_or_none(targets, _TARGETS, _is_number)
    lengths = _all_or_none(targets, _LENGTHS, _is_length)
    workload = {name: int(value) for name, value in lengths.items()}
    given = _inner(_inner(config, "deployment"), "modelCache")
    cache = _all_or_none(given, _CACHE, lambda value: isinstance(value, str))
    features: JsonObject = {"mocker": {"enabled": True}} if alpha.get("useMocker") is True else {}
    if _inner(config, "planner"):
        features["planner"] = config["planner"]
    overrides = _job(profiling)
    found = (("sla", sla), ("workload", workload), ("modelCache", cache), ("features", features))
    return made | {name: value for name, value in (*found, ("overrides", overrides)) if value}


def _all_or_none(given: JsonObject, names: Mapping[str, str], fits: Callable[[Any], bool]) -> JsonObject:
    """Fields of a group of v1beta1, by what they are called in a configuration; nothing if one does not fit.

    v1beta1 has defaults for the fields of such a group: one that is left out would come back with its default.
    """
    known = {name: given[old] for name, old in names.items() if not _is_nothing(given.get(old))}
    return known if all(fits(value) for value in known.values()) else {}


def _job(profiling: JsonObject) -> JsonObject:
    spec = {name: profiling[name] for name in _JOB if profiling.get(name)}
    if profiling.get("resources"):
        spec["containers"] = [{"name": PROFILER_CONTAINER, "resources": profiling["resources"]}]
    return {"profilingJob": {"template": {"spec": {"containers": [], **spec}}}} if spec else {}


def _down(beta: JsonObject) -> JsonObject:
    made: JsonObject = {"backend": "auto", "autoApply": True}
    made |= picked(beta, "model", "backend", "autoApply", "runtimeVersionOverride")
    features = table(beta, "features", _SPEC)
    if table(features, "mocker", (*_SPEC, "features")).get("enabled") is True:
        made["useMocker"] = True
    sla = picked(table(beta, "sla", _SPEC), *_TARGETS)
    sla |= picked(table(beta, "workload", _SPEC), *_LENGTHS)
    cache = table(beta, "modelCache", _SPEC)
    given = {old: cache[name] for name, old in _CACHE.items() if name in cache}
    planner = table(features, "planner", (*_SPEC, "features"))
    deployment = {"modelCache": given} if given else {}
    found = (("sla", sla), ("deployment", deployment), ("planner", planner))
    config = {name: value for name, value in found if value}
    profiling = {"profilerImage": beta.get("image", "")} | _from_job(beta) | ({"config": config} if config else {})
    return made | {"profilingConfig": profiling}


def _from_job(beta: JsonObject) -> JsonObject:
    spec = beta
    for depth, step in enumerate(_CONTAINERS[:-1]):
        spec = table(spec, step, (*_SPEC, *_CONTAINERS[:depth]))
    made = {name: spec[name] for name in _JOB if spec.get(name)}
    containers = rows(spec, "containers", (*_SPEC, *_CONTAINERS[:-1]))
    found = next((one for one in containers if one.get("name") == PROFILER_CONTAINER), {})
    return made | ({"resources": found["resources"]} if found.get("resources") else {})


def _inner(value: JsonObject, key: str) -> JsonObject:
    """An object within the configuration, which is free to have anything else there."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _is_nothing(value: Any) -> bool:
    """Whether JSON has no such value: YAML has .inf and .nan."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and math.isfinite(value)
    )


def _is_length(value: Any) -> bool:
    return _is_number(value) and value == int(value) and -_MAX <= value < _MAX


def _alpha_group(path: Path) -> Path:
    if path[:2] == _CONFIG:
        return path[:4] if path[2:3] == ("deployment",) else path[:3]
    return path[:2] if path[0] == "profilingConfig" else path[:1]


def _beta_group(path: Path) -> Path:
    return path[:2] if path[0] in {"overrides", "features", "hardware", "sla", "workload"} else path[:1]


_LENS = Lens(_up, _down, named=request_lists, group_alpha=_alpha_group, group_beta=_beta_group)

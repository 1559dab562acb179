"""One component: v1alpha1's service, of a graph or alone, and v1beta1's component."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import pods, resources
from dynamo_api.conversion.lens import Lens
from dynamo_api.conversion.sparse import Absent, Edit
from dynamo_api.conversion.values import JsonObject, picked, rows, table
from dynamo_api.facts.names import DECODE, PREFILL, WORKER

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

_ALIKE = (
    *("replicas", "minAvailable", "globalDynamoNamespace", "modelRef", "topologyConstraint", "eppConfig"),
    *("runtimeVersionOverride", "providerOverride"),
)
_ALONE = ("backendFramework",)
_WORKERS = (PREFILL, DECODE)
"""Types of v1beta1 that v1alpha1 gives as subComponentType of a worker."""
_NODES = 2
"""Nodes of a replica if v1beta1 does not say; v1alpha1 must."""
_MODES = {"intraPod": "IntraPod", "interPod": "InterPod"}
_MODES_BACK = {beta: alpha for alpha, beta in _MODES.items()}
_GMS = ("deviceClassName", "extraClientContainers", "extraClientPods")
_ZERO = re.compile(r"[+-]?(0+(\.0*)?|\.0+)([A-Za-z].*)?")

CONTAINERS = ("podTemplate", "spec", "containers")
_MAIN = ("extraPodSpec", "mainContainer")
_TOGETHER: dict[Path, str] = {
    ("subComponentType",): "componentType",
    (*_MAIN, "env"): "envs",
    (*_MAIN, "envFrom"): "envFromSecret",
    (*_MAIN, "resources"): "resources",
    (*_MAIN, "volumeMounts"): "volumeMounts",
    ("extraPodSpec", "volumes"): "volumeMounts",
    ("extraPodSpec", "containers"): "frontendSidecar",
    **{(*_MAIN, probe): probe for probe in pods.PROBES},
}
"""Fields of v1alpha1 that say the same thing in two places."""


def lens(name: str | None, alpha_path: Path, beta_path: Path, *, alone: bool = False) -> Lens:
    """A component's two forms.

    Args:
        name: in a graph, the component's name, which is the service's key; alone, that of the object, which is the
            component's where it has none.
        alpha_path: where it stands, for errors.
        beta_path: the same in v1beta1.
        alone: it is a DynamoComponentDeployment's; its name is then a field in v1alpha1 too.
    """
    return Lens(
        up=lambda alpha: _up(alpha, name, alpha_path, alone=alone),
        down=lambda beta: _down(beta, name, beta_path, alone=alone),
        named=lambda path: path == CONTAINERS,
        group_alpha=_alpha_group,
        group_beta=_beta_group,
        placed=_placed,
        noted=_noted,
        tidied=_tidied,
    )


def _up(alpha: JsonObject, name: str | None, path: Path, *, alone: bool) -> JsonObject:
    made = picked(alpha, *_ALIKE, *(_ALONE if alone else ()))
    named = (alpha.get("serviceName") or name) if alone else name
    if named is not None:
        made["name"] = named
    if "multinode" in alpha:
        # Its leader and worker are kept: what v1beta1 has in their place, roles, can say more than these two.
        made["multinode"] = picked(table(alpha, "multinode", path), "nodeCount")
    kind, role = alpha.get("componentType"), alpha.get("subComponentType")
    if kind == WORKER and role in _WORKERS:
        kind = role
    if kind is not None:
        made["type"] = kind
    memory = table(alpha, "sharedMemory", path)
    if memory.get("disabled") is True:
        made["sharedMemorySize"] = "0"
    elif "size" in memory:
        made["sharedMemorySize"] = memory["size"]
    if table(alpha, "scalingAdapter", path).get("enabled") is True:
        made["scalingAdapter"] = {}
    experimental = _experimental(alpha, path)
    if experimental:
        made["experimental"] = experimental
    return made | pods.to_template(alpha, path)


def _experimental(alpha: JsonObject, path: Path) -> JsonObject:
    made: JsonObject = {}
    service = table(alpha, "gpuMemoryService", path)
    if service.get("enabled") is True:
        made["gpuMemoryService"] = picked(service, *_GMS) | _mode(service, _MODES)
    standby = table(alpha, "failover", path)
    if standby.get("enabled") is True:
        made["failover"] = picked(standby, "numShadows") | _mode(standby, _MODES)
    if "checkpoint" in alpha:
        made["checkpoint"] = {"enabled": False} | table(alpha, "checkpoint", path)
    return made


def _down(beta: JsonObject, name: str | None, path: Path, *, alone: bool) -> JsonObject:
    made = picked(beta, *_ALIKE, *(_ALONE if alone else ()))
    named = (beta.get("name") or name) if alone else None
    if named is not None:
        made["serviceName"] = named
    if "multinode" in beta:
        made["multinode"] = {"nodeCount": _NODES} | picked(table(beta, "multinode", path), "nodeCount")
    if "type" in beta:
        worker = beta["type"] in _WORKERS
        made |= {"componentType": WORKER, "subComponentType": beta["type"]} if worker else {}
        made.setdefault("componentType", beta["type"])
    if "sharedMemorySize" in beta:
        size = beta["sharedMemorySize"]
        made["sharedMemory"] = {"disabled": True} if _ZERO.fullmatch(str(size)) else {"size": size}
    if isinstance(beta.get("scalingAdapter"), dict):
        made["scalingAdapter"] = {"enabled": True}
    within = (*path, "experimental")
    experimental = table(beta, "experimental", path)
    if "gpuMemoryService" in experimental:
        service = table(experimental, "gpuMemoryService", within)
        made["gpuMemoryService"] = picked(service, *_GMS) | _mode(service, _MODES_BACK) | {"enabled": True}
    if "failover" in experimental:
        standby = table(experimental, "failover", within)
        made["failover"] = picked(standby, "numShadows") | _mode(standby, _MODES_BACK) | {"enabled": True}
    if "checkpoint" in experimental:
        made["checkpoint"] = {"enabled": False} | table(experimental, "checkpoint", within)
    return made | pods.from_template(beta, path)


def _mode(given: JsonObject, modes: dict[str, str]) -> JsonObject:
    mode = given.get("mode")
    if mode is None:
        return {}
    return {"mode": modes.get(mode, mode) if isinstance(mode, str) else mode}


def _alpha_group(path: Path) -> Path:
    for length in (1, 2, 3):
        if path[:length] in _TOGETHER:
            return (_TOGETHER[path[:length]],)
    return path[:3] if path[:2] == _MAIN else path[:2] if path[0] == "extraPodSpec" else path[:1]


def _beta_group(path: Path) -> Path:
    if path[:3] == CONTAINERS:
        return CONTAINERS
    return path[:3] if path[0] == "podTemplate" else CONTAINERS if path[0] == "frontendSidecar" else path[:1]


def _placed(base: JsonObject, edits: list[Edit]) -> list[Edit]:
    """Where things stood: what was in mainContainer goes there again, with what it is now."""
    moved: list[Edit] = []
    stood = {edit.path[:3]: edit for edit in edits if edit.path[:2] == _MAIN}
    gone = {edit.path for edit in edits if isinstance(edit.value, Absent)}
    for probe in pods.PROBES:
        if (*_MAIN, probe) in stood and probe in base:
            moved += [Edit((*_MAIN, probe), base[probe]), Edit((probe,), Absent())]
    if (*_MAIN, "resources") in stood and ("resources",) in gone and "resources" in base:
        native = resources.to_native(base["resources"], ())
        moved += [Edit((*_MAIN, "resources"), native), Edit(("resources",), Absent())]
    if (*_MAIN, "env") in stood and "envs" in base:
        moved += _placed_env(base["envs"], stood[*_MAIN, "env"].value, everything=("envs",) in gone)
    return moved


def _placed_env(envs: Any, stood: Any, *, everything: bool) -> list[Edit]:
    if not isinstance(stood, list) or not isinstance(envs, list):
        return []
    there = [one.get("name") for one in stood if isinstance(one, dict)]
    main = [one for one in envs if everything or (isinstance(one, dict) and one.get("name") in there)]
    own = [one for one in envs if one not in main]
    return [Edit((*_MAIN, "env"), main), Edit(("envs",), own or Absent())]


def _noted(beta: JsonObject, lost: list[Edit]) -> list[Edit]:
    """That the container which frontendSidecar names is there: if v1alpha1 removes it, the name goes too."""
    name = beta.get("frontendSidecar")
    kept = any(edit.path == ("frontendSidecar",) for edit in lost)
    if not kept or not isinstance(name, str) or name not in _containers(beta):
        return []
    return [Edit((*CONTAINERS, name), {"name": name})]


def _tidied(beta: JsonObject, kept: list[Edit]) -> JsonObject:
    name = beta.get("frontendSidecar")
    was_there = isinstance(name, str) and Edit((*CONTAINERS, name), {"name": name}) in kept
    if not was_there or name in _containers(beta):
        return beta
    return {field: value for field, value in beta.items() if field != "frontendSidecar"}


def _containers(beta: JsonObject) -> list[Any]:
    spec = table(table(beta, "podTemplate", ()), "spec", ())
    return [container.get("name") for container in rows(spec, "containers", ())]

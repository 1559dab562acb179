"""Objects of v1alpha1 compared by what they mean: as read back, they also have what Go writes of itself."""

from __future__ import annotations

import copy
from typing import Any


def meant(obj: Any) -> Any:
    """A copy of an object of either version, a v1alpha1 one without the values that say nothing there."""
    if not isinstance(obj, dict) or obj.get("apiVersion") != "nvidia.com/v1alpha1":
        return obj
    made = copy.deepcopy(obj)
    spec = made.get("spec")
    if not isinstance(spec, dict):
        return made
    if made["kind"] == "DynamoGraphDeploymentRequest":
        for flag in ("autoApply", "useMocker"):
            if spec.get(flag) is False:
                del spec[flag]
    alone = made["kind"] == "DynamoComponentDeployment"
    for service in [spec] if alone else (spec.get("services") or {}).values():
        main = ((service or {}).get("extraPodSpec") or {}).get("mainContainer")
        if isinstance(main, dict):
            for key, empty in (("name", ""), ("resources", {})):
                if main.get(key) == empty:
                    del main[key]
    return made


def meant_service(service: Any) -> Any:
    """The same of one service of a graph."""
    graph = {"apiVersion": "nvidia.com/v1alpha1", "kind": "DynamoGraphDeployment"}
    return meant({**graph, "spec": {"services": {"A": service}}})["spec"]["services"]["A"]

"""What a component's spec says: in a graph, or in a DynamoComponentDeployment of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names
from dynamo_crd.admission.components import runtime_version

if TYPE_CHECKING:
    from groundwork.kube.objects import Object


_VERSIONED = (1, 5, 0)
"""First runtime of which the version decides how the operator runs a worker."""


def is_worker(component: Object) -> bool:
    """Whether the component (or DynamoComponentDeployment spec) belongs to the generation of workers."""
    return component.get("type") in names.WORKER_TYPES


def replicas(component: Object) -> int:
    """How many Pods it asks for; 1 where it does not say."""
    count = component.get("replicas")
    return 1 if count is None else int(count)


def dynamo_namespace(component: Object, namespace: str, graph: str) -> str:
    """The namespace in Dynamo's own sense, by which frontends and workers find each other."""
    return "dynamo" if component.get("globalDynamoNamespace") else f"{namespace}-{graph}"


def main_container(component: Object) -> Object:
    """The container named main of the component's Pod template, or {}."""
    spec = (component.get("podTemplate") or {}).get("spec") or {}
    found = (item for item in spec.get("containers") or [] if item.get("name") == names.MAIN_CONTAINER)
    return next(found, {})


def versioned_runtime(component: Object, held: str = "") -> tuple[int, int, int] | None:
    """Runtime of a component where its version matters: 1.5.0 or newer; None where it is older or not known.

    It is what runtimeVersionOverride says, else `held` (`OperatorConfig.runtime`), else the tag of the main image.
    """
    given = component.get("runtimeVersionOverride") or held
    image = f"x:{given}" if given else str(main_container(component).get("image") or "")
    runtime = runtime_version(image)
    return runtime if runtime is not None and runtime >= _VERSIONED else None


def merge_by_name(low: list[Object], high: list[Object]) -> list[Object]:
    """Two lists of named things as one, sorted by name; of two with one name the second list's wins."""
    merged = {item["name"]: item for item in low} | {item["name"]: item for item in high}
    return [merged[name] for name in sorted(merged)]

"""What the webhook warns of: `kubectl` prints it as `Warning: …`, whether the object is taken or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from groundwork.kube.objects import name_of, namespace_of
from groundwork.kube.values import mapping, text
from mock_platform.operator.components.spec import dynamo_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.kube.objects import Object
    from groundwork.kube.values import Json

_CHANGES = {
    kinds.GRAPH: {"backendFramework": "may have unexpected effects"},
    kinds.COMPONENT: {"backendFramework": "may have unexpected effects"},
    kinds.MODEL: {
        "baseModelName": "makes its endpoints impossible to find",
        "modelType": "may have unexpected effects",
    },
}
"""Fields of the spec whose change is warned of, by kind, each with why."""


def warnings(item: Object) -> list[str]:
    """What is warned of in an object as it is written."""
    return list(_of_alpha(item)) if item.get("apiVersion") == kinds.ALPHA_API else []


def change_warnings(new: Object, old: Object) -> list[str]:
    """What is warned of in a change."""
    spec, before = mapping(new, "spec"), mapping(old, "spec")
    found = _CHANGES.get(text(new.get("kind")), {}).items()
    return [f"a change of spec.{name} {why}" for name, why in found if spec.get(name) != before.get(name)]


def _of_alpha(item: Object) -> Iterator[str]:
    """Fields of v1alpha1 that have no effect any more; v1beta1 does not have them."""
    graph, namespace = name_of(item), namespace_of(item)
    if item.get("kind") == kinds.GRAPH:
        for name, service in sorted(mapping(item, "spec", "services").items()):
            yield from _of_service(mapping(service), f"spec.services[{name}]", namespace, graph)
    elif item.get("kind") == kinds.COMPONENT:
        yield from _of_service(mapping(item, "spec"), "spec", namespace, graph)


def _of_service(service: Json, where: str, namespace: str, graph: str) -> Iterator[str]:
    if given := text(service.get("dynamoNamespace")):
        used = dynamo_namespace(dict(service), namespace, graph)
        yield f"{where}.dynamoNamespace is deprecated and ignored: {given!r} becomes {used!r}; remove it"
    if service.get("autoscaling") is not None:
        yield (
            f"{where}.autoscaling is deprecated and ignored: scale with a {kinds.ADAPTER}, by an HPA, KEDA or the"
            " planner"
        )

"""What only a graph that Grove runs may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_crd.admission.faults import Fault, forbidden
from groundwork.kube.values import Json, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.components import Component
    from groundwork.base.field_paths import Path

_ONLY = "only graphs that Grove runs have one"
_ROLES = ("leader", "worker")


def graph_fields(spec: Json) -> Iterator[Fault]:
    """Faults of the fields of a graph's spec, those of its components apart, where Grove does not run it."""
    if spec.get("providerOverride") is not None:
        yield forbidden("provider-override-grove", ("spec", "providerOverride"), _ONLY)
    if spec.get("priorityClassName"):
        yield forbidden("priority-grove", ("spec", "priorityClassName"), _ONLY)
    if mapping(spec, "experimental", "kvTransferPolicy").get("clusterTopologyName"):
        path: Path = ("spec", "experimental", "kvTransferPolicy", "clusterTopologyName")
        yield forbidden("transfer-topology-grove", path, _ONLY)


def component_fields(component: Component) -> Iterator[Fault]:
    """Faults of a component where Grove does not run it."""
    if component.spec.get("minAvailable") is not None:
        yield forbidden("min-available-grove", component.at("minAvailable"), "only graphs that Grove runs have it")
    for path, holder in _holders(component):
        if holder.get("providerOverride") is not None:
            yield forbidden("provider-override-grove", (*path, "providerOverride"), _ONLY)
    if mapping(component.spec, "experimental", "grove").get("forceScalingGroup") is True:
        path = component.at("experimental", "grove", "forceScalingGroup")
        yield forbidden("scaling-group-grove", path, "only graphs that Grove runs have it")


def _holders(component: Component) -> Iterator[tuple[Path, Json]]:
    """What may have a providerOverride: the component, and the roles of one that spans several nodes."""
    yield component.path, component.spec
    for role in _ROLES:
        yield component.at("multinode", role), mapping(component.spec, "multinode", role)
    for index, named in enumerate(sequence(component.spec.get("roles"))):
        yield (*component.path, "roles", index), mapping(named)

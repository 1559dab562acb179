"""The specs of DynamoGraphDeployment, DynamoComponentDeployment and DynamoGraphDeploymentScalingAdapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.conversion import components
from dynamo_api.conversion.lens import Lens
from dynamo_api.conversion.sparse import Edit, Order
from dynamo_api.conversion.values import JsonObject, names, picked, rows, table

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

_ALIKE = (
    *("backendFramework", "labels", "annotations", "priorityClassName", "restart", "providerOverride"),
    "experimental",
)
_SPEC: Path = ("spec",)


def graph_lists(path: Path) -> bool:
    """Lists of named items in a graph's v1beta1 spec: components, and the containers of each."""
    return path == ("components",) or (path[:1] == ("components",) and path[2:] == components.CONTAINERS)


def graph_to_beta(alpha: JsonObject, kept: list[Edit], _name: str | None) -> tuple[JsonObject, list[Edit]]:
    """A graph's spec in v1beta1, components by name or in the order that was kept; and what to keep.

    Raises:
        ConversionError: something of another type than its field has.
    """
    services = table(alpha, "services", _SPEC)
    own = [edit for edit in kept if edit.path[0] != "components"]
    beta, lost = _GRAPH.to_beta({key: value for key, value in alpha.items() if key != "services"}, own)
    if "services" not in alpha:
        return beta, lost
    made = []
    for name in sorted(services):
        service = table(services, name, (*_SPEC, "services"))
        lens = components.lens(name, (*_SPEC, "services", name), (*_SPEC, "components", name))
        component, left = lens.to_beta(service, _of(kept, "components", name))
        made.append(component)
        lost += [edit.under("services", name) for edit in left]
    beta["components"] = _ordered(made, kept)
    return beta, lost


def graph_to_alpha(beta: JsonObject, kept: list[Edit], _name: str | None) -> tuple[JsonObject, list[Edit]]:
    """A graph's spec in v1alpha1; and what to keep of v1beta1, the order of components included.

    Raises:
        ConversionError: something of another type than its field has; components without names of their own.
    """
    given = rows(beta, "components", _SPEC)
    order = names(given, (*_SPEC, "components"))
    own = [edit for edit in kept if edit.path[0] != "services"]
    alpha, lost = _GRAPH.to_alpha({key: value for key, value in beta.items() if key != "components"}, own)
    if "components" not in beta:
        return alpha, lost
    services: JsonObject = {}
    for index, (name, component) in enumerate(zip(order, given, strict=True)):
        lens = components.lens(name, (*_SPEC, "services", name), (*_SPEC, "components", index))
        services[name], left = lens.to_alpha(component, _of(kept, "services", name))
        lost += [edit.under("components", name) for edit in left]
    if order != sorted(order):
        lost.append(Edit(("components",), Order(tuple(order))))
    alpha["services"] = services
    return alpha, lost


def component_to_beta(alpha: JsonObject, kept: list[Edit], name: str | None) -> tuple[JsonObject, list[Edit]]:
    """The spec of a component that stands alone; `name` is the object's, as which it counts if it has none."""
    return components.lens(name, _SPEC, _SPEC, alone=True).to_beta(alpha, kept)


def component_to_alpha(beta: JsonObject, kept: list[Edit], name: str | None) -> tuple[JsonObject, list[Edit]]:
    """The other way round."""
    return components.lens(name, _SPEC, _SPEC, alone=True).to_alpha(beta, kept)


def adapter_to_beta(alpha: JsonObject, kept: list[Edit], _name: str | None) -> tuple[JsonObject, list[Edit]]:
    """A scaling adapter's spec."""
    return _ADAPTER.to_beta(alpha, kept)


def adapter_to_alpha(beta: JsonObject, kept: list[Edit], _name: str | None) -> tuple[JsonObject, list[Edit]]:
    """The other way round."""
    return _ADAPTER.to_alpha(beta, kept)


def _ordered(components: list[JsonObject], kept: list[Edit]) -> list[JsonObject]:
    """Components by name; where another order was kept, those that it names come first."""
    orders = [edit.value.names for edit in kept if edit.path == ("components",) and isinstance(edit.value, Order)]
    order = orders[0] if orders and list(orders[0]) != sorted(orders[0]) else ()
    first = [component for name in order for component in components if component["name"] == name]
    return [*first, *(component for component in components if component not in first)]


def _of(kept: list[Edit], field: str, name: str) -> list[Edit]:
    """The changes within one component, as the component sees them."""
    return [Edit(edit.path[2:], edit.value) for edit in kept if edit.path[:2] == (field, name) and edit.path[2:]]


def _graph_up(alpha: JsonObject) -> JsonObject:
    made = picked(alpha, *_ALIKE, env="envs")
    if "topologyConstraint" in alpha:
        given = table(alpha, "topologyConstraint", _SPEC)
        made["topologyConstraint"] = picked(given, "packDomain", clusterTopologyName="topologyProfile")
    return made


def _graph_down(beta: JsonObject) -> JsonObject:
    made = picked(beta, *_ALIKE, envs="env")
    if "topologyConstraint" in beta:
        given = table(beta, "topologyConstraint", _SPEC)
        made["topologyConstraint"] = picked(given, "packDomain", topologyProfile="clusterTopologyName")
    return made


def _adapter_up(alpha: JsonObject) -> JsonObject:
    made = picked(alpha, "replicas")
    if "dgdRef" in alpha:
        made["dgdRef"] = picked(table(alpha, "dgdRef", _SPEC), "name", componentName="serviceName")
    return made


def _adapter_down(beta: JsonObject) -> JsonObject:
    made = picked(beta, "replicas")
    if "dgdRef" in beta:
        made["dgdRef"] = picked(table(beta, "dgdRef", _SPEC), "name", serviceName="componentName")
    return made


_GRAPH = Lens(_graph_up, _graph_down)
_ADAPTER = Lens(_adapter_up, _adapter_down)

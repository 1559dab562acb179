"""The statuses of all four kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.conversion.lens import Lens
from dynamo_api.conversion.values import JsonObject, picked, table
from dynamo_api.facts.kinds import ADAPTER, COMPONENT, GRAPH, REQUEST
from dynamo_api.views import states
from groundwork.kube.values import text

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

_STATUS: Path = ("status",)
_GRAPH = ("state", "observedGeneration", "conditions", "checkpoints", "placement", "restart")
_ADAPTER = ("replicas", "selector", "lastScaleTime")
_REQUEST = ("conditions", "observedGeneration")


def _graph_up(alpha: JsonObject) -> JsonObject:
    made = picked(alpha, *_GRAPH)
    if "services" in alpha:
        services = table(alpha, "services", _STATUS)
        within = (*_STATUS, "services")
        made["components"] = {name: _replicas_up(table(services, name, within)) for name in services}
    if "rollingUpdate" in alpha:
        update = dict(table(alpha, "rollingUpdate", _STATUS))
        names = update.pop("updatedServices", None)
        made["rollingUpdate"] = update | ({} if names is None else {"updatedComponents": names})
    return made


def _graph_down(beta: JsonObject) -> JsonObject:
    made = picked(beta, *_GRAPH)
    if "components" in beta:
        components = table(beta, "components", _STATUS)
        within = (*_STATUS, "components")
        made["services"] = {name: _replicas_down(table(components, name, within)) for name in components}
    if "rollingUpdate" in beta:
        update = dict(table(beta, "rollingUpdate", _STATUS))
        names = update.pop("updatedComponents", None)
        made["rollingUpdate"] = update | ({} if names is None else {"updatedServices": names})
    return made


def _replicas_up(service: JsonObject) -> JsonObject:
    made = {name: value for name, value in service.items() if name != "componentName"}
    name = service.get("componentName")
    return {"componentNames": [name]} | made if isinstance(name, str) and name else made


def _replicas_down(component: JsonObject) -> JsonObject:
    names = component.get("componentNames")
    return {**component, "componentName": names[-1] if isinstance(names, list) and names else ""}


def _component_up(alpha: JsonObject) -> JsonObject:
    made = picked(alpha, "observedGeneration", "conditions")
    return made | ({"component": _replicas_up(table(alpha, "service", _STATUS))} if "service" in alpha else {})


def _component_down(beta: JsonObject) -> JsonObject:
    made: JsonObject = {"conditions": []} | picked(beta, "observedGeneration", "conditions")
    given = table(beta, "component", _STATUS)
    return made | ({"service": _replicas_down(given)} if "component" in beta else {})


def _adapter(status: JsonObject) -> JsonObject:
    return {"replicas": 0} | picked(status, *_ADAPTER)


def _request_up(alpha: JsonObject) -> JsonObject:
    made = picked(alpha, *_REQUEST)
    deployment = table(alpha, "deployment", _STATUS)
    if isinstance(alpha.get("state"), str):
        made["phase"] = states.converted(alpha)
    if "generatedDeployment" in alpha:
        made["profilingResults"] = {"selectedConfig": alpha["generatedDeployment"]}
    if deployment.get("name"):
        made["dgdName"] = deployment["name"]
    return made


def _request_down(beta: JsonObject) -> JsonObject:
    made = picked(beta, *_REQUEST)
    made["state"] = states.state_of(text(beta, "phase"))
    results = table(beta, "profilingResults", _STATUS)
    if "selectedConfig" in results:
        made["generatedDeployment"] = results["selectedConfig"]
    if beta.get("dgdName"):
        made["deployment"] = {"name": beta["dgdName"], "state": ""}
    return made


def _by_name(path: Path) -> Path:
    return path[:2]


STATUSES = {
    GRAPH: Lens(_graph_up, _graph_down, group_alpha=_by_name, group_beta=_by_name),
    COMPONENT: Lens(_component_up, _component_down),
    ADAPTER: Lens(_adapter, _adapter),
    REQUEST: Lens(_request_up, _request_down),
}
"""Lenses of the statuses by kind."""

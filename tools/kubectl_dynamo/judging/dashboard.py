"""Where the metrics are shown: as somebody says, or as a Grafana in the cluster answers.

Nobody upstream puts the address into a request today. An annotation, and a condition whose message has an address,
are this project's proposal; the stand-in operator can set them.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dynamo_api.facts.proposal import DASHBOARD, DASHBOARD_ANNOTATION
from groundwork.kube.objects import condition, key_of
from groundwork.kube.resources import SERVICES
from groundwork.kube.values import entries, integer, text
from kubectl_dynamo.judging.item import Dashboard, Item
from kubectl_dynamo.reading.api import RefusedError, list_objects

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from kubectl_dynamo.reading.connection import Connection

VARIABLE = "DYNAMO_GRAFANA_URL"
_GRAFANA = "app.kubernetes.io/name=grafana"
_LIST = "/dashboards?query=dynamo"
"""Grafana's own list of dashboards: those of Dynamo's charts have the word in their titles."""
_ADDRESS = re.compile(r"https?://[^\s'\"<>]+[^\s'\"<>.,;)]")
_LOCAL = 3000


def with_dashboard(item: Item, connection: Connection, *, given: str = "") -> Item:
    """The item with the address of its dashboard, where there is one.

    What is said comes first (the command line, the environment, the objects themselves); else Grafana's
    Services are looked for, which takes one more LIST, of all namespaces or else of the item's own.
    """
    found = _said(item, given) or _in_cluster(connection, item.namespace)
    return replace(item, dashboard=found) if found else item


def _said(item: Item, given: str) -> Dashboard | None:
    if given:
        return Dashboard(given, "--grafana")
    if os.environ.get(VARIABLE):
        return Dashboard(os.environ[VARIABLE], VARIABLE)
    for subject in (item.request, item.graph):
        if subject is None:
            continue
        if subject.annotations.get(DASHBOARD_ANNOTATION):
            return Dashboard(subject.annotations[DASHBOARD_ANNOTATION], f"annotation {DASHBOARD_ANNOTATION}")
        stated = condition(subject.conditions, DASHBOARD)
        address = _ADDRESS.search(stated.message) if stated else None
        if address:
            return Dashboard(address[0], f"condition {DASHBOARD}")
    return None


def _in_cluster(connection: Connection, namespace: str) -> Dashboard | None:
    for where in ("", namespace):
        try:
            services = list_objects(connection, SERVICES, where, labels=_GRAFANA).items
        except RefusedError:
            continue  # Most users may not list Services of all namespaces.
        return next((_of_service(service) for service in services), None)
    return None


def _of_service(service: Object) -> Dashboard:
    namespace, name = key_of(service)
    port = next((integer(entry, "port") for entry in entries(service, "spec", "ports")), None) or 80
    origin = f"Service {name} in {namespace}"
    for entry in entries(service, "status", "loadBalancer", "ingress"):
        host = text(entry, "hostname") or text(entry, "ip")
        if host:
            scheme = "https" if port == 443 else "http"  # noqa: PLR2004  HTTPS.
            shown = "" if port in (80, 443) else f":{port}"
            return Dashboard(f"{scheme}://{host}{shown}{_LIST}", origin)
    forward = f"kubectl -n {namespace} port-forward svc/{name} {_LOCAL}:{port}"
    return Dashboard(f"http://localhost:{_LOCAL}{_LIST}", origin, forward)

"""From a DynamoComponentDeployment to its Deployment and Service: pure functions, no cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names
from groundwork.kube.objects import (
    Object,
    annotations_of,
    labels_of,
    name_of,
    namespace_of,
    owner_reference,
)
from mock_platform.operator.components.containers import PodContext
from mock_platform.operator.components.pods import pod_spec
from mock_platform.operator.components.spec import dynamo_namespace, is_worker, replicas
from mock_platform.operator.models.service import model_annotations, model_labels

if TYPE_CHECKING:
    from mock_platform.operator.config import OperatorConfig

_SERVICE_PORTS = {names.FRONTEND: ("http", names.HTTP_PORT)}
_SYSTEM_SERVICE = ("system", names.SYSTEM_PORT)


def context_of(component_deployment: Object) -> PodContext:
    """The graph, namespaces and generation that a DynamoComponentDeployment's Pods belong to."""
    labels = labels_of(component_deployment)
    namespace = namespace_of(component_deployment)
    graph = labels.get(names.GRAPH_NAME) or name_of(component_deployment)
    spec = component_deployment["spec"]
    return PodContext(
        graph=graph,
        namespace=namespace,
        dynamo_namespace=labels.get(names.DYNAMO_NAMESPACE) or dynamo_namespace(spec, namespace, graph),
        worker_hash=labels.get(names.WORKER_HASH, "") if is_worker(spec) else "",
    )


def runtime_namespace(component_deployment: Object) -> str:
    """The Dynamo namespace its Pods register in: workers add their generation's hash."""
    context = context_of(component_deployment)
    return "-".join(filter(None, (context.dynamo_namespace, context.worker_hash)))


def deployment(component_deployment: Object, config: OperatorConfig) -> Object:
    """The Deployment of a component."""
    name, spec = name_of(component_deployment), component_deployment["spec"]
    template = spec.get("podTemplate") or {}
    given = template.get("metadata") or {}
    labels = _labels(component_deployment)
    pod_labels = {
        **_given_labels(component_deployment),
        **labels,
        **_discovery_labels(),
        names.METRICS_ENABLED: "true",
        names.SELECTOR: name,
    }
    if spec.get("type"):
        pod_labels[names.COMPONENT_TYPE] = spec["type"]
    if annotations_of(component_deployment).get(names.ENABLE_METRICS) == "false":
        del pod_labels[names.METRICS_ENABLED]
    annotations = {
        key: value for key, value in (given.get("annotations") or {}).items() if key != names.ORIGIN_VERSION
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(component_deployment, {**_given_labels(component_deployment), **labels}),
        "spec": {
            "replicas": replicas(spec),
            "selector": {"matchLabels": {names.SELECTOR: name}},
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
            },
            "template": {
                "metadata": {"labels": pod_labels, **({"annotations": annotations} if annotations else {})},
                "spec": pod_spec(spec, config, context_of(component_deployment)),
            },
        },
    }


def service(component_deployment: Object) -> Object:
    """The Service of a component: `http` 8000 for frontends, `system` 9090 for all others.

    It selects by component, not by generation: during a rolling update it leads to old and new workers.
    """
    spec = component_deployment["spec"]
    port, number = _SERVICE_PORTS.get(spec.get("type") or "", _SYSTEM_SERVICE)
    labels = _labels(component_deployment)
    selector = {
        names.DYNAMO_COMPONENT: labels[names.DYNAMO_COMPONENT],
        names.DYNAMO_NAMESPACE: context_of(component_deployment).dynamo_namespace,
    }
    if spec.get("type"):
        selector[names.COMPONENT_TYPE] = spec["type"]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        # A Service's name has no dots.
        "metadata": _metadata(
            component_deployment, {**_given_labels(component_deployment), **labels, **_discovery_labels()}
        )
        | {"name": name_of(component_deployment).replace(".", "-")},
        "spec": {
            "type": "ClusterIP",
            "ports": [{"name": port, "port": number, "protocol": "TCP", "targetPort": port}],
            "selector": selector,
        },
    }


def _labels(component_deployment: Object) -> dict[str, str]:
    spec = component_deployment["spec"]
    labels = {
        names.DYNAMO_COMPONENT: str(spec.get("name", name_of(component_deployment))),
        names.DYNAMO_NAMESPACE: context_of(component_deployment).dynamo_namespace,
        **labels_of(component_deployment),
        **model_labels(component_deployment),
    }
    if spec.get("type") in (names.PREFILL, names.DECODE):
        labels[names.SUB_COMPONENT_TYPE] = spec["type"]
    return labels


def _given_labels(component_deployment: Object) -> dict[str, str]:
    """Labels of the Pod template, which are those of the graph, too: Deployment and Service have them as well."""
    metadata = (component_deployment["spec"].get("podTemplate") or {}).get("metadata") or {}
    return dict(metadata.get("labels") or {})


def _discovery_labels() -> dict[str, str]:
    return {names.DISCOVERY_BACKEND: "kubernetes", names.DISCOVERY_ENABLED: "true"}


def _metadata(component_deployment: Object, labels: dict[str, str]) -> Object:
    annotations = model_annotations(component_deployment)
    return {
        **({"annotations": annotations} if annotations else {}),
        "name": name_of(component_deployment),
        "namespace": namespace_of(component_deployment),
        "labels": labels,
        "ownerReferences": [owner_reference(component_deployment)],
    }

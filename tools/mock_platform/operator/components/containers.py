"""What the operator puts into the main container of each type of component: a table of observed facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import names
from mock_platform.operator.components.spec import versioned_runtime

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from mock_platform.operator.config import OperatorConfig


def _http_probe(path: str, port: str, **times: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": port}, **times}


_SYSTEM = {"name": "system", "containerPort": names.SYSTEM_PORT, "protocol": "TCP"}
_NIXL = {"name": "nixl", "containerPort": names.NIXL_PORT, "protocol": "TCP"}
_PLANNER_METRICS = {"name": "metrics", "containerPort": names.PLANNER_METRICS_PORT, "protocol": "TCP"}

_FRONTEND: dict[str, Any] = {
    "command": ["python3"],
    "args": ["-m", "dynamo.frontend"],
    "ports": [{"name": "http", "containerPort": names.HTTP_PORT, "protocol": "TCP"}],
    "livenessProbe": _http_probe(
        "/live", "http", initialDelaySeconds=15, periodSeconds=10, timeoutSeconds=1, failureThreshold=3
    ),
    "readinessProbe": _http_probe(
        "/health", "http", initialDelaySeconds=10, periodSeconds=10, timeoutSeconds=3, failureThreshold=3
    ),
}

_LIVENESS = _http_probe("/live", "system", periodSeconds=5, timeoutSeconds=4, failureThreshold=1)
_SYSTEM_PROBES: dict[str, Any] = {
    "livenessProbe": _LIVENESS,
    "readinessProbe": _http_probe("/health", "system", periodSeconds=10, timeoutSeconds=4, failureThreshold=3),
    # Two hours: loading a large model from a slow disk takes its time.
    "startupProbe": _http_probe("/live", "system", periodSeconds=10, timeoutSeconds=5, failureThreshold=720),
}

_WORKER_VARIABLES = {
    "DYN_FORWARDPASS_METRIC_PORT": str(names.FORWARD_PASS_METRICS_PORT),
    "DYN_SYSTEM_ENABLED": "true",
    "DYN_SYSTEM_PORT": str(names.SYSTEM_PORT),
    "DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS": '["generate"]',
    "NIXL_TELEMETRY_ENABLE": "n",
    "NIXL_TELEMETRY_EXPORTER": "prometheus",
    "NIXL_TELEMETRY_PROMETHEUS_PORT": str(names.NIXL_PORT),
}

_POD_IDENTITY: list[dict[str, Any]] = [
    {"name": f"POD_{part.upper()}", "valueFrom": {"fieldRef": {"fieldPath": f"metadata.{part}"}}}
    for part in ("name", "namespace", "uid")
]


@dataclass(frozen=True, slots=True)
class PodContext:
    """Where a component's Pods belong."""

    graph: str
    namespace: str
    dynamo_namespace: str
    worker_hash: str = ""
    """Hash of the workers' generation; "" for components that are not workers."""

    def variables(self, kind: str) -> dict[str, str]:
        """The variables of every component, whatever its type."""
        return {
            "DYN_COMPONENT": kind,
            "DYN_DISCOVERY_BACKEND": "kubernetes",
            "DYN_NAMESPACE": self.dynamo_namespace,
            "DYN_PARENT_DGD_K8S_NAME": self.graph,
            "DYN_PARENT_DGD_K8S_NAMESPACE": self.namespace,
        }


def base_container(component: Object, config: OperatorConfig, context: PodContext) -> Object:
    """The main container before the user's own fields are laid over it.

    A component without a type gets what all have in common: a shell as its command, no port and no probe.
    """
    kind = component.get("type") or ""
    container: Object = {"name": names.MAIN_CONTAINER, "command": ["/bin/sh", "-c"]}
    variables = context.variables(kind)
    if kind == names.FRONTEND:
        container |= _FRONTEND
        variables |= {
            "DYNAMO_PORT": str(names.HTTP_PORT),
            "DYN_HTTP_PORT": str(names.HTTP_PORT),
            "DYN_NAMESPACE_PREFIX": context.dynamo_namespace,
        }
    elif kind in names.WORKER_TYPES:
        # Newer ones send their engine a request of their own now and then, and fail three times before a restart.
        watched = versioned_runtime(component, config.runtime) is not None
        container |= {"ports": [_SYSTEM, _NIXL], **_SYSTEM_PROBES}
        container["livenessProbe"] = {**_LIVENESS, "failureThreshold": 3 if watched else 1}
        variables |= {**_WORKER_VARIABLES, "DYN_HEALTH_CHECK_ENABLED": "true" if watched else "false"}
        if context.worker_hash:
            variables["DYN_NAMESPACE_WORKER_SUFFIX"] = context.worker_hash
    elif kind == names.PLANNER:
        container |= {"ports": [_PLANNER_METRICS, _SYSTEM], **_SYSTEM_PROBES}
        variables |= {
            "DYN_SYSTEM_PORT": str(names.SYSTEM_PORT),
            "PLANNER_PROMETHEUS_PORT": str(names.PLANNER_METRICS_PORT),
        }
    variables |= {
        name: value
        for name, value in (
            ("NATS_SERVER", config.nats_server),
            ("PROMETHEUS_ENDPOINT", config.prometheus_endpoint),
        )
        if value
    }
    container["env"] = [{"name": name, "value": value} for name, value in variables.items()] + _POD_IDENTITY
    return container

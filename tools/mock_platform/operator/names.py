"""Identifiers that the real operator uses, as observed on 1.5.0-dev: facts, in one place."""

from __future__ import annotations

GROUP_VERSION = "nvidia.com/v1beta1"
GRAPH = "DynamoGraphDeployment"
COMPONENT = "DynamoComponentDeployment"

FINALIZER = "nvidia.com/finalizer"

# Labels.
SELECTOR = "nvidia.com/selector"
DYNAMO_COMPONENT = "nvidia.com/dynamo-component"
COMPONENT_TYPE = "nvidia.com/dynamo-component-type"
SUB_COMPONENT_TYPE = "nvidia.com/dynamo-sub-component-type"
GRAPH_NAME = "nvidia.com/dynamo-graph-deployment-name"
DYNAMO_NAMESPACE = "nvidia.com/dynamo-namespace"
DISCOVERY_BACKEND = "nvidia.com/dynamo-discovery-backend"
DISCOVERY_ENABLED = "nvidia.com/dynamo-discovery-enabled"
WORKER_HASH = "nvidia.com/dynamo-worker-hash"
METRICS_ENABLED = "nvidia.com/metrics-enabled"
MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "dynamo-operator"

# Annotations.
CURRENT_WORKER_HASH = "nvidia.com/current-worker-hash-v2"
ORIGIN_VERSION = "nvidia.com/dynamo-operator-origin-version"
WORKLOAD_PROVIDER = "nvidia.com/workload-provider"
LAST_APPLIED_HASH = "nvidia.com/last-applied-hash"
LAST_APPLIED_GENERATION = "nvidia.com/last-applied-generation"
ENABLE_METRICS = "nvidia.com/enable-metrics"

WORKER_TYPES = frozenset({"worker", "prefill", "decode"})
"""Types whose components form one generation: their names end in its hash, and they are updated together."""

MAIN_CONTAINER = "main"
HTTP_PORT = 8000
SYSTEM_PORT = 9090
PLANNER_METRICS_PORT = 9085
NIXL_PORT = 19090
FORWARD_PASS_METRICS_PORT = 20380

# The operator itself, as manifests/operator.yaml has it.
OPERATOR_NAMESPACE = "dynamo-system"
WEBHOOK_SERVICE = "dynamo-platform-dynamo-operator-webhook-service"
WEBHOOK_HOST = f"{WEBHOOK_SERVICE}.{OPERATOR_NAMESPACE}.svc"
WEBHOOK_CONFIGURATION = "dynamo-platform-dynamo-operator-validating"
WEBHOOK_SECRET = "webhook-server-cert"  # noqa: S105  The name of a Secret.

PLANNER_SERVICE_ACCOUNT = "planner-serviceaccount"

# Conditions of a DynamoGraphDeployment.
READY = "Ready"
ALL_READY = "all_resources_are_ready"
SOME_NOT_READY = "some_resources_are_not_ready"
FAILED_TO_RECONCILE = "failed_to_reconcile_the_resources"
NO_MULTINODE_ORCHESTRATOR = "no_multinode_orchestrator_available"

# Conditions of a DynamoComponentDeployment.
AVAILABLE = "Available"
DEPLOYMENT_READY = "DeploymentReady"
DEPLOYMENT_NOT_READY = "DeploymentNotReady"
COMPONENT_CONDITION = "DynamoComponentReady"
COMPONENT_READY = "ComponentReady"
COMPONENT_NOT_READY = "ComponentNotReady"


def service_discovery(graph: str) -> str:
    """The ServiceAccount of a graph's Pods: it lets them find each other through the API server."""
    return f"{graph}-k8s-service-discovery"

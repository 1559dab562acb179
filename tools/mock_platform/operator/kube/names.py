"""Identifiers that the real operator uses, as observed on 1.5.0-dev: facts, in one place."""

from __future__ import annotations

GROUP_VERSION = "nvidia.com/v1beta1"
GRAPH = "DynamoGraphDeployment"
COMPONENT = "DynamoComponentDeployment"
REQUEST = "DynamoGraphDeploymentRequest"
ADAPTER = "DynamoGraphDeploymentScalingAdapter"

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

REQUEST_NAME = "dgdr.nvidia.com/name"
REQUEST_NAMESPACE = "dgdr.nvidia.com/namespace"
REQUEST_MANAGED_BY = "nvidia.com/managed-by"
PROFILER = "dynamo-profiler"

# Annotations.
GENERATED_SPEC = "nvidia.com/generated-dgd-spec"
ADDITIONAL_RESOURCES = "dgdr.nvidia.com/additional-resources"
ALPHA_SPEC = "nvidia.com/dgdr-spec"
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
DEFAULTING_CONFIGURATION = "dynamo-platform-dynamo-operator-mutating"
CONVERTED = tuple(
    f"{plural}.nvidia.com"
    for plural in (
        "dynamographdeployments",
        "dynamocomponentdeployments",
        "dynamographdeploymentscalingadapters",
        "dynamographdeploymentrequests",
    )
)
"""CustomResourceDefinitions with two versions, whose objects the webhook converts."""
WEBHOOK_SECRET = "webhook-server-cert"  # noqa: S105  The name of a Secret.

PLANNER_SERVICE_ACCOUNT = "planner-serviceaccount"
PROFILING_SERVICE_ACCOUNT = "dgdr-profiling-job"

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

# A DynamoGraphDeploymentRequest: phases, and types of conditions.
PENDING = "Pending"
PROFILING = "Profiling"
DEPLOYING = "Deploying"
REVIEWED = "Ready"
DEPLOYED = "Deployed"
FAILED = "Failed"
FIXED_PHASES = frozenset({PROFILING, DEPLOYING, REVIEWED, DEPLOYED})
"""Phases in which the spec may no longer change."""
VALIDATION = "Validation"
SPEC_GENERATED = "SpecGenerated"
GRAPH_READY = "DeploymentReady"
SUCCEEDED = "Succeeded"
PROFILING_PHASES = (
    *("Initializing", "SweepingPrefill", "SweepingDecode", "SelectingConfig"),
    *("BuildingCurves", "GeneratingDGD", "Done"),
)
"""What the profiler may report, in its order."""


def profiling_job(request: str) -> str:
    """The Job that profiles for a request."""
    return f"profile-{request}"


def profiling_output(request: str) -> str:
    """The ConfigMap that the Job's output-copier writes."""
    return f"dgdr-output-{request}"


def service_discovery(graph: str) -> str:
    """The ServiceAccount of a graph's Pods: it lets them find each other through the API server."""
    return f"{graph}-k8s-service-discovery"

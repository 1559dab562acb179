"""Identifiers on and in the objects of Dynamo: labels, annotations, objects that the operator makes, ports."""

from __future__ import annotations

from dynamo_api.facts import kinds

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
BASE_MODEL_HASH = "nvidia.com/dynamo-base-model-hash"
"""Label of what serves a base model: of Pods, their Services, and the EndpointSlices of these."""
METRICS_ENABLED = "nvidia.com/metrics-enabled"
MANAGED_BY = "app.kubernetes.io/managed-by"
MANAGER = "dynamo-operator"

REQUEST_NAME = "dgdr.nvidia.com/name"
REQUEST_NAMESPACE = "dgdr.nvidia.com/namespace"
REQUEST_MANAGED_BY = "nvidia.com/managed-by"
PROFILER = "dynamo-profiler"
"""The value of the label `app` of profiling Jobs."""

# Annotations.
BASE_MODEL = "nvidia.com/dynamo-base-model"
GENERATED_SPEC = "nvidia.com/generated-dgd-spec"
ADDITIONAL_RESOURCES = "dgdr.nvidia.com/additional-resources"
CURRENT_WORKER_HASH = "nvidia.com/current-worker-hash-v2"
ORIGIN_VERSION = "nvidia.com/dynamo-operator-origin-version"
WORKLOAD_PROVIDER = "nvidia.com/workload-provider"
GROVE_UPDATE_STRATEGY = "nvidia.com/grove-update-strategy"
LAST_APPLIED_HASH = "nvidia.com/last-applied-hash"
LAST_APPLIED_GENERATION = "nvidia.com/last-applied-generation"
RESTARTED_BY = "nvidia.com/restartAt"
"""Annotation of a Pod template: the id of the last restart."""
ENABLE_METRICS = "nvidia.com/enable-metrics"
ENABLE_GROVE = "nvidia.com/enable-grove"
POWER_LIMIT = "dynamo.nvidia.com/gpu-power-limit"
DISCOVERY_MODE = "nvidia.com/dynamo-kube-discovery-mode"
EXECUTOR_BACKEND = "nvidia.com/vllm-distributed-executor-backend"
UPDATE_STRATEGY = "nvidia.com/deployment-strategy"
UPDATE_MAX_SURGE = "nvidia.com/deployment-rolling-update-max-surge"
UPDATE_MAX_UNAVAILABLE = "nvidia.com/deployment-rolling-update-max-unavailable"

# Types of components.
FRONTEND, WORKER, PREFILL, DECODE, PLANNER = "frontend", "worker", "prefill", "decode", "planner"
WORKER_TYPES = frozenset({WORKER, PREFILL, DECODE})
"""Types whose components form one generation: their names end in its hash, and they are updated together."""

MAIN_CONTAINER = "main"
SIDECAR_CONTAINER = "sidecar-frontend"
"""The name that a v1alpha1 frontendSidecar, which has none, is given."""
HTTP_PORT = 8000
SYSTEM_PORT = 9090
PLANNER_METRICS_PORT = 9085
NIXL_PORT = 19090
FORWARD_PASS_METRICS_PORT = 20380

PLANNER_SERVICE_ACCOUNT = "planner-serviceaccount"
PROFILING_SERVICE_ACCOUNT = "dgdr-profiling-job"

# The Pod of a profiling Job, and what it needs and leaves.
PROFILER_CONTAINER = "profiler"
COPIER_CONTAINER = "output-copier"
TOKEN_SECRET = "hf-token-secret"  # noqa: S105  The name of a Secret.
TOKEN_KEY = "HF_TOKEN"  # noqa: S105  The name of a key in it.
OVERRIDE_INSTALLER = "dgd-override-installer"
"""Init container of the Job of a request with `overrides.dgd`; it brings the program that merges."""
OVERRIDE_VOLUME = "dgd-override-tool"
OVERRIDE_FOLDER = "/opt/dynamo/bin"
OVERRIDE_PROGRAM = f"{OVERRIDE_FOLDER}/dgd-apply-overrides"
OVERRIDE_VARIABLE = "DYNAMO_DGD_APPLY_OVERRIDES_BIN"
PULL_SECRET = "nvcr-imagepullsecret"  # noqa: S105  The name of a Secret.
RESULT_FILE = "final_config.yaml"
"""The key of the output ConfigMap with the generated graph (v1beta1)."""


def profiling_job(request: str) -> str:
    """The Job that profiles for a request."""
    return f"profile-{request}"


def profiling_output(request: str) -> str:
    """The ConfigMap that the Job's output-copier writes."""
    return f"dgdr-output-{request}"


def generated_graph(request: str) -> str:
    """The graph of a request, unless `spec.overrides` or v1alpha1's `spec.deploymentOverrides` names another."""
    return f"{request}-dgd"


def model_service(digits: str) -> str:
    """The headless Service of a base model, by what stands for its name in a label."""
    return f"dynamo-model-{digits}"


def service_discovery(graph: str) -> str:
    """The ServiceAccount of a graph's Pods: it lets them find each other through the API server."""
    return f"{graph}-k8s-service-discovery"


def binding(account: str) -> str:
    """The RoleBinding of a ServiceAccount that the operator makes."""
    return f"{account}-binding"


def kept_spec(kind: str) -> str:
    """The annotation with what the object's other version says in its spec and this one cannot."""
    return f"{kinds.GROUP}/{kinds.KINDS[kind].short}-spec"


def kept_status(kind: str) -> str:
    """The annotation with what the object's other version says in its status and this one cannot."""
    return f"{kinds.GROUP}/{kinds.KINDS[kind].short}-status"

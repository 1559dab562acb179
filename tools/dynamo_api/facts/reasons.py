"""Reasons of conditions and of events. What each means, and what to do about it, is in words.yaml."""

from __future__ import annotations

from dynamo_api.facts import phases

# Of a request's conditions; a condition of a phase has the phase's own name, too (`phases`).
VALIDATION_PASSED = "ValidationPassed"
VALIDATION_FAILED = "ValidationFailed"
DISCOVERING_HARDWARE = "DiscoveringHardware"
JOB_CREATION_FAILED = "JobCreationFailed"
PROFILING_RUNNING = "ProfilingRunning"
PROFILER_DONE = "Completed"
"""The profiler says that it is done; the Job still has to end."""
PROFILING_COMPLETED = "ProfilingCompleted"
SPEC_GENERATED = "SpecGenerated"
GENERATION_FAILED = "GenerationFailed"
DEPLOYMENT_REJECTED = "DeploymentRejected"
DEPLOYMENT_IN_PROGRESS = "DeploymentInProgress"
DEPLOYMENT_READY = "DeploymentReady"
DEPLOYMENT_DEGRADED = "DeploymentDegraded"
DEPLOYMENT_DELETED = "DeploymentDeleted"

# Of a request's events; some are reasons of its conditions as well.
INITIALIZED = "Initialized"
PROFILING_JOB_CREATED = "ProfilingJobCreated"
PROFILING_JOB_FAILED = "ProfilingJobFailed"
PROFILING_CHECK_FAILED = "ProfilingCheckFailed"
CONFIG_MAP_CREATION_FAILED = "ConfigMapCreationFailed"
DEPLOYMENT_CREATED = "DeploymentCreated"
DEPLOYMENT_CREATION_FAILED = "DeploymentCreationFailed"
IMAGE_PULL_FAILED = "ImagePullFailed"
SPEC_CHANGE_REJECTED = "SpecChangeRejected"

# Of a graph's condition Ready.
ALL_READY = "all_resources_are_ready"
SOME_NOT_READY = "some_resources_are_not_ready"
FAILED_TO_RECONCILE = "failed_to_reconcile_the_resources"
NO_MULTINODE_ORCHESTRATOR = "no_multinode_orchestrator_available"
ROLLING_UPDATE = "rolling_update_in_progress"

# Of a graph's events.
UPDATE_STARTED = "RollingUpdateStarted"
UPDATE_COMPLETED = "RollingUpdateCompleted"

# Of events about scaling adapters: on the graph, and on the adapter itself.
ADAPTER_CREATED = "AdapterCreated"
ADAPTER_DELETED = "AdapterDeleted"
SCALED = "Scaled"

# Of a DynamoComponentDeployment's conditions, and of its events.
COMPONENT_DEPLOYMENT_READY = "DeploymentReady"
COMPONENT_DEPLOYMENT_NOT_READY = "DeploymentNotReady"
COMPONENT_READY = "ComponentReady"
COMPONENT_NOT_READY = "ComponentNotReady"
RECONCILING = "Reconciling"
RECONCILE_ERROR = "ReconcileError"
UPDATED = "Update"
NOTHING_TO_UPDATE = "UpdateDynamoGraphDeployment"

# Of a model's conditions, and of its events; some are both.
MODEL_SERVICES_FOUND = "ServicesFound"
MODEL_NO_SERVICES = "NoServicesFound"
MODEL_DISCOVERED = "EndpointsDiscovered"
MODEL_ALL_READY = "AllEndpointsReady"
MODEL_NOT_READY = "NotReady"
MODEL_NO_ENDPOINTS = "NoEndpoints"
MODEL_READY = "EndpointsReady"
MODEL_NOTHING_FOUND = "NoEndpointsFound"
MODEL_DISCOVERY_FAILED = "EndpointDiscoveryFailed"
MODEL_PARTLY_FAILED = "PartialEndpointFailure"
MODEL_UNLOADED = "LoRAUnloaded"
MODEL_UNLOAD_FAILED = "LoRAUnloadFailed"


def profiling(phase: str) -> str:
    """The reason of the condition Profiling while the profiler is in a phase of its own."""
    return PROFILER_DONE if phase == phases.DONE else phase


def profiling_failed(phase: str) -> str:
    """The reason of a profiling that failed in a phase ("": before it said which): `GeneratingDGDFailed`."""
    return f"{phase or phases.PROFILING}Failed"


def failed_phase(reason: str) -> str:
    """The phase in which a profiling failed, by that reason; "" if it is another reason."""
    phase = reason.removesuffix("Failed")
    return phase if phase != reason else ""

"""What Dynamo refuses though no schema says so: the table of rules. Data; the checks are in admission*.py.

Each rule tells who refuses, of which kinds, in which versions and releases. What was read: the webhook observed on
1.5.0-dev and its sources around each release; the profiler and the planner in `ai-dynamo` 1.0.2, 1.1.0 and 1.4.2
from PyPI. A rule begins with the first release known to have it: an older one may well have had it, too.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dynamo_api.facts.kinds import ALPHA, BETA, COMPONENT, GRAPH, MODEL, REQUEST
from dynamo_api.facts.names import DISCOVERY_MODE
from dynamo_api.releases import states

RELEASES = states()
"""States whose CRDs were read, from old to new, as sources and rules call them (dynamo_api.releases)."""


class Source(enum.StrEnum):
    """Who refuses."""

    WEBHOOK = "webhook"
    """Webhook: refused at once; the API server asks it before it stores the object."""
    CONTROLLER = "controller"
    """Operator's controller: accepted; the object's status says so."""
    PROFILER = "profiler"
    """Profiler: accepted; the profiling Job fails, and with it the request."""
    PLANNER = "planner"
    """Planner: accepted; the planner's Pod fails at its start. Of a request, the profiler fails before it."""


class Needs(enum.StrEnum):
    """What a cluster may have or not; the name of a field of `Environment`."""

    GROVE = "grove"
    ORCHESTRATOR = "orchestrator"
    INFERENCE_POOL = "inference_pool"
    CHECKPOINTS = "checkpoints"
    GPU_DISCOVERY = "gpu_discovery"


@dataclass(frozen=True, slots=True)
class Environment:
    """The cluster that a manifest is for; None: not known, so that what it lacks is advice, not an error."""

    grove: bool | None = None
    lws: bool | None = None
    inference_pool: bool | None = None
    """Whether the Gateway API Inference Extension is installed."""
    checkpoints: bool | None = None
    """Whether the operator's configuration has checkpoint.enabled."""
    gpu_discovery: bool | None = True
    """Whether the operator finds out about GPUs itself; it does unless its configuration says otherwise."""

    @property
    def orchestrator(self) -> bool | None:
        """Whether something can run a component on several nodes."""
        if self.grove or self.lws:
            return True
        return False if self.grove is False and self.lws is False else None


UNKNOWN = Environment()


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is refused."""

    name: str
    """Name, which is stable; a problem's code is `admission/NAME`."""
    says: str
    """Requirement, as a sentence for a reference page."""
    source: Source = Source.WEBHOOK
    kinds: tuple[str, ...] = (GRAPH, COMPONENT)
    versions: tuple[str, ...] = (ALPHA, BETA)
    since: str = "main-1.4.0"
    until: str = ""
    needs: Needs | None = None
    """Need of the rule: only a cluster that lacks it refuses; None: every cluster refuses."""
    update: bool = False
    """Whether it is refused only when an object is changed; a manifest alone cannot break it."""

    @property
    def code(self) -> str:
        """As a problem carries it."""
        return f"admission/{self.name}"

    def applies(self, kind: str, version: str, release: str) -> bool:
        """Whether it is asked of this kind, in this version, by this release."""
        if kind not in self.kinds or version not in self.versions:
            return False
        index = RELEASES.index
        return index(self.since) <= index(release) <= index(self.until or RELEASES[-1])


_GRAPHS = (GRAPH,)
_REQUESTS = (REQUEST,)
_PLANNERS = (REQUEST, GRAPH, COMPONENT)
_1_0, _1_1 = "v1.0.2", "v1.1.0"

_WEBHOOK = (
    Rule("component", "A graph has at least one component.", kinds=_GRAPHS, since=_1_0),
    Rule("main-image", "Every component has a main container with an image."),
    Rule(
        "image-tag",
        "An image whose tag is no semantic version needs runtimeVersionOverride: main images of a graph's"
        " components, and the profiler's image of a request.",
        kinds=(GRAPH, REQUEST),
    ),
    Rule(
        "thorough-auto",
        "searchStrategy thorough needs a backend other than auto, which is the default.",
        kinds=_REQUESTS,
        versions=(BETA,),
        since=_1_0,
    ),
    Rule(
        "hardware",
        "A request describes the hardware where the operator may not discover it.",
        kinds=_REQUESTS,
        versions=(BETA,),
        needs=Needs.GPU_DISCOVERY,
    ),
    Rule("epp-multinode", "A component of type epp runs on one node.", since=_1_0),
    Rule("epp-replicas", "A component of type epp has exactly one replica.", since=_1_0),
    Rule("epp-config", "A component of type epp with a runtime before 1.5.0 has eppConfig.", since=_1_0),
    Rule("epp-config-name", "eppConfig.configMapRef has a name.", since=_1_0),
    Rule(
        "epp-inference-pool",
        "Type epp needs the InferencePool API (Gateway API Inference Extension).",
        since=_1_0,
        needs=Needs.INFERENCE_POOL,
    ),
    Rule("frontend-sidecar", "frontendSidecar names a container of the Pod template.", versions=(BETA,)),
    Rule("shared-memory-negative", "sharedMemorySize is not negative.", versions=(BETA,)),
    Rule("gpu-memory-type", "gpuMemoryService is for workers: type worker, prefill or decode."),
    Rule("gpu-memory-gpu", "gpuMemoryService needs at least one GPU in the main container's limits."),
    Rule("gpu-memory-backend", "gpuMemoryService between Pods needs backendFramework vllm.", kinds=_GRAPHS),
    Rule("gpu-memory-grove", "gpuMemoryService between Pods needs Grove.", kinds=_GRAPHS, needs=Needs.GROVE),
    Rule("failover-gpu-memory", "failover needs gpuMemoryService."),
    Rule("failover-mode", "failover and gpuMemoryService have the same mode."),
    Rule(
        "failover-discovery",
        f"failover within a Pod needs the graph's annotation {DISCOVERY_MODE}: container.",
        kinds=_GRAPHS,
    ),
    Rule(
        "checkpoint",
        "checkpoint needs checkpoint.enabled in the operator's configuration.",
        since="main-1.5.0",
        needs=Needs.CHECKPOINTS,
    ),
    Rule("min-available-grove", "minAvailable needs a graph that Grove runs.", needs=Needs.GROVE),
    Rule("priority-grove", "priorityClassName of a graph needs Grove.", kinds=_GRAPHS, needs=Needs.GROVE),
    Rule(
        "transfer-topology-grove",
        "kvTransferPolicy.clusterTopologyName needs Grove.",
        kinds=_GRAPHS,
        needs=Needs.GROVE,
    ),
    Rule(
        "topology",
        "A component's topologyConstraint needs the graph's; without a packDomain there, every component has one.",
        kinds=_GRAPHS,
        versions=(BETA,),
    ),
    Rule("annotation", "Dynamo's annotations of a graph have values that it knows.", kinds=_GRAPHS),
    Rule("claim-name", "A claim of spec.pvcs has a name.", kinds=_GRAPHS, versions=(ALPHA,), since=_1_0),
    Rule(
        "mount-point",
        "A volumeMount that is no compilation cache has a mountPoint.",
        versions=(ALPHA,),
        since=_1_0,
    ),
    Rule("ingress-host", "An enabled ingress has a host.", versions=(ALPHA,), since=_1_0),
    Rule(
        "shared-memory-size",
        "sharedMemory has a size unless it is disabled.",
        versions=(ALPHA,),
        since=_1_0,
        until=_1_1,
    ),
    Rule("model-name", "modelName and baseModelName are not empty.", kinds=(MODEL,), since=_1_0),
    Rule(
        "lora-source",
        "A model of type lora has source.uri, which begins with s3:// or hf://.",
        kinds=(MODEL,),
        since=_1_0,
    ),
)

_UPDATES = (
    Rule(
        "update-components",
        "Components of a graph are neither added nor removed.",
        kinds=_GRAPHS,
        since=_1_0,
        update=True,
    ),
    Rule("update-backend", "backendFramework of a graph does not change.", kinds=_GRAPHS, since=_1_0, update=True),
    Rule(
        "update-multinode",
        "A component keeps to one node, or to several.",
        kinds=_GRAPHS,
        since=_1_0,
        update=True,
    ),
    Rule(
        "update-phase",
        "A request does not change once it is being profiled, deployed, or ready; while autoApply is false,"
        " runtimeVersionOverride still may, and autoApply once it is Ready.",
        kinds=_REQUESTS,
        since=_1_0,
        update=True,
    ),
    Rule("update-model", "modelType and baseModelName do not change.", kinds=(MODEL,), since=_1_0, update=True),
)

_CONTROLLER = (
    Rule(
        "multinode-orchestrator",
        "multinode needs an orchestrator: Grove or LeaderWorkerSet.",
        Source.CONTROLLER,
        since=_1_0,
        needs=Needs.ORCHESTRATOR,
    ),
)

_PROFILER = (
    Rule(
        "load-twice",
        "workload has concurrency or requestRate, not both.",
        Source.PROFILER,
        _REQUESTS,
        (BETA,),
        _1_0,
    ),
    Rule("sla-positive", "The targets of an SLA are greater than 0.", Source.PROFILER, _REQUESTS, since=_1_0),
    Rule(
        "sla-exclusive",
        "An SLA has e2eLatency, or ttft and itl, not both.",
        Source.PROFILER,
        _REQUESTS,
        (BETA,),
        _1_0,
    ),
    Rule(
        "gpus-per-node",
        "hardware.numGpusPerNode is greater than 0.",
        Source.PROFILER,
        _REQUESTS,
        (BETA,),
        _1_0,
    ),
    Rule(
        "mocker-sweep",
        "The mocker with a planner needs a pre_deployment_sweeping_mode other than none.",
        Source.PROFILER,
        _REQUESTS,
        (BETA,),
        _1_0,
    ),
)

_PLANNER = tuple(
    Rule(f"planner-{name}", says, Source.PLANNER, _PLANNERS, since=since, until=until)
    for name, says, since, until in (
        ("value", "Fields of a fixed set of values have one of them.", _1_0, ""),
        ("range", "Numbers are within their limits.", "main-1.4.0", ""),
        ("sample-buckets", "fpm_sample_bucket_size is a square.", _1_1, ""),
        ("thresholds", "optimization_target load needs the thresholds of what it scales.", "main-1.4.0", ""),
        ("threshold-order", "A threshold to scale up is above the one to scale down.", "main-1.4.0", ""),
        ("global", "environment global-planner needs global_planner_namespace.", _1_0, ""),
        ("no-scaling", "At least one way of scaling is enabled.", _1_0, ""),
        ("sweep", "Scaling by throughput needs a pre_deployment_sweeping_mode other than none.", _1_0, _1_1),
        ("intervals", "Scaling by load is looked at more often than scaling by throughput.", _1_0, ""),
        ("scheduling", "scheduling has only fields that the planner knows.", "main-1.4.0", ""),
    )
)

RULES = {rule.name: rule for rule in (*_WEBHOOK, *_UPDATES, *_CONTROLLER, *_PROFILER, *_PLANNER)}
"""All rules by name."""

"""What Dynamo refuses though no schema says so: the table of rules. Data; the checks are in admission*.py.

Each rule tells who refuses, of which kinds, in which versions and releases. What was read: the webhook observed on
1.5.0-dev and its sources around each release; the profiler and the planner in `ai-dynamo` 1.0.2, 1.1.0, 1.4.2,
1.5.1 and 1.6.1 from PyPI. A rule begins with the first release known to have it: an older one may well have had
it, too.
"""

from __future__ import annotations

from dynamo_api.facts.kinds import ALPHA, BETA, COMPONENT, GRAPH, MODEL, REQUEST
from dynamo_api.facts.names import DISCOVERY_MODE, GROVE_UPDATE_STRATEGY, WORKLOAD_PROVIDER
from dynamo_crd.admission.rule import Needs, Rule, Source

_GRAPHS = (GRAPH,)
_REQUESTS = (REQUEST,)
_PLANNERS = (REQUEST, GRAPH, COMPONENT)
_1_0, _1_1, _1_5_DEV, _1_5, _1_6 = "v1.0.2", "v1.1.0", "main-1.5.0", "v1.5.0", "v1.6.1"

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
        since=_1_5_DEV,
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
    Rule(
        "grove-update-strategy",
        f"The annotation {GROVE_UPDATE_STRATEGY} is RollingRecreate or OnDelete, or Coherent from 1.6 on.",
        kinds=_GRAPHS,
    ),
    Rule(
        "workload-provider",
        f"The annotation {WORKLOAD_PROVIDER}, which the operator writes, is component or grove.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
    ),
    Rule(
        "elastic-ep-command",
        "vLLM with --enable-elastic-ep and --data-parallel-backend ray has a command: the operator wraps it.",
        since=_1_5_DEV,
    ),
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
        "A model of type lora has source.uri, which begins with s3:// or hf://, or file:/// from 1.3 on.",
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
        "update-node-count",
        "multinode.nodeCount does not change.",
        since=_1_5,
        update=True,
    ),
    Rule(
        "update-provider",
        f"The annotation {WORKLOAD_PROVIDER} does not change once it is there: a graph does not move between Grove"
        " and the operator's own Deployments.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
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
        ("retired", "aic_perf_model is gone: ais_perf_model.roles takes its place.", _1_6, ""),
        ("roles", "ais_perf_model.roles describes each role of the mode, and no other.", _1_6, ""),
        (
            "power",
            "Power awareness needs total_gpu_power_limit, environment kubernetes, and a mode other than agg.",
            _1_5_DEV,
            "",
        ),
    )
)

RULES = {rule.name: rule for rule in (*_WEBHOOK, *_UPDATES, *_CONTROLLER, *_PROFILER, *_PLANNER)}
"""All rules by name."""

"""What Dynamo refuses though no schema says so: the table of rules. Data; the checks are in admission*.py.

Each rule tells who refuses, of which kinds, in which versions and releases. What was read: the webhook observed on
1.5.0-dev and its sources around each release; the profiler and the planner in `ai-dynamo` 1.0.2, 1.1.0, 1.4.2,
1.5.1 and 1.6.1 from PyPI. A rule begins with the first release known to have it: an older one may well have had
it, too.
"""

from __future__ import annotations

from dynamo_api.facts.kinds import BETA, COMPONENT, GRAPH, MODEL, REQUEST
from dynamo_api.facts.names import POWER_LIMIT, WORKLOAD_PROVIDER
from dynamo_crd.admission.rule import Needs, Rule, Source
from dynamo_crd.admission.webhook_rules import WEBHOOK

_GRAPHS = (GRAPH,)
_REQUESTS = (REQUEST,)
_PLANNERS = (REQUEST, GRAPH, COMPONENT)
_1_0, _1_1, _1_5_DEV, _1_5, _1_6 = "v1.0.2", "v1.1.0", "main-1.5.0", "v1.5.0", "v1.6.1"

_UPDATES = (
    Rule(
        "update-components",
        "Components of a graph are neither added nor removed.",
        kinds=_GRAPHS,
        since=_1_0,
        update=True,
    ),
    Rule("update-backend", "backendFramework does not change.", since=_1_0, update=True),
    Rule("update-multinode", "A component keeps to one node, or to several.", since=_1_0, update=True),
    Rule(
        "update-topology", "topologyConstraint is neither added, removed nor changed.", since=_1_5_DEV, update=True
    ),
    Rule(
        "update-transfer-policy",
        "experimental.kvTransferPolicy is neither added, removed nor changed.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
        update=True,
    ),
    Rule(
        "update-power-limit",
        f"The annotation {POWER_LIMIT} of a Pod template is neither added, removed nor changed; and a component"
        " that has it keeps its number of GPUs.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
        update=True,
    ),
    Rule(
        "update-restart",
        "spec.restart.id does not change during a rolling update.",
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
        f"The annotation {WORKLOAD_PROVIDER} does not change once it exists, and only the operator writes it"
        " into an existing graph. A graph does not move between Grove and the operator's own Deployments.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
        update=True,
    ),
    Rule(
        "update-replicas",
        "replicas of a component with a scalingAdapter change through its DynamoGraphDeploymentScalingAdapter.",
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
        ("value", "A field with a fixed set of values has one of these values.", _1_0, ""),
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

RULES = {rule.name: rule for rule in (*WEBHOOK, *_UPDATES, *_CONTROLLER, *_PROFILER, *_PLANNER)}
"""All rules by name."""

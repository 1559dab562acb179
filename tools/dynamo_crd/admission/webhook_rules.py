"""The rules that the webhook has for objects as they are written: data, as in `rules`."""

from __future__ import annotations

from dynamo_api.facts.kinds import ALPHA, BETA, GRAPH, MODEL, REQUEST
from dynamo_api.facts.names import DISCOVERY_MODE, GROVE_UPDATE_STRATEGY, POWER_LIMIT, WORKLOAD_PROVIDER
from dynamo_crd.admission.rule import Needs, Rule

_GRAPHS = (GRAPH,)
_REQUESTS = (REQUEST,)
_1_0, _1_1, _1_5_DEV = "v1.0.2", "v1.1.0", "main-1.5.0"

WEBHOOK = (
    Rule("component", "A graph has at least one component.", kinds=_GRAPHS, since=_1_0),
    Rule("main-image", "Every component has a main container with an image."),
    Rule(
        "image-tag",
        "An image whose tag is not a semantic version needs runtimeVersionOverride: main images of a graph's"
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
    Rule(
        "epp-config",
        "A component of type epp has eppConfig; from 1.5.0 on only one with a runtime before 1.5.0 needs it.",
        since=_1_0,
    ),
    Rule(
        "epp-config-source",
        "eppConfig has configMapRef or config, one of them and not both.",
        versions=(ALPHA,),
        since=_1_5_DEV,
    ),
    Rule("epp-config-name", "eppConfig.configMapRef has a name.", since=_1_0),
    Rule(
        "epp-inference-pool",
        "Type epp needs the InferencePool API (Gateway API Inference Extension).",
        since=_1_0,
        needs=Needs.INFERENCE_POOL,
    ),
    Rule("frontend-sidecar", "frontendSidecar names a container of the Pod template.", versions=(BETA,)),
    Rule(
        "frontend-sidecar-name",
        "If frontendSidecar is set, no container of extraPodSpec has the name sidecar-frontend, "
        "because the sidecar gets that name.",
        versions=(ALPHA,),
        since=_1_5_DEV,
    ),
    Rule("shared-memory-negative", "sharedMemorySize is not negative.", versions=(BETA,)),
    Rule("gpu-memory-type", "gpuMemoryService is for workers: type worker, prefill or decode."),
    Rule("gpu-memory-gpu", "gpuMemoryService needs at least one GPU in the main container's limits."),
    Rule(
        "gpu-memory-clients",
        "gpuMemoryService.extraClientContainers names containers of the Pod template.",
        since=_1_5_DEV,
    ),
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
        "failover-shadows",
        "failover within a Pod has one shadow.",
        versions=(ALPHA,),
        since=_1_5_DEV,
    ),
    Rule("checkpoint-type", "checkpoint is for workers: type worker, prefill or decode.", since=_1_5_DEV),
    Rule(
        "checkpoint",
        "checkpoint needs checkpoint.enabled in the operator's configuration.",
        since=_1_5_DEV,
        needs=Needs.CHECKPOINTS,
    ),
    Rule("min-available-grove", "minAvailable needs a graph that Grove runs.", needs=Needs.GROVE),
    Rule(
        "provider-override-grove",
        "providerOverride needs a graph that Grove runs.",
        since=_1_5_DEV,
        needs=Needs.GROVE,
    ),
    Rule(
        "scaling-group-grove",
        "experimental.grove.forceScalingGroup needs a graph that Grove runs.",
        versions=(BETA,),
        since=_1_5_DEV,
        needs=Needs.GROVE,
    ),
    Rule("priority-grove", "priorityClassName of a graph needs Grove.", kinds=_GRAPHS, needs=Needs.GROVE),
    Rule(
        "transfer-topology-grove",
        "kvTransferPolicy.clusterTopologyName needs Grove.",
        kinds=_GRAPHS,
        needs=Needs.GROVE,
    ),
    Rule(
        "transfer-topology-name",
        "kvTransferPolicy.clusterTopologyName is the name of an object: small letters, digits, dashes and dots.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
    ),
    Rule(
        "topology",
        "A component's topologyConstraint needs the graph's; without a packDomain there, a component has one.",
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
    Rule(
        "power-limit",
        f"The annotation {POWER_LIMIT} of a Pod template is a number of watts greater than 0.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
    ),
    Rule(
        "power-limit-claims",
        f"A component with the annotation {POWER_LIMIT} has neither gpuMemoryService nor containers with resource"
        " claims.",
        kinds=_GRAPHS,
        since=_1_5_DEV,
    ),
    Rule(
        "restart-order",
        "restart.strategy.order names each component once, and is for the strategy Sequential only.",
        kinds=_GRAPHS,
        since=_1_0,
    ),
    Rule("claim-name", "A claim of spec.pvcs has a name.", kinds=_GRAPHS, versions=(ALPHA,), since=_1_0),
    Rule(
        "mount-point",
        "A volumeMount that is not a compilation cache has a mountPoint.",
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
"""Rules by which the webhook refuses an object, new or changed."""

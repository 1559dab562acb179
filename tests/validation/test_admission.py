"""Each rule beyond the schemas: a case in which it speaks and one in which it does not, in each version of it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from dynamo_crd.admission import admission
from dynamo_crd.admission.components import runtime_version
from dynamo_crd.admission.faults import field_path
from dynamo_crd.admission.rule import RELEASES, Environment, Source, within
from dynamo_crd.admission.rules import RULES
from dynamo_crd.schemas import registry
from groundwork.base.problems import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]
NEWEST = RELEASES[-1]
BARE = Environment(grove=False, lws=False, inference_pool=False, checkpoints=False, gpu_discovery=False)
FULL = Environment(grove=True, lws=True, inference_pool=True, checkpoints=True, gpu_discovery=True)

WORKER = "spec components 1"
MAIN = f"{WORKER} podTemplate spec containers 1"
SERVICE = "spec services VllmWorker"
PLANNER = "spec features planner"
EPP = {f"{WORKER} type": "epp", f"{WORKER} eppConfig": {"config": {}}}
ALPHA_EPP = {f"{SERVICE} componentType": "epp", f"{SERVICE} eppConfig": {"config": {}}}
OVERRIDE = {"apiVersion": "grove.io/v1alpha1", "value": {}}
POWER = "dynamo.nvidia.com/gpu-power-limit"
GMS = {f"{WORKER} experimental": {"gpuMemoryService": {}}}
ALPHA_GMS = {f"{SERVICE} gpuMemoryService": {"enabled": True}}
LOAD = {
    "mode": "decode",
    "optimization_target": "load",
    "decode_scale_up_kv_rate": 80,
    "decode_scale_down_kv_rate": 20,
}


class Case(NamedTuple):
    rule: str
    which: str
    """The object, as `make` has it."""
    bad: Object
    """Changes after which the rule speaks."""
    good: Object
    """Changes after which it is silent."""
    field: str
    """The field that is named."""


ALL = ("DGD beta", "DGD alpha", "DCD beta", "DCD alpha", "DGDR beta", "DGDR alpha", "DM alpha")
CASES = [
    Case("component", "DGD beta", {"spec components": []}, {}, "spec.components"),
    Case("component", "DGD alpha", {"spec services": {}}, {}, "spec.services"),
    Case(
        "main-image",
        "DGD beta",
        {f"{MAIN} image": None},
        {},
        "spec.components[1].podTemplate.spec.containers[1].image",
    ),
    Case(
        "main-image", "DGD beta", {f"{MAIN} name": "other"}, {}, "spec.components[1].podTemplate.spec.containers"
    ),
    Case(
        "main-image",
        "DGD beta",
        {f"{WORKER} podTemplate": None},
        {},
        "spec.components[1].podTemplate.spec.containers",
    ),
    Case(
        "main-image",
        "DGD alpha",
        {f"{SERVICE} extraPodSpec": None},
        {},
        "spec.services[VllmWorker].extraPodSpec.mainContainer.image",
    ),
    Case("main-image", "DCD beta", {"spec podTemplate": None}, {}, "spec.podTemplate.spec.containers"),
    Case("main-image", "DCD alpha", {"spec extraPodSpec": None}, {}, "spec.extraPodSpec.mainContainer.image"),
    Case(
        "image-tag",
        "DGD beta",
        {f"{MAIN} image": "r/x:my-tag"},
        {f"{MAIN} image": "r/x:my-tag", f"{WORKER} runtimeVersionOverride": "1.4.2"},
        "spec.components[1].runtimeVersionOverride",
    ),
    Case(
        "image-tag",
        "DGD alpha",
        {f"{SERVICE} extraPodSpec mainContainer image": "r/x"},
        {f"{SERVICE} extraPodSpec mainContainer image": "r/x", f"{SERVICE} runtimeVersionOverride": "1.4.2"},
        "spec.services[VllmWorker].runtimeVersionOverride",
    ),
    Case(
        "image-tag",
        "DGDR beta",
        {"spec image": "dynamo-planner:my-tag"},
        {"spec image": None},
        "spec.runtimeVersionOverride",
    ),
    Case(
        "image-tag",
        "DGDR alpha",
        {"spec profilingConfig profilerImage": "vllm-runtime:latest"},
        {},
        "spec.runtimeVersionOverride",
    ),
    Case(
        "thorough-auto",
        "DGDR beta",
        {"spec searchStrategy": "thorough", "spec backend": "auto"},
        {"spec searchStrategy": "thorough"},
        "spec.searchStrategy",
    ),
    Case(
        "thorough-auto",
        "DGDR beta",
        {"spec searchStrategy": "thorough", "spec backend": None},
        {"spec searchStrategy": "rapid", "spec backend": None},
        "spec.searchStrategy",
    ),
    Case("hardware", "DGDR beta", {}, {"spec hardware gpuSku": "h100_sxm"}, "spec.hardware"),
    Case("epp-multinode", "DGD beta", {**EPP, f"{WORKER} multinode": {}}, EPP, "spec.components[1].multinode"),
    Case(
        "epp-multinode",
        "DGD alpha",
        {**ALPHA_EPP, f"{SERVICE} multinode": {"nodeCount": 2}},
        {**ALPHA_EPP, f"{SERVICE} multinode": {"nodeCount": 1}},
        "spec.services[VllmWorker].multinode",
    ),
    Case(
        "epp-replicas",
        "DGD beta",
        {**EPP, f"{WORKER} replicas": 2},
        {**EPP, f"{WORKER} replicas": 1},
        "spec.components[1].replicas",
    ),
    Case(
        "epp-replicas",
        "DGD alpha",
        {**ALPHA_EPP, f"{SERVICE} replicas": 0},
        ALPHA_EPP,
        "spec.services[VllmWorker].replicas",
    ),
    Case(
        "epp-config",
        "DGD beta",
        {f"{WORKER} type": "epp"},
        {f"{WORKER} type": "epp", f"{WORKER} runtimeVersionOverride": "1.5.0"},
        "spec.components[1].eppConfig",
    ),
    Case(
        "epp-config",
        "DGD alpha",
        {f"{SERVICE} componentType": "epp"},
        ALPHA_EPP,
        "spec.services[VllmWorker].eppConfig",
    ),
    Case(
        "epp-config-name",
        "DGD beta",
        {**EPP, f"{WORKER} eppConfig": {"configMapRef": {"name": ""}}},
        {**EPP, f"{WORKER} eppConfig": {"configMapRef": {"name": "a"}}},
        "spec.components[1].eppConfig.configMapRef.name",
    ),
    Case(
        "epp-config-name",
        "DGD alpha",
        {**ALPHA_EPP, f"{SERVICE} eppConfig": {"configMapRef": {}}},
        ALPHA_EPP,
        "spec.services[VllmWorker].eppConfig.configMapRef.name",
    ),
    Case("epp-inference-pool", "DGD beta", EPP, {}, "spec.components[1].type"),
    Case("epp-inference-pool", "DGD alpha", ALPHA_EPP, {}, "spec.services[VllmWorker].type"),
    Case(
        "frontend-sidecar",
        "DGD beta",
        {f"{WORKER} frontendSidecar": "side"},
        {f"{WORKER} frontendSidecar": "metrics"},
        "spec.components[1].frontendSidecar",
    ),
    Case(
        "frontend-sidecar",
        "DGD beta",
        {f"{WORKER} frontendSidecar": "main", f"{WORKER} podTemplate": None},
        {},
        "spec.components[1].podTemplate.spec.containers",
    ),
    Case(
        "shared-memory-negative",
        "DCD beta",
        {"spec sharedMemorySize": "-1Gi"},
        {"spec sharedMemorySize": "1Gi"},
        "spec.sharedMemorySize",
    ),
    Case(
        "gpu-memory-type",
        "DGD beta",
        {**GMS, f"{WORKER} type": "planner"},
        GMS,
        "spec.components[1].experimental.gpuMemoryService",
    ),
    Case(
        "gpu-memory-type",
        "DGD alpha",
        {**ALPHA_GMS, f"{SERVICE} componentType": "frontend"},
        ALPHA_GMS,
        "spec.services[VllmWorker].gpuMemoryService",
    ),
    Case(
        "gpu-memory-gpu",
        "DGD beta",
        {**GMS, f"{MAIN} resources": None},
        GMS,
        "spec.components[1].experimental.gpuMemoryService",
    ),
    Case(
        "gpu-memory-gpu",
        "DGD alpha",
        {**ALPHA_GMS, f"{SERVICE} resources": None},
        {f"{SERVICE} resources": None},
        "spec.services[VllmWorker].gpuMemoryService",
    ),
    Case(
        "gpu-memory-backend",
        "DGD beta",
        {f"{WORKER} experimental": {"gpuMemoryService": {"mode": "InterPod"}}, "spec backendFramework": "sglang"},
        GMS,
        "spec.components[1].experimental.gpuMemoryService.mode",
    ),
    Case(
        "gpu-memory-backend",
        "DGD alpha",
        {f"{SERVICE} gpuMemoryService": {"enabled": True, "mode": "interPod"}},
        ALPHA_GMS,
        "spec.services[VllmWorker].gpuMemoryService.mode",
    ),
    Case(
        "gpu-memory-grove",
        "DGD beta",
        {f"{WORKER} experimental": {"gpuMemoryService": {"mode": "InterPod"}}},
        GMS,
        "spec.components[1].experimental.gpuMemoryService.mode",
    ),
    Case(
        "gpu-memory-grove",
        "DGD alpha",
        {f"{SERVICE} gpuMemoryService": {"enabled": True, "mode": "interPod"}},
        ALPHA_GMS,
        "spec.services[VllmWorker].gpuMemoryService.mode",
    ),
    Case(
        "failover-gpu-memory",
        "DGD beta",
        {f"{WORKER} experimental": {"failover": {}}},
        GMS,
        "spec.components[1].experimental.failover",
    ),
    Case(
        "failover-gpu-memory",
        "DGD alpha",
        {f"{SERVICE} failover": {"enabled": True}},
        {f"{SERVICE} failover": {"enabled": False}},
        "spec.services[VllmWorker].failover",
    ),
    Case(
        "failover-mode",
        "DGD beta",
        {f"{WORKER} experimental": {"failover": {"mode": "InterPod"}, "gpuMemoryService": {}}},
        {f"{WORKER} experimental": {"failover": {"mode": "IntraPod"}, "gpuMemoryService": {}}},
        "spec.components[1].experimental.failover.mode",
    ),
    Case(
        "failover-mode",
        "DGD alpha",
        {**ALPHA_GMS, f"{SERVICE} failover": {"enabled": True, "mode": "interPod"}},
        {**ALPHA_GMS, f"{SERVICE} failover": {"enabled": True}},
        "spec.services[VllmWorker].failover.mode",
    ),
    Case(
        "failover-discovery",
        "DGD beta",
        {f"{WORKER} experimental": {"failover": {}, "gpuMemoryService": {}}},
        {
            f"{WORKER} experimental": {"failover": {}, "gpuMemoryService": {}},
            "metadata annotations nvidia.com/dynamo-kube-discovery-mode": "container",
        },
        "metadata.annotations[nvidia.com/dynamo-kube-discovery-mode]",
    ),
    Case(
        "failover-discovery",
        "DGD alpha",
        {**ALPHA_GMS, f"{SERVICE} failover": {"enabled": True}},
        ALPHA_GMS,
        "metadata.annotations[nvidia.com/dynamo-kube-discovery-mode]",
    ),
    Case(
        "checkpoint",
        "DGD beta",
        {f"{WORKER} experimental": {"checkpoint": {"enabled": True}}},
        {f"{WORKER} experimental": {"checkpoint": {"enabled": False}}},
        "spec.components[1].experimental.checkpoint",
    ),
    Case("checkpoint", "DCD alpha", {"spec checkpoint": {"enabled": True}}, {}, "spec.checkpoint"),
    Case("min-available-grove", "DGD beta", {f"{WORKER} minAvailable": 1}, {}, "spec.components[1].minAvailable"),
    Case(
        "min-available-grove",
        "DGD alpha",
        {f"{SERVICE} minAvailable": 1},
        {},
        "spec.services[VllmWorker].minAvailable",
    ),
    Case("priority-grove", "DGD beta", {"spec priorityClassName": "high"}, {}, "spec.priorityClassName"),
    Case("priority-grove", "DGD alpha", {"spec priorityClassName": "high"}, {}, "spec.priorityClassName"),
    Case(
        "transfer-topology-grove",
        "DGD beta",
        {"spec experimental kvTransferPolicy clusterTopologyName": "t"},
        {},
        "spec.experimental.kvTransferPolicy.clusterTopologyName",
    ),
    Case(
        "transfer-topology-grove",
        "DGD alpha",
        {"spec experimental kvTransferPolicy clusterTopologyName": "t"},
        {},
        "spec.experimental.kvTransferPolicy.clusterTopologyName",
    ),
    Case(
        "topology",
        "DGD beta",
        {f"{WORKER} topologyConstraint packDomain": "rack"},
        {f"{WORKER} topologyConstraint packDomain": "rack", "spec topologyConstraint packDomain": "zone"},
        "spec.topologyConstraint",
    ),
    Case(
        "topology",
        "DGD beta",
        {"spec topologyConstraint clusterTopologyName": "t"},
        {f"{WORKER} topologyConstraint packDomain": "rack", "spec topologyConstraint clusterTopologyName": "t"},
        "spec.topologyConstraint.packDomain",
    ),
    Case(
        "annotation",
        "DGD beta",
        {"metadata annotations nvidia.com/dynamo-kube-discovery-mode": "pods"},
        {"metadata annotations nvidia.com/dynamo-kube-discovery-mode": "pod"},
        "metadata.annotations[nvidia.com/dynamo-kube-discovery-mode]",
    ),
    Case(
        "annotation",
        "DGD beta",
        {"metadata annotations nvidia.com/dynamo-operator-origin-version": "new"},
        {"metadata annotations nvidia.com/dynamo-operator-origin-version": "1.5.0"},
        "metadata.annotations[nvidia.com/dynamo-operator-origin-version]",
    ),
    Case(
        "annotation",
        "DGD alpha",
        {f"{SERVICE} annotations nvidia.com/vllm-distributed-executor-backend": "x"},
        {f"{SERVICE} annotations nvidia.com/vllm-distributed-executor-backend": "Ray"},
        "spec.services[VllmWorker].annotations[nvidia.com/vllm-distributed-executor-backend]",
    ),
    *(
        Case(
            "transfer-topology-name",
            which,
            {"spec experimental kvTransferPolicy clusterTopologyName": bad},
            {"spec experimental kvTransferPolicy clusterTopologyName": "a-1.b"},
            "spec.experimental.kvTransferPolicy.clusterTopologyName",
        )
        for which in ("DGD beta", "DGD alpha")
        for bad in ("T_", "a..b", "-a", "a" * 254)
    ),
    Case(
        "failover-shadows",
        "DGD alpha",
        {**ALPHA_GMS, f"{SERVICE} failover": {"enabled": True, "numShadows": 2}},
        {**ALPHA_GMS, f"{SERVICE} failover": {"enabled": True, "numShadows": 1}},
        "spec.services[VllmWorker].failover.numShadows",
    ),
    Case(
        "checkpoint-type",
        "DGD beta",
        {f"{WORKER} type": "planner", f"{WORKER} experimental": {"checkpoint": {"enabled": True}}},
        {f"{WORKER} experimental": {"checkpoint": {"enabled": True}}},
        "spec.components[1].experimental.checkpoint",
    ),
    Case(
        "checkpoint-type",
        "DCD alpha",
        {"spec componentType": "frontend", "spec checkpoint": {"enabled": True}},
        {"spec checkpoint": {"enabled": True}},
        "spec.checkpoint",
    ),
    Case(
        "epp-config-source",
        "DGD alpha",
        {**ALPHA_EPP, f"{SERVICE} eppConfig": {}},
        ALPHA_EPP,
        "spec.services[VllmWorker].eppConfig",
    ),
    Case(
        "epp-config-source",
        "DCD alpha",
        {"spec componentType": "epp", "spec eppConfig": {"config": {}, "configMapRef": {"name": "a"}}},
        {"spec componentType": "epp", "spec eppConfig": {"configMapRef": {"name": "a"}}},
        "spec.eppConfig",
    ),
    *(
        Case(
            "frontend-sidecar-name",
            which,
            {
                f"{at} frontendSidecar": {"image": "x:1.4.2"},
                f"{at} extraPodSpec containers": [{"name": "sidecar-frontend"}],
            },
            {f"{at} frontendSidecar": {"image": "x:1.4.2"}, f"{at} extraPodSpec containers": [{"name": "other"}]},
            field,
        )
        for which, at, field in (
            ("DGD alpha", SERVICE, "spec.services[VllmWorker].frontendSidecar"),
            ("DCD alpha", "spec", "spec.frontendSidecar"),
        )
    ),
    Case(
        "gpu-memory-clients",
        "DGD beta",
        {f"{WORKER} experimental": {"gpuMemoryService": {"extraClientContainers": ["metrics", "nope"]}}},
        {f"{WORKER} experimental": {"gpuMemoryService": {"extraClientContainers": ["metrics"]}}},
        "spec.components[1].experimental.gpuMemoryService.extraClientContainers[1]",
    ),
    Case(
        "gpu-memory-clients",
        "DGD alpha",
        {f"{SERVICE} gpuMemoryService": {"enabled": True, "extraClientContainers": ["nope"]}},
        {f"{SERVICE} gpuMemoryService": {"enabled": True, "extraClientContainers": ["main"]}},
        "spec.services[VllmWorker].gpuMemoryService.extraClientContainers[0]",
    ),
    *(
        Case("provider-override-grove", which, {f"{at} providerOverride": OVERRIDE}, {}, field)
        for which, at, field in (
            ("DGD beta", "spec", "spec.providerOverride"),
            ("DGD beta", WORKER, "spec.components[1].providerOverride"),
            ("DGD beta", f"{WORKER} multinode leader", "spec.components[1].multinode.leader.providerOverride"),
            ("DGD beta", f"{WORKER} multinode worker", "spec.components[1].multinode.worker.providerOverride"),
            ("DGD alpha", "spec", "spec.providerOverride"),
            ("DGD alpha", SERVICE, "spec.services[VllmWorker].providerOverride"),
            ("DCD beta", "spec", "spec.providerOverride"),
        )
    ),
    Case(
        "provider-override-grove",
        "DGD beta",
        {f"{WORKER} roles": [{"name": "leader"}, {"name": "worker", "providerOverride": OVERRIDE}]},
        {f"{WORKER} roles": [{"name": "leader"}, {"name": "worker"}]},
        "spec.components[1].roles[1].providerOverride",
    ),
    Case(
        "scaling-group-grove",
        "DGD beta",
        {f"{WORKER} experimental grove forceScalingGroup": True},
        {f"{WORKER} experimental grove forceScalingGroup": False},
        "spec.components[1].experimental.grove.forceScalingGroup",
    ),
    *(
        Case("power-limit", which, {f"{at} {POWER}": bad}, {f"{at} {POWER}": "300"}, f"{field}[{POWER}]")
        for which, at, field in (
            (
                "DGD beta",
                f"{WORKER} podTemplate metadata annotations",
                "spec.components[1].podTemplate.metadata.annotations",
            ),
            (
                "DGD alpha",
                f"{SERVICE} extraPodMetadata annotations",
                "spec.services[VllmWorker].extraPodMetadata.annotations",
            ),
        )
        for bad in ("-1", "0", "1.5", "300W", "x", "", "3_0", " 300")
    ),
    Case(
        "power-limit-claims",
        "DGD beta",
        {**GMS, f"{WORKER} podTemplate metadata annotations {POWER}": "300"},
        {f"{WORKER} podTemplate metadata annotations {POWER}": "300"},
        "spec.components[1].experimental.gpuMemoryService",
    ),
    Case(
        "power-limit-claims",
        "DGD beta",
        {f"{WORKER} podTemplate metadata annotations {POWER}": "300", f"{MAIN} resources claims": [{"name": "g"}]},
        {f"{MAIN} resources claims": [{"name": "g"}]},
        "spec.components[1].podTemplate.spec.containers[1].resources.claims",
    ),
    Case(
        "power-limit-claims",
        "DGD alpha",
        {**ALPHA_GMS, f"{SERVICE} extraPodMetadata annotations {POWER}": "300"},
        ALPHA_GMS,
        "spec.services[VllmWorker].gpuMemoryService",
    ),
    *(
        Case(
            "restart-order",
            which,
            {"spec restart": {"id": "1", "strategy": {"type": how, "order": order}}},
            {"spec restart": {"id": "1", "strategy": {"type": "Sequential", "order": [worker, "Frontend"]}}},
            f"spec.restart.strategy.order{at}",
        )
        for which, worker in (("DGD beta", "decode"), ("DGD alpha", "VllmWorker"))
        for how, order, at in (
            ("Parallel", [worker, "Frontend"], ""),
            ("Sequential", [worker], ""),
            ("Sequential", [worker, worker, "Frontend"], ""),
            ("Sequential", ["Frontend", "Nope"], "[1]"),
        )
    ),
    Case(
        "claim-name",
        "DGD alpha",
        {"spec pvcs": [{"name": ""}]},
        {"spec pvcs": [{"name": "a"}]},
        "spec.pvcs[0].name",
    ),
    Case(
        "mount-point",
        "DGD alpha",
        {f"{SERVICE} volumeMounts": [{"name": "a"}]},
        {f"{SERVICE} volumeMounts": [{"name": "a", "useAsCompilationCache": True}]},
        "spec.services[VllmWorker].volumeMounts[0].mountPoint",
    ),
    Case(
        "ingress-host",
        "DCD alpha",
        {"spec ingress": {"enabled": True}},
        {"spec ingress": {"enabled": False}},
        "spec.ingress.host",
    ),
    Case(
        "shared-memory-size",
        "DGD alpha",
        {f"{SERVICE} sharedMemory": {}},
        {f"{SERVICE} sharedMemory": {"disabled": True}},
        "spec.services[VllmWorker].sharedMemory.size",
    ),
    Case("model-name", "DM alpha", {"spec baseModelName": ""}, {}, "spec.baseModelName"),
    Case(
        "lora-source",
        "DM alpha",
        {"spec source": None},
        {"spec source": None, "spec modelType": "base"},
        "spec.source.uri",
    ),
    *(
        Case(
            rule,
            which,
            {f"metadata annotations nvidia.com/{rule}": bad},
            {f"metadata annotations nvidia.com/{rule}": good},
            f"metadata.annotations[nvidia.com/{rule}]",
        )
        for which in ("DGD beta", "DGD alpha")
        for rule, bad, good in (
            ("grove-update-strategy", "ondelete", "OnDelete"),
            ("grove-update-strategy", "Rolling", "Coherent"),
            ("workload-provider", "helm", "grove"),
        )
    ),
    *(
        Case(
            "elastic-ep-command",
            which,
            {"spec backendFramework": "vllm", f"{at} command": None, f"{at} args": args},
            {
                "spec backendFramework": "vllm",
                f"{at} command": ["python3", "-m", "dynamo.vllm"],
                f"{at} args": args,
            },
            f"{field}.command",
        )
        for which, at, field in (
            ("DGD beta", MAIN, "spec.components[1].podTemplate.spec.containers[1]"),
            (
                "DGD alpha",
                f"{SERVICE} extraPodSpec mainContainer",
                "spec.services[VllmWorker].extraPodSpec.mainContainer",
            ),
        )
        for args in (
            ["--model", "m", "--enable-elastic-ep", "--data-parallel-backend", "ray"],
            ["--enable-elastic-ep", "--data-parallel-backend=ray"],
            ["-dpb", "ray", "--enable-elastic-ep"],
        )
    ),
    Case(
        "lora-source",
        "DM alpha",
        {"spec source uri": "file://x"},
        {"spec source uri": "file:///x"},
        "spec.source.uri",
    ),
    Case(
        "planner-retired",
        "DGDR beta",
        {PLANNER: {"aic_perf_model": {"hf_id": "m"}}},
        {PLANNER: {"aic_interpolation": {}}},
        "spec.features.planner.aic_perf_model",
    ),
    Case(
        "planner-roles",
        "DGDR beta",
        {PLANNER: {"ais_perf_model": {"roles": {"decode": {}}}}},
        {PLANNER: {"ais_perf_model": {"roles": {"decode": {}, "prefill": {}}}}},
        "spec.features.planner.ais_perf_model.roles.prefill",
    ),
    Case(
        "planner-roles",
        "DGDR beta",
        {PLANNER: {"mode": "agg", "ais_perf_model": {"roles": {"aggregated": {}, "worker": {}}}}},
        {PLANNER: {"mode": "agg", "ais_perf_model": {"roles": {"aggregated": {}}}}},
        "spec.features.planner.ais_perf_model.roles.worker",
    ),
    Case(
        "planner-power",
        "DGDR beta",
        {PLANNER: {"enable_power_awareness": True}},
        {PLANNER: {"enable_power_awareness": True, "total_gpu_power_limit": 5000}},
        "spec.features.planner.total_gpu_power_limit",
    ),
    *(
        Case(
            "planner-power",
            "DGDR beta",
            {PLANNER: {"enable_power_awareness": True, "total_gpu_power_limit": 5000, key: value}},
            {PLANNER: {"enable_power_awareness": False, key: value}},
            f"spec.features.planner.{key}",
        )
        for key, value in (("mode", "agg"), ("environment", "virtual"))
    ),
    Case(
        "planner-range",
        "DGDR beta",
        {PLANNER: {"max_throughput_scaling_replicas": 0}},
        {PLANNER: {"max_throughput_scaling_replicas": 8}},
        "spec.features.planner.max_throughput_scaling_replicas",
    ),
    Case(
        "lora-source",
        "DM alpha",
        {"spec source uri": "https://x"},
        {"spec source uri": "s3://x"},
        "spec.source.uri",
    ),
    Case(
        "multinode-orchestrator",
        "DGD beta",
        {f"{WORKER} multinode": {"nodeCount": 2}},
        {},
        "spec.components[1].multinode",
    ),
    Case(
        "multinode-orchestrator",
        "DGD alpha",
        {f"{SERVICE} multinode": {}},
        {},
        "spec.services[VllmWorker].multinode",
    ),
    Case(
        "load-twice",
        "DGDR beta",
        {"spec workload": {"concurrency": 4, "requestRate": 2}},
        {"spec workload": {"concurrency": 4}},
        "spec.workload.requestRate",
    ),
    Case(
        "sla-positive",
        "DGDR beta",
        {"spec sla": {"ttft": 500, "itl": 0}},
        {"spec sla": {"ttft": 500, "itl": 1}},
        "spec.sla.itl",
    ),
    Case(
        "sla-positive",
        "DGDR alpha",
        {"spec profilingConfig config sla ttft": -1},
        {},
        "spec.profilingConfig.config.sla.ttft",
    ),
    Case(
        "sla-exclusive",
        "DGDR beta",
        {"spec sla": {"e2eLatency": 900, "ttft": 5, "itl": 5}},
        {"spec sla": {"e2eLatency": 900}},
        "spec.sla.e2eLatency",
    ),
    Case(
        "gpus-per-node",
        "DGDR beta",
        {"spec hardware numGpusPerNode": 0},
        {"spec hardware numGpusPerNode": 8},
        "spec.hardware.numGpusPerNode",
    ),
    Case(
        "mocker-sweep",
        "DGDR beta",
        {"spec features": {"mocker": {"enabled": True}, "planner": {"pre_deployment_sweeping_mode": "none"}}},
        {"spec features": {"mocker": {"enabled": True}, "planner": {}}},
        "spec.features.planner.pre_deployment_sweeping_mode",
    ),
    Case(
        "planner-value",
        "DGDR beta",
        {f"{PLANNER} mode": "disaggregated"},
        {f"{PLANNER} mode": "disagg"},
        "spec.features.planner.mode",
    ),
    Case(
        "planner-value",
        "DGD beta",
        {f"{WORKER} type": "planner", f"{MAIN} args": ["--config", '{"backend": "tgi"}']},
        {f"{WORKER} type": "planner", f"{MAIN} args": ["--config", "/planner_config.json"]},
        "spec.components[1].podTemplate.spec.containers[1].args[1]",
    ),
    Case(
        "planner-value",
        "DGD alpha",
        {
            f"{SERVICE} componentType": "planner",
            f"{SERVICE} extraPodSpec mainContainer args": ["--config", '{"backend": "tgi"}'],
        },
        {
            f"{SERVICE} componentType": "planner",
            f"{SERVICE} extraPodSpec mainContainer args": ["--config", '{"backend": "mocker"}'],
        },
        "spec.services[VllmWorker].extraPodSpec.mainContainer.args[1]",
    ),
    Case(
        "planner-range",
        "DGDR beta",
        {PLANNER: {**LOAD, "decode_scale_up_kv_rate": 800}},
        {PLANNER: LOAD},
        "spec.features.planner.decode_scale_up_kv_rate",
    ),
    Case(
        "planner-range",
        "DGDR beta",
        {f"{PLANNER} speculative_nextn": -1},
        {f"{PLANNER} speculative_nextn": 0},
        "spec.features.planner.speculative_nextn",
    ),
    Case(
        "planner-range",
        "DGDR beta",
        {f"{PLANNER} ttft_ms": 0},
        {f"{PLANNER} ttft_ms": 1},
        "spec.features.planner.ttft_ms",
    ),
    Case(
        "planner-sample-buckets",
        "DGDR beta",
        {f"{PLANNER} fpm_sample_bucket_size": 15},
        {f"{PLANNER} fpm_sample_bucket_size": 25},
        "spec.features.planner.fpm_sample_bucket_size",
    ),
    Case(
        "planner-thresholds",
        "DGDR beta",
        {PLANNER: {"mode": "decode", "optimization_target": "load"}},
        {PLANNER: LOAD},
        "spec.features.planner.decode_scale_up_kv_rate",
    ),
    Case(
        "planner-thresholds",
        "DGDR beta",
        {PLANNER: {**LOAD, "mode": "prefill"}},
        {PLANNER: {**LOAD, "mode": "agg"}},
        "spec.features.planner.prefill_scale_down_queue_tokens",
    ),
    Case(
        "planner-threshold-order",
        "DGDR beta",
        {PLANNER: {**LOAD, "decode_scale_up_kv_rate": 20}},
        {PLANNER: LOAD},
        "spec.features.planner.decode_scale_up_kv_rate",
    ),
    Case(
        "planner-global",
        "DGDR beta",
        {f"{PLANNER} environment": "global-planner"},
        {PLANNER: {"environment": "global-planner", "global_planner_namespace": "a"}},
        "spec.features.planner.global_planner_namespace",
    ),
    Case(
        "planner-no-scaling",
        "DGDR beta",
        {PLANNER: {"optimization_target": "sla", "enable_throughput_scaling": False}},
        {PLANNER: {"enable_throughput_scaling": False}},
        "spec.features.planner.enable_throughput_scaling",
    ),
    Case(
        "planner-sweep",
        "DGDR beta",
        {PLANNER: {"optimization_target": "sla", "pre_deployment_sweeping_mode": "none"}},
        {PLANNER: {"optimization_target": "latency", "pre_deployment_sweeping_mode": "none"}},
        "spec.features.planner.pre_deployment_sweeping_mode",
    ),
    Case(
        "planner-intervals",
        "DGDR beta",
        {PLANNER: {"optimization_target": "sla", "enable_load_scaling": True, "load_adjustment_interval": 180}},
        {PLANNER: {"optimization_target": "sla", "enable_load_scaling": True, "load_adjustment_interval": 60}},
        "spec.features.planner.load_adjustment_interval",
    ),
    Case(
        "planner-scheduling",
        "DGDR beta",
        {f"{PLANNER} scheduling": {"tick": 1}},
        {f"{PLANNER} scheduling": {"scale_interval_seconds": 5}},
        "spec.features.planner.scheduling.tick",
    ),
]


def last_release(rule: str) -> str:
    return RULES[rule].until or NEWEST


def found(item: Object, release: str, environment: Environment) -> list[tuple[str, str]]:
    problems = admission.check(item, release, environment)
    assert {problem.stage for problem in problems} <= {Stage.ADMISSION}
    return [(problem.code, field_path(problem.path)) for problem in problems]


def name(case: Case) -> str:
    return f"{case.rule}-{case.which}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_rule_speaks_where_it_is_broken_and_only_there(make: Any, case: Case) -> None:
    code, release = f"admission/{case.rule}", last_release(case.rule)
    assert (code, case.field) in found(make(case.which, case.bad), release, BARE)
    assert code not in {one for one, _ in found(make(case.which, case.good), release, BARE)}


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_rule_is_silent_in_releases_without_it(make: Any, case: Case) -> None:
    item, code = make(case.which, case.bad), f"admission/{case.rule}"
    speaks = [release for release in RELEASES if code in {one for one, _ in found(item, release, BARE)}]
    first, last = RELEASES.index(RULES[case.rule].since), RELEASES.index(last_release(case.rule))
    assert set(speaks) <= set(RELEASES[first : last + 1])
    assert last_release(case.rule) in speaks


def test_every_rule_has_a_case_in_each_version_that_has_it() -> None:
    asked = {(case.rule, f"v1{case.which.split()[1]}1") for case in CASES}
    missing = {(rule.name, version) for rule in RULES.values() if not rule.update for version in rule.versions}
    missing -= asked
    # A planner's configuration is read alike in both versions; models have one version.
    planners = {rule.name for rule in RULES.values() if rule.source is Source.PLANNER}
    models = {rule.name for rule in RULES.values() if rule.kinds == ("DynamoModel",)}
    missing -= {(rule, "v1alpha1") for rule in planners} | {(rule, "v1beta1") for rule in models}
    assert not missing


@pytest.mark.parametrize("which", ALL)
@pytest.mark.parametrize("release", RELEASES)
def test_sound_objects_have_no_problem(make: Any, which: str, release: str) -> None:
    assert admission.check(make(which), release) == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("uri", "first"),
    [("s3://a/b", ""), ("hf://a/b", ""), ("file:///a", "main-1.4.0"), ("file://a", None), ("gs://a", None)],
)
def test_where_an_adapter_comes_from_is_dated_for_every_release(
    make: Any, uri: str, first: str | None, release: str
) -> None:
    """The webhook has the rule since 1.0, and takes file:/// since 1.3; before 1.0, nobody asked."""
    asked = within(release, "v1.0.2")
    taken = not asked or (first is not None and within(release, first))
    assert (admission.check(make("DM alpha", {"spec source uri": uri}), release) == []) is taken


@pytest.mark.parametrize(
    ("which", "changes", "refused", "taken"),
    [
        ("DM alpha", {"spec source uri": "file:///a"}, ["v1.0.2", "v1.1.0"], ["v0.7.1", "main-1.4.0", "v1.6.1"]),
        (
            "DGD beta",
            {"metadata annotations nvidia.com/grove-update-strategy": "Coherent"},
            ["main-1.4.0", "v1.5.0"],
            ["v1.6.1"],
        ),
        (
            "DGD beta",
            {"metadata annotations nvidia.com/workload-provider": "helm"},
            ["main-1.5.0", "v1.6.1"],
            ["main-1.4.0"],
        ),
        (
            "DGD beta",
            {f"{WORKER} type": "epp", f"{WORKER} runtimeVersionOverride": "1.5.0"},
            ["v1.0.2", "main-1.4.0", "main-1.5.0"],
            ["v1.5.0", "v1.6.1"],
        ),
        (
            "DGD beta",
            {f"{WORKER} type": "epp", f"{WORKER} runtimeVersionOverride": "1.4.2"},
            ["main-1.5.0", "v1.5.0", "v1.6.1"],
            [],
        ),
        ("DGDR beta", {PLANNER: {"aic_perf_model": {}}}, ["v1.6.1"], ["main-1.4.0", "main-1.5.0", "v1.5.0"]),
        ("DGDR beta", {PLANNER: {"load_predictor": "mine"}}, ["v1.6.1"], ["v1.0.2", "v1.5.0"]),
        ("DGDR beta", {PLANNER: {"load_scaling_down_sensitivity": 101}}, ["v1.6.1"], ["v1.0.2", "v1.5.0"]),
        ("DGDR beta", {PLANNER: {"prophet_window_size": 0}}, ["v1.6.1"], ["v1.0.2", "v1.5.0"]),
        ("DGDR beta", {PLANNER: {"min_endpoint": -1}}, ["main-1.5.0", "v1.6.1"], ["v1.0.2", "main-1.4.0"]),
        ("DGDR beta", {PLANNER: {"control_api_port": 65536}}, ["main-1.5.0", "v1.6.1"], ["main-1.4.0"]),
        (
            "DGDR beta",
            {PLANNER: {"metric_pulling_prometheus_request_timeout_seconds": 0}},
            ["v1.5.0", "v1.6.1"],
            ["main-1.5.0"],
        ),
        ("DGDR beta", {PLANNER: {"max_throughput_scaling_replicas": 0}}, ["v1.6.1"], ["v1.5.0"]),
    ],
)
def test_each_release_has_its_own_limits(
    make: Any, which: str, changes: Object, refused: list[str], taken: list[str]
) -> None:
    found = {release: admission.check(make(which, changes), release) for release in (*refused, *taken)}
    assert {release: bool(problems) for release, problems in found.items()} == {
        release: release in refused for release in found
    }


def test_the_words_of_a_new_refusal(make: Any) -> None:
    """As they are printed; a script may look for them."""
    changes = {
        "metadata annotations nvidia.com/grove-update-strategy": "Rolling",
        "metadata annotations nvidia.com/workload-provider": "helm",
    }
    said = [problem.fact for problem in admission.check(make("DGD beta", changes), "main-1.5.0")]
    assert said == [
        "'Rolling' is none of 'RollingRecreate', 'OnDelete'",
        "'helm' is none of 'component', 'grove'",
    ]
    (uri,) = admission.check(make("DM alpha", {"spec source uri": "gs://x"}), "main-1.5.0")
    assert uri.fact == "'gs://x' begins with none of s3://, hf://, file:///"
    (key,) = admission.check(make("DGDR beta", {PLANNER: {"aic_perf_model": {}}}), "v1.6.1")
    assert key.fact == (
        "accepted, but the planner fails: not allowed: "
        "aic_perf_model is no longer read: ais_perf_model.roles takes its place"
    )


def test_what_a_cluster_may_have_is_no_error_while_nobody_knows(make: Any) -> None:
    changes = {**EPP, f"{WORKER} minAvailable": 1, "spec priorityClassName": "high"}
    assert admission.check(make("DGD beta", changes), NEWEST) == []
    assert len(admission.check(make("DGD beta", changes), NEWEST, BARE)) == 3
    assert admission.check(make("DGD beta", changes), NEWEST, FULL) == []


def test_a_graph_that_opts_out_of_grove_is_known_to_be_without(make: Any) -> None:
    changes = {f"{WORKER} minAvailable": 1, "metadata annotations nvidia.com/enable-grove": "false"}
    (problem,) = admission.check(make("DGD beta", changes), NEWEST, FULL)
    assert problem.code == "admission/min-available-grove"


def test_all_problems_are_found_not_the_first(make: Any) -> None:
    changes = {f"{MAIN} image": "x", "spec components 0 podTemplate": None}
    assert len(admission.check(make("DGD beta", changes), NEWEST)) == 2


def test_a_problem_says_who_refuses_and_what_to_do(make: Any) -> None:
    (late,) = admission.check(make("DGDR beta", {"spec workload": {"concurrency": 4, "requestRate": 2}}), NEWEST)
    assert late.fact.startswith("accepted, but the profiler fails: ")
    assert "4" in late.fact
    (tag,) = admission.check(make("DGD beta", {f"{MAIN} image": "r/x:latest"}), NEWEST)
    assert "'r/x:latest'" in tag.fact
    assert "runtimeVersionOverride" in tag.hint


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("nvcr.io/a/b:1.4.2", (1, 4, 2)),
        ("nvcr.io/a/b: 1.4.2", (1, 4, 2)),
        ("b:v1.4.2-rc1+build.5", (1, 4, 2)),
        ("localhost:5000/b:0.6.1@sha256:abc", (0, 6, 1)),
        ("localhost:5000/b", None),
        ("b", None),
        ("b:latest", None),
        ("b:1.4", None),
        ("b:01.4.2", None),
        ("b:1.4.2_a", None),
        ("b@sha256:abc", None),
        ("b:1.4.2-", None),
        (f"b:{'9' * 5000}.4.2", None),
    ],
)
def test_the_version_of_an_image_is_its_tag_s(image: str, version: tuple[int, int, int] | None) -> None:
    assert runtime_version(image) == version


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {"a": None}])
def test_objects_of_any_shape_are_read(make: Any, junk: Any) -> None:
    for which in ALL:
        item = make(which)
        for path in list(paths(item)):
            broken = json.loads(json.dumps(item))
            target = broken
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = junk
            for release in (RELEASES[2], NEWEST):
                admission.check(broken, release, BARE)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(inner, (*path, key))


@pytest.mark.parametrize("item", [None, [], "x", {"apiVersion": "v1", "kind": "Secret"}, {"kind": "DynamoModel"}])
def test_what_is_not_dynamo_s_is_left_alone(item: Any) -> None:
    assert admission.check(item, NEWEST) == []


def test_releases_are_those_of_the_schema_sources() -> None:
    assert registry.releases() == RELEASES


def test_the_rules_need_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; from dynamo_crd.admission import admission;"
        "print([name for name in ('yaml', 'jsonschema', 'kubernetes') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"

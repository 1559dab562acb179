"""Why a request has failed, by the operator's message: one reason has several causes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]
    Failed = Callable[..., dict[str, Any]]

GPUS = "Its GPUs are not known: no node tells, and spec.hardware lacks one of"
CLAIM = "spec.modelCache.pvcName names PersistentVolumeClaim nope, which does not exist in namespace demo."
BACKEND = "A thorough search needs a backend (vllm, sglang or trtllm), and spec.backend is auto."
LABELS = "kubectl get nodes -L nvidia.com/gpu.count,nvidia.com/gpu.product,nvidia.com/gpu.memory"
REQUEST = "dynamographdeploymentrequest.v1beta1.nvidia.com no-hardware"
GET_CLAIM = "kubectl -n demo get pvc nope"


@pytest.fixture
def failed(server: Any, load_state: Load, dynamo: Run) -> Callable[..., dict[str, Any]]:
    """What is said of a failed request: `failed(REASON, MESSAGE, FIELD_OF_SPEC=...)`."""

    def run(reason: str, message: str, **spec: Any) -> dict[str, Any]:
        server.state = load_state("no-hardware")
        request = server.state["objects"][0]
        request["spec"].update(spec)
        kind = "Validation" if reason == "ValidationFailed" else "Profiling"
        shown = {"status": "False", "reason": reason, "lastTransitionTime": "2026-11-24T11:59:00Z"}
        request["status"]["conditions"] = [
            {"type": kind, "message": message, **shown},
            {"type": "Succeeded", "message": f"{kind} failed: {message}", **shown},
        ]
        status, out, err = dynamo("status", "no-hardware", "-o", "json")
        assert (status, err) == (1, "")
        blocked: dict[str, Any] = json.loads(out)["items"][0]["blocked"]
        assert blocked["reason"] == reason
        return blocked

    return run


@pytest.mark.parametrize(
    ("message", "sentence", "look"),
    [
        ("model cache PVC nope not found in namespace demo", CLAIM, GET_CLAIM),
        ("spec.modelCache.pvcName: there is no PersistentVolumeClaim nope in demo", CLAIM, GET_CLAIM),
        ("GPU hardware info required but auto-discovery failed. Verify the DCGM exporter", GPUS, LABELS),
        ("GPU hardware info required but auto-discovery failed. Add hardware config", GPUS, LABELS),
        ("no GPUs were found: no node has the labels; label the GPU nodes", GPUS, LABELS),
        (
            'spec.searchStrategy "thorough" is incompatible with spec.backend "auto": set spec.backend',
            BACKEND,
            f"kubectl -n demo get {REQUEST} -o jsonpath='{{.spec.backend}}'",
        ),
        (
            "spec.overrides.dgd: the mock platform does not implement it; use autoApply: false",
            "The request is not valid: spec.overrides.dgd: the mock platform does not implement it;",
            f"kubectl -n demo describe {REQUEST}",
        ),
    ],
)
def test_the_message_says_why_a_request_is_not_valid(
    message: str, sentence: str, look: str, failed: Failed
) -> None:
    """Whatever spec.hardware has: it lacks fields here, and is not always to blame."""
    blocked = failed("ValidationFailed", message)
    assert blocked["sentence"].startswith(sentence)
    assert ("GPUs are not known" in blocked["sentence"]) == (sentence is GPUS)
    assert blocked["look"] == look


@pytest.mark.parametrize("between", ["\n", "; "])
def test_of_several_mistakes_each_is_told(between: str, failed: Failed) -> None:
    said = between.join(
        [
            "spec.modelCache.pvcName: there is no PersistentVolumeClaim nope in demo",
            "spec.overrides.dgd: not implemented",
            "no GPUs were found: no node has the labels; label the GPU nodes",
        ]
    )
    blocked = failed("ValidationFailed", said)
    other = "The request is not valid: spec.overrides.dgd: not implemented."
    assert blocked["sentence"].startswith(f"{CLAIM} {other} {GPUS}")
    assert blocked["look"] == GET_CLAIM


def test_a_request_whose_hardware_is_complete_can_have_no_claim(failed: Failed) -> None:
    hardware = {"gpuSku": "h200_sxm", "vramMb": 143771, "numGpusPerNode": 8, "totalGpus": 8}
    said = "model cache PVC nope not found in namespace demo"
    assert failed("ValidationFailed", said, hardware=hardware)["sentence"] == CLAIM


def test_two_loads_are_to_blame_only_where_the_profiler_says_so(failed: Failed) -> None:
    workload = {"concurrency": 4, "requestRate": 2}
    said = "Only one of concurrency or requestRate can be provided, not both."
    blocked = failed("InitializingFailed", said, workload=workload)
    assert blocked["sentence"].startswith("spec.workload has both concurrency and requestRate")
    said = "no access to the model"
    blocked = failed("InitializingFailed", said, workload=workload)
    assert blocked["sentence"] == "The profiler failed in Initializing: no access to the model."


def test_the_sla_is_to_blame_only_where_the_profiler_says_so(failed: Failed) -> None:
    said = "Profiler did not produce a DGD config."
    blocked = failed("GeneratingDGDFailed", said)
    assert blocked["sentence"] == "No configuration that was tried meets the SLA (ttft 500 ms, itl 50 ms)."
    said = "the disk is full"
    blocked = failed("GeneratingDGDFailed", said)
    assert blocked["sentence"] == "The profiler failed in GeneratingDGD: the disk is full."

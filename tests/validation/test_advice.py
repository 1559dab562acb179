"""Advice: said where it helps, silent where it does not, and never an error."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from dynamo_crd.admission.rule import RELEASES, Environment
from dynamo_crd.advice import advice
from groundwork.base.field_paths import dotted
from groundwork.base.problems import Stage

Object = dict[str, Any]
NEWEST = RELEASES[-1]
FULL = Environment(grove=True, lws=True, inference_pool=True, checkpoints=True)
TOKEN = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hf-token-secret"}}
WORKER = "spec components 1"
MAIN = f"{WORKER} podTemplate spec containers 1"
SERVICE = "spec services VllmWorker"
ARGS, COMMAND, ENV, IMAGE = (
    f"spec components 1 podTemplate spec containers 1 {key}" for key in ("args", "command", "env", "image")
)
CONTAINER = "$.spec.components[1].podTemplate.spec.containers[1]"
EPP_CONFIG = "$.spec.components[1].eppConfig"
PLANNER = "spec features planner"
LONG = "a-name-that-nobody-would-type-by-hand"


class Case(NamedTuple):
    code: str
    which: str
    changes: Object
    """After which the advice is given."""
    instead: Object
    """After which it is not."""
    path: str


CASES = [
    Case("version", "DGDR alpha", {}, {}, "$.apiVersion"),
    Case("version", "DGD alpha", {}, {}, "$.apiVersion"),
    Case("name-length", "DGDR beta", {"metadata name": LONG}, {"metadata name": LONG[:30]}, "$.metadata.name"),
    Case("name-length", "DGD beta", {"metadata name": LONG + "x"}, {"metadata name": LONG}, "$.metadata.name"),
    Case("name-length", "DGD alpha", {"metadata name": LONG}, {"metadata name": LONG[:30]}, "$.metadata.name"),
    Case(
        "ignored",
        "DGDR alpha",
        {"spec profilingConfig config hardware gpuSku": "h100_sxm"},
        {},
        "$.spec.profilingConfig.config.hardware",
    ),
    Case(
        "ignored",
        "DGD alpha",
        {f"{SERVICE} dynamoNamespace": "a"},
        {},
        "$.spec.services.VllmWorker.dynamoNamespace",
    ),
    Case("ignored", "DCD alpha", {"spec autoscaling": {"enabled": True}}, {}, "$.spec.autoscaling"),
    Case(
        "sla-half", "DGDR beta", {"spec sla": {"ttft": 500}}, {"spec sla": {"ttft": 500, "itl": 50}}, "$.spec.sla"
    ),
    Case(
        "planner-field",
        "DGDR beta",
        {f"{PLANNER} optimisation_target": "sla"},
        {f"{PLANNER} mode": "agg"},
        "$.spec.features.planner.optimisation_target",
    ),
    Case(
        "planner-target",
        "DGDR beta",
        {f"{PLANNER} ttft_ms": 9},
        {PLANNER: {"ttft_ms": 9, "optimization_target": "sla"}},
        "$.spec.features.planner.ttft_ms",
    ),
    Case(
        "secret",
        "DGD beta",
        {f"{MAIN} envFrom": [{"secretRef": {"name": "a"}}]},
        {f"{MAIN} envFrom": [{"secretRef": {"name": "hf-token-secret"}}]},
        "$.spec.components[1].podTemplate.spec.containers[1].envFrom[0].secretRef.name",
    ),
    Case(
        "secret",
        "DGD beta",
        {f"{MAIN} env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a"}}}]},
        {f"{MAIN} env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "optional": True}}}]},
        "$.spec.components[1].podTemplate.spec.containers[1].env[0].valueFrom.secretKeyRef.name",
    ),
    Case(
        "secret",
        "DGD beta",
        {"spec env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a"}}}]},
        {},
        "$.spec.env[0].valueFrom.secretKeyRef.name",
    ),
    Case(
        "secret",
        "DGD alpha",
        {f"{SERVICE} envFromSecret": "a"},
        {f"{SERVICE} envFromSecret": "hf-token-secret"},
        "$.spec.services.VllmWorker.envFromSecret",
    ),
    Case(
        "secret",
        "DGD alpha",
        {f"{SERVICE} envs": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a"}}}]},
        {},
        "$.spec.services.VllmWorker.envs[0].valueFrom.secretKeyRef.name",
    ),
    Case(
        "gpu-missing",
        "DGD beta",
        {f"{MAIN} resources": None},
        {f"{MAIN} command": ["python3", "-m", "dynamo.mocker"]},
        "$.spec.components[1]",
    ),
    Case("gpu-missing", "DGD alpha", {f"{SERVICE} resources": None}, {}, "$.spec.services.VllmWorker"),
    Case("gpu-unused", "DGD beta", {f"{WORKER} type": "frontend"}, {}, "$.spec.components[1]"),
    Case("gpu-unused", "DGD alpha", {f"{SERVICE} componentType": "planner"}, {}, "$.spec.services.VllmWorker"),
    Case("multinode-orchestrator", "DGD beta", {f"{WORKER} multinode": {}}, {}, "$.spec.components[1].multinode"),
    Case("epp-inference-pool", "DGD beta", {f"{WORKER} type": "epp"}, {}, "$.spec.components[1].type"),
    Case("priority-grove", "DGD beta", {"spec priorityClassName": "high"}, {}, "$.spec.priorityClassName"),
    Case(
        "checkpoint",
        "DGD beta",
        {f"{WORKER} experimental": {"checkpoint": {"enabled": True}}},
        {},
        "$.spec.components[1].experimental.checkpoint",
    ),
]


EPP = {f"{WORKER} type": "epp", f"{WORKER} eppConfig": {"config": {}}}
REPLAY = ["sh", "-c", "exec python -m dynamo.replay"]
DEPRECATED = [
    ("DGDR beta", {"spec hardware": {"gpuSku": "gb200_sxm"}}, "$.spec.hardware.gpuSku", "v1.6.1"),
    (
        "DGD beta",
        {**EPP, IMAGE: "a:1.5.0"},
        EPP_CONFIG,
        "v1.5.0",
    ),
    ("DGD beta", {ARGS: ["--aic-perf-model"], IMAGE: "a:1.6.0"}, f"{CONTAINER}.args[0]", "v1.6.1"),
    ("DGD beta", {ARGS: ["-m", "x", "--is-decode-worker"]}, f"{CONTAINER}.args[2]", "main-1.4.0"),
    (
        "DGD beta",
        {COMMAND: REPLAY, IMAGE: "a:1.5.1"},
        f"{CONTAINER}.command[2]",
        "v1.5.0",
    ),
    ("DGD beta", {ARGS: ["--sglang-schedule-policy", "fcfs"], IMAGE: "a:1.6.1"}, f"{CONTAINER}.args[0]", "v1.6.1"),
    ("DGD beta", {ENV: [{"name": "DYN_AIC_SYSTEM"}], IMAGE: "a:1.6.1"}, f"{CONTAINER}.env[0].name", "v1.6.1"),
    (
        "DGD beta",
        {ENV: [{"name": "DYN_KVBM_CPU_CACHE_GB"}], IMAGE: "a:1.5.1"},
        f"{CONTAINER}.env[0].name",
        "v1.5.0",
    ),
]


def said(*items: Any, release: str = NEWEST, environment: Environment = advice.UNKNOWN) -> list[tuple[str, str]]:
    found = advice.check(items, release, environment)
    assert {problem.stage for _, problem in found} <= {Stage.ADVICE}
    return [(problem.code, dotted(problem.path)) for _, problem in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.which}")
def test_advice_is_given_where_it_helps(make: Any, case: Case) -> None:
    code = f"advice/{case.code}"
    assert (code, case.path) in said(TOKEN, make(case.which, case.changes))
    if case.code != "version":
        assert code not in {one for one, _ in said(TOKEN, make(case.which, case.instead))}


@pytest.mark.parametrize(
    "asked",
    [
        {"claims": [{"name": "gpu"}]},
        {"limits": {"nvidia.com/mig-2g.10gb": 1}},
        {"limits": {"nvidia.com/gpu.shared": "1"}},
        {"requests": {"gpu.intel.com/i915": 1}},
        {"limits": {"amd.com/gpu": 8}},
    ],
)
def test_a_gpu_may_be_asked_for_by_any_means(make: Any, asked: Object) -> None:
    engine: Object = {COMMAND: ["python3", "-m", "dynamo.vllm"]}
    assert ("advice/gpu-missing", "$.spec.components[1]") not in said(
        make("DGD beta", {**engine, f"{MAIN} resources": asked})
    )
    other: Object = {"limits": {"rdma/ib": 1, "memory": "1Gi", "nvidia.com/mig-2g.10gb": 0}}
    assert ("advice/gpu-missing", "$.spec.components[1]") in said(
        make("DGD beta", {**engine, f"{MAIN} resources": other})
    )


@pytest.mark.parametrize(("which", "changes", "path", "first"), DEPRECATED)
def test_what_is_deprecated_is_advice_from_its_release_on(
    make: Any, which: str, changes: Object, path: str, first: str
) -> None:
    item = make(which, changes)
    told = [release for release in RELEASES if ("advice/deprecated", path) in said(TOKEN, item, release=release)]
    assert told == list(RELEASES[RELEASES.index(first) :])


@pytest.mark.parametrize(
    "changes",
    [
        {ARGS: ["--aic-perf-model"], IMAGE: "a:1.5.1"},  # Such a runtime knows no --ais-perf-model.
        {ARGS: ["--ais-perf-model", "--basic-aic"], IMAGE: "a:1.6.1"},
        {ARGS: ["--sglang-schedule-policy", "lpm"], IMAGE: "a:1.6.1"},
        {ENV: [{"name": "MY_DYN_AIC_SYSTEM"}], IMAGE: "a:1.6.1"},
    ],
)
def test_what_is_not_deprecated_is_left_alone(make: Any, changes: Object) -> None:
    assert "advice/deprecated" not in {code for code, _ in said(make("DGD beta", changes))}


def test_deprecated_says_since_when_and_what_to_use(make: Any) -> None:
    changes = {ARGS: ["--aic-system", "h100_sxm", "--ais-backend=vllm"], IMAGE: "a:1.6.1"}
    ((_, flag),) = advice.check([make("DGD beta", changes)], NEWEST)
    assert (flag.fact, flag.hint) == (
        "--aic-system is deprecated since 1.6.0",
        "write --ais-system: the two spellings cannot be mixed, as here",
    )
    ((_, sku),) = advice.check([TOKEN, make("DGDR beta", {"spec hardware": {"gpuSku": "gb200_sxm"}})], NEWEST)
    assert (sku.fact, sku.hint) == ("gpuSku gb200_sxm is deprecated since 1.6.0", "use `gb200`")
    ((_, kvbm),) = advice.check([make("DGD beta", {ENV: [{"name": "DYN_KVBM_X"}], IMAGE: "a:1.5.1"})], NEWEST)
    assert "; announced for removal: 1.6.0" in kvbm.fact


@pytest.mark.parametrize(
    ("key", "release", "hint"),
    [
        ("max_throughput_scaling_replicas", "v1.5.0", "it is known from 1.6.1 on"),
        ("control_api_port", "main-1.4.0", "it is known from 1.5.0-dev on"),
        ("no_operation", "v1.6.1", "it was known up to 1.1.0"),
        ("ais_perf_model", "v1.6.1", None),
        ("aic_perf_model", "v1.5.0", None),
        ("aic_perf_model", "v1.6.1", None),  # It is refused, which is no advice.
    ],
)
def test_a_planner_field_of_another_release_says_of_which(
    make: Any, key: str, release: str, hint: str | None
) -> None:
    found = advice.check([TOKEN, make("DGDR beta", {f"{PLANNER} {key}": 1})], release)
    assert [problem.hint for _, problem in found] == ([] if hint is None else [hint])


@pytest.mark.parametrize("which", ["DGD beta", "DCD beta", "DGDR beta", "DM alpha"])
def test_there_is_nothing_to_say_about_sound_documents(make: Any, which: str) -> None:
    assert said(TOKEN, make(which)) == []


def test_the_profiling_job_s_secret_may_be_made_by_any_document(make: Any) -> None:
    request = make("DGDR beta")
    assert said(request) == [("advice/secret", "$.metadata.name")]
    assert said(request, TOKEN) == said(TOKEN, request) == []
    assert [index for index, _ in advice.check([{"kind": "Job"}, None, request], NEWEST)] == [2]


def test_the_older_version_is_fine_where_there_is_no_newer(make: Any) -> None:
    assert said(make("DGD alpha"), release="v1.1.0") == []
    assert said(TOKEN, make("DGDR alpha"), release="v0.7.1") == []
    assert said(TOKEN, make("DGDR alpha"), release="v1.0.2") == [("advice/version", "$.apiVersion")]


def test_the_beta_form_of_an_example_is_named(make: Any) -> None:
    ((_, problem),) = advice.check([make("DGD alpha")], NEWEST)
    assert "NAME-v1beta1.yaml" in problem.hint


def test_what_is_known_of_the_cluster_is_no_advice(make: Any) -> None:
    graph = make("DGD beta", {f"{WORKER} multinode": {}, f"{WORKER} minAvailable": 1})
    assert len(said(graph)) == 2
    assert said(graph, environment=FULL) == []
    assert said(graph, environment=Environment(grove=False, lws=False)) == [], "admission says it"


def test_a_mistyped_planner_field_has_a_suggestion(make: Any) -> None:
    ((_, problem),) = advice.check([TOKEN, make("DGDR beta", {f"{PLANNER} enable_load_scalling": True})], NEWEST)
    assert problem.hint == "did you mean 'enable_load_scaling'?"
    assert problem.at_key

"""Requests on an API server in memory: failures and their reasons, races, kills, changes, deletion."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import yaml

from dynamo_api.facts import kinds, names
from groundwork.kube.errors import ApiError
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.control.controller import Controller
from mock_platform.operator.kube.events import Recorder
from support.profiled import GRAPH

Object = dict[str, Any]
EXTRA: Object = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "planner-config-20b8"},
    "data": {"planner_config.json": "{}"},
}


def dumped(*documents: Object) -> str:
    return yaml.safe_dump_all(documents)


def profiled(asked: Any, *documents: Object) -> Any:
    """Until the Job is complete and its graph taken over."""
    asked.settle().report(
        phase="Done", profiler_status="success", final_config__yaml=dumped(*documents or [GRAPH])
    )
    return asked.end("Complete")


def deployed(asked: Any) -> Any:
    profiled(asked)
    asked.api.run_pods()
    return asked.settle()


def phase(asked: Any) -> tuple[str, str]:
    """The phase, and the reason of the condition Succeeded."""
    status = asked.now["status"]
    (succeeded,) = [item for item in status["conditions"] if item["type"] == "Succeeded"]
    return status["phase"], succeeded["reason"]


# Why a request fails.


@pytest.mark.parametrize(
    ("spec", "reason", "kind", "word"),
    [
        ({"modelCache": {"pvcName": "cache"}}, "ValidationFailed", "Validation", "PersistentVolumeClaim cache"),
        ({"searchStrategy": "thorough"}, "ValidationFailed", "Validation", "mock platform"),
        ({"overrides": {"dgd": {"kind": "x"}}}, "JobCreationFailed", "Profiling", "operator's image"),
        ({"hardware": {"gpuSku": "l40s"}}, "JobCreationFailed", "Profiling", "of gpuSku l40s"),
        ({"image": ""}, "JobCreationFailed", "Profiling", "spec.image"),
    ],
)
def test_what_cannot_be_profiled_fails_and_says_why(
    asked: Any, spec: Object, reason: str, kind: str, word: str
) -> None:
    asked.api.edit(asked.now, {"spec": spec})
    asked.settle()
    assert phase(asked) == ("Failed", reason)
    assert word in asked.message(kind)
    assert word in asked.message("Succeeded")
    assert not asked.api.of_kind("Job")
    (event,) = asked.told({"JobCreationFailed": "ProfilingJobFailed"}.get(reason, reason))
    assert (event["type"], event["regarding"]["name"]) == ("Warning", "my-model")
    assert word in event["note"]


def test_hardware_that_is_given_needs_no_node(asked: Any) -> None:
    asked.api.delete(asked.api.named("Node", "node-1"))
    given = {"gpuSku": "h200_sxm", "vramMb": 141000, "numGpusPerNode": 8, "totalGpus": 8}
    asked.api.edit(asked.now, {"spec": {"hardware": given}})
    asked.settle()
    assert phase(asked) == ("Profiling", "Profiling")
    assert asked.now["spec"]["hardware"] == given


def test_hardware_without_a_total_is_looked_for_all_the_same(asked: Any) -> None:
    """Valid, and yet it fails: the four fields, not the three that validation asks for, end the search."""
    asked.api.delete(asked.api.named("Node", "node-1"))
    given = {"gpuSku": "h200_sxm", "vramMb": 141000, "numGpusPerNode": 8}
    asked.api.edit(asked.now, {"spec": {"hardware": given}})
    asked.settle()
    assert phase(asked) == ("Failed", "JobCreationFailed")
    assert "spec.hardware is incomplete" in asked.message("Profiling")


def test_a_job_that_the_api_server_refuses_fails_the_request(asked: Any) -> None:
    asked.api.faults["create", "Job"] += [ApiError(403, "exceeded quota")]
    asked.settle()
    assert phase(asked) == ("Failed", "JobCreationFailed")
    assert "exceeded quota" in asked.message("Profiling")


def test_an_api_server_that_has_just_started_does_not_fail_the_request(asked: Any) -> None:
    says = 'jobs.batch is forbidden: User "system:serviceaccount:a:b" cannot create resource "jobs"'
    asked.api.faults["create", "Job"] += [ApiError(403, says)] * 2
    asked.settle().settle()
    assert phase(asked) == ("Profiling", "Profiling")


def test_a_job_of_somebody_else_fails_the_request(asked: Any) -> None:
    metadata = {"name": "profile-my-model", "namespace": "demo"}
    asked.api.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata})
    asked.settle()
    assert phase(asked) == ("Failed", "JobCreationFailed")
    assert "was not created by the operator" in asked.message("Profiling")


def test_a_crashed_profiler_is_told_with_its_exit_code(asked: Any) -> None:
    asked.settle()
    asked.report(phase="SweepingPrefill", message="Sweeping")
    ended = {"exitCode": 137, "reason": "OOMKilled"}
    asked.api.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p-1", "namespace": "demo", "labels": {"job-name": "profile-my-model"}},
            "status": {"containerStatuses": [{"name": "profiler", "state": {"terminated": ended}}]},
        }
    )
    asked.end("Failed", "Job has reached the specified backoff limit")
    assert phase(asked) == ("Failed", "SweepingPrefillFailed")
    assert asked.now["status"]["profilingPhase"] == "SweepingPrefill", "one sees where it ended"
    for word in ("backoff limit", "p-1", "137", "OOMKilled"):
        assert word in asked.message("Succeeded")


def test_a_job_that_is_deleted_fails_the_request(asked: Any) -> None:
    asked.settle()
    asked.api.delete(asked.api.named("Job", "profile-my-model"))
    asked.settle()
    assert phase(asked) == ("Failed", "InitializingFailed")
    assert "profile-my-model is gone" in asked.message("Profiling")


def test_a_failure_that_the_job_does_not_know_of(asked: Any) -> None:
    asked.settle().report(phase="GeneratingDGD", profiler_status="failed", profiler_error="no config meets it")
    asked.end("Complete")
    assert phase(asked) == ("Failed", "GeneratingDGDFailed")
    (event,) = asked.told("ProfilingCheckFailed")
    assert "no config meets it" in event["note"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "has no final_config.yaml"),
        ({"final_config__yaml": "a: [b"}, "is not YAML"),
        ({"final_config__yaml": "a: b"}, "has no DynamoGraphDeployment"),
        ({"final_config__yaml": "kind: DynamoGraphDeployment"}, "cannot be read"),
        ({"final_config__yaml": dumped(GRAPH, {**EXTRA, "data": {"a": "b" * 300_000}})}, "300"),
    ],
)
def test_a_result_that_is_none_fails_the_request(asked: Any, data: dict[str, str], word: str) -> None:
    asked.settle().report(phase="Done", profiler_status="success", **data)
    asked.end("Complete")
    assert phase(asked) == ("Failed", "GenerationFailed")
    assert word in asked.message("SpecGenerated")
    assert "profilingPhase" not in asked.now["status"]
    assert asked.told("GenerationFailed")


def test_a_result_that_the_api_server_does_not_take_fails_the_request(asked: Any) -> None:
    asked.settle().report(profiler_status="success", final_config__yaml=dumped(GRAPH))
    asked.api.faults["replace", kinds.REQUEST] += [ApiError(422, "metadata.annotations: Too long")]
    asked.end("Complete")
    assert phase(asked) == ("Failed", "GenerationFailed")
    assert "Too long" in asked.message("SpecGenerated")


def test_a_long_story_is_shortened_to_what_the_api_server_takes(asked: Any) -> None:
    story = "schön " * 20_000
    asked.settle().report(phase="Initializing", profiler_status="failed", profiler_error=story)
    asked.end("Complete")
    (event,) = asked.told("ProfilingCheckFailed")
    assert 1000 < len(event["note"].encode()) <= 1024
    assert 32_000 < len(asked.message("Succeeded").encode()) <= 32_768
    assert asked.message("Succeeded").endswith("...")


def test_a_graph_that_is_rejected_fails_the_request(asked: Any) -> None:
    asked.api.faults["create", kinds.GRAPH] += [ApiError(422, "spec.components: Required value")]
    profiled(asked)
    assert phase(asked) == ("Failed", "DeploymentRejected")
    assert "Required value" in asked.message("DeploymentReady")
    assert asked.told("DeploymentCreationFailed")


def test_images_that_cannot_be_pulled_are_told(asked: Any) -> None:
    profiled(asked)
    asked.api.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "w-1", "namespace": "demo", "labels": {names.GRAPH_NAME: "my-model-dgd"}},
            "status": {
                "containerStatuses": [
                    {"name": "main", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "x/y:1"}}},
                    {"name": "other", "state": {"waiting": {"reason": "ContainerCreating"}}},
                ]
            },
        }
    )
    asked.step()
    (event,) = asked.told("ImagePullFailed")
    assert event["note"] == "pod w-1 container main: ImagePullBackOff: x/y:1"


def test_an_image_of_the_profiler_s_own_is_nobody_s_news(asked: Any) -> None:
    asked.settle()
    before = len(asked.api.events)
    asked.step()
    assert phase(asked) == ("Profiling", "Profiling")
    assert len(asked.api.events) == before


# Degraded and back.


def test_a_degraded_graph_and_its_recovery(asked: Any) -> None:
    deployed(asked)
    graph = asked.api.named(kinds.GRAPH, "my-model-dgd")
    asked.api.replace({**graph, "status": {**graph["status"], "state": "pending"}}, "status")
    asked.step()
    assert phase(asked) == ("Deploying", "Deploying")
    assert asked.says[-1] == "DeploymentReady False DeploymentDegraded"
    (event,) = asked.told("DeploymentDegraded")
    assert event["type"] == "Warning"
    asked.settle()
    assert phase(asked) == ("Deployed", "Deployed")
    assert len(asked.told("DeploymentReady")) == 2


# Additional resources.


def test_what_comes_with_the_graph_is_made_before_it_and_goes_with_it(asked: Any) -> None:
    profiled(asked, EXTRA, GRAPH)
    made = asked.api.named("ConfigMap", "planner-config-20b8")
    assert made["data"] == EXTRA["data"]
    assert made["metadata"]["labels"]["dgdr.nvidia.com/name"] == "my-model"
    (owner,) = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"]) == (kinds.GRAPH, "my-model-dgd")
    assert "planner-config-20b8" in asked.now["metadata"]["annotations"][names.ADDITIONAL_RESOURCES]
    asked.api.delete(asked.api.named(kinds.GRAPH, "my-model-dgd"))
    asked.settle()
    assert [item["metadata"]["name"] for item in asked.api.of_kind("ConfigMap")] == ["dgdr-output-my-model"]


def test_a_config_map_that_is_refused_is_told_and_the_graph_is_made(asked: Any) -> None:
    asked.settle()
    asked.report(profiler_status="success", final_config__yaml=dumped(EXTRA, GRAPH))
    asked.api.faults["create", "ConfigMap"] += [ApiError(403, "exceeded quota")]
    asked.end("Complete")
    assert asked.told("ConfigMapCreationFailed")
    assert asked.api.named(kinds.GRAPH, "my-model-dgd")


def test_a_version_of_the_runtime_reaches_the_components_without_one(asked: Any) -> None:
    asked.api.edit(asked.now, {"spec": {"runtimeVersionOverride": "1.4.2"}})
    profiled(asked)
    (component,) = asked.api.named(kinds.GRAPH, "my-model-dgd")["spec"]["components"]
    assert component["runtimeVersionOverride"] == "1.4.2"


# Changes.


def test_a_change_that_no_webhook_saw_is_rejected_aloud(asked: Any) -> None:
    deployed(asked)
    asked.api.edit(asked.now, {"spec": {"sla": {"ttft": 1}}})
    asked.step()
    (event,) = asked.told("SpecChangeRejected")
    assert (event["action"], event["type"]) == ("Validate", "Warning")
    assert phase(asked) == ("Deployed", "Deployed")


def test_a_version_may_still_change_while_a_review_is_to_come(asked: Any) -> None:
    asked.api.edit(asked.now, {"spec": {"autoApply": False}})
    asked.settle()
    asked.api.edit(asked.now, {"spec": {"runtimeVersionOverride": "1.4.2"}})
    profiled(asked)
    assert not asked.told("SpecChangeRejected")
    assert phase(asked) == ("Ready", "SpecGenerated")


def test_deploying_without_auto_apply_goes_back_to_review(asked: Any) -> None:
    asked.api.edit(asked.now, {"spec": {"autoApply": False}})
    asked.settle()
    status = {
        **asked.now["status"],
        "phase": "Deploying",
        "observedGeneration": asked.now["metadata"]["generation"],
    }
    asked.api.replace({**asked.now, "status": status}, "status")
    asked.settle()
    assert asked.now["status"]["phase"] == "Ready"


# Deletion, and what came before.


def test_deletion_takes_job_and_output_but_not_the_graph(asked: Any) -> None:
    deployed(asked)
    asked.api.delete(asked.now)
    asked.settle()
    assert not asked.api.of_kind(kinds.REQUEST)
    assert not asked.api.of_kind("Job")
    assert not asked.api.of_kind("ConfigMap")
    assert asked.api.named(kinds.GRAPH, "my-model-dgd")["status"]["state"] == "successful"


def test_output_of_an_earlier_request_counts_for_nothing(asked: Any) -> None:
    asked.step()
    metadata = {"name": "dgdr-output-my-model", "namespace": "demo"}
    asked.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"phase": "Done"}})
    asked.settle()
    assert not asked.api.of_kind("ConfigMap"), "it is removed before the Job starts"
    owner = {"kind": kinds.REQUEST, "name": "my-model", "uid": "another", "controller": True}
    stale = {**metadata, "ownerReferences": [owner]}
    asked.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": stale, "data": {"phase": "Done"}})
    asked.settle()
    assert asked.now["status"]["profilingPhase"] == "Initializing"


def test_the_job_of_an_earlier_request_is_waited_for(asked: Any) -> None:
    owner = {"kind": kinds.REQUEST, "name": "my-model", "uid": "another", "controller": True}
    metadata = {"name": "profile-my-model", "namespace": "demo", "ownerReferences": [owner]}
    asked.api.create({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata})
    asked.settle()
    assert phase(asked) == ("Pending", "Pending")
    asked.api.delete(asked.api.named("Job", "profile-my-model"))
    asked.settle()
    assert phase(asked) == ("Profiling", "Profiling")


# Kills and races: whenever a write is lost, the next look ends in the same state.


@pytest.mark.parametrize(
    ("method", "kind", "which"),
    [
        (*fault, which)
        for fault in itertools.product(("replace", "replacestatus"), (kinds.REQUEST,))
        for which in range(6)
    ]
    + [("create", kind, 0) for kind in ("Job", "ServiceAccount", "RoleBinding", kinds.GRAPH)],
)
@pytest.mark.parametrize("error", [ApiError(0, "connection refused"), ApiError(409, "modified")])
def test_a_lost_write_changes_nothing_in_the_end(
    asked: Any, method: str, kind: str, which: int, error: ApiError
) -> None:
    calls = itertools.count()
    lose = asked.api._maybe_fail

    def sometimes(called: str, resource: Any) -> None:
        if called == method and resource.kind == kind and next(calls) == which:
            raise error
        lose(called, resource)

    asked.api._maybe_fail = sometimes
    deployed(asked)
    for _ in range(3):
        asked.api.run_pods()
        asked.settle()
    assert phase(asked) == ("Deployed", "Deployed")
    assert len(asked.api.of_kind(kinds.GRAPH)) == 1
    assert {event["reason"] for event in asked.api.events}.isdisjoint({"ReconcileError", "DeploymentDeleted"})


def test_the_graph_is_made_by_the_next_operator(asked: Any) -> None:
    asked.api.faults["create", kinds.GRAPH] += [ApiError(500, "etcd is away")]
    profiled(asked)
    assert asked.now["status"]["phase"] == "Deploying"
    asked.settle()
    assert asked.api.named(kinds.GRAPH, "my-model-dgd")


def test_a_graph_of_somebody_else_with_that_name_is_taken_for_its_own(asked: Any) -> None:
    """As the real operator was seen to do: pages say so where a name is chosen."""
    theirs = {**GRAPH, "metadata": {"name": "my-model-dgd", "namespace": "demo"}}
    asked.api.create(theirs)
    deployed(asked)
    assert phase(asked)[0] == "Deployed"
    (graph,) = asked.api.of_kind(kinds.GRAPH)
    assert graph["spec"] == theirs["spec"]
    assert names.REQUEST_NAME not in (graph["metadata"].get("labels") or {})
    assert not asked.told("DeploymentCreated")


def test_a_graph_that_was_made_but_not_seen_is_not_made_twice(asked: Any) -> None:
    profiled(asked)
    asked.api.edit(asked.now, {"metadata": {"annotations": {names.GENERATED_SPEC: dumped(GRAPH)}}})
    asked.settle()
    assert len(asked.api.of_kind(kinds.GRAPH)) == 1


def test_a_phase_that_nobody_knows_does_no_harm(asked: Any) -> None:
    asked.settle().report(phase="Thinking")
    assert asked.now["status"]["profilingPhase"] == "Initializing"
    asked.report(phase="SweepingDecode")
    assert asked.now["status"]["profilingPhase"] == "SweepingDecode"


def test_threads_bring_a_request_to_its_end(api: Any, request_facts: Object) -> None:
    node = {"name": "node-1", "labels": request_facts["node_labels"]}
    api.create({"apiVersion": "v1", "kind": "Node", "metadata": node})
    recorder = Recorder(api, "test")
    controller = Controller(api, recorder, OperatorConfig("1.5.0"))
    recorder.start()
    controller.start()
    try:
        request = api.create(request_facts["request"])
        api.wait_for(lambda now: now.of_kind("Job"), "the Job")
        owner = {"kind": kinds.REQUEST, "name": "my-model", "uid": request["metadata"]["uid"], "controller": True}
        labels = {"dgdr.nvidia.com/name": "my-model", "dgdr.nvidia.com/namespace": "demo"}
        metadata = {
            "name": "dgdr-output-my-model",
            "namespace": "demo",
            "labels": labels,
            "ownerReferences": [owner],
        }
        data = {"phase": "Done", "profiler_status": "success", "final_config.yaml": dumped(GRAPH)}
        api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
        job = api.named("Job", "profile-my-model")
        conditions = [{"type": "Complete", "status": "True"}]
        api.wait_for(lambda now: now.named(kinds.REQUEST, "my")["status"].get("profilingPhase") == "Done", "Done")
        api.replace({**job, "status": {"conditions": conditions}}, "status")
        api.wait_for(lambda now: now.of_kind("Deployment"), "the graph's Deployment")
        api.run_pods()
        api.wait_for(lambda now: now.named(kinds.REQUEST, "my")["status"]["phase"] == "Deployed", "Deployed")
    finally:
        controller.stop()
        recorder.stop()
        api.disconnect()

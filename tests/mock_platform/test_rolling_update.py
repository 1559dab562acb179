"""A rolling update as the real operator tells it: never Ready before the old generation is gone."""

from __future__ import annotations

from typing import Any

import pytest

from dynamo_api.facts import kinds

Object = dict[str, Any]
OLD_ARGS, NEW_ARGS = ["--model-path", "Qwen/Qwen3-0.6B"], ["--model-path", "other/model"]
pytestmark = pytest.mark.usefixtures("graph")


def told(graph: Object) -> str:
    """State, reason of the condition Ready, and phase of the update, of one version of a graph."""
    status = graph.get("status") or {}
    ready = [entry["reason"] for entry in status.get("conditions") or [] if entry["type"] == "Ready"]
    return " ".join([status.get("state", ""), *ready, (status.get("rollingUpdate") or {}).get("phase", "")])


def graph_now(api: Any) -> Object:
    found: Object = api.named(kinds.GRAPH, "agg")
    return found


def give(api: Any, args: list[str], replicas: int = 2) -> None:
    graph = graph_now(api)
    graph["spec"]["components"][1]["replicas"] = replicas
    graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["args"] = args
    api.replace(graph)


def settled(api: Any, operator: Any) -> None:
    for _ in range(8):
        operator.settle()
        api.run_pods()
    operator.settle()
    assert told(graph_now(api)).startswith("successful all_resources_are_ready")


def since_change(api: Any) -> list[Object]:
    """Versions of the graph in which its status has seen the last change of its spec."""
    generation = graph_now(api)["metadata"]["generation"]
    found: list[Object] = api.versions(kinds.GRAPH, "agg")
    return [item for item in found if (item.get("status") or {}).get("observedGeneration") == generation]


def named(api: Any, kind: str) -> set[str]:
    return {item["metadata"]["name"] for item in api.of_kind(kind) if "decode" in item["metadata"]["name"]}


def updates(api: Any) -> list[str]:
    """Reasons of the events about the graph itself, in order."""
    return [event["reason"] for event in api.events if event["regarding"]["kind"] == kinds.GRAPH]


@pytest.mark.parametrize("replicas", [1, 2, 5])
def test_the_graph_is_not_ready_from_the_change_until_the_old_generation_is_gone(
    api: Any, operator: Any, facts: Object, replicas: int
) -> None:
    give(api, OLD_ARGS, replicas)
    settled(api, operator)
    old = named(api, kinds.COMPONENT)
    give(api, NEW_ARGS, replicas)
    settled(api, operator)
    assert not old & named(api, kinds.COMPONENT)

    ways = [told(item) for item in since_change(api)]
    assert list(dict.fromkeys(ways)) == facts["update"]
    assert ways.count(ways[-1]) == 1, "once Completed, nothing is said again"


def test_a_new_worker_that_is_ready_does_not_make_the_graph_ready(api: Any, operator: Any) -> None:
    settled(api, operator)
    (old,) = named(api, "Deployment")
    give(api, NEW_ARGS)
    operator.settle()
    (new,) = named(api, "Deployment") - {old}
    api.run_pods(only=new)
    operator.settle()
    assert told(graph_now(api)) == "pending rolling_update_in_progress InProgress"
    assert "updatedComponents" not in graph_now(api)["status"]["rollingUpdate"]


def test_an_update_waits_for_the_old_pods_to_go_and_for_their_component_to_be_gone(
    api: Any, operator: Any
) -> None:
    settled(api, operator)
    (old,) = named(api, "Deployment")
    give(api, NEW_ARGS)
    for _ in range(8):
        operator.settle()
        for new in named(api, "Deployment") - {old}:
            api.run_pods(only=new)
        # The old Pods do not go: all that is done to their Deployment stays without an effect.
        live = api.named("Deployment", old)
        live["status"] |= {"readyReplicas": 0, "availableReplicas": 0, "replicas": 1}
        api.replace(live, "status")
    assert api.named("Deployment", old)["spec"]["replicas"] == 0
    assert told(graph_now(api)) == "pending rolling_update_in_progress InProgress"

    api.run_pods()
    held = api.named(kinds.COMPONENT, old)
    held["metadata"]["finalizers"].append("example.com/slow")
    api.replace(held)
    operator.settle()
    operator.settle()
    assert api.named(kinds.COMPONENT, old)["metadata"]["deletionTimestamp"]
    assert told(graph_now(api)) == "pending rolling_update_in_progress InProgress"
    held = api.named(kinds.COMPONENT, old)
    held["metadata"]["finalizers"] = []
    api.replace(held)
    settled(api, operator)
    assert told(graph_now(api)) == "successful all_resources_are_ready Completed"


def test_going_back_half_way_is_a_rolling_update_as_well(api: Any, operator: Any) -> None:
    settled(api, operator)
    (old,) = named(api, "Deployment")
    give(api, NEW_ARGS)
    operator.settle()
    (new,) = named(api, "Deployment") - {old}
    api.run_pods(only=new)
    operator.settle()
    give(api, OLD_ARGS)
    settled(api, operator)
    assert named(api, "Deployment") == {old}
    assert sum(told(item).startswith("successful") for item in since_change(api)) == 1
    assert updates(api) == ["RollingUpdateStarted", "RollingUpdateCompleted"]


def test_begin_and_end_are_told_once_and_the_components_at_the_end(api: Any, operator: Any, facts: Object) -> None:
    settled(api, operator)
    assert updates(api) == []
    for count, args in enumerate((NEW_ARGS, OLD_ARGS), 1):
        give(api, args)
        settled(api, operator)
        assert updates(api) == ["RollingUpdateStarted", "RollingUpdateCompleted"] * count
        assert graph_now(api)["status"]["rollingUpdate"]["updatedComponents"] == ["decode"]
    rows = {
        " ".join(
            [event["reportingController"], event["action"], event["reason"], kinds.GRAPH, event["type"]],
        )
        for event in api.events
        if event["regarding"]["kind"] == kinds.GRAPH
    }
    assert rows == set(facts["update_events"])


def test_replicas_are_no_rolling_update(api: Any, operator: Any) -> None:
    settled(api, operator)
    give(api, OLD_ARGS, 5)
    settled(api, operator)
    assert "rollingUpdate" not in graph_now(api)["status"]
    assert updates(api) == []


def test_a_component_that_changes_in_place_is_ready_when_the_pods_before_are_gone(api: Any, operator: Any) -> None:
    settled(api, operator)
    graph = graph_now(api)
    graph["spec"]["components"][0]["podTemplate"]["spec"]["containers"][0]["image"] += "-rc1"
    api.replace(graph)
    operator.settle()
    frontend = api.named("Deployment", "agg-frontend")
    generation = frontend["metadata"]["generation"]
    frontend["status"] |= {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2, "updatedReplicas": 1}
    frontend["status"]["observedGeneration"] = generation
    api.replace(frontend, "status")
    operator.settle()
    assert told(graph_now(api)).split() == ["pending", "some_resources_are_not_ready"]
    settled(api, operator)


def test_a_component_keeps_its_framework_though_the_workers_run_another(api: Any, operator: Any) -> None:
    graph = graph_now(api)
    container = graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
    container["command"] = ["python3", "-m", "dynamo.vllm"]
    api.replace(graph)
    settled(api, operator)
    graph = graph_now(api)
    graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["command"][2] = "dynamo.sglang"
    api.replace(graph)
    settled(api, operator)
    now = {item["spec"]["name"]: item["spec"]["backendFramework"] for item in api.of_kind(kinds.COMPONENT)}
    assert now == {"Frontend": "vllm", "decode": "sglang"}

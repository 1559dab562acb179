"""A restart of a graph (`spec.restart`): who restarts when, and what the status says of it."""

from __future__ import annotations

from typing import Any

import pytest

from dynamo_api.facts import kinds, names

Object = dict[str, Any]


@pytest.fixture(autouse=True)
def running(api: Any, operator: Any, graph: Object) -> None:
    """The graph of the facts, ready."""
    del graph
    run(api, operator)
    assert now(api)["status"]["state"] == "successful"


def run(api: Any, operator: Any) -> None:
    for _ in range(8):
        operator.settle()
        api.run_pods()
    operator.settle()


def now(api: Any) -> Object:
    found: Object = api.named(kinds.GRAPH, "agg")
    return found


def ask(api: Any, restart: Object | None, **worker: Any) -> None:
    """Set `spec.restart`, or remove it; and give the container of the worker these fields."""
    graph = now(api)
    graph["spec"]["restart"] = restart
    if restart is None:
        del graph["spec"]["restart"]
    graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0] |= worker
    api.replace(graph)


def stamps(api: Any) -> Object:
    """The ids that the Pod templates carry, by component."""
    return {
        item["metadata"]["labels"][names.DYNAMO_COMPONENT]: (
            item["spec"]["template"]["metadata"].get("annotations") or {}
        ).get("nvidia.com/restartAt", "")
        for item in api.of_kind("Deployment")
    }


def ways(api: Any) -> list[str]:
    """Phase, components in progress and state, each once, since the last change of the spec."""
    generation = now(api)["metadata"]["generation"]
    seen = []
    for item in api.versions(kinds.GRAPH, "agg"):
        status = item.get("status") or {}
        if status.get("observedGeneration") == generation:
            restart = status.get("restart") or {}
            words = [restart.get("phase", ""), *restart.get("inProgress", []), status["state"]]
            seen.append(" ".join(words))
    return list(dict.fromkeys(seen))


def test_components_restart_one_after_the_other_by_name(api: Any, operator: Any) -> None:
    generation = now(api)["metadata"]["annotations"][names.CURRENT_WORKER_HASH]
    ask(api, {"id": "one"})
    run(api, operator)
    assert ways(api) == ["Restarting Frontend pending", "Restarting decode pending", "Completed successful"]
    assert now(api)["status"]["restart"] == {"observedID": "one", "phase": "Completed"}
    assert stamps(api) == {"Frontend": "one", "decode": "one"}
    assert now(api)["metadata"]["annotations"][names.CURRENT_WORKER_HASH] == generation
    assert "rollingUpdate" not in now(api)["status"], "the workers restart in place"


def test_the_first_is_up_again_before_the_second_goes(api: Any, operator: Any) -> None:
    ask(api, {"id": "one", "strategy": {"type": "Sequential", "order": ["decode", "Frontend"]}})
    operator.settle()
    assert stamps(api) == {"Frontend": "", "decode": "one"}
    api.run_pods(only="agg-frontend")
    operator.settle()
    assert now(api)["status"]["restart"] == {"observedID": "one", "phase": "Restarting", "inProgress": ["decode"]}
    (ready,) = [entry for entry in now(api)["status"]["conditions"] if entry["type"] == "Ready"]
    assert (ready["status"], ready["reason"]) == ("False", "some_resources_are_not_ready")
    api.run_pods()
    operator.settle()
    assert stamps(api) == {"Frontend": "one", "decode": "one"}
    assert now(api)["status"]["restart"]["inProgress"] == ["Frontend"]
    api.run_pods()
    operator.settle()
    assert now(api)["status"]["state"] == "successful"


def test_parallel_restarts_all_at_once(api: Any, operator: Any) -> None:
    ask(api, {"id": "one", "strategy": {"type": "Parallel"}})
    operator.settle()
    assert stamps(api) == {"Frontend": "one", "decode": "one"}
    assert now(api)["status"]["restart"]["inProgress"] == ["Frontend", "decode"]
    api.run_pods(only="agg-frontend")
    operator.settle()
    assert now(api)["status"]["restart"]["inProgress"] == ["decode"]
    run(api, operator)
    assert now(api)["status"]["restart"] == {"observedID": "one", "phase": "Completed"}


def test_the_same_id_restarts_nothing_and_another_does(api: Any, operator: Any) -> None:
    ask(api, {"id": "one"})
    run(api, operator)
    before = [item["metadata"]["generation"] for item in api.of_kind("Deployment")]
    ask(api, {"id": "one", "strategy": {"type": "Parallel"}})
    run(api, operator)
    assert [item["metadata"]["generation"] for item in api.of_kind("Deployment")] == before
    ask(api, {"id": "two"})
    run(api, operator)
    assert stamps(api) == {"Frontend": "two", "decode": "two"}


def test_what_was_restarted_stays_so_without_the_field(api: Any, operator: Any) -> None:
    ask(api, {"id": "one"})
    run(api, operator)
    before = [item["metadata"]["generation"] for item in api.of_kind("Deployment")]
    ask(api, None)
    run(api, operator)
    assert [item["metadata"]["generation"] for item in api.of_kind("Deployment")] == before
    assert now(api)["status"]["restart"] == {"observedID": "one", "phase": "Completed"}


def test_a_restart_that_is_taken_back_half_way_restarts_no_more(api: Any, operator: Any) -> None:
    ask(api, {"id": "one"})
    operator.settle()
    ask(api, None)
    run(api, operator)
    assert stamps(api) == {"Frontend": "one", "decode": ""}
    assert "restart" not in now(api)["status"]
    assert now(api)["status"]["state"] == "successful"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_rolling_update_takes_the_place_of_a_restart(api: Any, operator: Any, *, at_once: bool) -> None:
    if not at_once:
        ask(api, {"id": "one"})
        operator.settle()
    ask(api, {"id": "one"}, args=["--model-path", "other/model"])
    run(api, operator)
    status = now(api)["status"]
    assert status["restart"] == {"observedID": "one", "phase": "Superseded"}
    assert (status["state"], status["rollingUpdate"]["phase"]) == ("successful", "Completed")
    assert stamps(api)["decode"] == ""

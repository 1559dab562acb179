"""A rolling update and a restart that go well are no obstacle, and say what they wait for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]
    Show = Callable[..., dict[str, Any]]

WORKER = "VllmDecodeWorker"


@pytest.fixture
def shown(server: Any, dynamo: Run) -> Show:
    """The item that is shown of a state, with its exit status."""

    def run(state: dict[str, Any]) -> dict[str, Any]:
        server.state = state
        status, out, err = dynamo("status", "rolling-update", "-o", "json")
        assert err == ""
        item: dict[str, Any] = json.loads(out)["items"][0]
        assert status == item["exitStatus"]
        return item

    return run


def counts(existing: int, updated: int, ready: int) -> dict[str, int]:
    return {"replicas": existing, "updatedReplicas": updated, "readyReplicas": ready, "availableReplicas": ready}


@pytest.mark.parametrize(
    ("counted", "waits"),
    [
        ((2, 0, 2), f"{WORKER} has 0 of 2 new replicas and waits for the next"),
        ((3, 1, 2), f"{WORKER} has 1 of 2 new replicas and waits for 1 to be ready"),
        ((3, 1, 3), f"{WORKER} has 1 of 2 new replicas and waits for the next"),
        ((3, 2, 2), f"{WORKER} has 2 of 2 new replicas and waits for 1 to be ready"),
        ((3, 2, 3), f"{WORKER} has 2 of 2 new replicas and waits for 1 old one to end"),
        ((2, 2, 2), "all replicas are new, and the operator ends it"),
    ],
)
def test_each_step_of_an_update_says_what_it_waits_for(
    counted: tuple[int, int, int], waits: str, load_state: Load, shown: Show
) -> None:
    """The counts are those of the real operator, step by step."""
    state = load_state("rolling-update")
    state["objects"][0]["status"]["components"][WORKER].update(counts(*counted))
    item = shown(state)
    assert (item["outcome"], item["blocked"]) == ("going", None)
    assert item["graph"]["update"] == f"Rolling update: {waits}."
    assert item["graph"]["ready"] <= item["graph"]["replicas"]


@pytest.mark.parametrize(
    ("manager", "blocks"),
    [
        ({"manager": "kubectl", "time": "2026-11-24T11:59:51Z"}, False),
        ({"manager": "kubectl", "time": "2026-11-24T11:59:50Z"}, True),
        ({"manager": "operator", "time": "2026-11-24T11:59:59Z", "subresource": "status"}, True),
    ],
)
def test_an_operator_has_ten_seconds_to_see_a_change(
    manager: dict[str, str],
    blocks: bool,  # noqa: FBT001
    load_state: Load,
    shown: Show,
) -> None:
    """A healthy update begins with a status that is about the spec before."""
    state = load_state("rolling-update")
    state["objects"][0]["metadata"].update(generation=3, managedFields=[manager])
    item = shown(state)
    assert item["outcome"] == "going"
    assert (item["blocked"] and item["blocked"]["reason"]) == ("StaleStatus" if blocks else None)


def test_v1alpha1_counts_the_same(load_state: Load, shown: Show) -> None:
    state = load_state("rolling-update")
    graph = state["objects"][0]
    graph["apiVersion"] = "nvidia.com/v1alpha1"
    components = graph["spec"].pop("components")
    graph["spec"]["services"] = {
        part["name"]: {"componentType": part["type"], "replicas": part["replicas"]} for part in components
    }
    graph["status"]["services"] = graph["status"].pop("components")
    item = shown({**state, "serves": ["v1alpha1"]})
    assert item["blocked"] is None
    assert (
        item["graph"]["update"] == f"Rolling update: {WORKER} has 1 of 2 new replicas and waits for 1 to be ready."
    )


def test_a_graph_without_counts_says_that_it_is_updated(load_state: Load, shown: Show) -> None:
    state = load_state("rolling-update")
    del state["objects"][0]["status"]["components"]
    assert shown(state)["graph"]["update"].startswith("Rolling update: ")


def test_an_update_that_is_over_is_not_told(load_state: Load, shown: Show) -> None:
    state = load_state("rolling-update")
    status = state["objects"][0]["status"]
    status["rollingUpdate"]["phase"] = "Completed"
    status["state"] = "successful"
    status["conditions"][0].update(status="True", reason="all_resources_are_ready")
    status["components"][WORKER].update(counts(2, 2, 2))
    item = shown(state)
    assert (item["outcome"], item["graph"]["update"]) == ("deployed", None)


def test_a_new_worker_that_cannot_run_blocks_an_update(load_state: Load, shown: Show) -> None:
    state = load_state("rolling-update")
    new = state["objects"][-1]["status"]
    new["phase"] = "Pending"
    new["containerStatuses"][0]["state"] = {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
    item = shown(state)
    assert item["blocked"]["reason"] == "ImagePullBackOff"
    assert item["graph"]["update"].startswith("Rolling update: ")


@pytest.mark.parametrize(
    ("at", "reason"), [("2026-11-24T11:59:50Z", "FailedCreate"), ("2026-11-24T11:20:00Z", None)]
)
def test_new_pods_that_are_refused_block_an_update(
    at: str, reason: str | None, load_state: Load, shown: Show
) -> None:
    """Events live for an hour: those from before the update are not about its Pods."""
    state = load_state("rolling-update")
    del state["objects"][-1]
    state["objects"][0]["status"]["components"][WORKER].update(counts(2, 0, 2))
    name = "rolling-update-vllmdecodeworker-40028c35-6ccf44cfcc"
    state["objects"].append(
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": "e", "namespace": "demo"},
            "type": "Warning",
            "reason": "FailedCreate",
            "message": "exceeded quota: pods, requested",
            "involvedObject": {"kind": "ReplicaSet", "name": name},
            "lastTimestamp": at,
        }
    )
    blocked = shown(state)["blocked"]
    assert (blocked and blocked["reason"]) == reason


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["Frontend"], "Restart: Frontend is being restarted."),
        (["Frontend", WORKER], f"Restart: Frontend, {WORKER} are being restarted."),
    ],
)
def test_a_restart_says_what_is_restarted(names: list[str], sentence: str, load_state: Load, shown: Show) -> None:
    state = load_state("rolling-update")
    status = state["objects"][0]["status"]
    del status["rollingUpdate"]
    status["conditions"][0]["reason"] = "some_resources_are_not_ready"
    status["restart"] = {"observedID": "one", "phase": "Restarting", "inProgress": names}
    item = shown(state)
    assert (item["outcome"], item["blocked"], item["graph"]["update"]) == ("going", None, sentence)


def test_a_log_has_a_line_for_each_step_of_an_update(server: Any, load_state: Load, dynamo: Run) -> None:
    steps = [load_state("rolling-update") for _ in range(4)]
    statuses = [step["objects"][0]["status"] for step in steps]
    statuses[2]["components"][WORKER].update(counts(3, 2, 3))
    statuses[3].update(state="successful", rollingUpdate={"phase": "Completed"})
    statuses[3]["conditions"][0].update(status="True", reason="all_resources_are_ready")
    server.script = steps
    status, out, _ = dynamo("status", "rolling-update", "--wait", "--interval", "0.5")
    assert status == 0
    lines = [line.partition("Rolling update: ")[2] for line in out.splitlines()]
    assert lines == [
        f"{WORKER} has 1 of 2 new replicas and waits for 1 to be ready.",
        f"{WORKER} has 2 of 2 new replicas and waits for 1 old one to end.",
        "",
    ]

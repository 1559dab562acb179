"""A Pod that runs and is not ready is told by its probe, after a while; a profiling at 100 % has no time left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]


def item(dynamo: Run, name: str) -> dict[str, Any]:
    status, out, _ = dynamo("status", name, "-o", "json")
    found: dict[str, Any] = json.loads(out)["items"][0]
    assert status == found["exitStatus"]
    return found


def test_it_waits_and_is_not_blocked(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("never-ready")
    found = item(dynamo, "never-ready")
    assert (found["outcome"], found["blocked"]["reason"], found["blocked"]["passing"]) == (
        "going",
        "Unhealthy",
        True,
    )
    server.state = load_state("bad-image")
    assert item(dynamo, "bad-image")["blocked"]["passing"] is False


@pytest.mark.parametrize(("now", "told"), [("2026-11-24T11:59:19Z", False), ("2026-11-24T11:59:20Z", True)])
def test_it_is_told_after_a_minute(now: str, told: bool, server: Any, load_state: Load, dynamo: Run) -> None:  # noqa: FBT001
    server.state = {**load_state("never-ready"), "now": now}
    assert (item(dynamo, "never-ready")["blocked"] is not None) == told


def test_without_an_event_the_probe_is_named(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("never-ready")
    server.state["objects"].pop()
    sentence = item(dynamo, "never-ready")["blocked"]["sentence"]
    assert "its startup probe (GET /live on port system) has not succeeded, and no event says why." in sentence


def test_a_pod_that_is_being_deleted_is_not_told(server: Any, load_state: Load, dynamo: Run) -> None:
    """As an old worker is at the end of an update."""
    server.state = load_state("never-ready")
    server.state["objects"][2]["metadata"]["deletionTimestamp"] = "2026-11-24T11:59:50Z"
    assert item(dynamo, "never-ready")["blocked"] is None


def test_what_cannot_run_is_told_first(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("never-ready")
    frontend = server.state["objects"][1]["status"]
    frontend["containerStatuses"][0]["state"] = {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
    assert item(dynamo, "never-ready")["blocked"]["reason"] == "ImagePullBackOff"


def test_the_longest_is_told(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("never-ready")
    frontend = server.state["objects"][1]["status"]["containerStatuses"][0]
    frontend.update(ready=False, state={"running": {"startedAt": "2026-11-24T11:58:10Z"}})
    server.state["objects"][1]["status"]["conditions"] = []
    sentence = item(dynamo, "never-ready")["blocked"]["sentence"]
    assert "of Frontend has run for 110s and is not ready" in sentence


@pytest.fixture
def done(load_state: Load) -> dict[str, Any]:
    """A request whose profiler says that it is done, and whose operator still names a time left."""
    state = load_state("sweeping")
    status = state["objects"][0]["status"]
    status["profilingPhase"] = "Done"
    for condition in status["conditions"]:
        if condition["type"] == "Profiling":
            condition["message"] = "Done: 100 % (the profiler is done), about 55 s left (an earlier run took 80 s)"
    return state


def test_at_100_per_cent_there_is_no_eta(done: dict[str, Any], server: Any, dynamo: Run) -> None:
    server.state = done
    profiling = item(dynamo, "sweeping")["profiling"]
    assert (profiling["percent"], profiling["eta"], profiling["etaFrom"]) == (100, None, "")
    out = dynamo("status", "sweeping")[1]
    assert "Done, 100%" in out
    assert "ETA" not in out
    head, row = dynamo("status")[1].splitlines()[:2]
    assert row[head.index("ETA")] == "-"
    line = dynamo("status", "sweeping", "--wait", "--timeout", "0")[1].splitlines()[0]
    assert line.endswith("Profiling, 100% Done")

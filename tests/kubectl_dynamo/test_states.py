"""Recorded clusters, one for each phase and each failure: what status says of them, word for word."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from dynamo_api.conversion import ALPHA, BETA, convert
from dynamo_api.words import find
from kubectl_dynamo.reading.collect import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in (HERE / "states").glob("*.yaml"))
GRAPHS = {"never-ready", "no-orchestrator", "ownership-conflict", "quickstart", "rolling-update", "stale-graph"}
NOT_BLOCKED = {
    "alpha",
    "deployed",
    "deploying",
    "initializing",
    "no-rights",
    "pending",
    "planner",
    "quickstart",
    "rolling-update",
    "sweeping",
    "thorough",
}
SCHEMA = json.loads(files("kubectl_dynamo.showing").joinpath("status.schema.json").read_text(encoding="utf-8"))


def same_as_golden(text: str, name: str) -> None:
    """Compare with golden/NAME; UPDATE_GOLDEN=1 writes it instead, for whoever then reads the diff."""
    file = HERE / "golden" / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_one_looked_at(name: str, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state(name)
    status, out, err = dynamo("status", name)
    assert (status, err) == (server.state["exit"], "")
    same_as_golden(out, f"{name}.txt")


@pytest.mark.parametrize("name", ["alpha", "alpha-deleted"])
def test_what_v1alpha1_says_is_the_same_behind_the_conversion(
    name: str, server: Any, load_state: Load, dynamo: Run
) -> None:
    state = load_state(name)
    objects = [convert(item, BETA) if item["apiVersion"] == ALPHA else item for item in state["objects"]]
    server.state = {**state, "objects": objects, "serves": ["v1beta1"]}
    assert dynamo("status", name)[0] == state["exit"]
    same_as_golden(dynamo("status", name)[1], f"{name}.txt")


@pytest.mark.parametrize("name", NAMES)
def test_for_programs(name: str, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state(name)
    status, out, _ = dynamo("status", name, "-o", "json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert status == found["exitStatus"] == server.state["exit"]
    (item,) = found["items"]
    assert item["name"] == name
    assert (item["blocked"] is None) == (name in NOT_BLOCKED)
    if item["blocked"]:
        blocked = item["blocked"]
        assert find(blocked["reason"]), "explain knows it"
        assert blocked["sentence"].endswith(".")
        assert "\n" not in blocked["sentence"]
        assert blocked["look"].startswith("kubectl ")
    assert yaml.safe_load(dynamo("status", name, "-o", "yaml")[1]) == found


@pytest.mark.parametrize("name", ["bad-image", "deployed", "no-orchestrator", "thorough"])
def test_wide(name: str, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state(name)
    _, out, _ = dynamo("status", name, "-o", "wide")
    same_as_golden(out, f"{name}-wide.txt")


def of_generation(state: dict[str, Any], generation: int) -> dict[str, Any]:
    """The state, its graph's spec of that generation."""
    for item in state["objects"]:
        if item["kind"] == "DynamoGraphDeployment":
            item["metadata"]["generation"] = generation
    return state


def judged(dynamo: Run, name: str) -> tuple[int, str | None]:
    status, out, _ = dynamo("status", name, "-o", "json")
    blocked = json.loads(out)["items"][0]["blocked"]
    return status, blocked and blocked["reason"]


@pytest.mark.parametrize(("name", "before"), [("deployed", 0), ("quickstart", 0), ("no-orchestrator", 1)])
def test_a_graph_whose_new_spec_nobody_has_looked_at_is_still_going(
    name: str, before: int, server: Any, load_state: Load, dynamo: Run
) -> None:
    server.state = load_state(name)
    assert judged(dynamo, name)[0] == before
    server.state = of_generation(server.state, 2)
    assert judged(dynamo, name) == (2, "StaleStatus")


def test_a_graph_that_is_refused_after_a_change_has_failed(server: Any, load_state: Load, dynamo: Run) -> None:
    """Of what it refuses, the operator tells the generation in the condition alone."""
    server.state = of_generation(load_state("no-orchestrator"), 2)
    (graph,) = (item for item in server.state["objects"] if item["kind"] == "DynamoGraphDeployment")
    graph["status"]["conditions"][0]["observedGeneration"] = 2
    assert judged(dynamo, "no-orchestrator") == (1, "no_multinode_orchestrator_available")


def everything(load_state: Load) -> dict[str, Any]:
    states = [load_state(name) for name in NAMES if not name.startswith(("alpha", "no-rights"))]
    return {"now": states[0]["now"], "objects": [item for state in states for item in state["objects"]]}


@pytest.mark.parametrize("arguments", [(), ("-A",), ("-o", "wide")])
def test_the_list_of_all(arguments: tuple[str, ...], server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = everything(load_state)
    status, out, err = dynamo("status", *arguments)
    assert (status, err) == (1, "")
    same_as_golden(out, f"list{''.join(arguments)}.txt")


def test_the_list_for_programs(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = everything(load_state)
    status, out, _ = dynamo("status", "-o", "json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert status == found["exitStatus"] == 1
    blocked = {item["name"] for item in found["items"] if item["blocked"]}
    assert blocked == {item["name"] for item in found["items"]} - NOT_BLOCKED


def test_every_failure_has_a_sentence_of_its_own(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = everything(load_state)
    items = json.loads(dynamo("status", "-o", "json")[1])["items"]
    sentences = [item["blocked"]["sentence"].replace(item["name"], "X") for item in items if item["blocked"]]
    assert len(set(sentences)) == len(sentences) >= 18


def test_a_state_that_says_nothing_of_a_blocker_is_told_apart() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1, "items": []}, SCHEMA)


NASTY = "a\nb\x1b[2J\x9b2J\u202ec"


@pytest.mark.parametrize(
    "arguments", [("-o", "wide"), ("-A", "-o", "wide"), ("sweeping", "-o", "wide"), ("--wait", "--timeout", "0")]
)
def test_a_terminal_does_not_obey_the_cluster(
    arguments: tuple[str, ...], server: Any, load_state: Load, dynamo: Run
) -> None:
    server.state = load_state("sweeping")
    lines = dynamo("status", *arguments)[1].count("\n")
    request = server.state["objects"][0]
    request["spec"]["model"] = request["status"]["profilingPhase"] = NASTY
    request["metadata"]["annotations"] = {"dynamo-docs/dashboard-url": NASTY}
    for condition in request["status"]["conditions"]:
        condition["reason"] = condition["message"] = NASTY
    _, out, _ = dynamo("status", *arguments)
    assert "a b [2J 2J c" in out
    assert out.replace("\n", "").isprintable()
    assert out.count("\n") == lines + ("sweeping" in arguments), "its dashboard has a line of its own"


def test_nor_what_the_api_server_says(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("sweeping")
    server.broken = [(500, NASTY)] * 2
    _, _, err = dynamo("status")
    assert "a b [2J 2J c" in err
    assert err.replace("\n", "").isprintable()


def test_programs_get_what_the_cluster_says(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("sweeping")
    server.state["objects"][0]["spec"]["model"] = NASTY
    for form, load in (("json", json.loads), ("yaml", yaml.safe_load)):
        _, out, _ = dynamo("status", "-o", form)
        assert load(out)["items"][0]["request"]["model"] == NASTY
        assert not {"\x1b", "\x9b"} & set(out)


@pytest.mark.parametrize("odd", ["inf", "-Infinity", "nan", "1e999", pytest.param(10**400, id="10**400"), "many"])
def test_a_number_that_is_none_spoils_no_list(odd: Any, server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("alpha")
    sla = server.state["objects"][0]["spec"]["profilingConfig"]["config"]["sla"]
    sla["isl"] = sla["ttft"] = odd
    status, out, _ = dynamo("status", "-o", "json")
    assert status == 0
    assert not {"NaN", "Infinity"} & set(out.replace(",", " ").split())
    item = json.loads(out)["items"][0]
    assert item["request"]["isl"] is item["sla"]["asked"]["ttft"] is None
    assert (item["request"]["osl"], item["sla"]["asked"]["itl"]) == (256, 50)


def refused(owner: str) -> dict[str, Any]:
    """A Warning that a ReplicaSet could make no Pod."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{owner}.1", "namespace": "demo"},
        "involvedObject": {"kind": "ReplicaSet", "name": owner, "namespace": "demo"},
        "reason": "FailedCreate",
        "message": f'pods "{owner}-1" is forbidden: exceeded quota: gpus, requested: 1, used: 8, limited: 8',
        "type": "Warning",
        "lastTimestamp": "2026-11-24T11:20:00Z",
    }


@pytest.mark.parametrize(
    ("owner", "absent", "told"),
    [
        ("deploying-dgd-vllmdecodeworker-c5839549-85cf59df44", "VllmDecodeWorker", True),
        ("deploying-dgd-vllmdecodeworker", "VllmDecodeWorker", True),
        ("deploying-dgd-vllmdecodeworker-c5839549-85cf59df44", "", False),
        ("deploying-dgd-frontend-6969d6db6", "VllmDecodeWorker", False),
        ("deploying-dgd-too-vllmdecodeworker-c5839549-85cf59df44", "VllmDecodeWorker", False),
    ],
    ids=["a ReplicaSet", "a StatefulSet", "long ago", "another component, long ago", "another graph"],
)
def test_pods_that_are_refused_are_told_where_they_are_lacking(
    owner: str, absent: str, *, told: bool, server: Any, load_state: Load, dynamo: Run
) -> None:
    state = load_state("deploying")
    objects = [
        item
        for item in state["objects"]
        if not absent or item["metadata"].get("labels", {}).get("nvidia.com/dynamo-component") != absent
    ]
    server.state = {**state, "objects": [*objects, refused(owner)]}
    assert judged(dynamo, "deploying") == (2, "FailedCreate" if told else None)


def test_a_job_that_cannot_be_read_is_not_missing(server: Any, load_state: Load, dynamo: Run) -> None:
    state = load_state("job-missing")
    server.state = state
    assert "JobMissing" in dynamo("status", "job-missing")[1]
    server.state = {**state, "forbidden": ["jobs"]}
    _, out, _ = dynamo("status", "job-missing")
    assert "JobMissing" not in out
    assert "note: not allowed to list jobs" in out


def test_what_a_note_says_of_jobs_is_not_about_jobs() -> None:
    unread = frozenset({("events", "the API server cannot list events: it has other jobs")})
    snapshot = Snapshot(datetime.now(UTC), (), (), unread=unread)
    assert snapshot.could_read("jobs")
    assert not snapshot.could_read("events")
    assert snapshot.notes == ("the API server cannot list events: it has other jobs",)

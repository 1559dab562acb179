"""Requests of v1beta2: named for what they are, with their runs and candidates."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from dynamo_api.facts import kinds
from dynamo_api.words import find

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

DESIGNED = Path(__file__).parent / "designed" / "search.yaml"
SCHEMA = json.loads(files("kubectl_dynamo.showing").joinpath("status.schema.json").read_text(encoding="utf-8"))
RUNS = "dynamographdeploymentruns"


@pytest.fixture
def state(server: Any) -> dict[str, Any]:
    """The cluster with a search; what a test changes in it, the server shows."""
    found: dict[str, Any] = yaml.safe_load(DESIGNED.read_text(encoding="utf-8"))
    server.state = found
    return found


def of_kind(state: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item for item in state["objects"] if item["kind"] == kind]


def request_of(state: dict[str, Any]) -> dict[str, Any]:
    return of_kind(state, kinds.REQUEST)[0]


def item_of(dynamo: Run) -> dict[str, Any]:
    status, out, _ = dynamo("status", "search", "-o", "json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert status == found["exitStatus"]
    (item,) = found["items"]
    assert item["blocked"] is None or find(item["blocked"]["reason"]), "explain knows it"
    return dict(item)


@pytest.mark.usefixtures("state")
def test_a_search_says_what_it_is_and_shows_its_run(dynamo: Run) -> None:
    status, out, err = dynamo("status", "search")
    assert (status, err) == (2, "")
    assert out.splitlines() == [
        "dgdr/search in demo: Running, 125m old",
        "",
        "  Pending > [Running] > Succeeded",
        "",
        "version     v1beta2, read in v1beta1: a search has no phase, makes no graph, deploys nothing",
        "request     Qwen/Qwen3-0.6B on vllm or sglang, 8 x b200_sxm",
        "objective   optimize throughput",
        "accepted    True",
        "run         search-2: Running, 3 branches, 41 evaluations, 2 candidates, 1 earlier run",
        "candidates  search-2-b   rank 1   Valid True",
        "            search-2-a   rank 2   Valid True",
    ]


@pytest.mark.usefixtures("state")
def test_a_search_in_the_list(dynamo: Run) -> None:
    _, out, _ = dynamo("status", "-o", "wide")
    assert "dgdr/search   Running   -           -     -       125m   Qwen/Qwen3-0.6B   vllm,sglang" in out
    said = "dgdr/search: a request of v1beta2: a search has no phase, makes no graph, deploys nothing;"
    assert f"\n\n{said} run search-2 has 2 candidates\n" in out


@pytest.mark.usefixtures("state")
def test_a_search_in_a_log(dynamo: Run) -> None:
    _, out, _ = dynamo("status", "search", "--wait", "--timeout", "0")
    assert "demo/search: Running, run search-2 has 2 candidates\n" in out


def test_what_programs_get(state: dict[str, Any], dynamo: Run) -> None:
    item = item_of(dynamo)
    assert (item["apiVersion"], item["request"], item["phase"]) == ("nvidia.com/v1beta1", None, "Running")
    search = item["search"]
    assert (search["version"], search["runs"], search["accepted"]) == ("v1beta2", 2, "True")
    assert search["run"]["progress"] == {"branches": 3, "evaluations": 41, "candidates": 2}
    assert [one["name"] for one in search["candidates"]] == ["search-2-b", "search-2-a"]
    request_of(state)["spec"]["v1beta2"] = {}
    assert item_of(dynamo)["search"]["backends"] == []


@pytest.mark.parametrize(
    ("phase", "status", "reason"),
    [("Succeeded", 4, "SearchDone"), ("Failed", 1, "SearchFailed"), ("Pending", 2, None), ("", 2, None)],
)
def test_the_phase_is_that_of_the_run(
    phase: str, status: int, reason: str | None, state: dict[str, Any], dynamo: Run
) -> None:
    run = of_kind(state, kinds.SEARCH_RUN)[1]
    run["status"] |= {"phase": phase, "conditions": [{"type": "Completed", "message": "no GPU of that name"}]}
    item = item_of(dynamo)
    assert (item["exitStatus"], item["blocked"] and item["blocked"]["reason"]) == (status, reason)
    if phase == "Failed":
        assert item["blocked"]["sentence"] == "Run search-2 has failed: no GPU of that name."
        assert "Pending > Running > [Failed]" in dynamo("status", "search")[1]


def test_a_search_that_was_not_accepted(state: dict[str, Any], dynamo: Run) -> None:
    of_kind(state, kinds.SEARCH_RUN)[1]["status"]["phase"] = "Succeeded"
    request_of(state)["status"]["v1beta2"]["conditions"][0] |= {"status": "False", "message": "no such backend"}
    item = item_of(dynamo)
    assert (item["exitStatus"], item["blocked"]["reason"]) == (2, "SearchNotAccepted")
    assert item["blocked"]["look"].endswith("describe dynamographdeploymentrequest.v1beta2.nvidia.com search")


def test_an_edit_that_nobody_has_looked_at(state: dict[str, Any], dynamo: Run) -> None:
    request_of(state)["metadata"]["generation"] = 3
    assert item_of(dynamo)["blocked"]["reason"] == "StaleStatus"


def test_a_search_without_a_run(state: dict[str, Any], dynamo: Run) -> None:
    state["objects"] = [request_of(state)]
    del request_of(state)["status"]
    assert item_of(dynamo)["blocked"]["reason"] == "NoStatus"
    out = dynamo("status", "search")[1]
    assert "[no run] > Pending > Running > Succeeded" in out
    assert "run         none\ncandidates  none\n" in out


def test_runs_that_are_not_served_or_not_allowed_are_named(state: dict[str, Any], dynamo: Run) -> None:
    state["serves"] = ["v1alpha1", "v1beta1"]
    status, out, _ = dynamo("status", "search")
    assert status == 2
    assert f"note: this cluster does not serve {RUNS}.nvidia.com" in out
    state |= {"serves": ["v1beta1", "v1beta2"], "forbidden": [RUNS]}
    assert f"note: not allowed to list {RUNS}" in dynamo("status", "search")[1]


def test_where_v1beta2_alone_can_be_read(state: dict[str, Any], server: Any, dynamo: Run) -> None:
    search = request_of(state)
    inner = {key: search[key]["v1beta2"] for key in ("spec", "status")}
    plain = copy.deepcopy(search) | inner | {"apiVersion": kinds.SEARCH_API}
    old = {
        "apiVersion": kinds.SEARCH_API,
        "kind": kinds.REQUEST,
        "metadata": {"name": "old", "namespace": "demo"},
        "spec": {"v1beta1": {"model": "Qwen/Qwen3-0.6B", "backend": "vllm"}},
        "status": {"v1beta1": {"phase": "Ready"}},
    }
    state["objects"] += [plain, old]
    server.lacks = {f"nvidia.com/{version}/dynamographdeploymentrequests" for version in ("v1alpha1", "v1beta1")}
    assert "version     v1beta2: a search has no phase" in dynamo("status", "search")[1]
    assert dynamo("status", "old")[1].startswith("dgdr/old in demo: Ready")


@pytest.mark.parametrize("version", ["v1beta1", "v1alpha1"])
def test_a_request_of_v1beta1_is_none_and_its_runs_are_not_asked_for(
    version: str, state: dict[str, Any], server: Any, dynamo: Run
) -> None:
    search = request_of(state)
    search |= {"apiVersion": f"nvidia.com/{version}", "spec": {"model": "m"}, "status": {}}
    server.lacks = {f"nvidia.com/{other}/dynamographdeploymentrequests" for other in {"v1beta1"} - {version}}
    assert item_of(dynamo)["search"] is None
    assert not [path for path in server.asked if RUNS in path]

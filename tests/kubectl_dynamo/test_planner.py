"""A planner's part: what it asks for, when it last scaled and why, what holds it back; and where that is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from dynamo_api.conversion import ALPHA, convert
from dynamo_api.facts import kinds
from kubectl_dynamo.judging.planner_words import HELD, from_metrics, present, rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]
    Told = Callable[..., dict[str, Any]]

Object = dict[str, Any]
SCHEMA = json.loads(files("kubectl_dynamo.showing").joinpath("status.schema.json").read_text(encoding="utf-8"))
RECORDED = Path(__file__).parent / "recorded"
GOLDEN = Path(__file__).parent / "golden" / "planner.txt"
"""Text of the recorded state, as test_states.py holds it."""
POD = "planner-dgd-planner-6b578658bc-nclbp"
DECODE = "planner-dgd-vllmdecodeworker"
BEGUN, UP, WAITING = 0, 2, 4
"""Lines of the recorded log: nothing to do, one worker more, that one is awaited."""
CLAMPED = "2026-11-29T23:59:52.5Z  WARN state_machine: GPU budget band [min=-1, max=4] clamped "
BOTH = f"{CLAMPED}(1P + 3D = 5) -> (1P + 2D = 4)"
FLOOR = "2026-11-29T23:59:52.6Z  INFO throughput_scaling: Throughput lower bounds set: prefill=1, decode=2"


@pytest.fixture
def state(load_state: Load) -> Object:
    return load_state("planner")


@pytest.fixture
def told(server: Any, dynamo: Run) -> Told:
    """The planner's part of a state, for programs, and the lines for people."""

    def look(state: Object, *, notes: tuple[str, ...] = ()) -> Object:
        server.state = state
        status, out, err = dynamo("status", "planner", "-o", "json")
        found = json.loads(out)
        jsonschema.validate(found, SCHEMA)
        assert (status, err) == (0, "")
        assert tuple(found["notes"]) == notes
        planner: Object = found["items"][0]["planner"]
        text = dynamo("status", "planner")[1].splitlines()
        return {**planner, "text": [line for line in text if line[:12].strip() in LABELS]}

    return look


LABELS = {"planner", "last scale", "decision", "held back"}


def at(state: Object, last: int, *, asked: int = 2, before: str = "") -> Object:
    """The state at a line of its log, with `before` told right before that line, and these replicas asked for."""
    lines = state["logs"][POD].splitlines()[: last + 1]
    state["logs"][POD] = "\n".join([*lines[:-1], *filter(None, [before]), lines[-1], ""])
    for item in state["objects"]:
        if item["kind"] == kinds.ADAPTER and item["metadata"]["name"] == DECODE:
            item["spec"]["replicas"] = asked
            item["status"]["lastScaleTime"] = "2026-11-29T23:59:53Z"
    state["objects"] = [item for item in state["objects"] if "from 2 to 1" not in item.get("message", "")]
    return {**state, "now": "2026-11-30T00:00:03+00:00"}


def with_reason(state: Object, load: str, throughput: str = "n/a") -> Object:
    """The state, whose last round has these reasons."""
    *lines, last = state["logs"][POD].splitlines()
    words = [
        f"{word.partition('=')[0]}={load if word.startswith('load') else throughput}"
        if word.startswith(("load_reason", "throughput_reason"))
        else word
        for word in last.split(" ")
    ]
    state["logs"][POD] = "\n".join([*lines, " ".join(words), ""])
    return state


def without(state: Object, kind: str) -> Object:
    return {**state, "objects": [item for item in state["objects"] if item["kind"] != kind]}


def test_a_change_that_is_not_carried_out_yet(state: Object, told: Told) -> None:
    found = told(at(state, WAITING))
    assert found["held"]["reason"] == "scaling_in_progress"
    assert found["text"] == [
        "planner     asks for VllmDecodeWorker 2 (1 ready), VllmPrefillWorker 1",
        "last scale  VllmDecodeWorker from 1 to 2, 10s ago (load: scale_up)",
        "decision    HOLD, 0s ago (load: scaling_in_progress)",
        f"held back   scaling_in_progress: {HELD['scaling_in_progress']}",
    ]


def test_the_real_planner_is_understood_while_it_scales(server: Any, dynamo: Run) -> None:
    """Recorded while a second worker started, in the planner's own words and colours."""
    server.state = yaml.safe_load((RECORDED / "planner.yaml").read_text(encoding="utf-8"))
    assert "\x1b[2m" in next(iter(server.state["logs"].values()))
    status, out, _ = dynamo("status", "dgdr-planner")
    assert status == 2, "the request is Deploying again until the worker is there"
    assert [line for line in out.splitlines() if line[:12].strip() in LABELS] == [
        "planner     asks for VllmDecodeWorker 2 (1 ready), VllmPrefillWorker 1",
        "last scale  VllmDecodeWorker from 1 to 2, 9s ago (load: scale_up)",
        "decision    HOLD, 4s ago (load: scaling_in_progress)",
        f"held back   scaling_in_progress: {HELD['scaling_in_progress']}",
    ]


def test_nothing_holds_back_a_planner_that_has_nothing_to_do(state: Object, told: Told) -> None:
    found = told(at(state, BEGUN, asked=1))
    assert found["held"] is None
    assert found["decision"] == {
        "action": "HOLD",
        "load": "no_change",
        "throughput": None,
        "at": "2026-11-29T23:59:42.395065+00:00",
    }


@pytest.mark.parametrize(
    ("clamped", "wish"),
    [
        ("(1P + 3D = 5) -> (1P + 2D = 4)", "1P + 3D = 5 GPUs"),
        ("(1P + 3D = 5 GPUs) -> (1P + 2D = 4 GPUs)", "1P + 3D = 5 GPUs"),
        ("5 replicas (= 5 GPUs) -> 4 replicas (= 4 GPUs)", "5 replicas (= 5 GPUs)"),
    ],
    ids=["as 1.5.1 has it", "newer", "one kind"],
)
def test_a_wish_beyond_the_budget(clamped: str, wish: str, state: Object, told: Told) -> None:
    found = told(at(state, UP, before=CLAMPED + clamped))
    assert found["held"] == {"reason": "gpu_budget", "sentence": f"the GPU budget of 4: it wanted {wish}"}
    assert f"held back   gpu_budget: the GPU budget of 4: it wanted {wish}" in found["text"]


def test_a_budget_that_no_longer_holds_back_is_not_told(state: Object, told: Told) -> None:
    lines = state["logs"][POD].splitlines()
    lines.insert(UP, BOTH)
    state["logs"][POD] = "\n".join([*lines, ""])
    assert told(state)["held"] is None


def test_a_budget_holds_until_the_same_loop_decides_again(state: Object, told: Told) -> None:
    """The loop by predicted traffic decides each three minutes; the other one, each five seconds."""
    state = with_reason(at(state, UP, before=BOTH), "n/a", "scale")
    after = state["logs"][POD].splitlines()[0].replace("23:59:42", "23:59:57")
    state["logs"][POD] += f"{after}\n"
    assert told(state)["held"]["reason"] == "gpu_budget"


@pytest.mark.parametrize(
    ("before", "reason"),
    [(f"{FLOOR}\n{BOTH}", None), (f"{BOTH}\n{FLOOR}", "gpu_budget"), (FLOOR, None)],
    ids=["the load wanted more", "the traffic wanted more", "nobody did"],
)
def test_in_a_round_of_both_loops_the_budget_holds_back_who_wanted_more(
    before: str, reason: str | None, state: Object, told: Told
) -> None:
    state = with_reason(at(state, UP, before=before), "no_change", "set_lower_bound")
    first = told(state)["held"]
    assert (first and first["reason"]) == (reason or ("gpu_budget" if BOTH in before else None))
    state["logs"][POD] += state["logs"][POD].splitlines()[0].replace("23:59:42", "23:59:57") + "\n"
    later = told(state)["held"]
    assert (later and later["reason"]) == reason


@pytest.mark.parametrize(
    ("load", "throughput"),
    [
        ("no_fpm_data", "n/a"),
        ("insufficient_data", "n/a"),
        ("worker_count_mismatch", "disabled"),
        ("no_change", "no_traffic_data"),
        ("disabled", "model_not_ready"),
        ("scale_down_capped_by_throughput", "set_lower_bound"),
    ],
)
def test_each_reason_says_what_it_means(load: str, throughput: str, state: Object, told: Told) -> None:
    found = told(with_reason(at(state, BEGUN, asked=1), load, throughput))
    reason = load if load in HELD else throughput
    assert found["held"] == {"reason": reason, "sentence": HELD[reason]}
    assert f"held back   {reason}: {HELD[reason]}" in found["text"]


def test_of_v1alpha1_the_same_is_told(state: Object, server: Any, dynamo: Run) -> None:
    mine = (kinds.ADAPTER, kinds.GRAPH)
    objects = [convert(item, ALPHA) if item["kind"] in mine else item for item in state["objects"]]
    (adapter, *_) = (item for item in objects if item["kind"] == kinds.ADAPTER)
    assert "serviceName" in adapter["spec"]["dgdRef"]
    server.state = {**state, "objects": objects}
    server.lacks = {f"nvidia.com/v1beta1/{kinds.KINDS[kind].plural}" for kind in mine}
    status, out, err = dynamo("status", "planner")
    assert (status, err) == (0, "")
    assert out == GOLDEN.read_text(encoding="utf-8")


def gauges(load: str, throughput: str) -> str:
    name = 'dynamo_planner_{0}_scaling_decision{{dynamo_planner_{0}_scaling_decision="{1}"}} {2}\n'
    words = {"unset", "no_change", "insufficient_data", "set_lower_bound"}
    return "# HELP of no interest\n" + "".join(
        name.format(loop, word, float(word == reason))
        for loop, reason in (("load", load), ("throughput", throughput))
        for word in sorted(words)
    )


def test_metrics_tell_the_reason_where_the_log_does_not(state: Object, told: Told) -> None:
    state["logs"][POD] = "2026-11-29T23:59:42Z  INFO Starting\n"
    found = told({**state, "metrics": {POD: gauges("insufficient_data", "set_lower_bound")}})
    assert found["decision"] == {
        "action": None,
        "load": "insufficient_data",
        "throughput": "set_lower_bound",
        "at": None,
    }
    assert found["held"]["reason"] == "insufficient_data"
    assert "decision    not told (load: insufficient_data, throughput: set_lower_bound)" in found["text"]


def test_a_planner_that_says_nothing_is_noted(state: Object, told: Told) -> None:
    note = f"neither log nor metrics of planner {POD} show what it decides"
    found = told({**state, "logs": {}}, notes=(note,))
    assert (found["decision"], found["held"]) == (None, None)
    assert found["scaled"]["to"] == 1
    assert found["scaled"]["why"] is None


def test_a_planner_that_has_not_started(state: Object, told: Told) -> None:
    found = told(without(state, "Pod"))
    assert found["pod"] is None
    assert "held back   its Pod has not started" in found["text"]


def test_of_two_pods_the_one_that_is_ready_is_asked(state: Object, told: Told) -> None:
    (pod,) = [item for item in state["objects"] if item["metadata"]["name"] == POD]
    old = json.loads(json.dumps(pod).replace(POD, "planner-dgd-planner-0-old"))
    old["status"]["conditions"][0]["status"] = "False"
    assert told({**state, "objects": [old, *state["objects"]]})["pod"] == POD


def test_when_the_event_is_gone_the_time_is_left(state: Object, told: Told) -> None:
    found = told({**without(state, "Event"), "now": "2026-11-30T02:01:13+00:00"})
    assert (found["scaled"]["from"], found["scaled"]["to"]) == (None, None)
    assert found["scaled"]["at"] == "2026-11-30T00:01:08+00:00"
    assert (
        "last scale  VllmDecodeWorker, 120m ago (load: scale_down, throughput: set_lower_bound)" in found["text"]
    )


def test_who_scales_beside_the_planner_gets_no_reason_of_it(state: Object, told: Told) -> None:
    for item in state["objects"]:
        if item["kind"] == "Event" and "from 2 to 1" in item["message"]:
            item["lastTimestamp"] = "2026-11-30T00:09:00Z"
            item["message"] = "component VllmDecodeWorker was scaled from 1 to 5 replicas"
    found = told({**state, "now": "2026-11-30T00:09:10+00:00"})
    assert (found["scaled"]["from"], found["scaled"]["to"], found["scaled"]["why"]) == (1, 5, None)


def test_what_may_not_be_read_is_noted_and_the_rest_is_shown(state: Object, server: Any, dynamo: Run) -> None:
    plural = kinds.KINDS[kinds.ADAPTER].plural
    server.state = {**state, "forbidden": [plural]}
    status, out, _ = dynamo("status", "planner")
    assert status == 0
    assert f"note: not allowed to list {plural}" in out
    assert "decision    SCALE_DOWN" in out


def test_adapters_of_another_graph_are_not_its_own(state: Object, told: Told) -> None:
    for item in state["objects"]:
        if item["kind"] == kinds.ADAPTER:
            item["spec"]["dgdRef"]["name"] = "another"
    found = told(state)
    assert (found["asked"], found["scaled"]) == ([], None)
    assert found["text"][0] == "planner     asks for nothing: no component has a scaling adapter"


@pytest.mark.parametrize("arguments", [(), ("deployed",)], ids=["a list", "a graph without a planner"])
def test_elsewhere_nobody_asks_for_adapters(
    arguments: tuple[str, ...], state: Object, server: Any, load_state: Load, dynamo: Run
) -> None:
    server.state = load_state("deployed") if arguments else state
    dynamo("status", *arguments)
    assert server.asked
    assert not any("scalingadapters" in path or "proxy" in path for path in server.asked)


def test_a_log_of_something_else_tells_no_rounds() -> None:
    assert rounds("[summary] HOLD\nnever Z [summary] HOLD | load_reason=a throughput_reason=b\n") == []
    (found,) = rounds("neverZ INFO x: [summary] HOLD | a | load_reason=a throughput_reason=n/a | b")
    assert (found.at, found.load, found.throughput) == (None, "a", "")
    assert present([]) is None


def test_metrics_without_a_planner_tell_nothing() -> None:
    assert from_metrics("") is None
    assert from_metrics(gauges("unset", "unset")) is None
    assert from_metrics("dynamo_planner_load_scaling_decision 1.0\n") is None


def test_the_recorded_log_is_read_whole(state: Object) -> None:
    found = rounds(state["logs"][POD])
    assert len(found) == state["logs"][POD].count("[summary]") == 18
    assert [one.action for one in found if one.action != "HOLD"] == ["SCALE_UP", "SCALE_DOWN"]
    assert found[0].at == datetime(2026, 11, 29, 23, 59, 42, 395065, tzinfo=UTC)

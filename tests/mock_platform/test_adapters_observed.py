"""Scaling adapters as observed beside the real operator: events, status, and what its webhook refuses.

The same is done on an API server in memory: a graph with an adapter, scaled, its adapter deleted, then taken away.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from typing import Any

import pytest
import yaml

from dynamo_api.facts import kinds
from groundwork.base.paths import root
from mock_platform.operator.webhook.admission import review

FOLDER = root().parent / "shared" / "upstream" / "real-operator"
LIFE, UPDATES = FOLDER / "probe-03_adapter" / "real.txt", FOLDER / "07-immutable-updates"
REASONS = ("AdapterCreated", "AdapterDeleted", "Scaled")
NUMBERS_AND_NAMES = re.compile(r"\b(\d+|g-worker|Worker)\b")
"""What an event's note tells; the rest of it is each operator's own words."""
Object = dict[str, Any]

pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/upstream/real-operator beside the project"),
]


def test_events_status_and_refusals_are_as_observed(
    api: Any, operator: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    seen, ours = observed(), life(api, operator)
    same = [key for key in seen if seen[key] == ours.get(key)]
    refused = {key: said(*case) for key, case in changes().items()}
    like = [key for key, (field, reason) in refusals().items() if refused[key] == (field, reason)]
    with capsys.disabled():
        total = len(seen) + len(refused)
        print(f"\n{len(same) + len(like)} of {total} facts of scaling adapters are as observed")
    assert {key: ours.get(key) for key in seen} == seen
    assert refused == refusals()
    assert len(refused) == 4, "replicas changed or removed, with an adapter that stays, goes or comes"
    assert ours.keys() == seen.keys()


def observed() -> Object:
    """What the transcript tells: events, counted, and the adapter's status after it was scaled."""
    text = LIFE.read_text(encoding="utf-8")
    found: Object = {}
    for line in re.findall(r"^  (\('Dynamo.*\)) x(\d+)$", text, re.MULTILINE):
        kind, name, level, reason, action, reporter, note = ast.literal_eval(line[0])
        if reason in REASONS:
            told = sorted(NUMBERS_AND_NAMES.findall(note))
            found |= {f"{reason} is of": (kind, name, level, action, reporter), f"{reason} tells": told}
            found[f"{reason} times"] = int(line[1])
    (status,) = re.findall(r'^  (\{"lastScaleTime".*\})$', text, re.MULTILINE)
    found |= status_facts(json.loads(status))
    (first,) = re.findall(r"dgdsa/g-worker: (replicas=1; selector.*); gen=1", text)
    return {**found, "status before": first, "the graph's generation": int(re.findall(r"; gen=(\d+);", text)[-1])}


def status_facts(status: Object) -> Object:
    time = status.pop("lastScaleTime", "")
    second = bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time))
    return {"status": status, "lastScaleTime is a second in UTC": second}


def life(api: Any, operator: Any) -> Object:
    """The same of the stand-in."""
    manifest = yaml.safe_load((FOLDER / "04-adapter-replicas" / "manifest.yaml").read_text(encoding="utf-8"))
    manifest["metadata"]["namespace"] = "demo"
    api.create(manifest)
    settle(api, operator)
    before = api.named(kinds.ADAPTER, "g-worker")["status"]
    first = f'replicas={before.pop("replicas")}; selector="{before.pop("selector")}"' + "".join(before)
    api.edit(api.named(kinds.ADAPTER, "g-worker"), {"spec": {"replicas": 2}})
    settle(api, operator)
    status = api.named(kinds.ADAPTER, "g-worker")["status"]
    generation = api.named(kinds.GRAPH, "g")["metadata"]["generation"]
    api.delete(api.named(kinds.ADAPTER, "g-worker"))
    settle(api, operator)
    graph = api.named(kinds.GRAPH, "g")
    del graph["spec"]["components"][1]["scalingAdapter"]
    api.replace(graph)
    settle(api, operator)
    found = {**status_facts(status), "status before": first, "the graph's generation": generation}
    for event in api.events:
        reason, about = event["reason"], event["regarding"]
        if reason in REASONS:
            keys = (event["type"], event["action"], event["reportingController"])
            found[f"{reason} is of"] = (about["kind"], about["name"], *keys)
            found[f"{reason} tells"] = sorted(NUMBERS_AND_NAMES.findall(event["note"]))
            found[f"{reason} times"] = found.get(f"{reason} times", 0) + 1
    return found


def settle(api: Any, operator: Any) -> None:
    operator.settle()
    api.run_pods()
    operator.settle()


def refusals() -> dict[str, tuple[str, str]]:
    """Field and reason of each refusal about adapters, by the change that was tried."""
    text = (UPDATES / "real.txt").read_text(encoding="utf-8")
    tried = re.findall(r"--type=json -p (\[.*\])   -> 1\n.* is invalid: (\S+): (\w+): (.*)\n", text)
    return {change: (field, reason) for change, field, reason, why in tried if "scaling adapter" in why}


def changes() -> dict[str, tuple[Object, Object]]:
    """The graph as it is to be, and as it was, by the change."""
    old = yaml.safe_load((UPDATES / "manifest.yaml").read_text(encoding="utf-8"))
    return {change: (patched(old, json.loads(change)), old) for change in refusals()}


def patched(item: Object, change: list[Object]) -> Object:
    """A JSON patch of single fields of components."""
    made = copy.deepcopy(item)
    for step in change:
        _, _, _, index, key = step["path"].split("/")
        component = made["spec"]["components"][int(index)]
        if step["op"] == "remove":
            del component[key]
        else:
            component[key] = step["value"]
    return made


def said(new: Object, old: Object) -> tuple[str, str]:
    """Field and reason of the one fault that the stand-in's webhook finds."""
    request = {"uid": "u", "operation": "UPDATE", "object": new, "oldObject": old, "userInfo": {"username": "me"}}
    answer: Any = review({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})
    (cause,) = answer["response"]["status"]["details"]["causes"]
    return cause["field"], cause["message"].partition(":")[0]

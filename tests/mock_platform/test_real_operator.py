"""What the stand-in's webhook says, beside what the real operator said of the same manifests and changes."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.facts import kinds, names
from groundwork.base.paths import root
from mock_platform.operator.webhook.admission import review
from support.in_memory_api import merge

if TYPE_CHECKING:
    from pathlib import Path

    from support.stand_in import Operator

Object = dict[str, Any]
FOLDER = root().parent / "shared" / "upstream" / "real-operator"
PATCH = re.compile(r"^\$ kubectl patch \S+ \S+ .*--type=(json|merge) -p (.*?) +-> (\d+)$")
APART = {
    "119-adm-k-noidentity": "the stand-in has no DynamoCheckpoint: the API server refuses it for that",
    "restart no id": "the schema refuses it, before any webhook is asked",
    "restart type bad": "the schema refuses it, before any webhook is asked",
}
"""Cases that the webhook alone does not decide, each with why."""

pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/upstream/real-operator beside the project"),
]


def allowed(operation: str, new: Object, old: Object | None = None) -> bool:
    asked = {"uid": "u", "operation": operation, "object": new, "oldObject": old}
    answer = review({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": asked})
    return bool(answer["response"]["allowed"])


def manifest(folder: Path) -> Object:
    found: Object = next(yaml.safe_load_all((folder / "manifest.yaml").read_text(encoding="utf-8")))
    return found


def creations() -> list[Path]:
    return sorted(FOLDER.glob("*-adm-*"))


def patched(item: Object, kind: str, text: str) -> Object:
    """The object after `kubectl patch`, of either type."""
    if kind == "merge":
        return dict(merge(item, json.loads(text)))
    made: Object = copy.deepcopy(item)
    for step in json.loads(text):
        target: Any = made
        *above, last = step["path"].strip("/").split("/")
        for key in above:
            target = target[int(key)] if isinstance(target, list) else target[key]
        at = int(last) if isinstance(target, list) else last
        if step["op"] == "remove":
            del target[at]
        else:
            target[at] = step["value"]
    return made


def changes() -> list[tuple[str, Object, Object, bool]]:
    """What was changed, the object before and after, and whether the real operator let it through."""
    found = []
    for name in ("07-immutable-updates", "08-restart-while-rolling", "12-dcd-updates"):
        old = manifest(FOLDER / name)
        old["metadata"]["annotations"] = {names.WORKLOAD_PROVIDER: "component"}
        if name.startswith("08"):
            old["status"] = {"rollingUpdate": {"phase": "InProgress"}}
        title = ""
        for line in (FOLDER / name / "real.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("-- "):
                title = line.removeprefix("-- ")
            if said := PATCH.match(line):
                found.append((title, old, patched(old, said[1], said[2]), said[3] == "0"))
    return found


def told(line: str) -> str:
    """State, reason of Ready, phases of update and restart, and who restarts, in a line of a transcript."""
    state = re.search(r'state="(\w*)"', line)
    ready = re.search(r"Ready=\w+/(\w+)", line)
    update = re.search(r'rollingUpdate=\{"phase": "(\w+)"', line)
    restart = re.search(r"restart=(\{.*?\});", line)
    again = json.loads(restart[1]) if restart else {}
    parts = [found[1] for found in (state, ready, update) if found]
    return " ".join([*parts, again.get("phase", ""), *again.get("inProgress", [])]).strip()


def seen(name: str, generation: int) -> list[str]:
    """What the real operator said of a generation of the graph, each once, in order."""
    lines = (FOLDER / name / "real.txt").read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(told(line) for line in lines if f"observedGeneration={generation};" in line))


def ours(api: Any, operator: Operator) -> list[str]:
    """What the stand-in says of the graph's present generation, each once, in order."""
    for _ in range(8):
        operator.settle()
        api.run_pods()
    operator.settle()
    generation = api.named(kinds.GRAPH, "g")["metadata"]["generation"]
    found = []
    for item in api.versions(kinds.GRAPH, "g"):
        status = item.get("status") or {}
        if status.get("observedGeneration") == generation:
            again = status.get("restart") or {}
            phase = (status.get("rollingUpdate") or {}).get("phase", "")
            parts = [status["state"], status["conditions"][0]["reason"], phase, again.get("phase", "")]
            found.append(" ".join(filter(None, [*parts, *again.get("inProgress", [])])))
    return list(dict.fromkeys(found))


def test_a_changed_worker_is_told_as_the_real_operator_tells_it(api: Any, operator: Operator) -> None:
    graph = manifest(FOLDER / "03-ready-while-rolling")
    graph["metadata"]["namespace"] = "demo"
    api.create(graph)
    ours(api, operator)
    live = api.named(kinds.GRAPH, "g")
    container = live["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
    container["image"] = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0"
    api.replace(live)
    assert seen("03-ready-while-rolling", 2)
    # Pending passes within a moment: nobody saw it of the real operator, whose source has it.
    assert [way for way in ours(api, operator) if not way.endswith("Pending")] == seen("03-ready-while-rolling", 2)


def test_a_restart_is_told_as_the_real_operator_tells_it(api: Any, operator: Operator) -> None:
    graph = manifest(FOLDER / "14-restart")
    graph["metadata"]["namespace"] = "demo"
    api.create(graph)
    ours(api, operator)
    live = api.named(kinds.GRAPH, "g")
    live["spec"]["restart"] = {"id": "one"}
    api.replace(live)
    assert seen("14-restart", 2) == ours(api, operator)


def test_no_manifest_is_taken_that_the_real_operator_refuses() -> None:
    kinder, harsher, asked = [], [], 0
    for folder in creations():
        if folder.name in APART:
            continue
        asked += 1
        real = (folder / "real.txt").read_text(encoding="utf-8").splitlines()[0].endswith("-> 0")
        ours = allowed("CREATE", manifest(folder))
        kinder += [folder.name] if ours and not real else []
        harsher += [folder.name] if real and not ours else []
    assert asked > 25
    assert (kinder, harsher) == ([], [])


def test_no_change_is_taken_that_the_real_operator_refuses() -> None:
    compared = [case for case in changes() if case[0] not in APART]
    assert len(compared) > 15
    apart = {title: ("ours", ours, "real", real) for title, old, new, real in compared
             if (ours := allowed("UPDATE", new, old)) != real}  # fmt: skip
    assert apart == {}


NAMED = re.compile(
    r"(?:^\* |is invalid: )([\w.\[\]/-]+): (?:Required|Invalid|Forbidden|Unsupported)", re.MULTILINE
)
"""A field in what kubectl prints of a refusal."""


def test_a_refusal_names_the_field_that_the_real_operator_names() -> None:
    asked, apart = 0, {}
    for folder in creations():
        real = set(NAMED.findall((folder / "real.txt").read_text(encoding="utf-8")))
        if folder.name in APART or not real:
            continue
        asked += 1
        said = {"uid": "u", "operation": "CREATE", "object": manifest(folder), "oldObject": None}
        answer = review({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": said})
        ours = {cause["field"] for cause in answer["response"]["status"]["details"]["causes"]}
        apart |= {} if ours == real else {folder.name: (sorted(ours), sorted(real))}
    assert asked > 15
    assert apart == {}


def test_labels_are_where_the_real_operator_puts_them(api: Any, operator: Operator) -> None:
    graph = manifest(FOLDER / "13-labels-of-graph")
    graph["metadata"]["namespace"] = "q-13"
    api.create(graph)
    operator.settle()
    real = (FOLDER / "13-labels-of-graph" / "real.txt").read_text(encoding="utf-8")
    compared = 0
    for short, kind in (("dcd", kinds.COMPONENT), ("deploy", "Deployment"), ("svc", "Service")):
        seen = re.search(rf"^  {short}/g-frontend .* labels=(\{{.*?\}})", real, re.MULTILINE)
        assert seen
        assert api.named(kind, "g-frontend")["metadata"]["labels"] == json.loads(seen[1])
        compared += 1
    assert compared == 3

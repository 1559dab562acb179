"""What the stand-in's webhook says, beside what the real operator said of the same manifests and changes."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.facts import names
from groundwork.base.paths import root
from mock_platform.operator.webhook.admission import review
from support.in_memory_api import merge

if TYPE_CHECKING:
    from pathlib import Path

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

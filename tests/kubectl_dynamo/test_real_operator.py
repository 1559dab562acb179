"""What the real operator was seen to say, line by line: true in every moment, where the records of it are here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.words import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., tuple[int, str, str]]
    Object = dict[str, Any]

SEEN = Path(__file__).resolve().parents[3] / "shared" / "upstream" / "real-operator"
pytestmark = [
    pytest.mark.upstream,
    pytest.mark.skipif(not SEEN.is_dir(), reason="shared/upstream/real-operator is not here"),
]
MOMENT = re.compile(r'^## \[ *[\d.]+s\] dgd/(\S+): (.*state="\w+".*)$', re.MULTILINE)
COMPONENT = re.compile(r"(\w+)\[Deployment r=(\d+) u=(\d+) rd=(\d+) av=(\d+) names=(\d+)\]")


def graphs() -> Iterator[tuple[str, Object]]:
    """Each graph in each moment that a transcript has, with the line."""
    for file in sorted(SEEN.glob("*/real.txt")):
        for name, line in MOMENT.findall(file.read_text(encoding="utf-8", errors="replace")):
            yield f"{file.parent.name}: {line}", graph(name, line)


def graph(name: str, line: str) -> Object:
    generation, observed = (
        int((re.findall(rf"\b{key}=(\d+)", line) or [0])[0]) for key in ("gen", "observedGeneration")
    )
    status, reason = re.search(r"Ready=(\w+)/(\w+)", line).groups()  # type: ignore[union-attr]
    counts = {
        part: {"replicas": int(there), "updatedReplicas": int(new), "readyReplicas": int(ready)}
        for part, there, new, ready, _, _ in COMPONENT.findall(line)
    }
    told: Object = {
        "state": re.search(r'state="(\w+)"', line)[1],  # type: ignore[index]
        "observedGeneration": observed,
        "components": counts,
        "conditions": [{"type": "Ready", "status": status, "reason": reason, "message": reason}],
    }
    for key in ("rollingUpdate", "restart"):
        found = re.search(rf"{key}=(\{{.*?\}})(?:;|$)", line)
        if found:
            told[key] = json.loads(found[1])
    parts = [{"name": part, "type": part.lower(), "replicas": 1} for part in counts]
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {
            "name": name,
            "namespace": "demo",
            "generation": generation,
            "creationTimestamp": "2026-11-24T11:58:00Z",
            "managedFields": [{"time": "2026-11-24T11:59:55Z"}],
        },
        "spec": {"components": parts},
        "status": told,
    }


def test_no_moment_of_a_graph_that_goes_well_is_blocked(server: Any, dynamo: Run) -> None:
    """No Pod of these was in trouble: they were updated, restarted and scaled, and served in the end."""
    seen = [(line, one) for line, one in graphs() if "failed_to_reconcile" not in line]
    updates = 0
    for line, one in seen:
        server.state = {"now": "2026-11-24T12:00:00+00:00", "objects": [one]}
        status, out, err = dynamo("status", f"dgd/{one['metadata']['name']}", "-o", "json")
        item = json.loads(out)["items"][0]
        assert (item["blocked"], err) == (None, ""), line
        current = one["metadata"]["generation"] == one["status"]["observedGeneration"]
        assert status == (0 if current and one["status"]["state"] == "successful" else 2), line
        going = "rolling_update_in_progress" in line or "Restarting" in line
        assert (item["graph"]["update"] is not None) == going, line
        updates += going
    assert len(seen) > 50
    assert updates > 15


def test_what_failed_is_told_with_a_word_that_is_explained(server: Any, dynamo: Run) -> None:
    failed = [(line, one) for line, one in graphs() if "failed_to_reconcile" in line]
    assert failed
    for line, one in failed:
        server.state = {"now": "2026-11-24T12:00:00+00:00", "objects": [one]}
        _, out, _ = dynamo("status", f"dgd/{one['metadata']['name']}", "-o", "json")
        blocked = json.loads(out)["items"][0]["blocked"]
        assert blocked, line
        assert find(blocked["reason"]), line


def test_a_model_cache_that_is_not_there_is_told(server: Any, dynamo: Run) -> None:
    folder = SEEN / "05-plugin-says-no-gpus"
    request = yaml.safe_load((folder / "manifest.yaml").read_text(encoding="utf-8"))
    said = re.search(
        r"Validation failed: (.*?)  +\d+s$", (folder / "real.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert said
    request["metadata"].update(namespace="q-52", generation=1, creationTimestamp="2026-11-24T11:58:00Z")
    entry = {"status": "False", "reason": "ValidationFailed", "message": said[1]}
    conditions = [{"type": "Validation", **entry}, {"type": "Succeeded", **entry}]
    request["status"] = {"phase": "Failed", "observedGeneration": 1, "conditions": conditions}
    server.state = {"now": "2026-11-24T12:00:00+00:00", "objects": [request]}
    status, out, _ = dynamo("status", "cache", "-n", "q-52")
    assert status == 1
    assert "names PersistentVolumeClaim nope, which does not exist in namespace q-52." in out
    assert "GPUs are not known" not in out

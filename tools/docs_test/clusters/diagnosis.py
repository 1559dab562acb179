"""What a reader would look at when a page fails: Pods that are not ready, with their last lines, and events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groundwork.base.masking import mask

if TYPE_CHECKING:
    from groundwork.kube.kubectl import Kubectl

LOG_LINES = 15
PODS_SHOWN = 4
EVENTS_SHOWN = 8


def diagnosis(kubectl: Kubectl, since: str = "") -> str:
    """The last lines of Pods that are not ready, and the last Warning events.

    Args:
        kubectl: what looks at the cluster.
        since: in UTC, as Kubernetes writes it (2026-11-25T01:18:10Z); older events are none of the page's.
    """
    parts = []
    pods = _json(kubectl.read("get", "pods", *kubectl.scope, "-o", "json"))
    for pod in [pod for pod in pods.get("items", []) if _unready(pod)][:PODS_SHOWN]:
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        log = kubectl.read("logs", name, "-n", namespace, "--all-containers", f"--tail={LOG_LINES}")
        parts.append(_block(f"Pod {namespace}/{name}: {_phase(pod)}", log or "(no log)"))
    columns = "TIME:.lastTimestamp,REASON:.reason,KIND:.involvedObject.kind,NAME:.involvedObject.name"
    columns += ",MESSAGE:.message"
    sort = ("--sort-by=.lastTimestamp", "-o", f"custom-columns={columns}")
    events = kubectl.read("get", "events", *kubectl.scope, "--field-selector=type=Warning", *sort)
    # `<none>`, of events that have a series instead of a time, sorts after every time: it is kept.
    last = [line for line in events.splitlines()[1:] if line.partition(" ")[0] >= since][-EVENTS_SHOWN:]
    if last:
        parts.append(_block("last Warning events", "\n".join(last)))
    return mask("\n".join(parts))


def _unready(pod: dict[str, Any]) -> bool:
    status = pod.get("status", {})
    ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in status.get("conditions", []))
    return not ready and status.get("phase") != "Succeeded"


def _phase(pod: dict[str, Any]) -> str:
    waiting = [
        state["reason"]
        for container in pod["status"].get("containerStatuses", [])
        if (state := container.get("state", {}).get("waiting")) and state.get("reason")
    ]
    return ", ".join([pod["status"].get("phase", "?"), *waiting])


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _block(title: str, text: str) -> str:
    return "\n".join([f"{title}:", *(f"  | {line}" for line in text.splitlines())])

"""What a reader would look at when a page fails: why Pods do not run, their last lines, and the last warnings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from groundwork.base.masking import mask
from groundwork.base.printable import printable
from groundwork.kube.events import Event, read_event
from groundwork.kube.obstacles import of_events, of_trouble
from groundwork.kube.pods import SUCCEEDED, Pod, gravity, read_pod
from groundwork.kube.values import entries, from_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object

LOG_LINES = 15
PODS_SHOWN = 4
EVENTS_SHOWN = 8
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def diagnosis(kubectl: Kubectl, since: str = "") -> str:
    """Pods that are not ready, those in trouble first, and the last Warning events.

    Args:
        kubectl: what looks at the cluster.
        since: in UTC, as Kubernetes writes it (2026-11-25T01:18:10Z); older events are none of the page's.
    """
    events = _since(
        [read_event(item) for item in _listed(kubectl, "events", "--field-selector=type=Warning")], since
    )
    pods = [read_pod(item) for item in _listed(kubectl, "pods")]
    unready = [pod for pod in pods if not pod.ready and pod.phase != SUCCEEDED]
    unready.sort(key=lambda pod: (gravity(pod.trouble.reason) if pod.trouble else gravity("") + 1, pod.name))
    parts = ["\n".join(_pod(kubectl, pod, events)) for pod in unready[:PODS_SHOWN]]
    if events:
        rows = _table(events[-EVENTS_SHOWN:])
        parts.append("\n".join(["last Warning events:", *(f"  | {row}" for row in rows)]))
    return mask("\n".join(parts))


def _listed(kubectl: Kubectl, kind: str, *selectors: str) -> list[Object]:
    return entries(from_text(kubectl.read("get", kind, *kubectl.scope, *selectors, "-o", "json")), "items")


def _since(events: Sequence[Event], since: str) -> list[Event]:
    """The events from a time on, the latest last; one without a time is kept."""
    start = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
    return sorted((event for event in events if _time(event) >= start), key=_time)


def _time(event: Event) -> datetime:
    return event.at or datetime.max.replace(tzinfo=UTC)


def _pod(kubectl: Kubectl, pod: Pod, events: Sequence[Event]) -> Iterator[str]:
    trouble = pod.trouble
    state = f"{pod.phase}, {trouble.reason}" if trouble else pod.phase
    yield f"Pod {pod.namespace}/{pod.name}: {state}:"
    latest_first = events[::-1]
    found = of_trouble(trouble, pod, "It") if trouble else of_events(pod, latest_first, "It", probes=True)
    if found:
        yield f"  {printable(found.sentence)}"
        yield f"  look further: {printable(found.look)}"
    where = ("-n", pod.namespace, "--all-containers", f"--tail={LOG_LINES}")
    log = kubectl.read("logs", pod.name, *where) if pod.started else ""
    yield from (f"  | {line}" for line in (log or "(no log)").splitlines())


def _table(events: Sequence[Event]) -> list[str]:
    """Time, reason, kind and name in columns, then the message."""
    rows = [
        (event.at.astimezone(UTC).strftime(_TIME) if event.at else "no time", event.reason, event.kind, event.name)
        for event in events
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([*map(str.ljust, row, widths), printable(" ".join(event.message.split()))]).rstrip()
        for row, event in zip(rows, events, strict=True)
    ]

"""What a reader would look at when a page fails: why Pods do not run, their last lines, and the last warnings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.capture import bounded
from docs_test.outcomes import Diagnosis, EventSeen, PodSeen
from groundwork.base.masking import mask
from groundwork.base.printable import printable
from groundwork.kube.events import Event, read_event
from groundwork.kube.obstacles import of_events, of_trouble
from groundwork.kube.pods import SUCCEEDED, Pod, gravity, read_pod
from groundwork.kube.values import entries, from_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object

LOG_LINES = 15
PODS_SHOWN = 4
EVENTS_SHOWN = 8
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def diagnosis(kubectl: Kubectl, since: str = "") -> Diagnosis | None:
    """Pods that are not ready, those in trouble first, and the last Warning events; None: there are neither.

    Args:
        kubectl: what looks at the cluster.
        since: in UTC, as Kubernetes writes it (2026-11-25T01:18:10Z); older events are not from the page.
    """
    events = _since(
        [read_event(item) for item in _listed(kubectl, "events", "--field-selector=type=Warning")], since
    )
    pods = [read_pod(item) for item in _listed(kubectl, "pods")]
    unready = [pod for pod in pods if not pod.ready and pod.phase != SUCCEEDED]
    unready.sort(key=lambda pod: (gravity(pod.trouble.reason) if pod.trouble else gravity("") + 1, pod.name))
    seen = tuple(_pod(kubectl, pod, events) for pod in unready[:PODS_SHOWN])
    told = tuple(map(_event, events[-EVENTS_SHOWN:]))
    return Diagnosis(seen, told) if seen or told else None


def _listed(kubectl: Kubectl, kind: str, *selectors: str) -> list[Object]:
    return entries(from_text(kubectl.read("get", kind, *kubectl.scope, *selectors, "-o", "json")), "items")


def _since(events: Sequence[Event], since: str) -> list[Event]:
    """The events from a time on, the latest last; one without a time is kept."""
    start = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
    return sorted((event for event in events if _time(event) >= start), key=_time)


def _time(event: Event) -> datetime:
    return event.at or datetime.max.replace(tzinfo=UTC)


def _pod(kubectl: Kubectl, pod: Pod, events: Sequence[Event]) -> PodSeen:
    trouble = pod.trouble
    found = of_trouble(trouble, pod, "It") if trouble else of_events(pod, events[::-1], "It", probes=True)
    where = ("-n", pod.namespace, "--all-containers", f"--tail={LOG_LINES}")
    log = kubectl.read("logs", pod.name, *where) if pod.started else ""
    return PodSeen(
        namespace=pod.namespace,
        name=pod.name,
        state=f"{pod.phase}, {trouble.reason}" if trouble else pod.phase,
        sentence=mask(printable(found.sentence)) if found else "",
        look=mask(printable(found.look)) if found else "",
        log=bounded(log)[0],
    )


def _event(event: Event) -> EventSeen:
    return EventSeen(
        at=event.at.astimezone(UTC).strftime(_TIME) if event.at else "",
        reason=event.reason,
        kind=event.kind,
        name=event.name,
        message=mask(printable(" ".join(event.message.split()))),
    )

"""What a reader would look at when a page fails: why Pods do not run, their last lines, and the last warnings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docs_test.capture import bounded
from docs_test.outcomes import Diagnosis, EventSeen, NotCreated, PodSeen
from groundwork.base.masking import mask
from groundwork.base.printable import printable
from groundwork.kube.events import Event, read_event
from groundwork.kube.obstacles import of_creation, of_events, of_trouble, of_unready, with_events
from groundwork.kube.pods import SUCCEEDED, Pod, gravity, read_pod
from groundwork.kube.values import entries, from_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object
    from groundwork.kube.obstacles import Obstacle

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
    return Diagnosis(seen, told, tuple(_refused(pods, events))) if seen or told else None


def _listed(kubectl: Kubectl, kind: str, *selectors: str) -> list[Object]:
    return entries(from_text(kubectl.read("get", kind, *kubectl.scope, *selectors, "-o", "json")), "items")


def _since(events: Sequence[Event], since: str) -> list[Event]:
    """The events from a time on, the latest last; one without a time is kept."""
    start = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
    return sorted((event for event in events if _time(event) >= start), key=_time)


def _time(event: Event) -> datetime:
    return event.at or datetime.max.replace(tzinfo=UTC)


def _refused(pods: Sequence[Pod], events: Sequence[Event]) -> list[NotCreated]:
    """What Kubernetes creates no Pods of, the latest first: a ReplicaSet that has a Pod now was only late."""
    found: dict[str, NotCreated] = {}
    for event in reversed(events):
        there = any(pod.namespace == event.namespace and pod.name.startswith(f"{event.name}-") for pod in pods)
        look = f"kubectl -n {event.namespace} describe {event.kind.lower()} {event.name}"
        subject = f"{event.kind} {event.name}"
        told = None if there else of_creation([event], [event.name], look, subject)
        if told:
            found.setdefault(look, NotCreated(mask(printable(told.sentence)), mask(printable(told.look))))
    return list(found.values())[:PODS_SHOWN]


def _pod(kubectl: Kubectl, pod: Pod, events: Sequence[Event]) -> PodSeen:
    trouble, found = pod.trouble, _obstacle(pod, events[::-1])
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


def _obstacle(pod: Pod, events: Sequence[Event]) -> Obstacle | None:
    """What keeps a Pod from running, as `kubectl dynamo status` says it; events are the latest first."""
    if pod.trouble:
        return of_trouble(with_events(pod.trouble, pod, events), pod, "It")
    told = of_events(pod, events, "It", probes=True)
    if not pod.unready:
        return told
    lasted = max(0, int((datetime.now(UTC) - pod.unready.since).total_seconds()))
    found = of_unready(pod, pod.unready, events, "It", f"{lasted} s")
    # A probe that ended the container before says more than that nothing is known of this one.
    return found if found.message or told is None else told


def _event(event: Event) -> EventSeen:
    return EventSeen(
        at=event.at.astimezone(UTC).strftime(_TIME) if event.at else "",
        reason=event.reason,
        kind=event.kind,
        name=event.name,
        message=mask(printable(" ".join(event.message.split()))),
    )

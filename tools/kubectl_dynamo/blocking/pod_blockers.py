"""Pods that cannot run, in one sentence: those of a graph, or of a profiling Job."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from dynamo_api.facts.names import COPIER_CONTAINER
from groundwork.base.wording import counted
from groundwork.kube.obstacles import (
    PULLING,
    Obstacle,
    of_creation,
    of_events,
    of_trouble,
    of_unready,
    with_events,
)
from groundwork.kube.pods import gravity
from kubectl_dynamo.blocking.blocker import Blocker
from kubectl_dynamo.reading.pods import component_of, owner_of
from kubectl_dynamo.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from groundwork.kube.events import Event
    from groundwork.kube.pods import Pod, Trouble

UNREADY = 60
"""Seconds that a container may run before it is told why it is not ready: most are by then."""


def pod_blocker(pods: Sequence[Pod], events: Iterable[Event], *, profiler: bool = False) -> Blocker | None:
    """The gravest trouble among the Pods of one owner; Pods with the same trouble are reported together.

    Args:
        pods: of one graph or of one profiling Job.
        events: warnings of their namespace.
        profiler: whether they are the profiling Job's.
    """
    troubled = [(pod, pod.trouble) for pod in pods if pod.trouble]
    if not troubled:
        return _from_events(pods, events, profiler=profiler)
    groups = Counter(_group(pod, trouble) for pod, trouble in troubled)
    worst = min(groups, key=lambda group: (gravity(group[1]), -groups[group], group))
    pod, trouble = next(pair for pair in troubled if _group(*pair) == worst)
    trouble = with_events(trouble, pod, events)
    found = of_trouble(trouble, pod, _subject(pod, groups[worst], profiler=profiler), groups[worst])
    if trouble.reason in PULLING and trouble.container == COPIER_CONTAINER:
        sentence = f"{found.sentence.removesuffix('.')}; without it the request stays in Profiling."
        found = replace(found, sentence=sentence)
    return _blocker(found)


def unready_blocker(pods: Sequence[Pod], events: Iterable[Event], now: datetime) -> Blocker | None:
    """Pods that run and are not ready for a while: a model is being loaded, or a probe will never succeed.

    Args:
        pods: of one graph.
        events: warnings of their namespace, the latest first.
        now: the server's time.
    """
    late = [(now - pod.unready.since, pod, pod.unready) for pod in pods if pod.unready and not pod.trouble]
    late = [one for one in late if one[0].total_seconds() >= UNREADY]
    if not late:
        return None
    longest, pod, unready = max(late, key=lambda one: (one[0], one[1].name))
    found = of_unready(pod, unready, events, _subject(pod, 1, profiler=False), duration(longest.total_seconds()))
    return replace(_blocker(found), passing=True)


def creation_blocker(events: Iterable[Event], owners: Sequence[str], look: str, subject: str) -> Blocker | None:
    """Pods that Kubernetes refuses to make; the arguments are those of `obstacles.of_creation`."""
    found = of_creation(events, owners, look, subject)
    return _blocker(found) if found else None


def _from_events(pods: Sequence[Pod], events: Iterable[Event], *, profiler: bool) -> Blocker | None:
    named = {pod.name: pod for pod in pods}
    for event in events:
        pod = named.get(event.name)
        found = of_events(pod, [event], _subject(pod, 1, profiler=profiler)) if pod else None
        if found:
            return _blocker(found)
    return None


def _group(pod: Pod, trouble: Trouble) -> tuple[str, str, str]:
    return component_of(pod), trouble.reason, trouble.container


def _subject(pod: Pod, count: int, *, profiler: bool) -> str:
    if profiler:
        return f"The profiler's Pod {pod.name}"
    component = component_of(pod)
    if count == 1:
        return f"Pod {pod.name}" + (f" of {component}" if component else "")
    return counted(count, "Pod") + (f" of {component}" if component else f" of {owner_of(pod)}")


def _blocker(found: Obstacle) -> Blocker:
    return Blocker(found.reason, found.sentence, found.look, found.message)

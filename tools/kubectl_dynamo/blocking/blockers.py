"""What keeps a request from going on, in one sentence, with the command to look further.

The reasons are the operator's. What it means with one that has several causes, only its message says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts import phases, reasons
from dynamo_api.facts.kinds import GRAPH
from kubectl_dynamo.blocking.blocker import Blocker
from kubectl_dynamo.blocking.failures import failure
from kubectl_dynamo.blocking.graph_blockers import PATIENCE, PLATFORM, graph_blocker
from kubectl_dynamo.blocking.pod_blockers import creation_blocker, pod_blocker
from kubectl_dynamo.words import duration, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dynamo_api.views.model import Graph, Request
    from groundwork.kube.events import Event
    from groundwork.kube.pods import Pod
    from kubectl_dynamo.reading.jobs import Job

_LONG_PENDING = 120
"""Seconds: discovering hardware takes two or three."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is beside a request."""

    graph: Graph | None
    job: Job | None
    jobs_known: bool
    """Whether Jobs could be read, so that a missing one is missing."""
    job_pods: Sequence[Pod]
    graph_pods: Sequence[Pod]
    events: Sequence[Event]
    """Warnings of its namespace, the latest first."""
    now: datetime


def blocker(request: Request, around: Surroundings) -> Blocker | None:
    """What keeps a request from going on; None if nothing does, or nothing that shows."""
    match request.phase:
        case "":
            return _unseen(request, around)
        case phases.FAILED:
            return failure(request, around.job_pods)
        case phases.READY:
            return _refused(request, around) if request.apply else _review(request)
        case phases.PENDING | phases.PROFILING:
            return _profiling(request, around) or _refused(request, around)
    if around.graph is None:
        return _no_graph(request)
    return graph_blocker(around.graph, around.graph_pods, around.events, around.now) or _refused(request, around)


def _unseen(request: Request, around: Surroundings) -> Blocker | None:
    age = _age(request, around)
    if age < PATIENCE:
        return None
    return Blocker(
        "NoStatus", f"No operator has looked at it: it has no status {duration(age)} after it was made.", PLATFORM
    )


def _profiling(request: Request, around: Surroundings) -> Blocker | None:
    found = pod_blocker(around.job_pods, around.events, profiler=True)
    if found:
        return found
    describe_job = f"kubectl -n {request.namespace} describe job {request.job}"
    if not around.job_pods:
        found = creation_blocker(around.events, [request.job], describe_job, f"Job {request.job}")
    if found:
        return found
    if request.phase == phases.PROFILING and around.job is None and around.jobs_known:
        sentence = f"Its profiling Job {request.job} is gone, so nothing profiles."
        return Blocker("JobMissing", sentence, f"kubectl -n {request.namespace} get jobs")
    age = _age(request, around)
    if request.phase == phases.PENDING and age > _LONG_PENDING:
        sentence = f"It is Pending for {duration(age)} and has no profiling Job: its operator may not be running."
        return Blocker(phases.PENDING, sentence, PLATFORM)
    return None


def _no_graph(request: Request) -> Blocker | None:
    sentence = f"{GRAPH} {request.graph} does not exist, and the request says {request.phase}."
    return Blocker("GraphMissing", sentence, f"kubectl -n {request.namespace} get dgd")


def _review(request: Request) -> Blocker:
    patch = """-p '{"spec":{"autoApply":true}}'"""
    return Blocker(
        phases.READY,
        "The generated graph waits for your review: autoApply is false, so nothing is deployed until you say so.",
        f"kubectl -n {request.namespace} patch {request.resource} {request.name} --type merge {patch}",
    )


def _refused(request: Request, around: Surroundings) -> Blocker | None:
    if request.current:
        return None
    for event in around.events:
        if event.reason == reasons.SPEC_CHANGE_REJECTED and event.name == request.name:
            sentence = f"A change of its spec was refused: {quoted(event.message)}."
            look = f"kubectl -n {request.namespace} describe {request.resource} {request.name}"
            return Blocker(reasons.SPEC_CHANGE_REJECTED, sentence, look, event.message)
    if _age(request, around) > _LONG_PENDING:
        sentence = "Its status is about an earlier spec: its operator has not looked at the present one."
        return Blocker("StaleStatus", sentence, PLATFORM)
    return None


def _age(request: Request, around: Surroundings) -> float:
    return (around.now - request.created).total_seconds() if request.created else 0.0

"""Pods, and what keeps them from running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names
from groundwork.kube.objects import Object, conditions, key_of, labels_of
from groundwork.kube.values import entries, integer, text
from kubectl_dynamo.reading.model import Pod, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB_LABEL = "job-name"
_HARMLESS = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Reasons of a container that waits for its turn."""
_GRAVE = (
    "CreateContainerConfigError",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImagePullBackOff",
    "ErrImagePull",
    "OOMKilled",
    "CrashLoopBackOff",
    "Error",
)
"""Which of several troubles is told: one that will not pass by itself comes before one that may."""


def read_pod(item: Object) -> Pod:
    """A Pod of a graph or of a profiling Job."""
    namespace, name = key_of(item)
    found = labels_of(item)
    statuses = [*entries(item, "status", "initContainerStatuses"), *entries(item, "status", "containerStatuses")]
    leaving = bool(text(item, "metadata", "deletionTimestamp"))
    return Pod(
        namespace=namespace,
        name=name,
        owner=found.get(names.GRAPH_NAME) or found.get(JOB_LABEL, ""),
        component=found.get(names.DYNAMO_COMPONENT, ""),
        phase=text(item, "status", "phase"),
        ready=any(entry.type == "Ready" and entry.status == "True" for entry in conditions(item)),
        restarts=sum(integer(status, "restartCount") or 0 for status in statuses),
        started=any(
            (status.get("state") or {}).keys() & {"running", "terminated"} or status.get("lastState")
            for status in statuses
        ),
        trouble=None
        if leaving
        else min(_troubles(item, name, statuses), key=lambda found: gravity(found.reason), default=None),
    )


def gravity(reason: str) -> int:
    """Where a trouble's reason stands among others: the smallest is told."""
    return _GRAVE.index(reason) if reason in _GRAVE else len(_GRAVE)


def _troubles(item: Object, name: str, statuses: list[Object]) -> Iterator[Trouble]:
    for entry in conditions(item):
        if entry.type == "PodScheduled" and entry.status == "False":
            yield Trouble(entry.reason or "Unschedulable", name, message=entry.message)
    for status in statuses:
        yield from _of_container(name, status)
    if text(item, "status", "phase") == "Failed":
        yield Trouble(text(item, "status", "reason") or "Error", name, message=text(item, "status", "message"))


def _of_container(pod: str, status: Object) -> Iterator[Trouble]:
    container, image = text(status, "name"), text(status, "image")
    waiting = text(status, "state", "waiting", "reason")
    ended = status.get("state", {}).get("terminated") or {}
    before = status.get("lastState", {}).get("terminated") or {}
    if waiting not in _HARMLESS:
        # What ended it says more than that it is started again and again.
        memory = waiting == "CrashLoopBackOff" and text(before, "reason") == "OOMKilled"
        yield Trouble(
            reason="OOMKilled" if memory else waiting,
            pod=pod,
            container=container,
            image=image,
            message=text(status, "state", "waiting", "message"),
            exit_code=integer(before, "exitCode"),
        )
    elif integer(ended, "exitCode"):
        yield Trouble(
            reason=text(ended, "reason") or "Error",
            pod=pod,
            container=container,
            image=image,
            message=text(ended, "message"),
            exit_code=integer(ended, "exitCode"),
        )

"""Profiling Jobs and warnings, each in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundwork.kube.objects import conditions, key_of
from groundwork.kube.values import text, when
from kubectl_dynamo.reading.model import Event, Job

if TYPE_CHECKING:
    from groundwork.kube.objects import Object


def read_job(item: Object) -> Job:
    """A Job; `ended` when it is complete or has failed."""
    namespace, name = key_of(item)
    found = conditions(item)
    failed = next((entry for entry in found if entry.type == "Failed" and entry.status == "True"), None)
    ended = when(item, "status", "completionTime")
    return Job(
        namespace=namespace,
        name=name,
        started=when(item, "status", "startTime"),
        ended=failed.since if failed else ended,
        failed=failed is not None,
    )


def read_event(item: Object) -> Event:
    """An event of core/v1, as either recorder writes it (eventTime, or lastTimestamp)."""
    return Event(
        namespace=text(item, "metadata", "namespace"),
        kind=text(item, "involvedObject", "kind"),
        name=text(item, "involvedObject", "name"),
        reason=text(item, "reason"),
        message=text(item, "message"),
        at=when(item, "series", "lastObservedTime")
        or when(item, "lastTimestamp")
        or when(item, "eventTime")
        or when(item, "metadata", "creationTimestamp"),
    )

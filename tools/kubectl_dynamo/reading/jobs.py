"""The profiling Job, as far as status shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.kube.objects import conditions, key_of
from groundwork.kube.values import when

if TYPE_CHECKING:
    from datetime import datetime

    from groundwork.kube.objects import Object


@dataclass(frozen=True, slots=True)
class Job:
    """The profiling Job."""

    namespace: str
    name: str
    started: datetime | None
    ended: datetime | None
    """Time at which it was complete or had failed."""
    failed: bool


def read_job(item: Object) -> Job:
    """A Job."""
    namespace, name = key_of(item)
    failed = next((entry for entry in conditions(item) if entry.type == "Failed" and entry.status == "True"), None)
    return Job(
        namespace=namespace,
        name=name,
        started=when(item, "status", "startTime"),
        ended=failed.since if failed else when(item, "status", "completionTime"),
        failed=failed is not None,
    )

"""Pods, profiling Jobs and warnings, as far as status shows them; `dynamo_api.views` has requests and graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a Pod from running."""

    reason: str
    """Kubernetes' own word: ImagePullBackOff, Unschedulable, OOMKilled ..."""
    pod: str
    container: str = ""
    image: str = ""
    message: str = ""
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Pod:
    """A Pod, as far as status shows it."""

    namespace: str
    name: str
    owner: str
    """The graph or the Job it belongs to."""
    component: str
    phase: str
    ready: bool
    restarts: int
    started: bool
    """Whether a container of it has ever run, so that there is a log."""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """The profiling Job."""

    namespace: str
    name: str
    started: datetime | None
    ended: datetime | None
    failed: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A warning."""

    namespace: str
    kind: str
    name: str
    reason: str
    message: str
    at: datetime | None

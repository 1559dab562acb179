"""Pods, and what keeps them from running, in Kubernetes' own words; `obstacles` makes sentences of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundwork.kube.objects import Object, being_deleted, condition_of, conditions, holds, key_of, labels_of
from groundwork.kube.values import entries, integer, mapping, text, when

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

SUCCEEDED = "Succeeded"
"""Phase of a Pod whose containers ended well."""
_HARMLESS = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Reasons of a container that waits for its turn."""
STARTING = ("StartError", "ContainerCannotRun", "RunContainerError", "CreateContainerError")
"""Reasons of a container whose program cannot be started; the message says why, the exit status does not."""
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
"""Reasons that will not pass by themselves, the gravest first; of several troubles the first of these is
reported."""


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
class Unready:
    """A container that runs and is not ready: its probes decide when it is."""

    container: str
    since: datetime
    """Time since which it runs, or is ready no more."""
    starting: bool
    """Whether its startup probe has not succeeded yet; the readiness probe comes after that."""
    probes: Mapping[str, str] = field(default_factory=dict)
    """Probes that its spec has, in words, by kind: `startup`, `readiness`, `liveness`."""


@dataclass(frozen=True, slots=True)
class Pod:
    """A Pod."""

    namespace: str
    name: str
    phase: str
    ready: bool
    restarts: int
    started: bool
    """Whether a container of it has ever run, so that there is a log."""
    trouble: Trouble | None = None
    """Gravest of its troubles; None while it is being deleted."""
    labels: Mapping[str, str] = field(default_factory=dict)
    unready: Unready | None = None
    """First of its containers that runs and is not ready; None while it is being deleted."""


def read_pod(item: Any) -> Pod:
    """A Pod; its init containers count like the others."""
    namespace, name = key_of(item)
    statuses = [*entries(item, "status", "initContainerStatuses"), *entries(item, "status", "containerStatuses")]
    troubles = () if being_deleted(item) else _troubles(item, name, statuses)
    return Pod(
        namespace=namespace,
        name=name,
        phase=text(item, "status", "phase"),
        ready=holds(item, "Ready"),
        restarts=sum(integer(status, "restartCount") or 0 for status in statuses),
        started=any(
            mapping(status, "state").keys() & {"running", "terminated"} or mapping(status, "lastState")
            for status in statuses
        ),
        trouble=min(troubles, key=lambda found: gravity(found.reason), default=None),
        labels=labels_of(item),
        unready=None if being_deleted(item) else next(_unready(item), None),
    )


def gravity(reason: str) -> int:
    """Rank of a trouble's reason among others: that with the lowest is reported."""
    return _GRAVE.index(reason) if reason in _GRAVE else len(_GRAVE)


def _troubles(item: Any, name: str, statuses: list[Object]) -> Iterator[Trouble]:
    ended = text(item, "status", "reason") if text(item, "status", "phase") == "Failed" else ""
    if ended:  # Evicted, DeadlineExceeded: its containers only say that they were ended.
        yield Trouble(ended, name, message=text(item, "status", "message"))
        return
    for entry in conditions(item):
        if entry.type == "PodScheduled" and entry.status == "False":
            yield Trouble(entry.reason or "Unschedulable", name, message=entry.message)
    for status in statuses:
        yield from _of_container(name, status)
    if text(item, "status", "phase") == "Failed":
        yield Trouble("Error", name, message=text(item, "status", "message"))


def _unready(item: Any) -> Iterator[Unready]:
    told = condition_of(item, "ContainersReady") or condition_of(item, "Ready")
    specs = {text(spec, "name"): spec for spec in entries(item, "spec", "containers")}
    for status in entries(item, "status", "containerStatuses"):
        began = when(status, "state", "running", "startedAt")
        if began is None or status.get("ready") is not False:
            continue
        name = text(status, "name")
        since = max(began, told.since) if told and told.since else began
        starting = status.get("started") is False
        yield Unready(name, since, starting, dict(_probes(specs.get(name, {}))))


def _probes(container: Object) -> Iterator[tuple[str, str]]:
    """The probes of a container by kind, in words: `GET /live on port 9090`."""
    for kind in ("startup", "readiness", "liveness"):
        probe = mapping(container, f"{kind}Probe")
        for how, key in (("httpGet", "port"), ("tcpSocket", "port"), ("grpc", "port"), ("exec", "command")):
            found = mapping(probe, how)
            if not found:
                continue
            words = {"httpGet": f"GET {text(found, 'path') or '/'} on", "tcpSocket": "TCP on", "grpc": "gRPC on"}
            if how == "exec":
                yield kind, f"command {' '.join(map(str, found.get(key) or ()))}"
            else:
                yield kind, f"{words[how]} port {found.get(key)}"


def _of_container(pod: str, status: Object) -> Iterator[Trouble]:
    container, image = text(status, "name"), text(status, "image")
    waiting = text(status, "state", "waiting", "reason")
    ended = mapping(status, "state", "terminated")
    before = mapping(status, "lastState", "terminated")
    if waiting not in _HARMLESS:
        # What ended it says more than that it is started again and again.
        cause = text(before, "reason") if waiting == "CrashLoopBackOff" else ""
        unstarted = cause in STARTING
        yield Trouble(
            reason=cause if unstarted or cause == "OOMKilled" else waiting,
            pod=pod,
            container=container,
            image=image,
            message=text(before, "message") if unstarted else text(status, "state", "waiting", "message"),
            exit_code=None if unstarted or waiting in STARTING else integer(before, "exitCode"),
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

"""What makes Pods: Deployments, Jobs and their like, but for the Pods themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.objects import jobs, schedules
from kube_manifests.pods import scheduling
from kube_manifests.pods.found import items, least, named, one_of, share, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_DEADLINE, _TEN_MINUTES = "progressDeadlineSeconds", 600
_LONGEST_NAME = 52
"""Characters of a CronJob's name: 63, less what is added for each of its Jobs."""


def check(item: Any, kind: str, labels: dict[str, Any]) -> Iterator[FieldError]:
    """What is wrong with the spec of such an object.

    Args:
        item: the object.
        kind: its kind.
        labels: those of the Pods that it makes.
    """
    spec = mapping(item, "spec")
    if kind in _SELECTING:
        yield from _selector(spec, labels)
    if kind in _CHECKS:
        yield from _CHECKS[kind](spec)
    if kind == "ReplicationController":
        yield from _old_selector(spec, labels)
    if kind == "CronJob":
        yield from _cron_job_name(item)


def _selector(spec: dict[str, Any], labels: dict[str, Any]) -> Iterator[FieldError]:
    selector, at = spec.get("selector"), (*_AT, "selector")
    if not isinstance(selector, dict):
        return
    yield from scheduling.expressions(selector, at)
    for where, one in items(selector, at, "matchExpressions"):
        if not scheduling.matches(one, labels):
            yield wrong(where, f"{one.get('operator')} {one.get('key')} selects no Pod of the template")
    matched = mapping(selector, "matchLabels")
    if not matched and not sequence(selector.get("matchExpressions")):
        yield wrong(at, "it selects no Pods", "matchLabels, as the labels of the template")
    for key, value in matched.items():
        if fault := names.label_key(str(key)):
            yield wrong((*at, "matchLabels", key), f"{shown(key)} is not a key of a label: {fault}", at_key=True)
        elif labels.get(key) != value:
            there = f"there it is {shown(labels[key])}" if key in labels else "the template has no such label"
            yield wrong((*at, "matchLabels", key), f"{key}: {shown(value)} selects no Pod of the template", there)


def _old_selector(spec: dict[str, Any], labels: dict[str, Any]) -> Iterator[FieldError]:
    """The selector of a ReplicationController: labels, without `matchLabels`."""
    for key, value in mapping(spec, "selector").items():
        if isinstance(value, str) and labels.get(key) != value:
            yield wrong((*_AT, "selector", key), f"{key}: {shown(value)} selects no Pod of the template")


def _deployment(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"replicas": 0, "revisionHistoryLimit": 0, "minReadySeconds": 0})
    ready = spec.get("minReadySeconds") or 0
    if isinstance(ready, int):
        yield from least({_DEADLINE: _TEN_MINUTES, **spec}, _AT, {_DEADLINE: ready + 1})
    strategy, at = mapping(spec, "strategy"), (*_AT, "strategy")
    yield from one_of(strategy, at, "type", ("RollingUpdate", "Recreate"))
    rolling, inner = strategy.get("rollingUpdate"), (*at, "rollingUpdate")
    if not isinstance(rolling, dict):
        return
    if strategy.get("type") == "Recreate":
        yield wrong(inner, "with the type Recreate there is no rolling update", "remove it", at_key=True)
    yield from share(rolling.get("maxSurge"), (*inner, "maxSurge"))
    yield from share(rolling.get("maxUnavailable"), (*inner, "maxUnavailable"), most=100)
    if {rolling.get("maxSurge"), rolling.get("maxUnavailable")} <= {0, "0%"}:
        yield wrong((*inner, "maxUnavailable"), "it may not be 0 where maxSurge is 0", "one of them must be more")


def _replica_set(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"replicas": 0, "minReadySeconds": 0})


def _stateful_set(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"replicas": 0, "minReadySeconds": 0})
    yield from least(spec.get("ordinals"), (*_AT, "ordinals"), {"start": 0})
    yield from named(spec, _AT, "serviceName", names.dns_label)
    yield from one_of(spec, _AT, "podManagementPolicy", ("OrderedReady", "Parallel"))
    strategy, at = mapping(spec, "updateStrategy"), (*_AT, "updateStrategy")
    yield from one_of(strategy, at, "type", ("RollingUpdate", "OnDelete"))
    yield from least(mapping(strategy, "rollingUpdate"), (*at, "rollingUpdate"), {"partition": 0})
    if strategy.get("type") == "OnDelete" and strategy.get("rollingUpdate") is not None:
        yield wrong(
            (*at, "rollingUpdate"), "with the type OnDelete there is no rolling update", "remove it", at_key=True
        )
    kept = "persistentVolumeClaimRetentionPolicy"
    for key in ("whenDeleted", "whenScaled"):
        yield from one_of(spec.get(kept), (*_AT, kept), key, ("Retain", "Delete"))


def _daemon_set(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"minReadySeconds": 0, "revisionHistoryLimit": 0})
    strategy, at = mapping(spec, "updateStrategy"), (*_AT, "updateStrategy")
    yield from one_of(strategy, at, "type", ("RollingUpdate", "OnDelete"))
    rolling, inner = strategy.get("rollingUpdate"), (*at, "rollingUpdate")
    if not isinstance(rolling, dict) or strategy.get("type") == "OnDelete":
        return
    surge, gone = (
        rolling.get("maxSurge", 0),
        rolling.get("maxUnavailable", 1 if not rolling.get("maxSurge") else 0),
    )
    yield from share(surge, (*inner, "maxSurge"), most=100)
    yield from share(gone, (*inner, "maxUnavailable"), most=100)
    if {surge, gone} <= {0, "0%"}:
        yield wrong((*inner, "maxUnavailable"), "it may not be 0 where maxSurge is 0", "one of them must be more")
    elif surge not in (0, "0%") and gone not in (0, "0%"):
        yield wrong((*inner, "maxSurge"), f"{surge}: it must be 0 where maxUnavailable is not", "one of them is 0")


def _job(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from jobs.check(spec, _AT)
    yield from jobs.selector(spec, _AT, mapping(spec, "template", "metadata", "labels"))


def _cron_job(spec: dict[str, Any]) -> Iterator[FieldError]:
    inner, at = mapping(spec, "jobTemplate", "spec"), (*_AT, "jobTemplate", "spec")
    yield from jobs.check(inner, at)
    for key in ("selector", "manualSelector"):
        if inner.get(key):
            yield wrong((*at, key), "a Job of a CronJob gets one of its own", "remove it", at_key=True)
    lowest = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    yield from least(spec, _AT, dict.fromkeys(lowest, 0))
    yield from one_of(spec, _AT, "concurrencyPolicy", ("Allow", "Forbid", "Replace"))
    yield from schedules.schedule(spec.get("schedule"), (*_AT, "schedule"))
    yield from schedules.time_zone(spec.get("timeZone"), (*_AT, "timeZone"))


def _cron_job_name(item: Any) -> Iterator[FieldError]:
    name = text(mapping(item, "metadata").get("name"))
    if len(name) > _LONGEST_NAME:
        fact = f"{len(name)} characters, of {_LONGEST_NAME} at most: a CronJob's Jobs get longer names"
        yield wrong(("metadata", "name"), fact)


_SELECTING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
_CHECKS: dict[str, Callable[[dict[str, Any]], Iterator[FieldError]]] = {
    "Deployment": _deployment,
    **dict.fromkeys(("ReplicaSet", "ReplicationController"), _replica_set),
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "CronJob": _cron_job,
}

"""What makes Pods: Deployments, Jobs and their like, but for the Pods themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import counted, shown
from groundwork.kube.values import mapping, sequence
from kube_manifests.pods.found import least, named, one_of, share, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_SCHEDULE_FIELDS = 5
_ALIAS = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)\Z")
_ENDS = ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")


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


def _selector(spec: dict[str, Any], labels: dict[str, Any]) -> Iterator[FieldError]:
    selector, at = spec.get("selector"), (*_AT, "selector")
    if not isinstance(selector, dict):
        return
    matched = mapping(selector, "matchLabels")
    if not matched and not sequence(selector.get("matchExpressions")):
        yield wrong(at, "it selects no Pods", "matchLabels, as the labels of the template")
    for key, value in matched.items():
        if fault := names.label_key(str(key)):
            yield wrong((*at, "matchLabels", key), f"{shown(key)} is not a key of a label: {fault}", at_key=True)
        elif labels.get(key) != value:
            there = f"there it is {shown(labels[key])}" if key in labels else "the template has no such label"
            yield wrong((*at, "matchLabels", key), f"{key}: {shown(value)} selects no Pod of the template", there)


def _deployment(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"replicas": 0, "revisionHistoryLimit": 0, "minReadySeconds": 0})
    ready = spec.get("minReadySeconds") or 0
    if isinstance(ready, int):
        yield from least(spec, _AT, {"progressDeadlineSeconds": ready + 1})
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


def _stateful_set(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"replicas": 0, "minReadySeconds": 0, "revisionHistoryLimit": 0})
    yield from named(spec, _AT, "serviceName", names.dns_label)
    yield from one_of(spec, _AT, "podManagementPolicy", ("OrderedReady", "Parallel"))
    strategy, at = mapping(spec, "updateStrategy"), (*_AT, "updateStrategy")
    yield from one_of(strategy, at, "type", ("RollingUpdate", "OnDelete"))
    yield from least(mapping(strategy, "rollingUpdate"), (*at, "rollingUpdate"), {"partition": 0})
    kept = "persistentVolumeClaimRetentionPolicy"
    for key in ("whenDeleted", "whenScaled"):
        yield from one_of(spec.get(kept), (*_AT, kept), key, ("Retain", "Delete"))


def _daemon_set(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from least(spec, _AT, {"minReadySeconds": 0, "revisionHistoryLimit": 0})
    yield from one_of(spec.get("updateStrategy"), (*_AT, "updateStrategy"), "type", ("RollingUpdate", "OnDelete"))


def _job(spec: dict[str, Any], at: Path = _AT) -> Iterator[FieldError]:
    yield from least(spec, at, dict.fromkeys(_ENDS, 0))
    yield from one_of(spec, at, "completionMode", ("NonIndexed", "Indexed"))
    yield from one_of(spec, at, "podReplacementPolicy", ("Failed", "TerminatingOrFailed"))


def _cron_job(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from _job(mapping(spec, "jobTemplate", "spec"), (*_AT, "jobTemplate", "spec"))
    lowest = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    yield from least(spec, _AT, dict.fromkeys(lowest, 0))
    yield from one_of(spec, _AT, "concurrencyPolicy", ("Allow", "Forbid", "Replace"))
    if isinstance(spec.get("schedule"), str):
        yield from _schedule(spec["schedule"], (*_AT, "schedule"))
    if spec.get("timeZone") in ("", "Local"):
        yield wrong(
            (*_AT, "timeZone"), f"{shown(spec['timeZone'])} is not a time zone", "such as Etc/UTC, or none"
        )


def _schedule(value: str, path: Path) -> Iterator[FieldError]:
    hint = 'minute, hour, day, month and day of the week, such as "0 3 * * *"'
    fields = value.split()
    if "TZ=" in value:
        yield wrong(path, "a schedule names no time zone", "write it in timeZone")
    elif not _ALIAS.match(value) and len(fields) != _SCHEDULE_FIELDS:
        yield wrong(path, f"{shown(value)} has {counted(len(fields), 'field')}, of 5", hint)
    elif not value.startswith("@"):
        for field, most in zip(fields, (59, 23, 31, 12, 6), strict=True):
            for number in re.findall(r"(?<![/\d])\d+", field):
                if int(number) > most:
                    yield wrong(path, f"{field} is more than {most} in {shown(value)}", hint)


_SELECTING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
_CHECKS: dict[str, Callable[[dict[str, Any]], Iterator[FieldError]]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "CronJob": _cron_job,
}

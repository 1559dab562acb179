"""How many Pods there are: HorizontalPodAutoscaler; how many an eviction must leave: PodDisruptionBudget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, text
from kube_manifests.pods import scheduling
from kube_manifests.pods.containers import resource_name
from kube_manifests.pods.found import (
    at_least_one,
    between,
    items,
    least,
    named,
    nano,
    not_empty,
    one_of,
    share,
    wrong,
)
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_LONGEST_PERIOD = 1800
_LONGEST_WINDOW = 3600
_SOURCES = {
    "Resource": "resource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
    "ContainerResource": "containerResource",
}
"""Types of metrics, and the field that each needs."""
_TARGETS = ("Utilization", "Value", "AverageValue")
_NEEDS = {
    "resource": ("averageUtilization", "averageValue"),
    "containerResource": ("averageUtilization", "averageValue"),
    "pods": ("averageValue",),
    "object": ("value", "averageValue"),
    "external": ("value", "averageValue"),
}
"""Fields of a metric's target, one of which it needs."""
_ONE_ONLY = ("resource", "containerResource", "external")


def autoscaler(item: Any) -> Iterator[FieldError]:
    """What is wrong with a HorizontalPodAutoscaler, in either version."""
    spec = mapping(item, "spec")
    low, high = spec.get("minReplicas"), spec.get("maxReplicas")
    yield from least(spec, _AT, {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 1})
    if isinstance(low, int) and isinstance(high, int) and 1 <= high < low:
        yield wrong((*_AT, "maxReplicas"), f"{high} is below minReplicas, {low}")
    yield from _reference(mapping(spec, "scaleTargetRef"), (*_AT, "scaleTargetRef"), grouped=True)
    for at, metric in items(spec, _AT, "metrics"):
        yield from _metric(metric, at)
    for side in ("scaleUp", "scaleDown"):
        rules, at = mapping(spec, "behavior", side), (*_AT, "behavior", side)
        if isinstance(mapping(spec, "behavior").get(side), dict):
            yield from _rules(rules, at)


def budget(item: Any) -> Iterator[FieldError]:
    """What is wrong with a PodDisruptionBudget."""
    spec = mapping(item, "spec")
    given = [key for key in ("minAvailable", "maxUnavailable") if spec.get(key) is not None]
    if len(given) > 1:
        yield wrong(
            (*_AT, given[1]), "minAvailable and maxUnavailable exclude each other", "keep one", at_key=True
        )
    for key in given:
        yield from share(spec[key], (*_AT, key), most=100)
    yield from scheduling.selector(mapping(spec, "selector"), (*_AT, "selector"))
    policies = ("IfHealthyBudget", "AlwaysAllow")
    yield from one_of(spec, _AT, "unhealthyPodEvictionPolicy", policies)
    yield from not_empty(spec, _AT, "unhealthyPodEvictionPolicy", " or ".join(policies))


def _reference(given: dict[str, Any], path: Path, *, grouped: bool) -> Iterator[FieldError]:
    """An object that is named; `grouped`: whether it must be of an API group."""
    for key in ("kind", "name"):
        yield from not_empty(given, path, key)
        yield from named(given, path, key, names.path_segment)
    version = text(given.get("apiVersion"))
    if names.group_version(version):
        yield wrong((*path, "apiVersion"), f"{shown(version)} is no apiVersion", "such as apps/v1")
    elif grouped and "/" not in version:
        fact = f"{shown(version)} has no group" if version else "the reference needs an apiVersion"
        yield wrong((*path, "apiVersion"), fact, "such as apps/v1")


def _metric(metric: dict[str, Any], at: Path) -> Iterator[FieldError]:
    kind = text(metric.get("type"))
    yield from one_of({"type": kind or " "}, at, "type", tuple(_SOURCES))
    needed = _SOURCES.get(kind, "")
    given = [key for key in _NEEDS if metric.get(key) is not None]
    if needed and needed not in given:
        yield wrong(at, f"a metric of the type {kind} needs {needed!r}", f"write {needed}: ..., or another type")
    for other in given:
        if needed and other != needed:
            fact = f"a metric of the type {kind} has no {other}"
            yield wrong((*at, other), fact, "each metric is an item of its own", at_key=True)
    for which in given[:1]:
        yield from _source(mapping(metric, which), (*at, which), which)


def _source(source: dict[str, Any], at: Path, which: str) -> Iterator[FieldError]:
    target, where = mapping(source, "target"), (*at, "target")
    yield from one_of({"type": text(target.get("type")) or " "}, where, "type", _TARGETS)
    yield from least(target, where, {"averageUtilization": 1})
    for key in ("value", "averageValue"):
        amount = nano(target.get(key))
        if amount is not None and amount <= 0:
            yield wrong((*where, key), f"{shown(target[key])} is not above 0")
    needs = _NEEDS[which]
    given = [key for key in needs if target.get(key) is not None]
    if not given:
        yield wrong(where, f"the target needs {' or '.join(needs)}")
    elif len(given) > 1 and which in _ONE_ONLY:
        yield wrong((*where, given[1]), f"{given[0]} and {given[1]} exclude each other", "keep one", at_key=True)
    if which == "object":
        yield from _reference(mapping(source, "describedObject"), (*at, "describedObject"), grouped=False)
    if "metric" in source:
        yield from not_empty(source["metric"], (*at, "metric"), "name")
        yield from named(source["metric"], (*at, "metric"), "name", names.path_segment)
    if which in ("resource", "containerResource"):
        yield from not_empty(source, at, "name")
    if which == "containerResource":
        if name := text(source.get("name")):
            yield from resource_name(name, (*at, "name"), in_containers=True)
        yield from not_empty(source, at, "container")
        yield from named(source, at, "container", names.dns_label)


def _rules(rules: dict[str, Any], at: Path) -> Iterator[FieldError]:
    yield from between(rules, at, "stabilizationWindowSeconds", 0, _LONGEST_WINDOW)
    yield from one_of(rules, at, "selectPolicy", ("Max", "Min", "Disabled"))
    policies = "policies"
    if policies in rules:
        yield from at_least_one(rules, at, policies, "policy")
    for where, one in items(rules, at, policies):
        yield from one_of({"type": text(one.get("type")) or " "}, where, "type", ("Pods", "Percent"))
        yield from least(one, where, {"value": 1})
        yield from between(one, where, "periodSeconds", 1, _LONGEST_PERIOD)
    tolerance = nano(rules.get("tolerance"))
    if tolerance is not None and tolerance < 0:
        yield wrong((*at, "tolerance"), f"{shown(rules['tolerance'])} is below 0")

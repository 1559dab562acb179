"""Jobs: how often they run, what of a failure counts, and which Pods are theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods.found import at_least_one, items, least, named, not_empty, one_of, unique, warned, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_COUNTS = (
    "parallelism",
    "completions",
    "backoffLimit",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
    "activeDeadlineSeconds",
    "ttlSecondsAfterFinished",
)
_INDEXED, _FAILURE = "Indexed", "podFailurePolicy"
_ACTIONS = ("FailJob", "FailIndex", "Ignore", "Count")
_INDEXES = re.compile(r"([0-9]+)(?:-([0-9]+))?\Z")
_MOST_RULES, _MOST_CODES = 20, 255
_MANY, _MANY_AT_ONCE = 100_000, 10_000


def check(spec: dict[str, Any], at: Path) -> Iterator[FieldError]:
    """What is wrong with the spec of a Job, or of a CronJob's."""
    yield from least(spec, at, dict.fromkeys(_COUNTS, 0))
    yield from one_of(spec, at, "completionMode", ("NonIndexed", _INDEXED))
    replaced = ("Failed",) if isinstance(spec.get(_FAILURE), dict) else ("Failed", "TerminatingOrFailed")
    yield from one_of(spec, at, "podReplacementPolicy", replaced)
    yield from _indexes(spec, at)
    if managed := spec.get("managedBy"):
        host, _, path = text(managed).partition("/")
        if not host or not path or names.subdomain(host):
            yield wrong(
                (*at, "managedBy"), f"{shown(managed)} is not a path with a domain", "such as example.com/jobs"
            )
    if isinstance(spec.get(_FAILURE), dict):
        yield from _failures(spec, (*at, _FAILURE))
        policy = text(mapping(spec, "template", "spec").get("restartPolicy"))
        if policy == "OnFailure":
            fact = f"{policy}: with a podFailurePolicy a container is never started again"
            yield wrong((*at, "template", "spec", "restartPolicy"), fact, "Never")
    if isinstance(spec.get("successPolicy"), dict):
        yield from _success(spec, (*at, "successPolicy"))


def selector(spec: dict[str, Any], at: Path, labels: dict[str, Any]) -> Iterator[FieldError]:
    """A selector that is written: Kubernetes makes one, with a label of the Job's own."""
    given = spec.get("selector")
    matched = mapping(given, "matchLabels")
    if spec.get("manualSelector") is True:
        if not isinstance(given, dict):
            yield wrong((*at, "selector"), "manualSelector: true needs a selector", "remove manualSelector")
        for key, value in matched.items():
            if labels.get(key) != value:
                fact = f"{key}: {shown(value)} selects no Pod of the template"
                yield wrong((*at, "selector", "matchLabels", key), fact)
    elif matched or sequence(mapping(given).get("matchExpressions")):
        hint = "remove it; manualSelector: true keeps it, and two Jobs may then take each other's Pods"
        yield wrong((*at, "selector"), "a Job's selector is made by Kubernetes", hint, at_key=True)


def warnings(spec: dict[str, Any], at: Path) -> Iterator[FieldError]:
    """Warnings about a Job's spec."""
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    many = isinstance(completions, int) and completions > _MANY
    at_once = isinstance(parallelism, int) and parallelism > _MANY_AT_ONCE
    if spec.get("completionMode") == _INDEXED and many and at_once:
        fact = f"{completions} Pods, {parallelism} at once: Kubernetes may not keep track of all that fail"
        yield warned((*at, "parallelism"), fact)


def _indexes(spec: dict[str, Any], at: Path) -> Iterator[FieldError]:
    """What only an indexed Job has, and what it needs."""
    if spec.get("completionMode") != _INDEXED:
        for key in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
            if spec.get(key) is not None:
                yield wrong((*at, key), f"{key} needs an indexed Job", f"completionMode: {_INDEXED}", at_key=True)
        return
    most, failed = spec.get("completions"), spec.get("maxFailedIndexes")
    if most is None and spec.get("parallelism") is not None:  # Without both, both are 1.
        yield wrong((*at, "completions"), f"the completionMode {_INDEXED} needs completions")
    if failed is not None and spec.get("backoffLimitPerIndex") is None:
        yield wrong((*at, "backoffLimitPerIndex"), "maxFailedIndexes needs backoffLimitPerIndex")
    if isinstance(most, int) and isinstance(failed, int) and failed > most:
        yield wrong((*at, "maxFailedIndexes"), f"{failed} is more than completions, {most}")


def _failures(spec: dict[str, Any], at: Path) -> Iterator[FieldError]:
    policy, pod = mapping(spec, _FAILURE), mapping(spec, "template", "spec")
    containers = [
        text(one.get("name")) for key in ("initContainers", "containers") for _, one in items(pod, (), key)
    ]
    rules = list(items(policy, at, "rules"))
    if len(rules) > _MOST_RULES:
        yield wrong((*at, "rules"), f"{len(rules)} rules, of {_MOST_RULES} at most")
    for where, rule in rules:
        yield from one_of({"action": text(rule.get("action")) or " "}, where, "action", _ACTIONS)
        if rule.get("action") == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
            yield wrong((*where, "action"), "FailIndex needs backoffLimitPerIndex")
        codes, conditions = rule.get("onExitCodes"), sequence(rule.get("onPodConditions"))
        if isinstance(codes, dict) == bool(conditions):
            fact = "it has onExitCodes and onPodConditions" if conditions else "it says not what it is about"
            yield wrong(where, fact, "exactly one of onExitCodes, onPodConditions")
        if isinstance(codes, dict):
            yield from _codes(codes, (*where, "onExitCodes"), containers)
        for there, condition in items(rule, where, "onPodConditions"):
            yield from named(condition, there, "type", names.label_key)
            yield from not_empty(condition, there, "type")
            yield from one_of(condition, there, "status", ("True", "False", "Unknown"))
            yield from not_empty(condition, there, "status", "True, False or Unknown")


def _codes(codes: dict[str, Any], at: Path, containers: list[str]) -> Iterator[FieldError]:
    yield from one_of({"operator": text(codes.get("operator")) or " "}, at, "operator", ("In", "NotIn"))
    name = codes.get("containerName")
    if isinstance(name, str) and name not in containers:
        yield wrong(
            (*at, "containerName"), f"there is no container {shown(name)}", f"one of {', '.join(containers)}"
        )
    yield from at_least_one(codes, at, "values", "value")
    values = [value for value in sequence(codes.get("values")) if isinstance(value, int)]
    if codes.get("operator") == "In" and 0 in values:
        yield wrong((*at, "values", values.index(0)), "0 is success, and no failure", "remove it")
    if len(values) > _MOST_CODES:
        yield wrong((*at, "values"), f"{len(values)} values, of {_MOST_CODES} at most")
    elif values != sorted(values):
        yield wrong((*at, "values"), "they must be in order", f"write {sorted(values)}")
    yield from unique((((*at, "values", index), str(value)) for index, value in enumerate(values)), "the value")


def _success(spec: dict[str, Any], at: Path) -> Iterator[FieldError]:
    if spec.get("completionMode") != _INDEXED:
        return
    yield from at_least_one(spec["successPolicy"], at, "rules", "rule")
    most = spec.get("completions")
    for where, rule in items(spec["successPolicy"], at, "rules"):
        count = rule.get("succeededCount")
        yield from _index_ranges(rule.get("succeededIndexes"), most, (*where, "succeededIndexes"))
        if count is None and rule.get("succeededIndexes") is None:
            yield wrong(where, "it needs succeededCount or succeededIndexes")
        elif isinstance(count, int) and isinstance(most, int) and count > most:
            yield wrong((*where, "succeededCount"), f"{count} is more than completions, {most}")
        yield from least(rule, where, {"succeededCount": 0})


def _index_ranges(value: Any, most: Any, path: Path) -> Iterator[FieldError]:
    """Indexes as text: `0,2-4`, in order."""
    before = -1
    for part in value.split(",") if isinstance(value, str) and value else ():
        found = _INDEXES.match(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not found or first > last or first <= before:
            yield wrong(path, f"{shown(part)} is not an index or a range, in order", "such as 0,2-4")
            return
        if isinstance(most, int) and last >= most:
            yield wrong(path, f"{last} is not below completions, {most}")
            return
        before = last

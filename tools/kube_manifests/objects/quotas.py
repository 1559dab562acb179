"""How much a namespace, or one object of it, may use: ResourceQuota and LimitRange; and whose Pods come first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube import gpus
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.cel.quantities import NANO
from kube_manifests.pods.containers import in_pieces, resource_name
from kube_manifests.pods.found import items, nano, one_of, unique, warned, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_COUNTED = (
    "pods",
    "services",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "replicationcontrollers",
    "resourcequotas",
    "services.nodeports",
    "services.loadbalancers",
)
_ON_NODES = ("cpu", "memory", "ephemeral-storage")
_COMPUTE = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_AMOUNTS = (
    *_ON_NODES,
    "requests.storage",
    *(f"{side}.{name}" for side in ("requests", "limits") for name in _ON_NODES),
)
_HUGE = ("hugepages-", "requests.hugepages-")
_OF_PODS = ("pods", *_COMPUTE)
_SCOPES = {
    "Terminating": _OF_PODS,
    "NotTerminating": _OF_PODS,
    "BestEffort": ("pods",),
    "NotBestEffort": _OF_PODS,
    "PriorityClass": _OF_PODS,
    "CrossNamespacePodAffinity": _OF_PODS,
    "VolumeAttributesClass": ("persistentvolumeclaims", "requests.storage"),
}
"""Scopes, and what a quota of such a scope can count."""
_ONLY_EXISTS = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity")
_APART = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_LIMITED = ("Pod", "Container", "PersistentVolumeClaim")
_HIGHEST_PRIORITY = 1_000_000_000
_OF_SYSTEM = "system-"


def quota(item: Any) -> Iterator[FieldError]:
    """What is wrong with a ResourceQuota."""
    spec = mapping(item, "spec")
    for key, value in mapping(spec, "hard").items():
        yield from _counted(key, value)
    hard = [key for key in mapping(spec, "hard") if key in _COUNTED or key in _AMOUNTS or key.startswith(_HUGE)]
    scopes = sequence(spec.get("scopes"))
    for index, scope in enumerate(scopes):
        yield from _scope(text(scope), hard, (*_AT, "scopes", index))
    yield from _apart(scopes, (*_AT, "scopes"))
    selector, at = mapping(spec, "scopeSelector"), (*_AT, "scopeSelector")
    found = list(items(selector, at, "matchExpressions"))
    for where, one in found:
        yield from _scope(text(one.get("scopeName")), hard, (*where, "scopeName"))
        yield from _expression(one, where)
    yield from _apart([one.get("scopeName") for _, one in found], (*at, "matchExpressions"))


def quota_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a ResourceQuota: more may be asked for than used."""
    hard = mapping(item, "spec", "hard")
    for name in _ON_NODES:
        asked = next((key for key in (f"requests.{name}", name) if key in hard), "")
        most, amount = nano(hard.get(f"limits.{name}")), nano(hard.get(asked))
        if most is not None and amount is not None and amount > most:
            fact = f"{shown(hard[asked])} is more than limits.{name}, {shown(hard[f'limits.{name}'])}"
            yield warned((*_AT, "hard", asked), fact, "a request is never more than its limit")


def _counted(key: str, value: Any) -> Iterator[FieldError]:
    at, amount = (*_AT, "hard", key), nano(value)
    if "/" not in key and key not in _COUNTED and key not in _AMOUNTS and not key.startswith(_HUGE):
        hint = f"requests.{gpus.RESOURCE}" if "gpu" in key.lower() else ""
        yield wrong(at, f"{shown(key)} is not counted by a quota", hint, at_key=True)
    elif fault := names.label_key(key):
        yield wrong(at, f"{shown(key)} is not a name of a resource: {fault}", at_key=True)
    elif amount is not None and amount < 0:
        yield wrong(at, f"{shown(value)} is below 0")
    elif amount is not None and _whole(key) and amount % NANO:
        yield wrong(at, f"{shown(value)}: {key} come in whole numbers")


def _whole(key: str) -> bool:
    """Whether a resource is counted in whole numbers: objects, and devices without the prefix of quotas."""
    return key in _COUNTED or (in_pieces(key) and not key.startswith(("requests.", *_HUGE)))


def _scope(scope: str, hard: list[str], path: Path) -> Iterator[FieldError]:
    if scope not in _SCOPES:
        yield from one_of({"scope": scope or " "}, path, "scope", tuple(_SCOPES), at_holder=True)
        return
    other = next((key for key in hard if key not in _SCOPES[scope]), "")
    if other:
        counts = ", ".join(_SCOPES[scope])
        yield wrong(path, f"the scope {scope} does not count {other}", f"it counts {counts}; write two quotas")


def _apart(scopes: list[Any], path: Path) -> Iterator[FieldError]:
    for one, other in _APART:
        if one in scopes and other in scopes:
            yield wrong(path, f"{one} and {other} exclude each other", "keep one")


def _expression(one: dict[str, Any], path: Path) -> Iterator[FieldError]:
    operator, values, scope = text(one.get("operator")), sequence(one.get("values")), text(one.get("scopeName"))
    yield from one_of(one, path, "operator", ("In", "NotIn", "Exists", "DoesNotExist"))
    if scope in _ONLY_EXISTS and operator in ("In", "NotIn", "DoesNotExist"):
        yield wrong((*path, "operator"), f"the scope {scope} has the operator Exists only", "write Exists")
    elif operator in ("In", "NotIn") and not values:
        yield wrong((*path, "values"), f"the operator {operator} needs values")
    elif operator in ("Exists", "DoesNotExist") and values:
        yield wrong((*path, "values"), f"the operator {operator} takes no values", "remove them", at_key=True)


def limits(item: Any) -> Iterator[FieldError]:
    """What is wrong with a LimitRange."""
    found = list(items(mapping(item, "spec"), _AT, "limits"))
    for at, one in found:
        kind = text(one.get("type"))
        if "/" not in kind:
            yield from one_of({"type": kind or " "}, at, "type", _LIMITED)
        elif fault := names.label_key(kind):
            yield wrong((*at, "type"), f"{shown(kind)}: {fault}")
        for side in ("default", "defaultRequest") if kind == "Pod" else ():
            if one.get(side):
                fact = f"limits of the type Pod have no {side}"
                yield wrong((*at, side), fact, "type: Container", at_key=True)
        sides = mapping(one, "min"), mapping(one, "max")
        if kind == "PersistentVolumeClaim" and not any("storage" in side for side in sides):
            yield wrong(at, "limits of claims need a storage in min or max", "max: {storage: 100Gi}")
        yield from _range(one, kind, at)
    yield from unique((((*at, "type"), text(one.get("type"))) for at, one in found), "a limit of the type")


def _range(one: dict[str, Any], kind: str, at: Path) -> Iterator[FieldError]:
    """The order in which amounts must be: the least, what is asked for by default, the limit, the most."""
    skipped = ("default", "defaultRequest") if kind == "Pod" else ()
    sides = {key: mapping(one, key) for key in ("min", "defaultRequest", "default", "max") if key not in skipped}
    for side, amounts in {**sides, "maxLimitRequestRatio": mapping(one, "maxLimitRequestRatio")}.items():
        for name in amounts:
            yield from resource_name(name, (*at, side, name), in_containers=kind in ("Pod", "Container"))
    order = list(sides)
    for low, high in [(low, high) for index, low in enumerate(order) for high in order[index + 1 :]]:
        for name, written in sides[low].items():
            less, more = nano(written), nano(sides[high].get(name))
            if less is not None and more is not None and less > more:
                where = low if low != "min" or high == "max" else high
                fact = f"{low} {shown(written)} is more than {high} {shown(sides[high][name])}"
                yield wrong((*at, where, name), fact)
            elif (low, high) == ("defaultRequest", "default") and in_pieces(name) and more not in (None, less):
                yield wrong((*at, low, name), f"{shown(written)} must be the default, {shown(sides[high][name])}")
    yield from _ratio(one, sides, at)


def _ratio(one: dict[str, Any], sides: dict[str, dict[str, Any]], at: Path) -> Iterator[FieldError]:
    for name, written in mapping(one, "maxLimitRequestRatio").items():
        ratio, least, most = nano(written), nano(sides["min"].get(name)), nano(sides["max"].get(name))
        if ratio is not None and ratio < NANO:
            yield wrong((*at, "maxLimitRequestRatio", name), f"{shown(written)} is below 1")
        elif ratio is not None and least and most is not None and ratio * least > most * NANO:
            fact = f"{shown(written)} is more than max/min, {most / least:g}"
            yield wrong((*at, "maxLimitRequestRatio", name), fact)


def priority(item: Any) -> Iterator[FieldError]:
    """What is wrong with a PriorityClass."""
    value, name = item.get("value"), text(mapping(item, "metadata").get("name"))
    if name.startswith(_OF_SYSTEM):
        fact = f"{shown(name)}: names that begin with {_OF_SYSTEM!r} are Kubernetes' own"
        yield wrong(("metadata", "name"), fact, "another name")
    elif isinstance(value, int) and value > _HIGHEST_PRIORITY:
        yield wrong(("value",), f"{value} is more than {_HIGHEST_PRIORITY}, the highest for users")
    yield from one_of(item, (), "preemptionPolicy", ("PreemptLowerPriority", "Never"))

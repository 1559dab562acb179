"""A Pod's spec: its containers, volumes, scheduling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import containers
from kube_manifests.pods.found import items, least, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

LISTS = ("initContainers", "containers")
RESTART_POLICIES = ("Always", "OnFailure", "Never")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_LABEL_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_MODES = ("DoNotSchedule", "ScheduleAnyway")


def names_in(spec: Any, key: str) -> set[str]:
    """The names in a list of a Pod's spec: of its volumes, or its resource claims."""
    return {text(item.get("name")) for _, item in items(spec, (), key)}


def check(spec: Any, path: Path) -> list[FieldError]:
    """What is wrong with the spec of a Pod, its schema apart; what is of a wrong type counts as absent.

    Args:
        spec: the spec.
        path: its path.
    """
    spec = mapping(spec)
    volumes, claims = names_in(spec, "volumes"), names_in(spec, "resourceClaims")
    found: list[FieldError] = []
    listed = [(at, one) for key in LISTS for at, one in items(spec, path, key)]
    for at, one in listed:
        found += containers.check(one, at, volumes, claims)
        if len(at) > len(path) and at[len(path)] == "initContainers":
            found += _init_container(one, at)
    found += unique((((*at, "name"), text(one.get("name"))) for at, one in listed), "a container named")
    found += _volumes(spec, path)
    found += _scheduling(spec, path)
    found += one_of(spec, path, "restartPolicy", RESTART_POLICIES)
    found += one_of(spec, path, "dnsPolicy", ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"))
    found += least(spec, path, {"activeDeadlineSeconds": 1})
    if spec.get("dnsPolicy") == "None" and not sequence(mapping(spec, "dnsConfig").get("nameservers")):
        found.append(wrong((*path, "dnsConfig"), "dnsPolicy None needs dnsConfig.nameservers"))
    for key, rule in (("serviceAccountName", names.subdomain), ("hostname", names.dns_label)):
        if (value := text(spec.get(key))) and (fault := rule(value)):
            found.append(wrong((*path, key), f"{shown(value)}: {fault}"))
    return found


def _init_container(one: Any, path: Path) -> Iterator[FieldError]:
    yield from one_of(one, path, "restartPolicy", RESTART_POLICIES)
    if one.get("restartPolicy") == "Always":
        return
    for key in (*containers.PROBES, "lifecycle"):
        if one.get(key) is not None and key != "startupProbe":
            hint = "restartPolicy: Always makes it a sidecar, which may have one"
            yield wrong((*path, key), f"an init container has no {key}", hint, at_key=True)


def _volumes(spec: Any, path: Path) -> Iterator[FieldError]:
    found = list(items(spec, path, "volumes"))
    for at, volume in found:
        name = text(volume.get("name"))
        if name and (fault := names.dns_label(name)):
            yield wrong((*at, "name"), f"{shown(name)}: {fault}")
        sources = [key for key, value in volume.items() if key != "name" and value is not None]
        if len(sources) > 1:
            fact = f"volume {shown(name)} has {' and '.join(sources)}, of which only one can hold"
            yield wrong((*at, sources[1]), fact, "one source for each volume", at_key=True)
        for kind, field in (
            ("configMap", "name"),
            ("secret", "secretName"),
            ("persistentVolumeClaim", "claimName"),
        ):
            source = volume.get(kind)
            if isinstance(source, dict) and not text(source.get(field)):
                other = "name" if "name" in source else ""
                hint = f"write {field} in place of {other}" if other else ""
                yield wrong((*at, kind), f"{kind} needs {field!r}", hint)
    yield from unique((((*at, "name"), text(volume.get("name"))) for at, volume in found), "a volume named")


def _scheduling(spec: Any, path: Path) -> Iterator[FieldError]:
    for key, value in mapping(spec, "nodeSelector").items():
        at = (*path, "nodeSelector", key)
        if fault := names.label_key(str(key)):
            yield wrong(at, f"{shown(key)} is no key of a label: {fault}", at_key=True)
        if isinstance(value, str) and (fault := names.label_value(value)):
            yield wrong(at, f"{shown(value)} is no value of a label: {fault}")
    for at, one in items(spec, path, "tolerations"):
        yield from _toleration(one, at)
    for at, one in items(spec, path, "topologySpreadConstraints"):
        yield from one_of(one, at, "whenUnsatisfiable", _MODES)
        yield from least(one, at, {"maxSkew": 1})
    yield from _affinity(spec, path)


def _affinity(spec: Any, path: Path) -> Iterator[FieldError]:
    node = mapping(spec, "affinity", "nodeAffinity")
    at = (*path, "affinity", "nodeAffinity")
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    for where, term in items(mapping(node, required), (*at, required), "nodeSelectorTerms"):
        yield from _expressions(term, where, _NODE_OPERATORS)
    for where, term in items(node, at, "preferredDuringSchedulingIgnoredDuringExecution"):
        yield from _expressions(mapping(term, "preference"), (*where, "preference"), _NODE_OPERATORS)
        weight = term.get("weight")
        if isinstance(weight, int) and not isinstance(weight, bool) and not 1 <= weight <= 100:  # noqa: PLR2004
            yield wrong((*where, "weight"), f"{weight} is not between 1 and 100")
    for kind in ("podAffinity", "podAntiAffinity"):
        for where, term in items(mapping(spec, "affinity", kind), (*path, "affinity", kind), required):
            selector = mapping(term, "labelSelector")
            yield from _expressions(selector, (*where, "labelSelector"), _LABEL_OPERATORS)
            if not text(term.get("topologyKey")):
                yield wrong((*where, "topologyKey"), "it may not be empty", "such as kubernetes.io/hostname")


def _toleration(one: Any, path: Path) -> Iterator[FieldError]:
    operator = text(one.get("operator"))
    yield from one_of(one, path, "operator", ("Exists", "Equal"))
    yield from one_of(one, path, "effect", EFFECTS)
    if operator == "Exists" and text(one.get("value")):
        yield wrong((*path, "value"), "with the operator Exists there is no value", "remove it, or write Equal")
    if not text(one.get("key")) and operator in ("", "Equal"):
        yield wrong((*path, "operator"), "without a key the operator must be Exists")
    if one.get("tolerationSeconds") is not None and one.get("effect") != "NoExecute":
        yield wrong((*path, "effect"), "tolerationSeconds needs the effect NoExecute")


def _expressions(term: Any, path: Path, operators: tuple[str, ...]) -> Iterator[FieldError]:
    for at, one in items(term, path, "matchExpressions"):
        operator, values = text(one.get("operator")), sequence(one.get("values"))
        yield from one_of(one, at, "operator", operators)
        if operator in ("In", "NotIn") and not values:
            yield wrong((*at, "values"), f"the operator {operator} needs values")
        if operator in ("Exists", "DoesNotExist") and values:
            yield wrong((*at, "values"), f"the operator {operator} takes no values", "remove them", at_key=True)
        if operator in ("Gt", "Lt") and len(values) != 1:
            yield wrong((*at, "values"), f"the operator {operator} needs one value")

"""Where a Pod may run: labels of nodes, taints, other Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods.found import (
    at_least_one,
    between,
    items,
    labels,
    least,
    named,
    not_empty,
    one_of,
    unique,
    wrong,
)
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_LABEL_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_MODES = ("DoNotSchedule", "ScheduleAnyway")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_TOPOLOGY = "such as kubernetes.io/hostname"


def check(spec: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with where a Pod's spec lets it run."""
    yield from labels(spec, path, "nodeSelector")
    for at, one in items(spec, path, "tolerations"):
        yield from _toleration(one, at)
    for at, one in items(spec, path, "topologySpreadConstraints"):
        yield from one_of(one, at, "whenUnsatisfiable", _MODES)
        yield from least(one, at, {"maxSkew": 1})
        yield from not_empty(one, at, "topologyKey", _TOPOLOGY)
        yield from _spread(one, at)
        yield from selector(mapping(one, "labelSelector"), (*at, "labelSelector"))
    spread = items(spec, path, "topologySpreadConstraints")
    pairs = (
        ((*at, "topologyKey"), f"{one.get('topologyKey')}, {one.get('whenUnsatisfiable')}") for at, one in spread
    )
    yield from unique(pairs, "the constraint")
    yield from _affinity(spec, path)


def nodes(required: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with terms of which a node must fit one."""
    yield from at_least_one(required, path, "nodeSelectorTerms", "term")
    for where, term in items(required, path, "nodeSelectorTerms"):
        yield from _expressions(term, where, _NODE_OPERATORS)
        yield from _label_values(term, where)  # Of preferred terms they are not checked.
        yield from _node_fields(term, where)


def _spread(one: Any, path: Path) -> Iterator[FieldError]:
    yield from least(one, path, {"minDomains": 1})
    if isinstance(one.get("minDomains"), int) and one.get("whenUnsatisfiable") == "ScheduleAnyway":
        yield wrong((*path, "minDomains"), "minDomains needs whenUnsatisfiable: DoNotSchedule", at_key=True)
    for key in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        yield from one_of(one, path, key, ("Honor", "Ignore"))
    if sequence(one.get("matchLabelKeys")) and one.get("labelSelector") is None:
        yield wrong((*path, "matchLabelKeys"), "matchLabelKeys needs a labelSelector", at_key=True)


def _affinity(spec: Any, path: Path) -> Iterator[FieldError]:
    node = mapping(spec, "affinity", "nodeAffinity")
    at = (*path, "affinity", "nodeAffinity")
    required = REQUIRED
    if isinstance(node.get(required), dict):
        yield from nodes(node[required], (*at, required))
    for where, term in items(node, at, PREFERRED):
        yield from _expressions(mapping(term, "preference"), (*where, "preference"), _NODE_OPERATORS)
        yield from _node_fields(mapping(term, "preference"), (*where, "preference"))
        yield from between(term, where, "weight", 1, 100)
    for kind in ("podAffinity", "podAntiAffinity"):
        for where, term in items(mapping(spec, "affinity", kind), (*path, "affinity", kind), required):
            yield from _beside(term, where)
        preferred = items(mapping(spec, "affinity", kind), (*path, "affinity", kind), PREFERRED)
        for where, term in preferred:
            yield from between(term, where, "weight", 1, 100)
            yield from _beside(mapping(term, "podAffinityTerm"), (*where, "podAffinityTerm"))


def _toleration(one: Any, path: Path) -> Iterator[FieldError]:
    operator = text(one.get("operator"))
    yield from named(one, path, "key", names.label_key)
    if operator in ("", "Equal"):
        yield from named(one, path, "value", names.label_value)
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
        yield from named(one, at, "key", names.label_key)
        yield from one_of(one, at, "operator", operators)
        if operator in ("In", "NotIn") and not values:
            yield wrong((*at, "values"), f"the operator {operator} needs values")
        if operator in ("Exists", "DoesNotExist") and values:
            yield wrong((*at, "values"), f"the operator {operator} takes no values", "remove them", at_key=True)
        if operator in ("Gt", "Lt") and len(values) != 1:
            yield wrong((*at, "values"), f"the operator {operator} needs one value")


def _node_fields(term: Any, path: Path) -> Iterator[FieldError]:
    for at, one in items(term, path, "matchFields"):
        yield from one_of(one, at, "operator", ("In", "NotIn"))
        if isinstance(one.get("key"), str) and one["key"] != "metadata.name":
            yield wrong((*at, "key"), f"{shown(one['key'])} is not a field to choose by", "metadata.name")
        if one.get("operator") in ("In", "NotIn") and len(sequence(one.get("values"))) != 1:
            yield wrong((*at, "values"), f"the operator {one['operator']} needs one value here")


def _beside(term: Any, path: Path) -> Iterator[FieldError]:
    """Pods beside which a Pod shall run, or shall not."""
    yield from selector(mapping(term, "namespaceSelector"), (*path, "namespaceSelector"))
    for index, name in enumerate(sequence(term.get("namespaces"))):
        if isinstance(name, str) and (fault := names.dns_label(name)):
            yield wrong((*path, "namespaces", index), f"{shown(name)}: {fault}")
    yield from selector(mapping(term, "labelSelector"), (*path, "labelSelector"))
    if not text(term.get("topologyKey")):
        yield wrong((*path, "topologyKey"), "it may not be empty", _TOPOLOGY)
    yield from named(term, path, "topologyKey", names.label_key)


def expressions(given: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with the expressions of a selector of labels."""
    yield from _expressions(given, path, _LABEL_OPERATORS)
    yield from _label_values(given, path)


def matches(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    """Whether labels fit an expression; one that is wrong fits all."""
    key, values = text(expression.get("key")), sequence(expression.get("values"))
    fits = {
        "In": key in labels and labels[key] in values,
        "NotIn": labels.get(key) not in values or key not in labels,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }
    return fits.get(text(expression.get("operator")), True)


def selector(given: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with a selector of labels."""
    yield from expressions(given, path)
    yield from labels(given, path, "matchLabels")


def _label_values(term: Any, path: Path) -> Iterator[FieldError]:
    for at, one in items(term, path, "matchExpressions"):
        for index, value in enumerate(sequence(one.get("values"))):
            if isinstance(value, str) and (fault := names.label_value(value)):
                yield wrong((*at, "values", index), f"{shown(value)} is not a value of a label: {fault}")

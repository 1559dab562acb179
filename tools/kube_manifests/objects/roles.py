"""Roles and their bindings, of a namespace and of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import scheduling
from kube_manifests.pods.found import at_least_one, items, named, not_empty, one_of, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.text.model import FieldError

_RBAC = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def role(item: Any) -> Iterator[FieldError]:
    """What is wrong with a Role or a ClusterRole."""
    for at, rule in items(item, (), "rules"):
        yield from at_least_one(rule, at, "verbs", "verb")
        if not sequence(rule.get("nonResourceURLs")):
            yield from at_least_one(rule, at, "apiGroups", 'group, "" for the core')
            yield from at_least_one(rule, at, "resources", "resource")
        elif item.get("kind") == "Role":
            fact, hint = "a Role cannot allow addresses of the server", "a ClusterRole can"
            yield wrong((*at, "nonResourceURLs"), fact, hint, at_key=True)
        elif any(sequence(rule.get(key)) for key in ("apiGroups", "resources", "resourceNames")):
            fact = "a rule is about resources or about addresses, not both"
            yield wrong((*at, "nonResourceURLs"), fact, "write two rules", at_key=True)
    rules, at = item.get("aggregationRule"), ("aggregationRule",)
    if isinstance(rules, dict):
        yield from at_least_one(rules, at, "clusterRoleSelectors", "selector")
        for where, one in items(rules, at, "clusterRoleSelectors"):
            yield from scheduling.selector(one, where)


def binding(item: Any) -> Iterator[FieldError]:
    """What is wrong with a RoleBinding or a ClusterRoleBinding."""
    given, cluster = mapping(item, "roleRef"), item.get("kind") == "ClusterRoleBinding"
    kinds = ("ClusterRole",) if cluster else ("Role", "ClusterRole")
    yield from one_of(given, ("roleRef",), "kind", kinds)
    yield from not_empty(given, ("roleRef",), "kind", " or ".join(kinds))
    yield from one_of(given, ("roleRef",), "apiGroup", (_RBAC,))
    yield from not_empty(given, ("roleRef",), "name")
    yield from named(given, ("roleRef",), "name", names.path_segment)
    for at, subject in items(item, (), "subjects"):
        kind = text(subject.get("kind"))
        yield from one_of(subject, at, "kind", _SUBJECTS)
        yield from not_empty(subject, at, "kind", ", ".join(_SUBJECTS))
        yield from not_empty(subject, at, "name")
        if kind != "ServiceAccount":
            yield from one_of(subject, at, "apiGroup", (_RBAC,))
            continue
        yield from named(subject, at, "name", names.subdomain)
        if group := text(subject.get("apiGroup")):
            yield wrong((*at, "apiGroup"), f"{shown(group)}: a ServiceAccount has none", 'remove it, or write ""')
        if cluster and not text(subject.get("namespace")):
            yield wrong((*at, "namespace"), "a ServiceAccount is in a namespace, which must be named")

"""What a cluster offers: classes of Ingresses and of runtimes, drivers of storage, nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import deprecated, scheduling
from kube_manifests.pods.found import items, named, nano, not_empty, one_of, unique, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_CONTROLLER = re.compile(r"(?P<domain>[^/]+)/[A-Za-z0-9/%._~!$&'()*+,;=:-]+\Z")
_LONGEST_CONTROLLER = 250


def ingress_class(item: Any) -> Iterator[FieldError]:
    """What is wrong with an IngressClass."""
    spec = mapping(item, "spec")
    controller = text(spec.get("controller"))
    found = _CONTROLLER.match(controller)
    if not found or names.subdomain(found["domain"]) or len(controller) > _LONGEST_CONTROLLER:
        fact = f"{shown(controller)} is not a path with a domain"
        yield wrong((*_AT, "controller"), fact, "such as k8s.io/ingress-nginx")
    given, at = mapping(spec, "parameters"), (*_AT, "parameters")
    for key in ("kind", "name"):
        yield from not_empty(given, at, key)
        yield from named(given, at, key, names.path_segment)
    yield from named(given, at, "apiGroup", names.subdomain)
    yield from one_of(given, at, "scope", ("Cluster", "Namespace"))
    space = text(given.get("namespace"))
    if given.get("scope") == "Namespace" and not space:
        yield wrong((*at, "namespace"), "the scope Namespace needs one")
    elif space and given.get("scope") != "Namespace":
        yield wrong((*at, "namespace"), "only the scope Namespace has one", "scope: Namespace", at_key=True)


def runtime_class(item: Any) -> Iterator[FieldError]:
    """What is wrong with a RuntimeClass."""
    yield from not_empty(item, (), "handler")
    yield from named(item, (), "handler", names.dns_label)
    for name, written in mapping(item, "overhead", "podFixed").items():
        amount = nano(written)
        if amount is not None and amount < 0:
            yield wrong(("overhead", "podFixed", name), f"{shown(written)} is below 0")


def driver(item: Any) -> Iterator[FieldError]:
    """What is wrong with a CSIDriver."""
    spec = mapping(item, "spec")
    yield from one_of(spec, _AT, "fsGroupPolicy", ("None", "File", "ReadWriteOnceWithFSType"))
    for index, mode in enumerate(sequence(spec.get("volumeLifecycleModes"))):
        at = (*_AT, "volumeLifecycleModes", index)
        yield from one_of({"mode": mode or " "}, at, "mode", ("Persistent", "Ephemeral"), at_holder=True)


def node(item: Any) -> Iterator[FieldError]:
    """What is wrong with a Node: its taints."""
    taints = list(items(mapping(item, "spec"), _AT, "taints"))
    for at, one in taints:
        yield from named(one, at, "key", names.label_key)
        yield from named(one, at, "value", names.label_value)
        yield from one_of({"effect": text(one.get("effect")) or " "}, at, "effect", scheduling.EFFECTS)
    pairs = (((*at, "key"), f"{one.get('key')}, {one.get('effect')}") for at, one in taints)
    yield from unique(pairs, "the taint")


def runtime_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a RuntimeClass."""
    yield from deprecated.old_labels(mapping(item, "scheduling", "nodeSelector"), ("scheduling", "nodeSelector"))

"""Kubernetes' own kinds: where their Pods stand, and what holds of the objects around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import choices, shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import pod
from kube_manifests.pods.containers import PROTOCOLS, port_name
from kube_manifests.pods.found import at_least_one, items, one_of, port_number, unique, wrong
from kube_manifests.schemas import names
from kube_manifests.structure import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_TEMPLATES: dict[str, Path] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "ReplicationController": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Path of what a kind has of a Pod: metadata and spec."""
_RUN_ON = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController")
_SELECTING = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
_SERVICE_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")


def check(item: Any) -> list[FieldError]:
    """What an API server refuses of an object of Kubernetes' own, its schema apart; [] of other kinds."""
    kind = text(item.get("kind"))
    found: list[FieldError] = []
    if kind in _TEMPLATES:
        found += _template(item, kind)
    if kind in _OTHERS:
        found += _OTHERS[kind](item)
    return found


def template_metadata(template: Any, path: Path) -> list[FieldError]:
    """What is wrong with the labels and annotations of a Pod's template."""
    own = mapping(template, "metadata")
    checked = metadata.check_part(
        {key: own[key] for key in ("labels", "annotations") if key in own}, ("metadata",)
    )
    errors = checked[1] if checked else []
    at = (*path, "metadata")
    return [wrong((*at, *error.path), error.fact, error.hint, at_key=error.at_key) for error in errors
            if error.code in ("label", "annotation")]  # fmt: skip


def _template(item: Any, kind: str) -> Iterator[FieldError]:
    path = _TEMPLATES[kind]
    template = mapping(item, *map(str, path))
    spec = mapping(template, "spec")
    yield from pod.check(spec, (*path, "spec"))
    if path:
        yield from template_metadata(template, path)
    if spec:
        yield from at_least_one(spec, (*path, "spec"), "containers", "container")
    for key in pod.LISTS:
        for at, one in items(spec, (*path, "spec"), key):
            if one.get("image", "") == "":
                yield wrong((*at, "image") if "image" in one else at, "a container needs an image")
    policy = text(spec.get("restartPolicy"))
    if kind in _RUN_ON and policy in ("OnFailure", "Never"):
        yield wrong(
            (*path, "spec", "restartPolicy"), f"{policy}: Pods of a {kind} must be restarted", "Always, or none"
        )
    if kind in ("Job", "CronJob") and spec and policy in ("", "Always"):
        fact = f"{policy}: a Pod of a {kind} must be able to end" if policy else f"a Pod of a {kind} needs one"
        yield wrong((*path, "spec", "restartPolicy"), fact, "OnFailure or Never")
    if kind in _SELECTING:
        yield from _selector(item, mapping(template, "metadata", "labels"))


def _selector(item: Any, labels: dict[str, Any]) -> Iterator[FieldError]:
    selector = mapping(item, "spec", "selector")
    matched = mapping(selector, "matchLabels")
    at = ("spec", "selector")
    if not matched and not sequence(selector.get("matchExpressions")) and selector:
        yield wrong(at, "it selects no Pods", "matchLabels, as the labels of the template")
    for key, value in matched.items():
        if labels.get(key) != value:
            there = f"there it is {shown(labels[key])}" if key in labels else "the template has no such label"
            yield wrong((*at, "matchLabels", key), f"{key}: {shown(value)} selects no Pod of the template", there)


def _service(item: Any) -> Iterator[FieldError]:
    spec, path = mapping(item, "spec"), ("spec",)
    yield from one_of(spec, path, "type", _SERVICE_TYPES)
    yield from one_of(spec, path, "sessionAffinity", ("None", "ClientIP"))
    external = spec.get("type") == "ExternalName"
    ports = list(items(spec, path, "ports"))
    if external and not text(spec.get("externalName")):
        yield wrong((*path, "externalName"), "the type ExternalName needs one")
    if not ports and not external and spec.get("clusterIP") != "None":
        yield wrong((*path, "ports"), "a Service needs a port", "clusterIP: None makes one without")
    for at, port in ports:
        name = text(port.get("name"))
        if len(ports) > 1 and not name:
            yield wrong((*at, "name"), "each of several ports needs a name")
        elif name and (fault := names.dns_label(name)):
            yield wrong((*at, "name"), f"{shown(name)}: {fault}")
        yield from port_number(port.get("port"), (*at, "port"))
        yield from one_of(port, at, "protocol", PROTOCOLS)
        target = port.get("targetPort")
        if target != 0:
            yield from port_number(target, (*at, "targetPort"))
        if isinstance(target, str) and target and (fault := port_name(target)):
            yield wrong((*at, "targetPort"), f"{shown(target)} is neither a port nor the name of one: {fault}")
    yield from unique((((*at, "name"), text(port.get("name"))) for at, port in ports), "a port named")


def _claim(item: Any) -> Iterator[FieldError]:
    spec = mapping(item, "spec")
    yield from at_least_one(spec, ("spec",), "accessModes", "access mode")
    for index, mode in enumerate(sequence(spec.get("accessModes"))):
        if isinstance(mode, str) and mode not in _ACCESS_MODES:
            fact = f"{shown(mode)} is none of {choices(_ACCESS_MODES)}"
            yield wrong(("spec", "accessModes", index), fact)
    if mapping(spec, "resources", "requests").get("storage") is None:
        yield wrong(("spec", "resources", "requests", "storage"), "a claim needs a size", "such as 10Gi")


def _data(item: Any) -> Iterator[FieldError]:
    for key in ("data", "binaryData", "stringData"):
        for name in mapping(item, key):
            if fault := names.data_key(str(name)):
                fact = f"{shown(name)} is no key: {fault}"
                yield wrong((key, name), fact, at_key=True)


_OTHERS: dict[str, Callable[[Any], Iterator[FieldError]]] = {
    "Service": _service,
    "PersistentVolumeClaim": _claim,
    "ConfigMap": _data,
    "Secret": _data,
}

"""Storage: claims, volumes of the cluster, and their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import deprecated, scheduling, volume_claims
from kube_manifests.pods.found import (
    at_least_one,
    items,
    named,
    not_empty,
    one_of,
    unique,
    warned,
    wrong,
)
from kube_manifests.pods.volumes import source as volume_source
from kube_manifests.pods.warnings import fractions, node_term
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_AT: Path = ("spec",)
_ANNOTATIONS: Path = ("metadata", "annotations")
_NOT_SOURCES = (
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
)
"""Fields of a volume's spec that do not say what it is."""


def claim(item: Any) -> Iterator[FieldError]:
    """What is wrong with a PersistentVolumeClaim."""
    yield from volume_claims.check(mapping(item, "spec"), _AT)


def claim_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a PersistentVolumeClaim."""
    given = mapping(item, "metadata", "annotations")
    yield from deprecated.old_annotations(given, _ANNOTATIONS, deprecated.CLAIM_ANNOTATIONS)
    yield from sizes(mapping(item, "spec"), _AT)


def sizes(spec: Any, path: Path) -> Iterator[FieldError]:
    """Warnings about the sizes of a claim's spec."""
    for side in ("requests", "limits"):
        yield from fractions(mapping(spec, "resources"), (*path, "resources"), side, ("storage",))


def volume(item: Any) -> Iterator[FieldError]:
    """What is wrong with a PersistentVolume."""
    spec = mapping(item, "spec")
    yield from volume_claims.modes(spec, _AT)
    yield from one_of(spec, _AT, "persistentVolumeReclaimPolicy", ("Delete", "Recycle", "Retain"))
    yield from named(spec, _AT, "storageClassName", names.subdomain)
    yield from _capacity(spec)
    affinity, at = spec.get("nodeAffinity"), (*_AT, "nodeAffinity")
    if isinstance(affinity, dict) and not isinstance(affinity.get("required"), dict):
        yield wrong(at, "nodeAffinity needs 'required'", "required: {nodeSelectorTerms: ...}")
    elif isinstance(affinity, dict):
        yield from scheduling.nodes(affinity["required"], (*at, "required"))
    sources = [key for key, value in spec.items() if key not in _NOT_SOURCES and value is not None]
    if not sources:
        yield wrong(_AT, "the volume says not what it is", "one of csi, hostPath, local, nfs")
    elif len(sources) > 1:
        fact = f"the volume has {' and '.join(sources)}, of which only one can hold"
        yield wrong((*_AT, sources[1]), fact, "keep one", at_key=True)
    yield from _sources(spec)
    options = "volume.beta.kubernetes.io/mount-options"
    if options in mapping(item, "metadata", "annotations") and "hostPath" in sources:
        yield wrong((*_ANNOTATIONS, options), "a volume of a folder has no options", "remove it", at_key=True)


def volume_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a PersistentVolume."""
    spec, given = mapping(item, "spec"), mapping(item, "metadata", "annotations")
    yield from deprecated.old_annotations(given, _ANNOTATIONS, deprecated.VOLUME_ANNOTATIONS)
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        hint = "use a StorageClass, which makes volumes"
        yield warned((*_AT, "persistentVolumeReclaimPolicy"), "Recycle is an old policy", hint)
    required, at = mapping(spec, "nodeAffinity", "required"), (*_AT, "nodeAffinity", "required")
    for where, term in items(required, at, "nodeSelectorTerms"):
        yield from node_term(term, where)
    for key in spec:
        if key in deprecated.VOLUMES and key not in ("gitRepo", "flocker", "quobyte"):
            yield warned((*_AT, key), *deprecated.VOLUMES[key], at_key=True)


def storage_class(item: Any) -> Iterator[FieldError]:
    """What is wrong with a StorageClass."""
    if item.get("provisioner", "") == "":
        yield wrong(("provisioner",), "a StorageClass needs a provisioner", "the name of a driver (CSI)")
    yield from named({"provisioner": text(item.get("provisioner")).lower()}, (), "provisioner", names.label_key)
    yield from one_of(item, (), "reclaimPolicy", ("Delete", "Retain"))
    yield from one_of(item, (), "volumeBindingMode", ("Immediate", "WaitForFirstConsumer"))
    yield from not_empty(item, (), "volumeBindingMode", "Immediate or WaitForFirstConsumer")
    if "" in mapping(item, "parameters"):
        yield wrong(("parameters", ""), "a parameter needs a name", at_key=True)
    terms = list(items(item, (), "allowedTopologies"))
    yield from unique(((at, repr(term)) for at, term in terms), "the term")
    for at, term in terms:
        found = list(items(term, at, "matchLabelExpressions"))
        for where, one in found:
            yield from at_least_one(one, where, "values", "value")
            yield from named(one, where, "key", names.label_key)
            values = enumerate(sequence(one.get("values")))
            yield from unique(((((*where, "values", index), text(value))) for index, value in values), "the value")
        yield from unique((((*where, "key"), text(one.get("key"))) for where, one in found), "the key")


def class_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a StorageClass."""
    for at, term in items(item, (), "allowedTopologies"):
        for where, one in items(term, at, "matchLabelExpressions"):
            if (key := text(one.get("key"))) in deprecated.LABELS:
                yield warned((*where, "key"), *deprecated.LABELS[key])


def _capacity(spec: dict[str, Any]) -> Iterator[FieldError]:
    capacity, at = mapping(spec, "capacity"), (*_AT, "capacity")
    if "storage" not in capacity:
        yield wrong(at, "a volume needs a size", "capacity: {storage: 10Gi}")
    for name, written in capacity.items():
        if name != "storage":
            yield wrong((*at, name), f"{shown(name)} is not a size of a volume", "write storage", at_key=True)
        else:
            yield from volume_claims.positive(written, (*at, name))


def _sources(spec: dict[str, Any]) -> Iterator[FieldError]:
    yield from volume_source(spec, _AT)
    local, csi = spec.get("local"), spec.get("csi")
    if isinstance(local, dict):
        yield from not_empty(local, (*_AT, "local"), "path")
        if ".." in text(local.get("path")).split("/"):
            yield wrong((*_AT, "local", "path"), f"{shown(local['path'])} may not hold '..'")
        if spec.get("nodeAffinity") is None:
            hint = "nodeAffinity: {required: {nodeSelectorTerms: ...}} says on which node it is"
            yield wrong((*_AT, "local"), "a local volume needs nodeAffinity", hint, at_key=True)
    if isinstance(csi, dict):
        yield from not_empty(csi, (*_AT, "csi"), "driver")
        yield from not_empty(csi, (*_AT, "csi"), "volumeHandle")
        yield from named({"driver": text(csi.get("driver")).lower()}, (*_AT, "csi"), "driver", names.subdomain)
    if isinstance(spec.get("nfs"), dict):
        yield from not_empty(spec["nfs"], (*_AT, "nfs"), "server")
        yield from not_empty(spec["nfs"], (*_AT, "nfs"), "path")
    if mapping(spec, "hostPath").get("path") == "/" and spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield wrong((*_AT, "persistentVolumeReclaimPolicy"), "Recycle would empty the node", "Retain")

"""What a claim asks for: access modes and a size; alone, in a StatefulSet, or for one Pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import choices, shown
from groundwork.kube.values import mapping, sequence
from kube_manifests.pods import scheduling
from kube_manifests.pods.found import at_least_one, named, nano, not_empty, one_of, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_SHORT = {"RWO": "ReadWriteOnce", "ROX": "ReadOnlyMany", "RWX": "ReadWriteMany", "RWOP": "ReadWriteOncePod"}
_VOLUME_MODES = ("Filesystem", "Block")
_SIZE = "such as 10Gi"


def check(spec: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with the spec of a claim."""
    spec = mapping(spec)
    yield from modes(spec, path)
    for key in ("storageClassName", "volumeAttributesClassName"):
        yield from named(spec, path, key, names.subdomain)
    yield from scheduling.selector(mapping(spec, "selector"), (*path, "selector"))
    for key in ("dataSource", "dataSourceRef"):
        yield from not_empty(spec.get(key), (*path, key), "name")
    size, at = mapping(spec, "resources", "requests").get("storage"), (*path, "resources", "requests", "storage")
    yield from positive(size, at)
    if size is None:
        yield wrong(at, "a claim needs a size", _SIZE)


def modes(spec: dict[str, Any], path: Path) -> Iterator[FieldError]:
    """What is wrong with how a volume can be mounted."""
    yield from at_least_one(spec, path, "accessModes", "access mode")
    yield from one_of(spec, path, "volumeMode", _VOLUME_MODES)
    given = sequence(spec.get("accessModes"))
    if "ReadWriteOncePod" in given and len(set(map(str, given)) & set(_ACCESS_MODES)) > 1:
        yield wrong((*path, "accessModes"), "ReadWriteOncePod excludes the other access modes", "keep one")
    for index, mode in enumerate(given):
        if isinstance(mode, str) and mode not in _ACCESS_MODES:
            fact = f"{shown(mode)} is none of {choices(_ACCESS_MODES)}"
            hint = f"write {_SHORT[mode.upper()]}" if mode.upper() in _SHORT else ""
            yield wrong((*path, "accessModes", index), fact, hint)


def positive(size: Any, path: Path) -> Iterator[FieldError]:
    """A size that must be above 0."""
    amount = nano(size)
    if amount is not None and amount <= 0:
        yield wrong(path, f"{shown(size)} is not a size", _SIZE)

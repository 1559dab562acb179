"""A Pod's volumes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, text
from kube_manifests.pods import environment, volume_claims
from kube_manifests.pods.found import (
    between,
    handlers,
    inside,
    items,
    least,
    named,
    nano,
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

_MODE = 0o777
_TEN_MINUTES = 600
_OCTAL = re.compile(r"[0-7]{3}\Z")
_OWN_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations")
_HOST_TYPES = ("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
_PROJECTED = ("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate")
_NAMES = {"configMap": "name", "secret": "secretName", "persistentVolumeClaim": "claimName", "csi": "driver"}
"""The field that a source must have."""


def check(spec: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with the volumes of a Pod's spec."""
    found = list(items(spec, path, "volumes"))
    for at, volume in found:
        name = text(volume.get("name"))
        yield from not_empty(volume, at, "name")
        yield from named(volume, at, "name", names.dns_label)
        sources = [key for key, value in volume.items() if key != "name" and value is not None]
        if len(sources) > 1:
            fact = f"volume {shown(name)} has {' and '.join(sources)}, of which only one can hold"
            yield wrong((*at, sources[1]), fact, "one source for each volume", at_key=True)
        yield from _required(volume, at)
        yield from _files(volume, at)
        yield from source(volume, at)
        for where, one in items(mapping(volume, "projected"), (*at, "projected"), "sources"):
            if len([key for key in one if key in _PROJECTED]) > 1:  # None at all is accepted.
                yield from handlers(one, where, _PROJECTED, "the projected source")
            yield from _files(one, where)
            token = (*where, "serviceAccountToken")
            yield from least(one.get("serviceAccountToken"), token, {"expirationSeconds": _TEN_MINUTES})
        yield from unique(_projected_files(volume, at), "the file")
        claim, of_claim = mapping(volume, "ephemeral", "volumeClaimTemplate", "spec"), (*at, "ephemeral")
        if claim:
            yield from volume_claims.check(claim, (*of_claim, "volumeClaimTemplate", "spec"))
        if isinstance(volume.get("ephemeral"), dict) and not mapping(volume, "ephemeral", "volumeClaimTemplate"):
            yield wrong((*at, "ephemeral"), "ephemeral needs 'volumeClaimTemplate'")
        yield from one_of(volume.get("image"), (*at, "image"), "pullPolicy", ("Always", "IfNotPresent", "Never"))
        if isinstance(volume.get("image"), dict) and not text(volume["image"].get("reference")):
            yield wrong((*at, "image"), "image needs 'reference'")
    yield from unique((((*at, "name"), text(volume.get("name"))) for at, volume in found), "a volume named")


def _projected_files(volume: dict[str, Any], at: Path) -> Iterator[tuple[Path, str]]:
    """The paths of the files that several sources project into one folder."""
    for where, source in items(mapping(volume, "projected"), (*at, "projected"), "sources"):
        for kind in ("secret", "configMap", "downwardAPI"):
            for there, one in items(source.get(kind), (*where, kind), "items"):
                yield (*there, "path"), text(one.get("path"))


def _required(volume: dict[str, Any], at: Path) -> Iterator[FieldError]:
    for kind, field in _NAMES.items():
        source = volume.get(kind)
        if isinstance(source, dict) and not text(source.get(field)):
            other = "name" if field != "name" and "name" in source else ""
            yield wrong(
                (*at, kind), f"{kind} needs {field!r}", f"write {field} in place of {other}" if other else ""
            )


def _files(source: dict[str, Any], at: Path) -> Iterator[FieldError]:
    """Sources that are files of an object, and of the Pod itself."""
    for kind in ("configMap", "secret", "downwardAPI", "projected"):
        yield from _mode(source.get(kind), (*at, kind), "defaultMode")
        for where, one in items(source.get(kind), (*at, kind), "items"):
            yield from not_empty(one, where, "key")
            yield from not_empty(one, where, "path")
            yield from inside(one, where, "path")
            yield from _mode(one, where, "mode")
            if kind == "downwardAPI":
                yield from handlers(one, where, ("fieldRef", "resourceFieldRef"), "the file")
                yield from environment.field(one.get("fieldRef"), (*where, "fieldRef"), _OWN_FIELDS)
                yield from environment.amount(one.get("resourceFieldRef"), (*where, "resourceFieldRef"))


def _mode(holder: Any, path: Path, key: str) -> Iterator[FieldError]:
    """A file's mode; people write `644` and mean `0644`, which is 420."""
    for error in between(holder, path, key, 0, _MODE):
        digits = str(mapping(holder)[key])
        hint = f"a mode is octal: write 0{digits}" if _OCTAL.match(digits) else ""
        yield replace(error, hint=hint)


def source(volume: dict[str, Any], at: Path) -> Iterator[FieldError]:
    """What is wrong with a source that a volume of a Pod and one of the cluster have alike."""
    limit = nano(mapping(volume, "emptyDir").get("sizeLimit"))
    if limit is not None and limit < 0:
        yield wrong((*at, "emptyDir", "sizeLimit"), f"{shown(volume['emptyDir']['sizeLimit'])} is below 0")
    host, there = mapping(volume, "hostPath"), (*at, "hostPath")
    yield from not_empty(host, there, "path")
    if ".." in text(host.get("path")).split("/"):
        yield wrong((*there, "path"), f"{shown(host['path'])} may not hold '..'")
    yield from one_of(host, there, "type", _HOST_TYPES)
    share, there = mapping(volume, "nfs"), (*at, "nfs")
    yield from not_empty(share, there, "server")
    if "path" in share and isinstance(share["path"], str) and not share["path"].startswith("/"):
        yield wrong((*there, "path"), f"{shown(share['path'])} does not begin with '/'")

"""A container's block devices: volumes without a file system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import text
from kube_manifests.pods.found import items, not_empty, unique, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError


def check(one: Any, path: Path, volumes: set[str] | None) -> Iterator[FieldError]:
    """What is wrong with `volumeDevices` of a container; `volumes`: names of the Pod's, None for any."""
    mounts = {key: {text(mount.get(key)) for _, mount in items(one, (), "volumeMounts")}
              for key in ("name", "mountPath")}  # fmt: skip
    found = list(items(one, path, "volumeDevices"))
    for at, device in found:
        name, place = text(device.get("name")), text(device.get("devicePath"))
        yield from not_empty(device, at, "name")
        yield from not_empty(device, at, "devicePath")
        if ".." in place.split("/"):
            yield wrong((*at, "devicePath"), f"{shown(place)} may not hold '..'")
        if volumes is not None and name and name not in volumes:
            there = f"there are: {', '.join(sorted(volumes))}" if volumes else "the Pod has no volumes"
            yield wrong((*at, "name"), f"there is no volume {shown(name)}", there)
        elif name in mounts["name"]:
            yield wrong((*at, "name"), f"the volume {shown(name)} is mounted as well", "a mount or a device")
        if place and place in mounts["mountPath"]:
            yield wrong((*at, "devicePath"), f"a volume is mounted at {shown(place)}", "another path")
    for key, what in (("name", "a device named"), ("devicePath", "a device at")):
        yield from unique((((*at, key), text(device.get(key))) for at, device in found), what)


def of_claims(spec: Any, path: Path, claims: set[str]) -> Iterator[FieldError]:
    """Devices of volumes that are no claims: only a claim can be without a file system."""
    others = {text(one.get("name")) for _, one in items(spec, (), "volumes")
              if one.get("persistentVolumeClaim") is None and one.get("ephemeral") is None} - claims  # fmt: skip
    for key in ("initContainers", "containers"):
        for at, container in items(spec, path, key):
            for where, device in items(container, at, "volumeDevices"):
                if text(device.get("name")) in others:
                    fact = f"the volume {shown(device['name'])} is not a claim, and cannot be a device"
                    yield wrong((*where, "name"), fact, "persistentVolumeClaim, or a mount in volumeMounts")

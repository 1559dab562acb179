"""What a Pod and its containers may do: `securityContext`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods.found import between, inside, items, one_of, unique, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

_HIGHEST_ID = 2**31 - 1
_PROFILES = {"seccompProfile": "seccomp", "appArmorProfile": "AppArmor"}
_PROFILE_TYPES = ("RuntimeDefault", "Localhost", "Unconfined")
_KERNEL_SETTING = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?\Z")


def of_container(one: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with a container's."""
    own, at = mapping(one, "securityContext"), (*path, "securityContext")
    yield from _shared(own, at)
    yield from one_of(own, at, "procMount", ("Default", "Unmasked"))
    if own.get("allowPrivilegeEscalation") is not False:
        return
    added = sequence(mapping(own, "capabilities").get("add"))
    for reason, holds in (
        ("privileged: true", own.get("privileged") is True),
        ("CAP_SYS_ADMIN", "CAP_SYS_ADMIN" in added),
    ):
        if holds:
            fact = f"allowPrivilegeEscalation: false and {reason} exclude each other"
            yield wrong((*at, "allowPrivilegeEscalation"), fact, "remove one")


def of_pod(spec: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with a Pod's."""
    own, at = mapping(spec, "securityContext"), (*path, "securityContext")
    yield from _shared(own, at)
    yield from between(own, at, "fsGroup", 0, _HIGHEST_ID)
    for index, group in enumerate(sequence(own.get("supplementalGroups"))):
        if isinstance(group, int) and not 0 <= group <= _HIGHEST_ID:
            yield wrong((*at, "supplementalGroups", index), f"{group} is not between 0 and {_HIGHEST_ID}")
    yield from one_of(own, at, "fsGroupChangePolicy", ("Always", "OnRootMismatch"))
    yield from one_of(own, at, "supplementalGroupsPolicy", ("Merge", "Strict"))
    yield from one_of(own, at, "seLinuxChangePolicy", ("Recursive", "MountOption"))
    settings = list(items(own, at, "sysctls"))
    yield from unique((((*where, "name"), text(one.get("name"))) for where, one in settings), "the setting")
    for where, one in settings:
        name = text(one.get("name"))
        if name and not _KERNEL_SETTING.match(name):
            yield wrong((*where, "name"), f"{name} is not a kernel setting", "such as net.core.somaxconn")


def _shared(own: dict[str, Any], at: Path) -> Iterator[FieldError]:
    yield from between(own, at, "runAsUser", 0, _HIGHEST_ID)
    yield from between(own, at, "runAsGroup", 0, _HIGHEST_ID)
    for key, name in _PROFILES.items():
        profile, where = own.get(key), (*at, key)
        if not isinstance(profile, dict):
            continue
        kind, local = text(profile.get("type")), text(profile.get("localhostProfile"))
        yield from one_of(profile, where, "type", _PROFILE_TYPES)
        if kind == "Localhost" and not local:
            yield wrong(
                where, f"{name} of the type Localhost needs localhostProfile", "a path below the kubelet's folder"
            )
        if kind in ("RuntimeDefault", "Unconfined") and local:
            yield wrong(
                (*where, "localhostProfile"), f"{kind} takes no localhostProfile", "remove it", at_key=True
            )
        if key == "seccompProfile":
            yield from inside(profile, where, "localhostProfile", "folder of profiles")

"""Annotations of a Pod that Kubernetes reads: profiles of seccomp and AppArmor, the cost of its deletion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import choices, shown
from groundwork.kube.values import mapping, text
from kube_manifests.pods.found import items, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_PROFILES = ("runtime/default", "docker/default", "unconfined", "localhost/PATH")
_SECCOMP_FORM = re.compile(r"(runtime/default|docker/default|unconfined|localhost/(?!/)(?!.*\.\.).+)\Z")
_APP_ARMOR_PROFILES = ("runtime/default", "unconfined", "localhost/NAME")
_APP_ARMOR_FORM = re.compile(r"(|runtime/default|unconfined|localhost/.*)\Z")
_COST = "controller.kubernetes.io/pod-deletion-cost"
_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,9})\Z")
_MIRROR = "kubernetes.io/config.mirror"


def check(template: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with the annotations of a Pod, or of a template of Pods."""
    given, at = mapping(template, "metadata", "annotations"), (*path, "metadata", "annotations")
    spec = mapping(template, "spec")
    names = [text(one.get("name")) for key in ("initContainers", "containers") for _, one in items(spec, (), key)]
    for key, value in given.items():
        profile = text(value)
        if (key == SECCOMP_OF_POD or key.startswith(SECCOMP)) and not _SECCOMP_FORM.match(profile):
            yield wrong((*at, key), f"{shown(profile)} is none of {choices(_SECCOMP_PROFILES)}", _field("seccomp"))
        elif key.startswith(APP_ARMOR):
            container = key.removeprefix(APP_ARMOR)
            if container not in names:
                yield wrong(
                    (*at, key), f"there is no container {shown(container)}", _field("appArmor"), at_key=True
                )
            elif not _APP_ARMOR_FORM.match(profile):
                fact = f"{shown(profile)} is none of {choices(_APP_ARMOR_PROFILES)}"
                yield wrong((*at, key), fact, _field("appArmor"))
        elif key == _COST and profile and not _WHOLE.match(profile):
            yield wrong((*at, key), f"{shown(profile)} is not a whole number")
        elif key == _MIRROR and not text(spec.get("nodeName")):
            yield wrong((*at, key), "only the kubelet writes this annotation", "remove it", at_key=True)


def _field(name: str) -> str:
    return f"write securityContext.{name}Profile in place of it"

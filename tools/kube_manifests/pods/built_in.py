"""Kubernetes' own kinds: where their Pods stand, and what holds of the objects around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.kube.values import mapping, sequence, text
from kube_manifests.pods import beside, claims, pod, workloads
from kube_manifests.pods.found import at_least_one, items, wrong
from kube_manifests.structure import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def check(item: Any) -> list[FieldError]:
    """What an API server refuses of an object of Kubernetes' own, its schema apart; [] of other kinds."""
    kind = text(item.get("kind"))
    found: list[FieldError] = []
    if kind in _TEMPLATES:
        found += _template(item, kind)
    found += beside.check(item, kind)
    found += claims.of_object(item, kind)
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


def _claimed(item: Any) -> set[str]:
    """The volumes that a StatefulSet claims for each of its Pods."""
    templates = sequence(mapping(item, "spec").get("volumeClaimTemplates"))
    return {text(mapping(one, "metadata").get("name")) for one in templates}


def _template(item: Any, kind: str) -> Iterator[FieldError]:
    path = _TEMPLATES[kind]
    template = mapping(item, *map(str, path))
    spec = mapping(template, "spec")
    yield from pod.check(spec, (*path, "spec"), claimed=_claimed(item) if kind == "StatefulSet" else ())
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
    yield from workloads.check(item, kind, mapping(template, "metadata", "labels"))
    if kind in _RUN_ON and spec.get("activeDeadlineSeconds") is not None:
        yield wrong((*path, "spec", "activeDeadlineSeconds"), f"Pods of a {kind} have no deadline", at_key=True)

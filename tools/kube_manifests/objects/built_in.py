"""Kubernetes' own kinds: where their Pods stand, and what holds of the objects around them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groundwork.base.problems import Stage
from groundwork.base.wording import shown
from groundwork.kube.values import mapping, sequence, text
from groundwork.text.model import FieldError
from kube_manifests.extensions import admission_policies, definitions, webhooks
from kube_manifests.objects import (
    autoscalers,
    classes,
    data,
    endpoints,
    ingresses,
    jobs,
    policies,
    quotas,
    roles,
    services,
    storage,
    workloads,
)
from kube_manifests.pods import annotations as annotations_of
from kube_manifests.pods import claims, pod, volume_claims, warnings
from kube_manifests.pods.found import at_least_one, items, warned, wrong
from kube_manifests.pods.templates import template_metadata
from kube_manifests.schemas import names
from kube_manifests.structure import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.field_paths import Path

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
    found += _CHECKS[kind](item) if kind in _CHECKS else ()
    found += _claims_of_pods(item) if kind == "StatefulSet" else ()
    found += claims.of_object(item, kind)
    found += _finalizers(item) if kind in _TEMPLATES or kind in _QUALIFIED else ()
    return found


def warnings_of(item: Any) -> list[FieldError]:
    """What an API server accepts of such an object and warns of; [] of other kinds."""
    kind = text(item.get("kind"))
    found: list[FieldError] = []
    if kind in _TEMPLATES:
        path = _TEMPLATES[kind]
        found += warnings.check(mapping(item, *map(str, path)), path)
        found += _name_of_pods(item, kind)
    found += _WARNINGS[kind](item) if kind in _WARNINGS else ()
    found += _too_large_to_apply(item) if kind in _LARGE else ()
    return found


def _too_large_to_apply(item: Any) -> Iterator[FieldError]:
    """An object of which `kubectl apply` cannot keep its copy, in an annotation."""
    size = len(json.dumps(item, separators=(",", ":"), ensure_ascii=False, default=str).encode(errors="replace"))
    if size > metadata.ANNOTATIONS_LENGTH:
        most = metadata.ANNOTATIONS_LENGTH
        fact = f"{size} bytes: kubectl apply keeps a copy in an annotation, which holds {most}"
        yield FieldError(
            ("metadata",), "advice/size", fact, "kubectl apply --server-side keeps none", Stage.ADVICE
        )


def _claimed(item: Any) -> set[str]:
    """The volumes that a StatefulSet claims for each of its Pods."""
    templates = sequence(mapping(item, "spec").get("volumeClaimTemplates"))
    return {text(mapping(one, "metadata").get("name")) for one in templates}


def _claims_of_pods(item: Any) -> Iterator[FieldError]:
    """The claims of a StatefulSet for each of its Pods: the name of one is the name of a volume."""
    for at, one in items(item.get("spec"), ("spec",), "volumeClaimTemplates"):
        yield from volume_claims.check(mapping(one, "spec"), (*at, "spec"))
        name = mapping(one, "metadata").get("name", "")
        if isinstance(name, str) and (fault := names.dns_label(name) if name else "a claim needs a name"):
            yield wrong((*at, "metadata", "name"), f"{shown(name)}: {fault}")


def _template(item: Any, kind: str) -> Iterator[FieldError]:
    path = _TEMPLATES[kind]
    template = mapping(item, *map(str, path))
    spec = mapping(template, "spec")
    yield from annotations_of.check(template, path)
    yield from pod.check(spec, (*path, "spec"), claimed=_claimed(item) if kind == "StatefulSet" else ())
    if path:
        yield from template_metadata(template, path)
    yield from at_least_one(spec, (*path, "spec"), "containers", "container")
    for key in pod.LISTS:
        for at, one in items(spec, (*path, "spec"), key):
            if one.get("image", "") == "":
                yield wrong((*at, "image") if "image" in one else at, "a container needs an image")
    yield from workloads.check(item, kind, mapping(template, "metadata", "labels"))
    yield from _ends(spec, (*path, "spec"), kind)


def _ends(spec: dict[str, Any], at: Path, kind: str) -> Iterator[FieldError]:
    """What a kind allows of how its Pods end, and of what is added to them."""
    policy = text(spec.get("restartPolicy"))
    if kind in _RUN_ON and policy in ("OnFailure", "Never"):
        yield wrong((*at, "restartPolicy"), f"{policy}: Pods of a {kind} must be restarted", "Always, or none")
    if kind in ("Job", "CronJob") and spec and policy in ("", "Always"):
        fact = f"{policy}: a Pod of a {kind} must be able to end" if policy else f"a Pod of a {kind} needs one"
        yield wrong((*at, "restartPolicy"), fact, "OnFailure or Never")
    if spec.get("ephemeralContainers"):
        fact, hint = "they are added to a Pod that runs", "kubectl debug, or an init container"
        yield wrong((*at, "ephemeralContainers"), fact, hint, at_key=True)
    if kind in _RUN_ON and spec.get("activeDeadlineSeconds") is not None:
        yield wrong((*at, "activeDeadlineSeconds"), f"Pods of a {kind} have no deadline", at_key=True)


def _finalizers(item: Any) -> Iterator[FieldError]:
    """Finalizers without a domain, which only Kubernetes has."""
    for index, name in enumerate(sequence(mapping(item, "metadata").get("finalizers"))):
        if isinstance(name, str) and name and "/" not in name and name not in _OWN_FINALIZERS:
            hint = f"such as example.com/{name}"
            yield wrong(("metadata", "finalizers", index), f"{shown(name)} has no domain before a '/'", hint)


def _name_of_pods(item: Any, kind: str) -> Iterator[FieldError]:
    """A name that is used in the names of hosts, which are labels of DNS."""
    name = text(mapping(item, "metadata").get("name"))
    if kind in _HOSTS and name and (fault := names.dns_label(name)):
        fact = f"{shown(name)} becomes a part of Pods' host names, which it does not fit: {fault}"
        yield warned(("metadata", "name"), fact, "at most 63 letters, digits and '-'")


def _claims(item: Any) -> Iterator[FieldError]:
    """Warnings about the claims of a StatefulSet."""
    spec = mapping(item, "spec")
    for at, one in items(spec, ("spec",), "volumeClaimTemplates"):
        yield from storage.sizes(mapping(one, "spec"), (*at, "spec"))
    kept = spec.get("revisionHistoryLimit")
    if isinstance(kept, int) and kept < 0:
        yield warned(("spec", "revisionHistoryLimit"), f"{kept} keeps all revisions", "0, or more")


_OWN_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
_QUALIFIED = ("Service", "ConfigMap", "Secret", "PersistentVolumeClaim", "PersistentVolume", "Namespace")
"""Kinds, next to those with Pods, whose finalizers have a domain."""
_LARGE = ("ConfigMap", "Secret", "CustomResourceDefinition")
"""Kinds whose objects can be that large."""
_HOSTS = ("Pod", "Deployment", "ReplicaSet", "ReplicationController", "Job", "CronJob")
_CHECKS: dict[str, Callable[[Any], Iterator[FieldError]]] = {
    "Service": services.check,
    "ConfigMap": data.config_map,
    "Secret": data.secret,
    "PersistentVolumeClaim": storage.claim,
    "PersistentVolume": storage.volume,
    "StorageClass": storage.storage_class,
    "ResourceQuota": quotas.quota,
    "LimitRange": quotas.limits,
    "PriorityClass": quotas.priority,
    "IngressClass": classes.ingress_class,
    "RuntimeClass": classes.runtime_class,
    "CSIDriver": classes.driver,
    "Node": classes.node,
    "ValidatingAdmissionPolicy": admission_policies.policy,
    "ValidatingAdmissionPolicyBinding": admission_policies.binding,
    "NetworkPolicy": policies.check,
    "Ingress": ingresses.check,
    "Endpoints": endpoints.endpoints,
    "EndpointSlice": endpoints.slices,
    "HorizontalPodAutoscaler": autoscalers.autoscaler,
    "PodDisruptionBudget": autoscalers.budget,
    **dict.fromkeys(("Role", "ClusterRole"), roles.role),
    **dict.fromkeys(("RoleBinding", "ClusterRoleBinding"), roles.binding),
    **dict.fromkeys(("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"), webhooks.check),
    "CustomResourceDefinition": definitions.check,
}
_WARNINGS: dict[str, Callable[[Any], Iterator[FieldError]]] = {
    "Service": services.warnings,
    "Secret": data.secret_warnings,
    "RuntimeClass": classes.runtime_warnings,
    "ServiceAccount": data.account_warnings,
    "PersistentVolumeClaim": storage.claim_warnings,
    "PersistentVolume": storage.volume_warnings,
    "StorageClass": storage.class_warnings,
    "ResourceQuota": quotas.quota_warnings,
    "NetworkPolicy": policies.warnings,
    "Ingress": ingresses.warnings,
    "Endpoints": endpoints.endpoints_warnings,
    "EndpointSlice": endpoints.slices_warnings,
    "CustomResourceDefinition": definitions.warnings,
    "StatefulSet": _claims,
    "Job": lambda item: jobs.warnings(mapping(item, "spec"), ("spec",)),
}

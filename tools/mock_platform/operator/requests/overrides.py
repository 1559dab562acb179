"""`spec.overrides.profilingJob`: what a request may change of its profiling Job. Pure functions."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from dynamo_api.facts import names

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

_JOB = (
    "backoffLimit",
    "activeDeadlineSeconds",
    "ttlSecondsAfterFinished",
    "completions",
    "parallelism",
    "suspend",
)
_POD = (
    *("tolerations", "nodeSelector", "affinity", "priorityClassName", "serviceAccountName", "runtimeClassName"),
    *("dnsPolicy", "dnsConfig", "terminationGracePeriodSeconds", "topologySpreadConstraints"),
    "automountServiceAccountToken",
)
_PROFILER = ("image", "resources", "securityContext")
_COPIER = ("image", "resources")
_OURS = frozenset({"app", "dgdr", names.REQUEST_NAME, names.REQUEST_NAMESPACE, names.REQUEST_MANAGED_BY})
_TOKEN = f"{names.COPIER_CONTAINER}-kube-api-access"
_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  A folder.


def with_overrides(job: Object, overrides: Object) -> Object:
    """The Job with a JobSpec's fields over its own, as far as the real operator heeds them; the rest is ignored.

    Lists of named things merge by name. Of containers only `profiler` (or one without a name, which means it) and
    `output-copier` are known, the latter with image and resources alone.
    """
    job = copy.deepcopy(job)
    spec, template = job["spec"], overrides.get("template") or {}
    spec |= {key: overrides[key] for key in _JOB if overrides.get(key) is not None}
    _metadata(spec["template"], template.get("metadata") or {})
    pod, given = spec["template"]["spec"], template.get("spec") or {}
    pod |= {key: given[key] for key in _POD if given.get(key) not in (None, "", [], {})}
    pod["securityContext"] |= given.get("securityContext") or {}
    known = {item["name"] for item in pod["imagePullSecrets"]}
    pod["imagePullSecrets"] += [item for item in given.get("imagePullSecrets") or [] if item["name"] not in known]
    for key in ("volumes", "initContainers"):
        if given.get(key):
            pod[key] = by_name(pod.get(key) or [], given[key])
    _containers(pod, given.get("containers") or [])
    if pod.get("automountServiceAccountToken") is False:
        _token_for_copier(pod)
    return job


def by_name(low: list[Object], high: list[Object]) -> list[Object]:
    """Two lists of named things as one, in their order; of two with one name the second list's wins."""
    return list(({item["name"]: item for item in low} | {item["name"]: item for item in high}).values())


def _metadata(template: Object, given: Object) -> None:
    labels = {key: value for key, value in (given.get("labels") or {}).items() if key not in _OURS}
    metadata = {"labels": labels, "annotations": given.get("annotations") or {}}
    metadata = {key: value for key, value in metadata.items() if value}
    if metadata:
        template["metadata"] = metadata


def _containers(pod: Object, given: list[Object]) -> None:
    named = {item.get("name") or "": item for item in reversed(given)}
    profiler, copier = pod["containers"]
    over = named.get(names.PROFILER_CONTAINER) or named.get("") or {}
    profiler |= {key: over[key] for key in _PROFILER if over.get(key)}
    for key in ("env", "volumeMounts"):
        profiler[key] = by_name(profiler[key], over.get(key) or [])
    if over.get("envFrom"):
        profiler["envFrom"] = over["envFrom"]
    over = named.get(names.COPIER_CONTAINER) or {}
    copier |= {key: over[key] for key in _COPIER if over.get(key)}


def _token_for_copier(pod: Object) -> None:
    """No container gets the Pod's identity, but for the one that has to write the result."""
    sources = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {
            "downwardAPI": {
                "items": [
                    {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                ]
            }
        },
    ]
    pod["volumes"] = by_name(pod["volumes"], [{"name": _TOKEN, "projected": {"sources": sources}}])
    pod["containers"][1]["volumeMounts"].append({"name": _TOKEN, "mountPath": _TOKEN_PATH, "readOnly": True})

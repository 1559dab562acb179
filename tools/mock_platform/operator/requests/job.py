"""From a DynamoGraphDeploymentRequest to the Job that profiles for it: pure functions, no cluster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names
from dynamo_api.views import kept
from groundwork.kube.objects import Object, name_of, namespace_of, owner_reference
from groundwork.kube.values import mapping
from mock_platform.operator.requests.override_tool import with_override_tool
from mock_platform.operator.requests.overrides import with_overrides

if TYPE_CHECKING:
    from groundwork.kube.values import Json
    from mock_platform.operator.config import OperatorConfig

COPIER_IMAGE = "bitnami/kubectl:latest"
"""Image of the container that copies the output. With this tag the kubelet pulls at each start: where it cannot be
pulled, profiling goes on for ever."""
OUTPUT = "/data"
_OUTPUT_VOLUME = "profiling-output"
_CONFIG_VOLUME = "profiling-config"
_CACHE_VOLUME = "model-cache"
_CACHE_PATH = "/opt/model-cache"
_CONFIG_KEY = "disagg.yaml"
_SCRIPT = Path(__file__).with_name("output_copier.sh")
_FIELDS = (
    *("model", "backend", "image", "runtimeVersionOverride", "modelCache", "hardware", "workload", "sla"),
    *("overrides", "features", "searchStrategy", "autoApply"),
)
"""The order of a request's fields in the profiler's `--config`; others follow."""


def profiling_job(request: Object, config: OperatorConfig) -> Object:
    """The Job, owned by the request; what `spec.overrides.profilingJob` asks for is laid over it."""
    spec: Object = {
        "serviceAccountName": names.PROFILING_SERVICE_ACCOUNT,
        "restartPolicy": "Never",
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000},
        "imagePullSecrets": [{"name": names.PULL_SECRET}],
        "containers": [_profiler(request, config), _output_copier(request)],
        "volumes": _volumes(request),
    }
    job: Object = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": names.profiling_job(name_of(request)),
            "namespace": namespace_of(request),
            "labels": {
                "app": names.PROFILER,
                "dgdr": name_of(request),
                names.REQUEST_MANAGED_BY: names.MANAGER,
            },
            "ownerReferences": [owner_reference(request)],
        },
        # A profiling that failed fails again, and costs as much again.
        "spec": {"backoffLimit": 0, "template": {"spec": spec}},
    }
    overrides = request["spec"].get("overrides") or {}
    job = with_overrides(job, overrides.get("profilingJob") or {})
    return with_override_tool(job, config.image) if overrides.get("dgd") else job


def model_cache_claim(request: Object) -> str:
    """The PersistentVolumeClaim with the model, "" where there is none."""
    return str((request["spec"].get("modelCache") or {}).get("pvcName") or "")


def _profiler(request: Object, config: OperatorConfig) -> Object:
    token = {"secretKeyRef": {"name": names.TOKEN_SECRET, "key": names.TOKEN_KEY}}
    values = {
        "DGDR_NAME": name_of(request),
        "DGDR_NAMESPACE": namespace_of(request),
        "DGDR_UID": request["metadata"].get("uid", ""),
    }
    env: list[Object] = [{"name": name, "value": value} for name, value in values.items()]
    env.append({"name": "HUGGING_FACE_HUB_TOKEN", "valueFrom": token})
    env += [
        {"name": name, "value": value}
        for name, value in (
            ("NATS_SERVER", config.nats_server),
            ("PROMETHEUS_ENDPOINT", config.prometheus_endpoint),
        )
        if value
    ]
    mounts: list[Object] = [{"name": _OUTPUT_VOLUME, "mountPath": OUTPUT}]
    if model_cache_claim(request):
        path = request["spec"]["modelCache"].get("pvcMountPath") or _CACHE_PATH
        mounts.append({"name": _CACHE_VOLUME, "mountPath": path, "readOnly": True})
    if _alpha_config(request).get("configMapRef"):
        mounts.append({"name": _CONFIG_VOLUME, "mountPath": "/config", "readOnly": True})
    return {
        "name": names.PROFILER_CONTAINER,
        "image": request["spec"].get("image", ""),
        "command": ["python", "-m", "dynamo.profiler"],
        "args": ["--config", _config(request["spec"]), "--output-dir", OUTPUT],
        "env": env,
        "volumeMounts": mounts,
        "workingDir": "/workspace",
    }


def _config(spec: Object) -> str:
    ordered = {key: spec[key] for key in _FIELDS if key in spec} | spec
    return json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)


def _output_copier(request: Object) -> Object:
    metadata = {
        "labels": output_labels(request),
        "ownerReferences": [owner_reference(request)],
    }
    script = _SCRIPT.read_text(encoding="utf-8")
    for word, value in (
        ("CONFIGMAP", names.profiling_output(name_of(request))),
        ("NAMESPACE", namespace_of(request)),
        ("FOLDER", OUTPUT),
        ("METADATA", json.dumps({"metadata": metadata})),
    ):
        script = script.replace(f"@{word}@", value)
    return {
        "name": names.COPIER_CONTAINER,
        "image": COPIER_IMAGE,
        "command": ["/bin/sh", "-c"],
        "args": [script],
        "volumeMounts": [{"name": _OUTPUT_VOLUME, "mountPath": OUTPUT, "readOnly": True}],
    }


def output_labels(request: Object) -> dict[str, str]:
    """What ConfigMaps and the DynamoGraphDeployment of a request are labelled with."""
    return {
        names.REQUEST_NAME: name_of(request),
        names.REQUEST_NAMESPACE: namespace_of(request),
        names.REQUEST_MANAGED_BY: names.MANAGER,
    }


def _volumes(request: Object) -> list[Object]:
    alpha = _alpha_config(request)
    output: Object = {"emptyDir": {}}
    if alpha.get("outputPVC"):
        output = {"persistentVolumeClaim": {"claimName": alpha["outputPVC"]}}
    volumes = [{"name": _OUTPUT_VOLUME, **output}]
    claim = model_cache_claim(request)
    if claim:
        volumes.append({"name": _CACHE_VOLUME, "persistentVolumeClaim": {"claimName": claim, "readOnly": True}})
    reference = alpha.get("configMapRef")
    if reference:
        item = {"key": reference.get("key") or _CONFIG_KEY, "path": _CONFIG_KEY}
        volumes.append({"name": _CONFIG_VOLUME, "configMap": {"name": reference.get("name"), "items": [item]}})
    return volumes


def _alpha_config(request: Object) -> Json:
    """`spec.profilingConfig` of a v1alpha1 request, what v1beta1 has no field for: conversion keeps it."""
    return mapping(kept.spec(request, kinds.REQUEST), "profilingConfig")

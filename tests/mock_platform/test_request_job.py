"""The profiling Job: what a request's fields make of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.requests.job import profiling_job

Object = dict[str, Any]
CONFIG = OperatorConfig("1.5.0", nats_server="nats://n:4222", prometheus_endpoint="http://p:9090")


@pytest.fixture
def request_(request_facts: Object) -> Object:
    found: Object = request_facts["request"]
    return found


def pod(request: Object) -> Object:
    found: Object = profiling_job(request, CONFIG)["spec"]["template"]["spec"]
    return found


def overridden(request: Object, **overrides: Any) -> Object:
    request["spec"]["overrides"] = {"profilingJob": overrides}
    found: Object = profiling_job(request, CONFIG)["spec"]
    return found


def test_the_profiler_gets_the_spec_as_it_is_in_the_order_of_the_api(request_: Object) -> None:
    request_["spec"]["model"] = "möd/el"
    config = pod(request_)["containers"][0]["args"][1]
    assert json.loads(config) == request_["spec"]
    assert config.startswith('{"model":"möd/el","backend":"vllm","image":')


def test_nats_and_prometheus_reach_the_profiler_where_configured(request_: Object) -> None:
    env = {item["name"]: item.get("value") for item in pod(request_)["containers"][0]["env"]}
    assert (env["NATS_SERVER"], env["PROMETHEUS_ENDPOINT"]) == ("nats://n:4222", "http://p:9090")
    assert list(env) == sorted(env)


@pytest.mark.parametrize(("path", "mounted"), [({}, "/opt/model-cache"), ({"pvcMountPath": "/m"}, "/m")])
def test_a_model_cache_is_mounted_read_only(request_: Object, path: Object, mounted: str) -> None:
    request_["spec"]["modelCache"] = {"pvcName": "cache", **path}
    made = pod(request_)
    assert made["volumes"][1] == {
        "name": "model-cache",
        "persistentVolumeClaim": {"claimName": "cache", "readOnly": True},
    }
    mount = {"name": "model-cache", "mountPath": mounted, "readOnly": True}
    assert mount in made["containers"][0]["volumeMounts"]


def test_what_only_v1alpha1_has_is_kept_in_its_annotation(request_: Object) -> None:
    config = {"configMapRef": {"name": "base", "key": "mine.yaml"}, "outputPVC": "results"}
    kept = {"version": 1, "spec": {"profilingConfig": config}}
    request_["metadata"]["annotations"] = {"nvidia.com/dgdr-spec": json.dumps(kept)}
    made = pod(request_)
    assert made["volumes"][0]["persistentVolumeClaim"] == {"claimName": "results"}
    items = [{"key": "mine.yaml", "path": "disagg.yaml"}]
    assert made["volumes"][1] == {"name": "profiling-config", "configMap": {"name": "base", "items": items}}
    mount = {"name": "profiling-config", "mountPath": "/config", "readOnly": True}
    assert mount in made["containers"][0]["volumeMounts"]


@pytest.mark.parametrize("junk", ["{", "[]", '{"spec": {"profilingConfig": 1}}', '{"spec": 1}'])
def test_an_annotation_that_somebody_spoilt_counts_for_nothing(request_: Object, junk: str) -> None:
    request_["metadata"]["annotations"] = {"nvidia.com/dgdr-spec": junk}
    assert [volume["name"] for volume in pod(request_)["volumes"]] == ["profiling-output"]


def test_overrides_of_the_job_and_its_pod(request_: Object) -> None:
    toleration = {"key": "nvidia.com/gpu", "operator": "Exists"}
    spec = {
        "tolerations": [toleration],
        "nodeSelector": {"a": "b"},
        "securityContext": {"runAsUser": 2000},
        "imagePullSecrets": [{"name": "mine"}, {"name": "nvcr-imagepullsecret"}],
        "volumes": [{"name": "mine", "emptyDir": {}}],
        "hostNetwork": True,
    }
    metadata = {"labels": {"team": "a", "app": "other"}, "annotations": {"note": "b"}}
    template = {"metadata": metadata, "spec": spec}
    made = overridden(request_, backoffLimit=2, activeDeadlineSeconds=60, template=template)
    assert (made["backoffLimit"], made["activeDeadlineSeconds"]) == (2, 60)
    assert made["template"]["metadata"] == {"labels": {"team": "a"}, "annotations": {"note": "b"}}
    after = made["template"]["spec"]
    assert (after["tolerations"], after["nodeSelector"]) == ([toleration], {"a": "b"})
    assert after["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": 2000, "runAsGroup": 1000, "fsGroup": 1000,
    }  # fmt: skip
    assert [item["name"] for item in after["imagePullSecrets"]] == ["nvcr-imagepullsecret", "mine"]
    assert [item["name"] for item in after["volumes"]] == ["profiling-output", "mine"]
    assert "hostNetwork" not in after, "not among what may be overridden"


@pytest.mark.parametrize("name", ["profiler", ""])
def test_overrides_of_the_profiler(request_: Object, name: str) -> None:
    limits = {"limits": {"memory": "1Gi"}}
    env = [{"name": "DGDR_NAME", "value": "x"}, {"name": "MINE", "value": "y"}]
    given = {"resources": limits, "env": env, "command": ["sh"], "envFrom": [{"secretRef": {"name": "s"}}]}
    profiler, copier = overridden(
        request_, template={"spec": {"containers": [{"name": name, **given}, {"name": "z", "image": "no"}]}}
    )["template"]["spec"]["containers"]
    values = {item["name"]: item.get("value") for item in profiler["env"]}
    assert (values["DGDR_NAME"], values["MINE"], values["DGDR_NAMESPACE"]) == ("x", "y", "demo")
    assert (profiler["resources"], profiler["envFrom"]) == (limits, given["envFrom"])
    assert profiler["command"] == ["python", "-m", "dynamo.profiler"]
    assert copier["image"] == "bitnami/kubectl:latest"


def test_overrides_of_the_output_copier(request_: Object) -> None:
    given = {"name": "output-copier", "image": "mirror.invalid/kubectl:1", "args": ["no"], "env": [{"name": "NO"}]}
    copier = overridden(request_, template={"spec": {"containers": [given]}})["template"]["spec"]["containers"][1]
    assert copier["image"] == "mirror.invalid/kubectl:1"
    assert copier["args"] != ["no"]
    assert "env" not in copier


def test_only_the_copier_gets_the_pod_s_identity_where_it_is_not_for_all(request_: Object) -> None:
    made = overridden(request_, template={"spec": {"automountServiceAccountToken": False}})["template"]["spec"]
    profiler, copier = made["containers"]
    path = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert made["automountServiceAccountToken"] is False
    assert path not in [mount["mountPath"] for mount in profiler["volumeMounts"]]
    assert path in [mount["mountPath"] for mount in copier["volumeMounts"]]

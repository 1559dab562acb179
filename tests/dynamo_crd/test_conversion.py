"""What each field is in the other version, what is kept, which edit wins; and the webhook's answers."""

from __future__ import annotations

import copy
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dynamo_api.conversion import (
    ALPHA,
    BETA,
    KINDS,
    ConversionError,
    beta_form,
    convert,
    kept,
    left_out,
    review,
)
from groundwork.base.paths import root
from support.zero_values import meant, meant_service

PAIRS = yaml.safe_load((Path(__file__).parent / "conversion_pairs.yaml").read_text(encoding="utf-8"))
OTHER = {ALPHA: BETA, BETA: ALPHA}


def pairs(section, *fields):
    """Parameters of a test: some fields of each entry of a section."""
    return [
        pytest.param(*(entry.get(field) for field in fields), id=name) for name, entry in PAIRS[section].items()
    ]


def graph(version, component):
    component = yaml.safe_load(component) if isinstance(component, str) else component
    spec = {"services": {"A": component}} if version == ALPHA else {"components": [{"name": "A", **component}]}
    return {"apiVersion": version, "kind": "DynamoGraphDeployment", "metadata": {"name": "g"}, "spec": spec}


def obj(kind, version, spec=None, status=None):
    made = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}
    parts = {"spec": spec, "status": status}
    return made | {
        name: yaml.safe_load(part) if isinstance(part, str) else part
        for name, part in parts.items()
        if part is not None
    }


def kept_of(made, part="spec"):
    name = kept.names(made["kind"])[part == "status"]
    return json.loads(made["metadata"].get("annotations", {}).get(name, "null"))


@pytest.mark.parametrize(("alpha", "beta"), pairs("components", "v1alpha1", "v1beta1"))
def test_a_component_is_the_same_in_the_other_version(alpha, beta):
    assert convert(graph(ALPHA, alpha), BETA) == graph(BETA, beta)
    assert meant(convert(graph(BETA, beta), ALPHA)) == graph(ALPHA, alpha)


@pytest.mark.parametrize(("alpha", "left"), pairs("alphaOnly", "v1alpha1", "left"))
def test_what_a_component_cannot_say_in_v1beta1_is_kept(alpha, left):
    made = convert(graph(ALPHA, alpha), BETA)
    assert made["spec"] == graph(BETA, left)["spec"]
    assert kept_of(made)["version"] == 1
    assert meant(convert(made, ALPHA)) == graph(ALPHA, alpha)


@pytest.mark.parametrize(("beta", "left"), pairs("betaOnly", "v1beta1", "left"))
def test_what_a_component_cannot_say_in_v1alpha1_is_kept(beta, left):
    made = convert(graph(BETA, beta), ALPHA)
    assert meant(made)["spec"] == graph(ALPHA, left)["spec"]
    assert kept_of(made)["version"] == 1
    assert convert(made, BETA) == graph(BETA, beta)


def test_the_pairs_have_every_field_of_a_component(by_kind):
    for kind in ("DynamoGraphDeployment", "DynamoComponentDeployment"):
        for version in by_kind[kind]["spec"]["versions"]:
            fields = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
            if kind == "DynamoGraphDeployment":
                inner = fields["services" if version["name"] == "v1alpha1" else "components"]
                fields = (inner.get("additionalProperties") or inner["items"])["properties"]
            entries = [
                entry for section in ("components", "alphaOnly", "betaOnly") for entry in PAIRS[section].values()
            ]
            used = {field for entry in entries for field in entry.get(version["name"], {})}
            assert set(fields) - used - {"name", "backendFramework"} == set()


@pytest.mark.parametrize(
    ("kind", "part", "alpha", "beta"), pairs("objects", "kind", "part", "v1alpha1", "v1beta1")
)
def test_an_object_is_the_same_in_the_other_version(kind, part, alpha, beta):
    assert convert(obj(kind, ALPHA, **{part: alpha}), BETA) == obj(kind, BETA, **{part: beta})
    assert convert(obj(kind, BETA, **{part: beta}), ALPHA) == obj(kind, ALPHA, **{part: alpha})


@pytest.mark.parametrize(
    ("kind", "part", "alpha", "beta", "left"), pairs("kept", "kind", "part", "v1alpha1", "v1beta1", "kept")
)
def test_what_an_object_cannot_say_in_the_other_version_is_kept(kind, part, alpha, beta, left):
    version = ALPHA if beta is None else BETA
    given = obj(kind, version, **{part: alpha or beta})
    made = convert(given, OTHER[version])
    found = kept_of(made, part)
    assert (found["spec"] if part == "spec" else found) == left
    assert meant(convert(made, version)) == meant(given)


def test_the_pairs_have_every_field_of_their_kinds(by_kind):
    entries = [*PAIRS["objects"].values(), *PAIRS["kept"].values()]
    for kind in set(KINDS) - {"DynamoComponentDeployment"}:
        for version in by_kind[kind]["spec"]["versions"]:
            for part in ("spec", "status"):
                ours = [entry for entry in entries if (entry["kind"], entry["part"]) == (kind, part)]
                used = {field for entry in ours for field in entry.get(version["name"], {})}
                fields = version["schema"]["openAPIV3Schema"]["properties"][part]["properties"]
                assert set(fields) - used == set()


@pytest.mark.parametrize(
    ("state", "phase", "back"),
    [
        ("Initializing", "Pending", "Pending"),
        ("Pending", "Pending", "Pending"),
        ("Profiling", "Profiling", "Profiling"),
        ("Deploying", "Deploying", "Deploying"),
        ("Ready", "Ready", "Ready"),
        ("DeploymentDeleted", "Ready", "Ready"),
        ("Failed", "Failed", "Failed"),
        ("what older operators said", "Pending", "Pending"),
    ],
)
def test_states_and_phases_of_a_request(state, phase, back):
    made = convert(obj("DynamoGraphDeploymentRequest", ALPHA, status=f"{{state: {state}}}"), BETA)
    assert made["status"] == {"phase": phase}
    assert convert(made, ALPHA)["status"]["state"] == state
    fresh = obj("DynamoGraphDeploymentRequest", BETA, status=f"{{phase: {phase}}}")
    assert convert(fresh, ALPHA)["status"]["state"] == back


def test_a_request_is_deployed_once_its_graph_was_created():
    status = "{state: Ready, deployment: {name: d, created: true}}"
    made = convert(obj("DynamoGraphDeploymentRequest", ALPHA, status=status), BETA)
    assert made["status"] == {"phase": "Deployed", "dgdName": "d"}


def test_a_deployed_request_is_ready_in_v1alpha1_and_deployed_again_in_v1beta1():
    given = obj("DynamoGraphDeploymentRequest", BETA, status="{phase: Deployed, dgdName: d}")
    made = convert(given, ALPHA)
    assert made["status"] == {"state": "Ready", "deployment": {"name": "d", "state": ""}}
    assert convert(made, BETA) == given


def test_defaults_of_one_version_are_said_in_the_other_which_has_others():
    alpha = convert(obj("DynamoGraphDeploymentRequest", BETA, spec="{model: m}"), ALPHA)
    assert alpha["spec"] == {
        "model": "m",
        "backend": "auto",
        "autoApply": True,
        "profilingConfig": {"profilerImage": ""},
    }
    beta = convert(obj("DynamoGraphDeploymentRequest", ALPHA, spec="{model: m, backend: vllm}"), BETA)
    assert beta["spec"] == {"model": "m", "backend": "vllm", "autoApply": False}


def test_a_component_that_stands_alone_is_named_as_its_object_where_it_has_no_name():
    made = convert(obj("DynamoComponentDeployment", ALPHA, spec="{componentType: planner}"), BETA)
    assert made["spec"] == {"name": "x", "type": "planner"}
    assert kept_of(made) == {"version": 1, "spec": {}, "rawJSON": [{"path": "serviceName", "nil": True}]}
    assert convert(made, ALPHA)["spec"] == {"componentType": "planner"}


def test_components_are_in_the_order_of_their_names_or_in_the_one_they_had():
    alpha = obj("DynamoGraphDeployment", ALPHA, spec="{services: {b: {}, a: {}}}")
    assert names(convert(alpha, BETA)) == ["a", "b"]
    beta = obj("DynamoGraphDeployment", BETA, spec="{components: [{name: b}, {name: a}, {name: c}]}")
    there = convert(beta, ALPHA)
    assert convert(there, BETA) == beta
    there["spec"]["services"] |= {"aa": {}}
    assert names(convert(there, BETA)) == ["b", "a", "c", "aa"]
    del there["spec"]["services"]["a"]
    assert names(convert(there, BETA)) == ["b", "c", "aa"]


def names(made):
    return [component["name"] for component in made["spec"]["components"]]


def test_no_annotation_is_written_where_nothing_is_lost():
    made = convert(graph(ALPHA, "{componentType: frontend}"), BETA)
    assert "annotations" not in made["metadata"]


@pytest.mark.parametrize("written", ["{}", "{name: '', resources: {}}", "{name: ''}"])
def test_a_main_container_is_read_with_an_empty_name_and_empty_resources(written):
    component = yaml.safe_load(f"{{extraPodSpec: {{mainContainer: {written}}}}}")
    component["extraPodSpec"]["mainContainer"]["image"] = "i"
    stored = convert(graph(ALPHA, component), BETA)
    assert stored == graph(BETA, "{podTemplate: {spec: {containers: [{name: main, image: i}]}}}")
    wanted = {"extraPodSpec": {"mainContainer": {"name": "", "image": "i", "resources": {}}}}
    read = convert(stored, ALPHA)
    assert read == graph(ALPHA, wanted)
    assert convert(convert(read, BETA), ALPHA) == read


def test_a_main_container_that_says_its_name_and_resources_is_read_with_them():
    component = "{extraPodSpec: {mainContainer: {name: w, resources: {limits: {cpu: '1'}}}}}"
    given = graph(ALPHA, component)
    assert convert(convert(given, BETA), ALPHA) == given
    alone = obj("DynamoComponentDeployment", ALPHA, spec=component)
    assert convert(convert(alone, BETA), ALPHA) == alone


def test_a_component_without_a_main_container_gets_none():
    given = graph(ALPHA, "{extraPodSpec: {nodeSelector: {a: b}}, envs: [{name: A}]}")
    assert convert(convert(given, BETA), ALPHA) == given


@pytest.mark.parametrize("flags", ["{autoApply: false, useMocker: false}", "{autoApply: false}", "{}"])
def test_a_request_is_read_without_the_flags_that_are_false(flags):
    plain = {"model": "m", "backend": "vllm", "profilingConfig": {"profilerImage": "i"}}
    given = obj("DynamoGraphDeploymentRequest", ALPHA, spec=plain | yaml.safe_load(flags))
    stored = convert(given, BETA)
    assert stored["spec"] == {"model": "m", "backend": "vllm", "image": "i", "autoApply": False}
    assert convert(stored, ALPHA) == obj("DynamoGraphDeploymentRequest", ALPHA, spec=plain)


def test_a_request_is_read_with_the_flags_that_are_true():
    flags = {"autoApply": True, "useMocker": True}
    spec = {"model": "m", "backend": "vllm", "profilingConfig": {"profilerImage": "i"}, **flags}
    given = obj("DynamoGraphDeploymentRequest", ALPHA, spec=spec)
    assert convert(convert(given, BETA), ALPHA) == given


def test_annotations_of_others_stay():
    given = graph(ALPHA, "{ingress: {enabled: true}}")
    given["metadata"]["annotations"] = {"a": "b", "nvidia.com/generated-dgd-spec": ""}
    made = convert(given, BETA)
    assert made["metadata"]["annotations"].keys() == {"a", "nvidia.com/generated-dgd-spec", "nvidia.com/dgd-spec"}
    assert convert(made, ALPHA) == given


# Edits: the object is changed in the version it was converted to, and read again in its own.

RESOURCES_IN_TWO_PLACES = """
resources: {limits: {gpu: '1', gpuType: amd.com/gpu}}
extraPodSpec: {mainContainer: {name: w, image: i, resources: {limits: {cpu: '4'}}}}
"""
FULL = """
componentType: worker
replicas: 2
ingress: {enabled: true}
envs: [{name: A, value: '1'}]
resources: {limits: {gpu: '1', gpuType: amd.com/gpu}}
livenessProbe: {periodSeconds: 5}
extraPodSpec:
  mainContainer: {name: w, image: 'i:1', env: [{name: B, value: '2'}], resources: {limits: {cpu: '4'}}}
"""


def edited(component, change):
    """A v1alpha1 component whose v1beta1 form was changed."""
    made = convert(graph(ALPHA, component), BETA)
    change(made["spec"]["components"][0])
    return meant_service(convert(made, ALPHA)["spec"]["services"]["A"])


def main(component):
    return component["podTemplate"]["spec"]["containers"][0]


def test_an_edit_of_the_image_changes_the_image_and_nothing_else():
    wanted = yaml.safe_load(FULL)
    wanted["extraPodSpec"]["mainContainer"]["image"] = "i:2"
    assert edited(FULL, lambda component: main(component).update(image="i:2")) == wanted


def test_an_edit_of_what_was_kept_wins_and_the_rest_stays():
    found = edited(
        RESOURCES_IN_TWO_PLACES, lambda made: main(made).update(resources={"limits": {"nvidia.com/gpu": "2"}})
    )
    assert found == {
        "resources": {"limits": {"gpu": "2"}},
        "extraPodSpec": {"mainContainer": {"name": "w", "image": "i"}},
    }


def test_environment_that_is_added_stands_with_the_components_own_and_the_rest_where_it_was():
    found = edited(FULL, lambda component: main(component)["env"].insert(0, {"name": "C", "value": "3"}))
    assert found["envs"] == [{"name": "C", "value": "3"}, {"name": "A", "value": "1"}]
    assert found["extraPodSpec"]["mainContainer"]["env"] == [{"name": "B", "value": "2"}]


def test_environment_of_the_main_container_alone_stays_there_when_more_is_added():
    component = "{extraPodSpec: {mainContainer: {env: [{name: A, value: '1'}]}}}"
    found = edited(component, lambda made: main(made)["env"].append({"name": "B"}))
    assert found == {"extraPodSpec": {"mainContainer": {"env": [{"name": "A", "value": "1"}, {"name": "B"}]}}}


def test_probes_and_resources_of_the_main_container_stay_there_when_they_change():
    component = (
        "{extraPodSpec: {mainContainer: {livenessProbe: {periodSeconds: 1}, resources: {limits: {cpu: '1'}}}}}"
    )

    def change(made):
        main(made)["livenessProbe"]["periodSeconds"] = 2
        main(made)["resources"]["limits"]["cpu"] = "2"

    rest = {"livenessProbe": {"periodSeconds": 2}, "resources": {"limits": {"cpu": "2"}}}
    assert edited(component, change) == {"extraPodSpec": {"mainContainer": rest}}


def test_what_is_removed_is_gone():
    component = FULL.replace("name: w, ", "")
    found = edited(component, lambda component: component.pop("podTemplate"))
    assert found == {"componentType": "worker", "replicas": 2, "ingress": {"enabled": True}}


def test_a_component_that_is_removed_takes_what_was_kept_of_it_along():
    given = graph(ALPHA, FULL)
    given["spec"]["services"]["B"] = yaml.safe_load(FULL)
    made = convert(given, BETA)
    del made["spec"]["components"][0]
    back = convert(made, ALPHA)
    assert back["spec"] == {"services": {"B": yaml.safe_load(FULL)}}
    assert "annotations" not in back["metadata"]


def test_a_component_that_is_renamed_is_a_new_one():
    found = convert(graph(ALPHA, FULL), BETA)
    found["spec"]["components"][0]["name"] = "B"
    back = convert(found, ALPHA)["spec"]["services"]
    assert "ingress" not in back["B"]
    assert back["B"]["replicas"] == 2


def test_a_scaling_adapter_that_is_turned_on_in_v1beta1_is_on():
    assert edited("{scalingAdapter: {enabled: false}}", lambda made: made.update(scalingAdapter={})) == {
        "scalingAdapter": {"enabled": True}
    }


def test_an_edit_in_v1alpha1_wins_over_what_was_kept_of_v1beta1():
    beta = """
    frontendSidecar: f
    experimental: {grove: {forceScalingGroup: true}}
    podTemplate:
      spec:
        containers:
          - {name: f, image: 'f:1'}
          - {name: main, image: 'i:1', resources: {limits: {nvidia.com/gpu: 1}}}
    """
    there = convert(graph(BETA, beta), ALPHA)
    service = there["spec"]["services"]["A"]
    service["extraPodSpec"]["mainContainer"]["image"] = "i:2"
    service["extraPodSpec"]["containers"][0]["image"] = "f:2"
    wanted = yaml.safe_load(beta)
    wanted["podTemplate"]["spec"]["containers"][0]["image"] = "f:2"
    wanted["podTemplate"]["spec"]["containers"][1]["image"] = "i:2"
    assert convert(there, BETA) == graph(BETA, wanted)
    service["resources"]["limits"]["gpu"] = "2"
    found = convert(there, BETA)["spec"]["components"][0]
    assert found["podTemplate"]["spec"]["containers"][1]["resources"] == {"limits": {"nvidia.com/gpu": "2"}}
    assert found["experimental"] == {"grove": {"forceScalingGroup": True}}


def test_a_sidecar_that_v1alpha1_removes_takes_its_name_along():
    beta = "{frontendSidecar: f, podTemplate: {spec: {containers: [{name: main, image: i}, {name: f, image: f}]}}}"
    there = convert(graph(BETA, beta), ALPHA)
    del there["spec"]["services"]["A"]["extraPodSpec"]["containers"]
    assert (
        convert(there, BETA)["spec"]
        == graph(BETA, "{podTemplate: {spec: {containers: [{name: main, image: i}]}}}")["spec"]
    )


def test_an_edit_of_a_requests_targets_wins():
    config = {"sla": {"ttft": 5, "isl": 1}, "sweep": {"a": 1}}
    spec = {"model": "m", "backend": "vllm", "profilingConfig": {"profilerImage": "i", "config": config}}
    there = convert(obj("DynamoGraphDeploymentRequest", ALPHA, spec=spec), BETA)
    there["spec"]["sla"] = {"itl": 7}
    there["spec"]["workload"]["isl"] = 2
    assert convert(there, ALPHA)["spec"]["profilingConfig"]["config"] == {
        "sla": {"itl": 7, "isl": 2},
        "sweep": {"a": 1},
    }


def test_a_request_that_fails_in_v1alpha1_is_not_deployed_in_v1beta1():
    there = convert(
        obj("DynamoGraphDeploymentRequest", BETA, status="{phase: Deployed, profilingJobName: j}"), ALPHA
    )
    there["status"]["state"] = "Failed"
    assert convert(there, BETA)["status"] == {"phase": "Failed", "profilingJobName": "j"}


# What cannot be converted.


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "$: expected an object, got list []"),
        ({"kind": "Pod"}, "$.kind: 'Pod' is none of "),
        ({"kind": KINDS[0]}, "$.apiVersion: None is neither nvidia.com/v1alpha1 nor nvidia.com/v1beta1"),
        ({"kind": KINDS[0], "apiVersion": "nvidia.com/v1"}, "$.apiVersion: 'nvidia.com/v1' is neither "),
        (obj(KINDS[0], ALPHA, spec="[1]"), "$.spec: expected an object, got list [1]"),
        (obj(KINDS[0], ALPHA, spec="{services: [a]}"), "$.spec.services: expected an object, got list ['a']"),
        (graph(ALPHA, "{envs: {A: b}}"), "$.spec.services.A.envs: expected a list, got dict {'A': 'b'}"),
        (graph(ALPHA, "{envs: [1]}"), "$.spec.services.A.envs[0]: expected an object, got int 1"),
        (graph(ALPHA, "{extraPodSpec: x}"), "$.spec.services.A.extraPodSpec: expected an object, got str 'x'"),
        (obj(KINDS[0], ALPHA) | {"metadata": "x"}, "$.metadata: expected an object, got str 'x'"),
    ],
)
def test_what_cannot_be_converted_is_told_with_its_place(given, message):
    with pytest.raises(ConversionError) as caught:
        convert(given, BETA)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{components: [{}]}", "$.spec.components[0].name: expected a name, got None"),
        (
            "{components: [{name: a}, {name: a}]}",
            "$.spec.components[1].name: 'a' is also the name of another item",
        ),
        (
            "{components: [{name: a, podTemplate: {spec: {containers: [{name: main}, {name: main}]}}}]}",
            "$.spec.components[0].podTemplate.spec.containers: 2 containers are named 'main'",
        ),
    ],
)
def test_a_v1beta1_object_that_cannot_be_converted_is_told_with_its_place(spec, message):
    with pytest.raises(ConversionError) as caught:
        convert(obj(KINDS[0], BETA, spec=spec), ALPHA)
    assert str(caught.value) == message


def test_only_the_two_versions_are_converted_to():
    with pytest.raises(ConversionError, match="cannot be converted to 'nvidia"):
        convert(graph(ALPHA, "{}"), "nvidia.com/v2")


def test_an_object_in_the_version_asked_for_is_copied():
    given = graph(ALPHA, "{envs: [{name: A}]}")
    made = convert(given, ALPHA)
    assert made == given
    made["spec"]["services"]["A"]["envs"].append({"name": "B"})
    assert len(given["spec"]["services"]["A"]["envs"]) == 1


def test_nulls_are_dropped_but_not_where_anything_may_stand():
    given = graph(ALPHA, "{replicas: 1, resources: null, extraPodSpec: {mainContainer: {args: null, image: i}}}")
    assert convert(given, BETA) == graph(
        BETA, "{replicas: 1, podTemplate: {spec: {containers: [{name: main, image: i}]}}}"
    )


# The webhook.


def asked(objects, version=BETA):
    request = {"uid": "u-1", "desiredAPIVersion": version, "objects": objects}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview", "request": request}


def test_a_review_is_answered_with_the_objects_in_order():
    given = [graph(ALPHA, "{}"), graph(BETA, "{}"), obj("DynamoGraphDeploymentRequest", ALPHA)]
    wanted = [convert(given[0], BETA) | {"status": {"state": ""}}, *(convert(one, BETA) for one in given[1:])]
    answer = review(copy.deepcopy(asked(given)))
    assert answer == {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "ConversionReview",
        "response": {
            "uid": "u-1",
            "convertedObjects": wanted,
            "result": {"status": "Success"},
        },
    }


def test_a_status_that_is_there_stays_as_it_is():
    given = [graph(ALPHA, "{}") | {"status": {"state": "pending"}}]
    assert review(asked(given))["response"]["convertedObjects"][0]["status"] == {"state": "pending"}
    back = review(asked([graph(BETA, "{}")], ALPHA))["response"]["convertedObjects"]
    assert "status" not in back[0]


def test_a_review_fails_as_a_whole_and_names_the_object():
    answer = review(asked([graph(ALPHA, "{}"), graph(ALPHA, "{envs: 1}")]))["response"]
    fact = "$.spec.services.A.envs: expected a list, got int 1 (DynamoGraphDeployment 'g')"
    assert answer == {"uid": "u-1", "convertedObjects": [], "result": {"status": "Failed", "message": fact}}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "ConversionReview"},
        asked([]) | {"request": None},
        asked("x"),
        asked([1]),
        asked([None]),
        asked([graph(ALPHA, "{}")], None),
        asked([graph(ALPHA, "{}")], "v2"),
        asked([{"kind": [], "apiVersion": {}}]),
    ],
)
def test_a_review_that_makes_no_sense_is_answered_all_the_same(body):
    response = review(body)["response"]
    assert response["result"]["status"] == "Failed"
    assert response["result"]["message"].startswith("$")
    assert response["convertedObjects"] == []


def test_a_fault_of_the_converter_is_an_answer_too(monkeypatch):
    def broken(*_):
        raise RuntimeError("no")

    monkeypatch.setattr(importlib.import_module("dynamo_api.conversion.reviews"), "convert_any", broken)
    result = review(asked([graph(ALPHA, "{}")]))["response"]["result"]
    assert result == {"status": "Failed", "message": "conversion failed: RuntimeError: no"}


def test_nothing_but_python_is_needed():
    command = [sys.executable, "-S", "-c", "import dynamo_api.conversion"]
    done = subprocess.run(command, env={"PYTHONPATH": str(root() / "tools")}, capture_output=True, check=False)
    assert done.stderr == b""


# For people who write a manifest anew.


def test_the_v1beta1_form_of_a_manifest_has_nothing_kept_and_nothing_of_the_server():
    given = graph(ALPHA, FULL) | {"status": {"state": "pending"}}
    given["metadata"] |= {"uid": "u", "resourceVersion": "1", "managedFields": []}
    given["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    found = beta_form(given)
    assert found == {
        "apiVersion": BETA,
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "g"},
        "spec": convert(graph(ALPHA, FULL), BETA)["spec"],
    }


@pytest.mark.parametrize(
    "given",
    [
        None,
        "x",
        {},
        {"kind": "Pod"},
        graph(BETA, "{}"),
        graph(ALPHA, "{envs: 1}"),
        {"kind": [], "apiVersion": ALPHA},
    ],
)
def test_there_is_no_v1beta1_form_of_what_is_no_v1alpha1_object_or_cannot_be_converted(given):
    assert beta_form(given) is None


def test_what_v1beta1_cannot_say_is_told():
    given = graph(ALPHA, FULL)
    given["spec"]["pvcs"] = [{"name": "c", "create": True}]
    given["spec"]["services"]["A"] |= {"dynamoNamespace": "x", "autoscaling": {"enabled": True, "maxReplicas": 2}}
    assert sorted(left_out(given)) == [
        "$.spec.pvcs",
        "$.spec.services.A.autoscaling",
        "$.spec.services.A.dynamoNamespace",
        "$.spec.services.A.extraPodSpec.mainContainer.name",
        "$.spec.services.A.ingress",
    ]


def test_nothing_is_left_out_of_what_v1beta1_says_elsewhere():
    for entry in PAIRS["components"].values():
        assert left_out(graph(ALPHA, entry["v1alpha1"])) == []


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan"])
def test_a_number_that_json_has_not_is_left_out(value):
    spec = f"""
    model: m
    profilingConfig: {{profilerImage: i, config: {{sla: {{isl: {value}, ttft: {value}, osl: 8}}}}}}
    """
    given = obj("DynamoGraphDeploymentRequest", ALPHA, spec)
    found = beta_form(given)
    assert found["spec"]["workload"] == {"osl": 8}
    assert "sla" not in found["spec"]
    assert {path.rpartition(".")[2] for path in left_out(given)} == {"isl", "ttft"}

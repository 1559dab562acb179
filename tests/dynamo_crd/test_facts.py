"""What a reader of the CRDs would miss first, spelled out; the whole is compared in test_upstream.py."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml

from dynamo_crd.schemas import compare, registry
from dynamo_crd.schemas import compile as compiler
from groundwork.base.paths import root
from kube_manifests.schemas import crd_files


def at(crd, path: str, version: str = "v1beta1"):
    """The schema at a path such as `spec.components[].name`."""
    schema = next(one["schema"]["openAPIV3Schema"] for one in crd["spec"]["versions"] if one["name"] == version)
    for step in path.replace("[]", ".[]").replace("{}", ".{}").split("."):
        schema = {"[]": schema.get("items"), "{}": schema.get("additionalProperties")}.get(step) or schema[
            "properties"
        ][step]
    return schema


@pytest.mark.parametrize(
    ("kind", "short", "plural", "versions"),
    [
        ("DynamoGraphDeployment", "dgd", "dynamographdeployments", ("v1alpha1", "v1beta1")),
        ("DynamoComponentDeployment", "dcd", "dynamocomponentdeployments", ("v1alpha1", "v1beta1")),
        ("DynamoGraphDeploymentRequest", "dgdr", "dynamographdeploymentrequests", ("v1alpha1", "v1beta1")),
        (
            "DynamoGraphDeploymentScalingAdapter",
            "dgdsa",
            "dynamographdeploymentscalingadapters",
            ("v1alpha1", "v1beta1"),
        ),
        ("DynamoModel", "dm", "dynamomodels", ("v1alpha1",)),
        ("DynamoWorkerMetadata", "dwm", "dynamoworkermetadatas", ("v1alpha1",)),
    ],
)
def test_names(by_kind, kind, short, plural, versions):
    known, spec = registry.kinds()[kind], by_kind[kind]["spec"]
    assert (known.group, known.plural, known.short_names, known.versions) == (
        "nvidia.com",
        plural,
        (short,),
        versions,
    )
    assert spec["names"] == {
        "kind": kind,
        "listKind": f"{kind}List",
        "plural": plural,
        "singular": kind.lower(),
        "shortNames": [short],
    }
    assert spec["scope"] == "Namespaced"
    assert [(one["name"], one["served"], one["storage"]) for one in spec["versions"]] == [
        (version, True, version == versions[-1]) for version in versions
    ]


def test_columns_and_subresources(by_kind):
    graph = by_kind["DynamoGraphDeployment"]["spec"]["versions"][0]
    assert [column["name"] for column in graph["additionalPrinterColumns"]] == ["Ready", "Backend", "Age"]
    assert graph["subresources"] == {"status": {}}
    adapter = by_kind["DynamoGraphDeploymentScalingAdapter"]["spec"]["versions"][0]
    assert adapter["subresources"]["scale"]["specReplicasPath"] == ".spec.replicas"
    assert "subresources" not in by_kind["DynamoWorkerMetadata"]["spec"]["versions"][0]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("spec.backendFramework", {"enum": ["sglang", "vllm", "trtllm"]}),
        (
            "spec.components",
            {"maxItems": 25, "x-kubernetes-list-map-keys": ["name"], "x-kubernetes-list-type": "map"},
        ),
        ("spec.components[]", {"required": ["name"]}),
        ("spec.components[].name", {"minLength": 1, "maxLength": 63}),
        ("spec.components[].type", {"enum": ["frontend", "worker", "prefill", "decode", "planner", "epp"]}),
        ("spec.components[].replicas", {"format": "int32", "minimum": 0}),
        ("spec.components[].multinode.nodeCount", {"default": 2, "minimum": 2}),
        ("spec.components[].sharedMemorySize", {"x-kubernetes-int-or-string": True}),
        ("spec.components[].experimental.checkpoint.targetContainerName", {"default": "main", "maxLength": 63}),
        ("spec.components[].podTemplate.spec", {"required": ["containers"]}),
        ("spec.components[].podTemplate.spec.containers", {"x-kubernetes-list-map-keys": ["name"]}),
        ("spec.components[].podTemplate.spec.containers[].ports[].protocol", {"default": "TCP"}),
        ("spec.components[].podTemplate.metadata.annotations{}", {"maxLength": 262144}),
        ("spec.env[].valueFrom.secretKeyRef.name", {"default": ""}),
        ("status.state", {"default": "initializing", "enum": ["initializing", "pending", "successful", "failed"]}),
        ("status.conditions", {"x-kubernetes-list-map-keys": ["type"]}),
    ],
)
def test_graph_field(by_kind, path, expected):
    schema = at(by_kind["DynamoGraphDeployment"], path)
    assert {key: schema.get(key) for key in expected} == expected


def test_only_what_is_meant_to_is_left_open(newest):
    """A field name with a typo is refused wherever these do not reach."""
    open_fields = {
        place.partition(" ")[2]
        for (place, fact), value in compare.facts(newest).items()
        if fact == "x-kubernetes-preserve-unknown-fields" and value and "dynamographdeployments" in place
    }
    component, service = "spec.components[].", "spec.services{}."
    assert open_fields == {
        f"{service}providerOverride.value",
        f"{service}multinode.leader.providerOverride.value",
        f"{service}multinode.worker.providerOverride.value",
        f"{service}eppConfig.config",
        f"{service}eppConfig.config.plugins[].parameters",
        f"{service}checkpoint.job.podTemplate",
        f"{service}gpuMemoryService.extraClientPods[].podTemplate",
        "spec.providerOverride.value",
        f"{component}providerOverride.value",
        f"{component}roles[].providerOverride.value",
        f"{component}eppConfig.config",
        f"{component}eppConfig.config.plugins[].parameters",
        f"{component}experimental.checkpoint.job.podTemplate",
        f"{component}experimental.gpuMemoryService.extraClientPods[].podTemplate",
    }


def test_rules_are_on_components_wherever_they_are(newest):
    by_kind = {crd["spec"]["names"]["kind"]: crd for crd in newest}
    in_graph = at(by_kind["DynamoGraphDeployment"], "spec.components[]")["x-kubernetes-validations"]
    alone = at(by_kind["DynamoComponentDeployment"], "spec")["x-kubernetes-validations"]
    assert len(in_graph) == 4
    assert in_graph == alone


def test_every_field_of_ours_is_described(compiled):
    """Kubernetes' own types bring their descriptions."""
    bare = []

    def walk(schema, path):
        for name, field in schema.get("properties", {}).items():
            if not field.get("description") and path:
                bare.append(f"{path}.{name}")
            walk(field, f"{path}.{name}")
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                walk(schema[key], path + key)

    for crd in compiled:
        for version in crd["spec"]["versions"]:
            walk(version["schema"]["openAPIV3Schema"], "")
    assert [path for path in bare if ".podTemplate." not in path] == []


def test_conversion_is_asked_of_kinds_with_several_versions_only(compiled):
    assert {crd["spec"]["conversion"]["strategy"] for crd in compiled} == {"None"}
    webhook = {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"]}}
    for crd in compiler.crds(conversion=webhook):
        several = len(crd["spec"]["versions"]) > 1
        assert crd["spec"]["conversion"] == (webhook if several else {"strategy": "None"})


def test_the_caller_owns_what_it_gets():
    first = compiler.crds()
    first[0]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"].clear()
    assert compiler.crds()[0]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]


def test_etcd_has_room_for_each_crd(newest):
    """It takes 1.5 MB of what the API server stores, which is JSON without blanks."""
    assert max(len(json.dumps(crd, separators=(",", ":"))) for crd in newest) < 1_000_000


def test_written_files_are_the_same_each_time_and_hold_the_crds(tmp_path, compiled):
    """Two processes, so that no cache and no hash seed hides an order."""
    for name, seed in (("a", "1"), ("b", "2")):
        command = [sys.executable, "-m", "dynamo_crd", "compile", "-o", str(tmp_path / name)]
        environment = {"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(root() / "tools")}
        subprocess.run(command, check=True, env=environment, capture_output=True)
    files = sorted((tmp_path / "a").iterdir())
    assert [file.read_bytes() for file in files] == [
        file.read_bytes() for file in sorted((tmp_path / "b").iterdir())
    ]
    assert {file.name for file in files} >= {"nvidia.com_dynamographdeployments.yaml"}
    for file in files:
        text = file.read_text()
        assert text.startswith("# Generated by")
        assert "&id" not in text
    read = {crd["metadata"]["name"]: crd for crd in crd_files.read(tmp_path / "a")}
    assert json.dumps(read, sort_keys=True) == json.dumps(
        {crd["metadata"]["name"]: crd for crd in compiled}, sort_keys=True
    )


def test_diff_names_the_place_and_the_fact(tmp_path, capsys):
    from dynamo_crd.__main__ import main  # noqa: PLC0415 - the command line, used here only

    compiler.write(tmp_path)
    assert main(["diff", str(tmp_path)]) == 0
    changed = tmp_path / "nvidia.com_dynamographdeployments.yaml"
    crd = yaml.load(changed.read_text(), Loader=yaml.CSafeLoader)
    at(crd, "spec.components[].name")["maxLength"] = 40
    del at(crd, "spec.components[]")["properties"]["experimental"]
    changed.write_text(yaml.dump(crd, Dumper=yaml.CSafeDumper))
    assert main(["diff", str(tmp_path)]) == 1
    head = "dynamographdeployments.nvidia.com/v1beta1 spec.components[]"
    assert capsys.readouterr().out.splitlines() == [
        f"{head}.experimental: present: absent -> true",
        f"{head}.name: maxLength: 40 -> 63",
    ]
    assert main(["diff", str(tmp_path / "none")]) == 2

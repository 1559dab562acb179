"""Fields and their histories: what the schema sources say of six releases is what the pages tell."""

from __future__ import annotations

import pytest

from docs_reference import counterparts, fields, words
from docs_reference.kinds import kinds
from dynamo_api.conversion.objects import convert
from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import registry

VERSIONS = [(kind.name, version) for kind in kinds() for version in kind.sources]
GRAPH, REQUEST = "DynamoGraphDeployment", "DynamoGraphDeploymentRequest"


def field(kind, version, path):
    found = [one for top in fields.read(kind, version) for one in top.walk() if one.path == path]
    assert len(found) == 1, path
    return found[0]


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_every_field_is_read_with_its_lifetime(kind, version):
    """The compiler's table of lifetimes is made another way: by the paths of each release."""
    there = fields.served(kind, version)
    known = {
        path.removesuffix("[]").removesuffix("{}"): (first if first != there[0] else "", last)
        for path, (first, last) in compiler.lifetimes(kind, version).items()
        if path.startswith(("spec", "status"))
    }
    walked = [one for top in fields.read(kind, version) for one in top.walk()]
    assert {one.path: (one.since, one.until or there[-1]) for one in walked} == known
    assert len(walked) == len(known)


def test_all_versions_of_all_kinds_are_read():
    assert {kind.name: tuple(sorted(kind.sources)) for kind in kinds()} == {
        name: kind.versions for name, kind in registry.kinds().items()
    }


@pytest.mark.parametrize(
    ("kind", "version", "path", "told"),
    [
        (REQUEST, "v1alpha1", "spec.enableGpuDiscovery", ["Up to 0.7.1: default `false`."]),
        (REQUEST, "v1alpha1", "spec.backend", ["Up to 0.7.1: without `auto`."]),
        (REQUEST, "v1alpha1", "status.state", ["Up to 0.7.1: optional; any value; no default."]),
        (GRAPH, "v1alpha1", "spec.services{}.failover.numShadows", ["Up to 1.1.0: at most 1."]),
        (GRAPH, "v1alpha1", "spec.services", ["Up to 0.6.1: no limit."]),
        (
            GRAPH,
            "v1alpha1",
            "spec.services{}.sharedMemory",
            ["Up to 1.1.0: a rule: size and disabled exclude each other."],
        ),
        (REQUEST, "v1beta1", "spec.model", []),
    ],
)
def test_what_a_field_was(kind, version, path, told):
    assert list(field(kind, version, path).history) == told


def test_history_tells_each_release_in_which_something_changed():
    assert [line.partition(":")[0] for line in field(REQUEST, "v1beta1", "spec.hardware.gpuSku").history] == [
        "Up to 1.5.0",
        "Up to 1.1.0",
        "Up to 1.0.2",
    ]


def test_a_field_that_is_gone_stays_on_the_page(monkeypatch):
    """No field went yet; one that does keeps its address."""
    own = {"x-dynamo-own": True}
    text = {**own, "type": "string"}

    def schema(*names):
        return {"properties": {"spec": {**own, "type": "object", "properties": dict.fromkeys(names, text)}}}

    made = {"v1.0.2": schema("kept", "gone"), "v1.1.0": schema("kept")}
    monkeypatch.setattr(fields, "served", lambda *_: list(made))
    monkeypatch.setattr(compiler, "marked", lambda _kind, _version, release: made[release])
    (spec,) = fields.read.__wrapped__("Thing", "v1")
    assert [(one.path, one.until) for one in spec.walk()] == [
        ("spec", ""),
        ("spec.kept", ""),
        ("spec.gone", "v1.0.2"),
    ]


@pytest.mark.parametrize(
    ("path", "type_words", "limits"),
    [
        ("spec.components", "list of objects", ["at most 25 items", "items told apart by `name`"]),
        ("spec.components[].sharedMemorySize", "quantity", []),
        ("spec.labels", "map of strings", []),
        ("spec.components[].scalingAdapter", "object", []),
        ("spec.providerOverride.value", words.FREE, []),
        ("spec.restart.strategy.type", "string", ["default `Sequential`", "one of `Sequential`, `Parallel`"]),
        ("spec.restart.id", "string", ["not empty"]),
        ("status.restart.inProgress", "list of strings", []),
        ("status.rollingUpdate.startTime", "time", []),
    ],
)
def test_types_and_limits_in_words(path, type_words, limits):
    found = field(GRAPH, "v1beta1", path)
    assert (found.type, list(found.limits)) == (type_words, limits)


def test_kubernetes_types_are_one_link():
    env = field(GRAPH, "v1beta1", "spec.env")
    assert env.type.startswith(
        "list of [EnvVar](https://kubernetes.io/docs/reference/generated/kubernetes-api/v1."
    )
    assert env.type.endswith("/#envvar-v1-core)")
    assert env.children == ()
    spec = field(GRAPH, "v1alpha1", "spec.services{}.extraPodSpec")
    assert (spec.kubernetes, [child.name for child in spec.children]) == ("core.v1.PodSpec", ["mainContainer"])


def test_rules_within_a_kubernetes_type_are_told_where_they_hold():
    rules = field(GRAPH, "v1beta1", "spec.components[].podTemplate.spec").rules
    assert [rule.within for rule in rules] == ["containers[]", "initContainers[]"]


def test_a_rule_that_came_later_says_when():
    rules = {rule.message: rule.since for rule in field(GRAPH, "v1alpha1", "spec").rules}
    assert list(rules.values()) == ["main-1.4.0"]


@pytest.mark.parametrize(
    ("path", "deprecated"),
    [("spec.services{}.autoscaling", True), ("spec.services{}.dynamoNamespace", True), ("spec.services", False)],
)
def test_what_is_deprecated(path, deprecated):
    assert field(GRAPH, "v1alpha1", path).deprecated is deprecated


def found(kind, version, path):
    other = {"v1alpha1": "v1beta1", "v1beta1": "v1alpha1"}[version]
    schema = compiler.marked(kind, version)
    there = counterparts.find(kind, version, schema, [path], fields.read(kind, other)).get(path)
    return (there.path, there.inside) if there else None


@pytest.mark.parametrize(
    ("kind", "path", "other"),
    [
        (GRAPH, "spec.envs", ("spec.env", "")),
        (GRAPH, "spec.services", ("spec.components", "")),
        (GRAPH, "spec.services{}.replicas", ("spec.components[].replicas", "")),
        (GRAPH, "spec.services{}.failover.mode", ("spec.components[].experimental.failover.mode", "")),
        (GRAPH, "spec.services{}.resources.limits.gpu", ("spec.components[].podTemplate.spec", "")),
        (GRAPH, "spec.services{}.subComponentType", ("spec.components[].type", "")),
        (GRAPH, "spec.pvcs", None),
        (GRAPH, "status.services{}.componentName", ("status.components{}.componentNames", "")),
        (REQUEST, "spec.useMocker", ("spec.features.mocker.enabled", "")),
        (REQUEST, "status.state", ("status.phase", "")),
        (REQUEST, "spec.deploymentOverrides", None),
        ("DynamoGraphDeploymentScalingAdapter", "spec.dgdRef.serviceName", ("spec.dgdRef.componentName", "")),
        ("DynamoComponentDeployment", "spec.serviceName", ("spec.name", "")),
        ("DynamoModel", "spec.modelName", None),
    ],
)
def test_where_a_field_of_v1alpha1_goes(kind, path, other):
    if kind == "DynamoModel":
        assert counterparts.find(kind, "v1alpha1", {}, [path], ()) == {}
    else:
        assert found(kind, "v1alpha1", path) == other


@pytest.mark.parametrize(
    ("kind", "path", "other"),
    [
        (REQUEST, "spec.sla.ttft", ("spec.profilingConfig.config", "sla.ttft")),
        (REQUEST, "spec.hardware", None),
        (GRAPH, "spec.components[].name", ("spec.services", "")),
        (GRAPH, "spec.components[].sharedMemorySize", ("spec.services{}.sharedMemory.size", "")),
    ],
)
def test_where_a_field_of_v1beta1_was(kind, path, other):
    assert found(kind, "v1beta1", path) == other


def test_what_goes_on_only_with_others_does_go_there():
    """The table of such fields, held to the conversion: a service that has them all."""
    service = {
        "componentType": "worker",
        "subComponentType": "prefill",
        "extraPodMetadata": {"labels": {"a": "b"}},
        "extraPodSpec": {"mainContainer": {"image": "x"}},
        "resources": {"limits": {"gpu": "1", "gpuType": "gpu.intel.com/i915"}},
        "volumeMounts": [{"name": "models", "mountPoint": "/models"}],
        "frontendSidecar": {"image": "y"},
    }
    made = convert(
        {"apiVersion": "nvidia.com/v1alpha1", "kind": GRAPH, "spec": {"services": {"Worker": service}}},
        "nvidia.com/v1beta1",
    )
    (component,) = made["spec"]["components"]
    containers = component["podTemplate"]["spec"]["containers"]
    assert (component["name"], component["type"]) == ("Worker", "prefill")
    assert component["podTemplate"]["metadata"] == {"labels": {"a": "b"}}
    assert [one["image"] for one in containers] == ["x", "y"]
    assert component["frontendSidecar"] == containers[1]["name"]
    assert containers[0]["resources"]["limits"] == {"gpu.intel.com/i915": "1"}
    assert component["podTemplate"]["spec"]["volumes"][0]["name"] == "models"

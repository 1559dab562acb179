"""v1alpha1 of graphs and components, release by release; the whole is compared in test_upstream.py."""

from __future__ import annotations

import pytest

from dynamo_crd.schemas.compile import crds

KINDS = ("DynamoGraphDeployment", "DynamoComponentDeployment")
SERVICE = "spec.services{}"


def version(kind: str, name: str, release: str):
    """A version of a CRD in a release; None where it has no such version."""
    spec = next(one["spec"] for one in crds(release=release) if one["spec"]["names"]["kind"] == kind)
    return next((one for one in spec["versions"] if one["name"] == name), None)


def graph(release: str, path: str):
    """The schema at a path of DynamoGraphDeployment v1alpha1; None where the release has no such field."""
    schema = version("DynamoGraphDeployment", "v1alpha1", release)["schema"]["openAPIV3Schema"]
    for step in path.replace("[]", ".[]").replace("{}", ".{}").split("."):
        key = {"[]": "items", "{}": "additionalProperties"}.get(step)
        schema = schema[key] if key else schema["properties"].get(step)
        if schema is None:
            return None
    return schema


@pytest.mark.parametrize("kind", KINDS)
def test_the_warning_came_with_the_second_version_and_the_storage_after_it(kind):
    """Two releases apart: a client of main-1.4.0 is warned, while its objects are still stored as v1alpha1."""
    only, both, newest = (version(kind, "v1alpha1", one) for one in ("v1.1.0", "main-1.4.0", "main-1.5.0"))
    assert version(kind, "v1beta1", "v1.1.0") is None
    assert (only["storage"], only.get("deprecated")) == (True, None)
    assert (both["storage"], version(kind, "v1beta1", "main-1.4.0")["storage"]) == (True, False)
    assert (newest["storage"], version(kind, "v1beta1", "main-1.5.0")["storage"]) == (False, True)
    warning = f"nvidia.com/v1alpha1 {kind} is deprecated; use nvidia.com/v1beta1 {kind}"
    assert both["deprecationWarning"] == newest["deprecationWarning"] == warning


@pytest.mark.parametrize(
    ("path", "first", "before"),
    [
        (f"{SERVICE}.modelRef", "v0.7.1", "v0.6.1"),
        (f"{SERVICE}.resources.limits.gpuType", "v1.0.2", "v0.7.1"),
        (f"{SERVICE}.scalingAdapter", "v1.0.2", "v0.7.1"),
        (f"{SERVICE}.frontendSidecar", "v1.1.0", "v1.0.2"),
        (f"{SERVICE}.runtimeVersionOverride", "main-1.4.0", "v1.1.0"),
        (f"{SERVICE}.multinode.leader", "main-1.5.0", "main-1.4.0"),
        (f"{SERVICE}.extraPodSpec.hostnameOverride", "v1.0.2", "v0.7.1"),
        ("spec.restart", "v1.0.2", "v0.7.1"),
        ("spec.labels", "v1.1.0", "v1.0.2"),
        ("status.services{}.scheduledReplicas", "main-1.4.0", "v1.1.0"),
    ],
)
def test_a_field_is_there_from_its_first_release_on(path, first, before):
    assert graph(before, path) is None
    assert graph(first, path)
    assert graph("main-1.5.0", path)


@pytest.mark.parametrize(
    ("path", "key", "last", "then", "now"),
    [
        ("spec.services", "maxProperties", "v0.6.1", None, 25),
        ("spec.pvcs", "maxItems", "v0.6.1", None, 100),
        (f"{SERVICE}.replicas", "minimum", "v0.7.1", None, 0),
        ("status", "required", "v0.7.1", None, ["state"]),
        (f"{SERVICE}.failover.numShadows", "maximum", "v1.1.0", 1, None),
        (f"{SERVICE}.checkpoint.mode", "default", "v1.1.0", "Auto", None),
    ],
)
def test_a_limit_changed_after_its_last_release(path, key, last, then, now):
    assert graph(last, path).get(key) == then
    assert graph("main-1.5.0", path).get(key) == now


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        (f"{SERVICE}.sharedMemory", (0, 0, 0, 1, 1, 1)),
        (f"{SERVICE}.gpuMemoryService", (None, None, None, 0, 3, 3)),
        (SERVICE, (0, 0, 0, 0, 2, 2)),
        ("spec.pvcs[]", (1, 1, 1, 1, 1, 1)),
        ("spec", (0, 0, 0, 0, 1, 1)),
    ],
)
def test_rules_by_release(path, counts):
    schemas = [graph(one, path) for one in ("v0.6.1", "v0.7.1", "v1.0.2", "v1.1.0", "main-1.4.0", "main-1.5.0")]
    found = [None if one is None else len(one.get("x-kubernetes-validations", [])) for one in schemas]
    assert found == list(counts)


def test_a_rule_gave_way_to_its_opposite():
    """Size and disabled excluded each other in v1.1.0; later a size is needed, and may stand beside disabled."""
    (then,) = graph("v1.1.0", f"{SERVICE}.sharedMemory")["x-kubernetes-validations"]
    (now,) = graph("main-1.4.0", f"{SERVICE}.sharedMemory")["x-kubernetes-validations"]
    assert then["rule"].startswith("!(has(self.disabled)")
    assert "quantity(" in now["rule"]


def test_the_main_container_needs_no_name_and_the_pod_no_containers():
    """Every other container does."""
    pod = graph("main-1.5.0", f"{SERVICE}.extraPodSpec")
    assert "required" not in pod
    assert "required" not in pod["properties"]["mainContainer"]
    assert pod["properties"]["containers"]["items"]["required"] == ["name"]


def test_only_a_graph_names_grove_s_objects():
    alone = version("DynamoComponentDeployment", "v1alpha1", "main-1.5.0")["schema"]["openAPIV3Schema"]
    spec = alone["properties"]["spec"]["properties"]
    assert "providerOverride" not in spec
    assert set(spec["multinode"]["properties"]) == {"nodeCount"}
    assert set(graph("main-1.5.0", SERVICE)["properties"]) - set(spec) == {"providerOverride"}
    assert set(spec) - set(graph("main-1.5.0", SERVICE)["properties"]) == {"backendFramework"}

"""Conversion beside what Dynamo's operator was seen to do: objects read in both versions, requests and what became
of them. Each difference is told with its reason; a difference that is gone must go from here too.
"""

from __future__ import annotations

import json

import pytest
import yaml

from dynamo_api.conversion import ALPHA, BETA, KINDS, convert, kept
from groundwork.base.paths import root
from support.zero_values import meant

pytestmark = pytest.mark.upstream

KEPT = "upstream keeps Go's empty values and what both versions say; ours keeps only what is lost"
EMPTY = {"extraPodSpec": {"mainContainer": {"name": "", "resources": {}}}}
MORE = "upstream loses it in v1alpha1; ours keeps it"


@pytest.fixture(scope="module")
def observed():
    folder = root().parent / "shared" / "upstream" / "observed"
    if not folder.is_dir():
        pytest.skip("../shared/upstream/observed is not there")
    return folder


def read(path):
    return next(iter(yaml.safe_load_all(path.read_text(encoding="utf-8"))))


def differences(ours, theirs, path=""):
    """Paths at which two values differ, with both; None where one has nothing."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = {}
        for key in {**ours, **theirs}:
            found |= differences(ours.get(key), theirs.get(key), f"{path}.{key}")
        return found
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return {
            place: fact for index, pair in pairs for place, fact in differences(*pair, f"{path}[{index}]").items()
        }
    return {} if ours == theirs else {path: (ours, theirs)}


def compared(obj, wanted, to):
    """What differs between the object converted and the object as it was read in that version."""
    made = convert(obj, to)
    for one in (made, wanted):
        one["metadata"].pop("managedFields", None)  # Read with and without them.
        texts = one["metadata"]["annotations"]
        for name in kept.names(one["kind"]):
            if name in texts:
                texts[name] = json.loads(texts[name])
    return differences(made, wanted)


def last_applied(obj):
    """The request that an object was made of."""
    return json.loads(obj["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])


def items(path):
    found = []
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        found += document.get("items", [document]) if isinstance(document, dict) else []
    return [item for item in found if isinstance(item, dict) and item.get("kind") in KINDS]


def test_a_graph_read_as_v1alpha1_is_what_it_is_as_v1beta1(observed):
    folder = observed / "dgd-v1alpha1-live"
    found = compared(read(folder / "dgd-as-v1alpha1.yaml"), read(folder / "dgd-as-v1beta1.yaml"), BETA)
    annotation = ".metadata.annotations.nvidia.com/dgd-spec"
    theirs = {"resources": {"limits": {"gpu": "1"}}, "envFromSecret": "hf-token-secret", **EMPTY}
    assert found == {
        annotation: (None, {"version": 1, "spec": {"services": {"VllmDecodeWorker": theirs}}})
    }  # KEPT


def test_a_graph_read_as_v1beta1_is_what_it_is_as_v1alpha1(observed):
    folder = observed / "dgd-v1alpha1-live"
    found = compared(read(folder / "dgd-as-v1beta1.yaml"), read(folder / "dgd-as-v1alpha1.yaml"), ALPHA)
    assert found == {}


def test_a_request_read_as_v1alpha1_is_what_it_is_as_v1beta1(observed):
    folder = observed / "dgdr-rapid-v1alpha1"
    found = compared(read(folder / "dgdr-as-v1alpha1.yaml"), read(folder / "dgdr-as-v1beta1.yaml"), BETA)
    annotation = ".metadata.annotations.nvidia.com/dgdr-spec.spec"
    assert found == {
        f"{annotation}.model": (None, ""),  # KEPT
        f"{annotation}.backend": (None, ""),  # KEPT
        f"{annotation}.profilingConfig.profilerImage": (None, ""),  # KEPT
        ".status.profilingJobName": (None, "profile-alpha-model"),  # MORE: what was read did not have it
    }


def test_a_request_read_as_v1beta1_is_what_it_is_as_v1alpha1(observed):
    folder = observed / "dgdr-rapid-v1alpha1"
    found = compared(read(folder / "dgdr-as-v1beta1.yaml"), read(folder / "dgdr-as-v1alpha1.yaml"), ALPHA)
    annotations = ".metadata.annotations.nvidia.com"
    assert found == {
        f"{annotations}/dgdr-spec.spec.model": (None, ""),  # KEPT
        f"{annotations}/dgdr-status.dgdName": (None, "alpha-model-dgd"),  # KEPT: it is status.deployment.name
        f"{annotations}/dgdr-status.profilingJobName": ("profile-alpha-model", None),  # MORE
    }


@pytest.mark.parametrize(
    "file", ["dgd-v1alpha1-live/dgd-as-v1beta1.yaml", "dgd-v1beta1-and-v1alpha1/dgd-objects.yaml"]
)
def test_a_graph_applied_as_v1alpha1_is_stored_as_observed(observed, file):
    stored = next(one for one in items(observed / file) if last_applied(one)["apiVersion"] == ALPHA)
    assert convert(last_applied(stored), BETA)["spec"] == stored["spec"]


@pytest.mark.parametrize("file", ["dgdr-1.yaml", "dgdr-rapid-v1alpha1/dgdr-as-v1beta1.yaml"])
def test_a_request_applied_as_v1alpha1_is_stored_as_observed(observed, file):
    stored = next(one for one in items(observed / file) if last_applied(one)["apiVersion"] == ALPHA)
    found = differences(convert(last_applied(stored), BETA)["spec"], stored["spec"])
    filled_in = {".searchStrategy", ".hardware"}  # By the API server, which knows defaults, and by the operator.
    assert set(found) <= filled_in
    assert ".searchStrategy" in found


def test_the_profilers_result_becomes_the_graph_that_was_deployed(observed):
    folder = observed / "dgdr-rapid-v1beta1"
    result = yaml.safe_load(read(folder / "output-configmap.yaml")["data"]["final_config.yaml"])
    assert convert(result, BETA)["spec"] == read(folder / "dgd.yaml")["spec"]


def test_a_component_that_the_operator_made_keeps_its_name_and_not_that_of_the_object(observed):
    found = items(observed / "dgd-v1alpha1-live" / "objects.yaml")
    components = [one for one in found if one["kind"] == "DynamoComponentDeployment"]
    assert [convert(one, ALPHA)["spec"]["serviceName"] for one in components] == ["Frontend", "VllmDecodeWorker"]


def test_every_observed_object_comes_back_as_it_was(observed):
    count = 0
    for path in sorted(observed.rglob("*.yaml")):
        for obj in items(path):
            other = {ALPHA: BETA, BETA: ALPHA}[obj["apiVersion"]]
            back = convert(convert(obj, other), obj["apiVersion"])
            annotations = [f".metadata.annotations.{name}" for name in kept.names(obj["kind"])]
            assert [
                place for place in differences(meant(back), meant(obj)) if not place.startswith(tuple(annotations))
            ] == []
            count += 1
    assert count > 20


def test_every_manifest_of_upstreams_documentation_comes_back_as_it_was(observed):
    count = 0
    for index in sorted((observed.parent / "corpus").glob("*/index.tsv")):
        for line in index.read_text(encoding="utf-8").splitlines():
            _, verdict, version, kind, _, file, *_ = line.split("\t")
            if verdict == "valid" and kind in KINDS and version in {ALPHA, BETA}:
                for obj in items(index.parent / file):
                    back = convert(convert(obj, {ALPHA: BETA, BETA: ALPHA}[version]), version)
                    assert differences(meant(back), meant(obj)) == {}
                    count += 1
    assert count > 100

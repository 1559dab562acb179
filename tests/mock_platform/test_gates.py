"""Feature gates: requests served in v1beta2, too, as views of those of v1beta1."""

from __future__ import annotations

import argparse
import copy
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.cli.where import usual_results
from docs_test.clusters.environment import EnvironmentOptions
from dynamo_api.conversion import ALPHA, BETA, ConversionError, review
from dynamo_api.conversion.searches import convert_any
from dynamo_api.facts import kinds
from dynamo_crd.schemas.compile import crds
from dynamo_docs.platforms.helm import HelmPlatform
from dynamo_docs.platforms.mock import MockPlatform
from dynamo_docs.product import Dynamo
from groundwork.base.errors import UserError
from mock_platform.gates import SEARCH_VERSION, switched_on, with_search_version
from mock_platform.install import CONVERSION, KINDS

if TYPE_CHECKING:
    from pathlib import Path

REQUEST: dict[str, Any] = {
    "apiVersion": BETA,
    "kind": kinds.REQUEST,
    "metadata": {"name": "my-model", "labels": {"a": "b"}},
    "spec": {"model": "Qwen/Qwen3-0.6B", "backend": "vllm"},
    "status": {"phase": "Deployed"},
}


def test_a_request_of_v1beta1_is_an_envelope_in_v1beta2() -> None:
    seen = convert_any(REQUEST, kinds.SEARCH_API)
    assert seen == {
        "apiVersion": "nvidia.com/v1beta2",
        "kind": kinds.REQUEST,
        "metadata": REQUEST["metadata"],
        "spec": {"v1beta1": REQUEST["spec"]},
        "status": {"v1beta1": {"phase": "Deployed"}},
    }
    assert convert_any(seen, BETA) == REQUEST


def test_a_request_of_v1alpha1_goes_there_and_back_too() -> None:
    alpha = convert_any(REQUEST, ALPHA)
    seen = convert_any(alpha, kinds.SEARCH_API)
    assert seen["spec"]["v1beta1"]["model"] == "Qwen/Qwen3-0.6B"
    assert convert_any(seen, ALPHA)["spec"] == alpha["spec"]


def test_a_request_without_a_status_has_none_there() -> None:
    bare = {key: value for key, value in REQUEST.items() if key != "status"}
    assert "status" not in convert_any(bare, kinds.SEARCH_API)


@pytest.mark.parametrize("spec", [{"modelRef": {"name": "m"}}, {"v1beta1": {}, "modelRef": {}}, "text", {}])
def test_a_request_that_is_written_in_v1beta2_is_refused(spec: object) -> None:
    native = {**copy.deepcopy(REQUEST), "apiVersion": kinds.SEARCH_API, "spec": spec}
    with pytest.raises(ConversionError, match="a request that is written in v1beta2"):
        convert_any(native, BETA)


def test_another_kind_has_no_such_version() -> None:
    with pytest.raises(ConversionError):
        convert_any({**REQUEST, "kind": kinds.GRAPH}, kinds.SEARCH_API)


def test_the_api_server_gets_the_view_and_the_refusal() -> None:
    asked: dict[str, Any] = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "ConversionReview",
        "request": {"uid": "1", "desiredAPIVersion": kinds.SEARCH_API, "objects": [REQUEST]},
    }
    answer = review(asked)["response"]
    assert answer["result"] == {"status": "Success"}
    assert answer["convertedObjects"][0]["spec"] == {"v1beta1": REQUEST["spec"]}
    native = {**REQUEST, "apiVersion": kinds.SEARCH_API, "spec": {"modelRef": {"name": "m"}}}
    answer = review({**asked, "request": {"uid": "1", "desiredAPIVersion": BETA, "objects": [native]}})["response"]
    assert answer["result"]["status"] == "Failed"
    assert "written in v1beta2" in answer["result"]["message"]


def test_only_requests_get_the_version_and_v1beta1_stays_stored() -> None:
    plain = crds(kinds=KINDS, conversion=CONVERSION)
    before = copy.deepcopy(plain)
    for old, new in zip(plain, with_search_version(plain), strict=True):
        names = [version["name"] for version in new["spec"]["versions"]]
        assert ("v1beta2" in names) is (new["spec"]["names"]["kind"] == kinds.REQUEST)
        assert [one["name"] for one in new["spec"]["versions"] if one["storage"]] == [
            one["name"] for one in old["spec"]["versions"] if one["storage"]
        ]
    assert plain == before


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("", set()),
        ("DGDRV1Beta2=true", {SEARCH_VERSION}),
        ("DGDRV1Beta2=false", set()),
        (" DGDRV1Beta2=true, ", {SEARCH_VERSION}),
    ],
)
def test_gates_are_read_as_upstream_reads_them(text: str, on: set[str]) -> None:
    assert switched_on(text) == on


@pytest.mark.parametrize("platform", [MockPlatform(), HelmPlatform()])
def test_a_gate_keeps_the_results_apart(platform: Any, tmp_path: Path) -> None:
    def path(words: list[str]) -> str:
        (tmp_path / "mkdocs.yml").write_text("extra: {docs_test: {product: dynamo}}")
        parser = argparse.ArgumentParser()
        platform.add_options(parser.add_argument_group())
        wanted = EnvironmentOptions(product=Dynamo(), platform=platform, own=parser.parse_args(words))
        return usual_results(tmp_path, wanted).relative_to(tmp_path / "build" / "docs-test").as_posix()

    plain = path([])
    assert path(["--feature-gates", f"{SEARCH_VERSION}=true"]) == f"{SEARCH_VERSION}/{plain}"
    assert path(["--feature-gates", f"{SEARCH_VERSION}=false"]) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DGDRV1Beta3=true", "unknown gate 'DGDRV1Beta3'"),
        ("DGDRV1Beta2", "DGDRV1Beta2 is '', allowed: true, false"),
        ("DGDRV1Beta2=yes", "DGDRV1Beta2 is 'yes', allowed: true, false"),
    ],
)
def test_a_gate_that_upstream_refuses_is_refused(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        switched_on(text)

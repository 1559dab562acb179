"""What the webhooks write, refuse and warn of before an object is stored: facts/admission.yaml."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynamo_api.facts import kinds
from dynamo_crd.schemas.compile import crds
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.webhook.admission import review
from mock_platform.operator.webhook.defaults import conversion_answer, default_review
from mock_platform.operator.webhook.schemas import Schemas
from support.in_memory_api import InMemoryApi

Object = dict[str, Any]
FACTS: Object = yaml.safe_load((Path(__file__).parent / "facts" / "admission.yaml").read_text(encoding="utf-8"))
CONFIG = OperatorConfig("1.5.0")
IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.1"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    """The schemas of a cluster in which the platform is installed."""
    api = InMemoryApi()
    for definition in crds(kinds=(kinds.GRAPH, kinds.COMPONENT, kinds.REQUEST)):
        api.create(definition)
    return Schemas(api)


def asked(new: Object, operation: str = "CREATE", old: Object | None = None) -> Object:
    about = {"uid": "u", "operation": operation, "object": new, "oldObject": old}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": about}


def item(kind: str, spec: Object, version: str = kinds.BETA_API) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "demo"}, "spec": spec}


def patched(answer: Object) -> dict[str, Any]:
    """What is written, by pointer."""
    assert answer["response"]["allowed"] is True
    steps = json.loads(base64.b64decode(answer["response"].get("patch", "W10=")))
    assert all(step["op"] == "add" for step in steps)
    return {step["path"]: step["value"] for step in steps}


def alpha(service: Object) -> Object:
    """A graph of v1alpha1 whose second service is this one."""
    main = {"extraPodSpec": {"mainContainer": {"image": IMAGE}}}
    services = {
        "Frontend": {"componentType": "frontend", **main},
        "Worker": {"componentType": "worker", **main, **service},
    }
    made = item(kinds.GRAPH, {"services": services}, kinds.ALPHA_API)
    made["metadata"]["name"] = "adm"
    return made


BARE: dict[str, Object] = {
    kinds.GRAPH: {"components": [{"name": "W"}]},
    kinds.COMPONENT: {"type": "worker"},
    kinds.REQUEST: {"model": "m"},
}


@pytest.mark.parametrize("row", FACTS["defaults"], ids=lambda row: f"{row['kind']} {row['when']} {row['field']}")
def test_what_is_left_out_is_filled_in(row: Object, schemas: Schemas) -> None:
    new = item(row["kind"], copy.deepcopy(BARE[row["kind"]]))
    written = patched(default_review(asked(new, row["when"], new), CONFIG, schemas))
    assert written[row["field"]] == row["value"]


def test_what_is_given_stays(schemas: Schemas) -> None:
    graph = item(kinds.GRAPH, {"components": [{"name": "W", "replicas": 0}]})
    graph["metadata"]["annotations"] = {"nvidia.com/dynamo-operator-origin-version": "1.4.0"}
    for new in (
        graph,
        item(kinds.COMPONENT, {"name": "mine"}),
        item(kinds.REQUEST, {"model": "m", "image": "x:1.0.0"}),
    ):
        assert patched(default_review(asked(new), CONFIG, schemas)) == {}
    graph["metadata"]["annotations"] = {"mine": "1"}
    field = "/metadata/annotations/nvidia.com~1dynamo-operator-origin-version"
    assert patched(default_review(asked(graph), CONFIG, schemas)) == {field: "1.5.0"}
    assert patched(default_review(asked(graph, "UPDATE", graph), CONFIG, schemas)) == {}


@pytest.mark.parametrize("row", FACTS["zeros"], ids=lambda row: str(row["field"]))
def test_what_is_missing_comes_to_the_schema_as_zero(row: Object, schemas: Schemas) -> None:
    new = item(row["kind"], row["spec"])
    written = patched(default_review(asked(new), CONFIG, schemas))
    assert written[row["field"]] == row["value"]
    last = row["field"].rpartition("/")[2]
    field = schemas.of(row["kind"], "v1beta1")
    for step in row["field"].split("/")[2:]:
        field = field["items"] if step.isdigit() else field["properties"][step]
    assert refuses(field, row["value"]) is row["refused"], last


@pytest.mark.parametrize("job", [{}, {"backoffLimit": 1}])
def test_an_object_that_is_missing_is_left_to_the_schema_which_refuses_it(job: Object, schemas: Schemas) -> None:
    """The real webhook writes it with `containers: null`, and is refused as well: never kinder."""
    new = item(kinds.REQUEST, {"model": "m", "image": "x:1.0.0", "overrides": {"profilingJob": job}})
    assert patched(default_review(asked(new), CONFIG, schemas)) == {}
    overrides = schemas.of(kinds.REQUEST, "v1beta1")["properties"]["overrides"]
    assert "template" in overrides["properties"]["profilingJob"]["required"]


def refuses(schema: Object, value: Any) -> bool:
    """Whether the schema of a field refuses the zero that it got."""
    if value is None:
        return not schema.get("nullable")
    return value == "" and bool(schema.get("minLength") or schema.get("pattern"))


@pytest.mark.parametrize("row", FACTS["types"], ids=lambda row: str(row["field"]))
def test_a_wrong_type_is_refused_before_the_schema_sees_it(row: Object, schemas: Schemas) -> None:
    answer = default_review(asked(item(kinds.GRAPH, row["spec"])), CONFIG, schemas)["response"]
    assert (answer["allowed"], answer["status"]["code"]) == (False, 400)
    assert row["says"] in answer["status"]["message"]
    assert f"{kinds.GRAPH}.{row['field']}" in answer["status"]["message"]
    assert "details" not in answer["status"], "no field error"
    without = default_review(asked(item(kinds.GRAPH, row["spec"])), CONFIG)
    assert without["response"]["allowed"] is True, "without a schema, the API server alone says it"


@pytest.mark.parametrize("row", FACTS["types_of_alpha"], ids=lambda row: str(row["field"]))
def test_of_v1alpha1_a_wrong_type_ends_the_conversion(row: Object, schemas: Schemas) -> None:
    def answer(given: Object) -> Object:
        request = {"uid": "u", "desiredAPIVersion": kinds.BETA_API, "objects": [given]}
        about = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview", "request": request}
        found: Any = conversion_answer(about, schemas)
        assert (found["apiVersion"], found["kind"]) == (about["apiVersion"], about["kind"])
        assert found["response"]["uid"] == "u"
        response: Object = found["response"]
        return response

    failed = answer(item(kinds.GRAPH, row["spec"], kinds.ALPHA_API))
    assert (failed["result"]["status"], failed["convertedObjects"]) == ("Failed", [])
    assert row["says"] in failed["result"]["message"]
    assert row["field"] in failed["result"]["message"]
    assert answer(alpha({}))["result"]["status"] == "Success"


@pytest.mark.parametrize("row", FACTS["readings"], ids=lambda row: json.dumps(row["spec"]))
def test_an_object_of_v1alpha1_is_read_as_the_real_operator_answers(row: Object) -> None:
    given = item(row["kind"], row["spec"], kinds.ALPHA_API)
    for version in (kinds.BETA_API, kinds.ALPHA_API):
        request = {"uid": "u", "desiredAPIVersion": version, "objects": [given]}
        about = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview", "request": request}
        answer: Any = conversion_answer(about)
        (given,) = answer["response"]["convertedObjects"]
    added = {"model", "backend", "profilingConfig"} - row["spec"].keys()
    assert {key: value for key, value in given["spec"].items() if key not in added} == row["read"]
    assert given.get("status") == row.get("status")


@pytest.mark.parametrize("row", FACTS["alpha_fields"], ids=lambda row: str(row["field"]))
def test_a_fault_of_v1alpha1_names_the_field_that_the_real_webhook_looks_at(row: Object) -> None:
    for answer in (
        review(asked(alpha(row["service"]))),
        review(asked(alpha(row["service"]), "UPDATE", alpha({}))),
    ):
        assert answer["response"]["allowed"] is False
        fields = [cause["field"] for cause in answer["response"]["status"]["details"]["causes"]]
        assert row["field"] in fields


@pytest.mark.parametrize("row", FACTS["warnings"], ids=lambda row: str(row["says"][2]))
def test_a_field_without_effect_is_warned_of(row: Object) -> None:
    answer = review(asked(alpha(row["service"])))["response"]
    assert answer["allowed"] is True
    (said,) = answer["warnings"]
    assert [word for word in row["says"] if word not in said] == []
    assert "warnings" not in review(asked(alpha({})))["response"]


@pytest.mark.parametrize("row", FACTS["change_warnings"], ids=lambda row: f"{row['kind']} {row['field']}")
def test_a_change_is_warned_of_whether_it_is_taken_or_not(row: Object) -> None:
    old = {
        kinds.GRAPH: item(kinds.GRAPH, {"components": [], "backendFramework": "vllm"}),
        kinds.COMPONENT: item(kinds.COMPONENT, {"name": "w", "backendFramework": "vllm"}),
        kinds.MODEL: item(kinds.MODEL, {"modelName": "m", "baseModelName": "m", "modelType": "base"}),
    }[row["kind"]]
    old["apiVersion"] = kinds.ALPHA_API if row["kind"] == kinds.MODEL else kinds.BETA_API
    new = copy.deepcopy(old)
    new["spec"][row["field"]] = "other"
    answer = review(asked(new, "UPDATE", old))["response"]
    assert answer["allowed"] is row["allowed"]
    assert [said for said in answer["warnings"] if f"spec.{row['field']}" in said]
    assert "warnings" not in review(asked(old, "UPDATE", old))["response"]

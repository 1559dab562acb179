"""DynamoModels as facts/model.yaml tells of them: their endpoints, conditions, events, and adapters that load."""

from __future__ import annotations

import copy
import json
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.facts import kinds, names
from dynamo_crd.schemas.compile import crds
from groundwork.kube.errors import ApiError
from mock_platform.install import KINDS, operator_objects
from mock_platform.operator.control.controller import WATCHES
from mock_platform.operator.kube.api import MODELS
from mock_platform.operator.models.endpoints import endpoints
from mock_platform.operator.models.reconciler import RETRY_SECONDS
from mock_platform.operator.models.service import model_hash
from mock_platform.operator.webhook.admission import review
from support.http_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]
FACTS: Object = yaml.safe_load((Path(__file__).parent / "facts" / "model.yaml").read_text(encoding="utf-8"))
BASE = FACTS["base_model"]


def model(kind: str = "base", base: str = BASE) -> Object:
    spec: Object = {"modelName": "my-adapter", "baseModelName": base, "modelType": kind}
    if kind == "lora":
        spec["source"] = {"uri": "hf://a/b"}
    metadata = {"name": "m", "namespace": "demo"}
    return {"apiVersion": kinds.ALPHA_API, "kind": kinds.MODEL, "metadata": metadata, "spec": spec}


def slice_of(service: str, *addresses: str, base: str = BASE) -> Object:
    """The EndpointSlice that Kubernetes makes for a Service, whose labels it takes over."""
    labels = {names.BASE_MODEL_HASH: model_hash(base), "kubernetes.io/service-name": service}
    found = [
        {"addresses": [address], "targetRef": {"kind": "Pod", "name": f"pod-{address}", "uid": f"uid-{address}"}}
        for address in addresses
    ]
    metadata = {"name": f"{service}-x", "namespace": "demo", "labels": labels}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata,
        "endpoints": found,
    }


class Worker(Server):
    """A worker's system port: it loads adapters, or cannot."""

    def __init__(self, *, able: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.able = able
        self.asked: list[Object] = []


class Handler(BaseHTTPRequestHandler):
    server: Worker

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked: Object = {"method": self.command, "path": self.path}
        self.server.asked.append(asked | ({"body": json.loads(body)} if body else {}))
        self.send_response(200 if self.server.able else 501)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(params=[True, False], ids=["able", "unable"])
def worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker that listens where the system port of its Pod would be."""
    server = Worker(able=request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(names, "SYSTEM_PORT", server.server_port)
    yield server
    server.shutdown()
    server.server_close()


def says(api: Any, about: str) -> Object:
    """As facts/model.yaml tells a state; `about`: the reporter whose events count."""
    status = api.named(kinds.MODEL, "m")["status"]
    told = [event for event in api.events if event["reportingController"] == about]
    return {
        "conditions": [f"{entry['type']} {entry['status']} {entry['reason']}" for entry in status["conditions"]],
        "counted": [status["readyEndpoints"], status["totalEndpoints"]],
        "events": sorted({f"{event['action']} {event['reason']} {event['type']}" for event in told}),
    }


def test_the_endpoints_of_a_base_model_are_counted(api: Any, operator: Any) -> None:
    api.create(slice_of("g-worker-0", "10.0.0.1"))
    api.create(slice_of("dynamo-model-0", "10.0.0.1"))
    api.create(slice_of("other", "10.0.0.9", base="someone/else"))
    api.create(model())
    operator.settle()
    assert says(api, FACTS["reporter"]) == FACTS["states"]["base"]
    seen = api.named(kinds.MODEL, "m")
    assert seen["metadata"]["finalizers"] == [FACTS["finalizer"]]
    endpoint = {"address": "http://10.0.0.1:9090", "podName": "pod-10.0.0.1", "ready": False}
    assert seen["status"]["endpoints"] == [endpoint]
    assert {entry["observedGeneration"] for entry in seen["status"]["conditions"]} == {1}


def test_a_model_that_nothing_serves_says_so(api: Any, operator: Any) -> None:
    api.create(slice_of("g-worker-0"))
    api.create(model())
    operator.settle()
    assert says(api, FACTS["reporter"]) == FACTS["states"]["nothing"]
    assert "endpoints" not in api.named(kinds.MODEL, "m")["status"]


def test_an_adapter_is_loaded_and_unloaded(api: Any, operator: Any, worker: Worker) -> None:
    api.create(slice_of("g-worker-0", "127.0.0.1"))
    api.create(model("lora"))
    operator.settle()
    assert says(api, FACTS["reporter"]) == FACTS["states"]["ready" if worker.able else "adapter"]
    assert worker.asked[0] == FACTS["asked"]["load"]
    assert bool(operator.controller.queue._when) is not worker.able, "what failed is tried again"
    api.delete(api.named(kinds.MODEL, "m"))
    operator.settle()
    assert not api.of_kind(kinds.MODEL), "it goes whether that is done or not"
    assert worker.asked[-1] == FACTS["asked"]["unload"]
    last = api.events[-1]
    told = f"{last['action']} {last['reason']} {last['type']}"
    assert told == FACTS["deletion"]["done" if worker.able else "failed"]
    assert RETRY_SECONDS > 1


def test_what_fails_while_looking_is_an_event(api: Any, operator: Any) -> None:
    api.create(model())
    api.faults["list", "EndpointSlice"] += [ApiError(403, "endpointslices is forbidden")]
    operator.controller.handle((kinds.MODEL, "demo", "m"))
    (event,) = [event for event in api.events if event["type"] == "Warning"]
    assert event["reason"] == "EndpointDiscoveryFailed"
    assert "endpointslices is forbidden" in event["note"]


def test_endpoints_that_are_no_pods_do_not_count() -> None:
    odd = slice_of("a", "10.0.0.1", "fd00::1", "10.0.0.1")
    odd["endpoints"][0]["targetRef"]["kind"] = "Node"
    odd["endpoints"] += [{"addresses": []}, {}, "junk"]
    assert [one.address for one in endpoints([odd])] == ["http://[fd00::1]:9090", "http://10.0.0.1:9090"]


def test_a_component_with_a_model_is_marked_and_has_its_service(facts: Object, api: Any, operator: Any) -> None:
    facts["graph"]["spec"]["components"][1]["modelRef"] = {"name": BASE}
    api.create(facts["graph"])
    operator.settle()
    seen = {kind: api.named(kind, "agg-decode") for kind in FACTS["marked"]}
    label = {FACTS["label"]: FACTS["hash"]}.items()
    marked = {kind: label <= item["metadata"]["labels"].items() for kind, item in seen.items()}
    assert marked == FACTS["marked"]
    pod = seen["Deployment"]["spec"]["template"]["metadata"]
    assert label <= pod["labels"].items(), "the Service would find none"
    for kind in ("Deployment", "Service"):
        assert seen[kind]["metadata"]["annotations"][FACTS["annotation"]] == BASE
    expected = FACTS["service"]
    made = api.named("Service", "dynamo-model")
    assert made["metadata"]["name"] == expected["name"]
    assert made["metadata"]["labels"] == expected["labels"]
    assert expected["annotations"].items() <= made["metadata"]["annotations"].items()
    assert made["metadata"]["ownerReferences"][0]["kind"] == expected["owner"]
    assert made["spec"] == expected["spec"] | {"clusterIP": "None"}
    frontend = api.named("Deployment", "agg-frontend")
    assert FACTS["label"] not in frontend["metadata"]["labels"]


def test_two_graphs_may_serve_one_model(facts: Object, api: Any, operator: Any) -> None:
    for name in ("agg", "other"):
        graph = copy.deepcopy(facts["graph"])
        graph["metadata"] |= {"name": name}
        graph["spec"]["components"][1]["modelRef"] = {"name": BASE}
        api.create(graph)
    operator.settle()
    api.run_pods()
    operator.settle()
    states = {item["metadata"]["name"]: item["status"]["state"] for item in api.of_kind(kinds.GRAPH)}
    assert states == {"agg": "successful", "other": "successful"}
    assert not [event for event in api.events if event["type"] == "Warning"]


@pytest.mark.parametrize(("field", "allowed"), FACTS["changes"].items())
def test_what_may_be_changed(field: str, allowed: bool) -> None:  # noqa: FBT001
    old = model("lora")
    new = copy.deepcopy(old)
    new["spec"][field] = "base" if field == "modelType" else "other"
    request = {"uid": "u", "operation": "UPDATE", "object": new, "oldObject": old}
    answer = review({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})
    assert answer["response"]["allowed"] is allowed


def test_the_platform_serves_the_kind_and_may_follow_it() -> None:
    assert kinds.MODEL in KINDS
    (definition,) = crds(kinds=(kinds.MODEL,))
    (version,) = definition["spec"]["versions"]
    assert [column["name"] for column in version["additionalPrinterColumns"]] == FACTS["columns"]
    assert MODELS in [watch.resource for watch in WATCHES]
    (role,) = [
        item
        for item in operator_objects("x.invalid/o:1")
        if item["kind"] == "ClusterRole" and item["metadata"]["name"].endswith("manager-role")
    ]
    may = {(name, verb) for rule in role["rules"] for name in rule["resources"] for verb in rule["verbs"]}
    for name, verb in (
        *((MODELS.plural, verb) for verb in ("get", "list", "watch", "update")),
        (f"{MODELS.plural}/status", "update"),
        *(("endpointslices", verb) for verb in ("list", "watch")),
    ):
        assert (name, verb) in may

"""The stand-in of the operator on an API server in memory, and a request with what a cluster would do for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.facts import kinds
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.control.controller import Controller
from mock_platform.operator.kube.events import Recorder

if TYPE_CHECKING:
    from support.in_memory_api import InMemoryApi

Object = dict[str, Any]


class Now(Recorder):
    """Writes events at once, so that a test sees them in order."""

    def event(self, *about: Any, **options: Any) -> None:
        super().event(*about, **options)
        while not self._waiting.empty():
            waiting = self._waiting.get()
            if waiting:
                self._write(*waiting)


class Operator:
    """The controller's reconciling without its threads: every key in turn until nothing changes any more."""

    def __init__(self, api: InMemoryApi) -> None:
        self.api = api
        self.controller = Controller(api, Now(api, "test"), OperatorConfig("1.5.0"))

    def settle(self) -> None:
        for _ in range(50):
            before = self.api.version
            for kind in (kinds.REQUEST, kinds.GRAPH, kinds.COMPONENT, kinds.MODEL):
                for item in self.api.of_kind(kind):
                    self.controller.handle((kind, item["metadata"]["namespace"], item["metadata"]["name"]))
            if self.api.version == before:
                return
        raise AssertionError("the objects never come to rest: the operator fights with itself")


class Request:
    """A request on the API server in memory, and what a cluster would do for it: its Job, its Pods."""

    def __init__(self, api: InMemoryApi, operator: Operator, manifest: Object, labels: dict[str, str]) -> None:
        self.api, self.operator, self.name = api, operator, manifest["metadata"]["name"]
        node = {"name": "node-1", "labels": labels}
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": node})
        api.create(manifest)

    @property
    def now(self) -> Object:
        return self.api.named(kinds.REQUEST, self.name)

    @property
    def says(self) -> list[str]:
        """As facts/dgdr.yaml tells a moment of its life."""
        status = self.now["status"]
        first = f"{status['phase']} {status.get('profilingPhase', '-')}"
        return [first, *(f"{item['type']} {item['status']} {item['reason']}" for item in status["conditions"])]

    def message(self, kind: str) -> str:
        (found,) = [item for item in self.now["status"]["conditions"] if item["type"] == kind]
        return str(found["message"])

    def step(self) -> None:
        """Look at the request once."""
        self.operator.controller.handle((kinds.REQUEST, "demo", self.name))

    def settle(self) -> Request:
        # A look that failed is repeated by the queue; here by hand.
        self.operator.settle()
        self.operator.settle()
        return self

    def report(self, **data: str) -> Request:
        """What the output-copier writes; two underscores stand for the dot of a key."""
        data = {key.replace("__", "."): value for key, value in data.items()}
        owner = {"kind": kinds.REQUEST, "name": self.name, "uid": self.now["metadata"]["uid"], "controller": True}
        labels = {"dgdr.nvidia.com/name": self.name, "dgdr.nvidia.com/namespace": "demo"}
        metadata = {"name": f"dgdr-output-{self.name}", "namespace": "demo", "ownerReferences": [owner]}
        metadata["labels"] = {**labels, "nvidia.com/managed-by": "dynamo-operator"}
        item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
        there = [found for found in self.api.of_kind("ConfigMap") if found["metadata"]["name"] == metadata["name"]]
        if there:
            self.api.replace({**there[0], "data": data})
        else:
            self.api.create(item)
        return self.settle()

    def end(self, kind: str, message: str = "") -> Request:
        """The Job ends: Complete or Failed."""
        job = self.api.named("Job", f"profile-{self.name}")
        entry = {"type": kind, "status": "True", "message": message}
        self.api.replace({**job, "status": {"conditions": [entry]}}, "status")
        return self.settle()

    def told(self, reason: str) -> list[Object]:
        """The request's events of this reason."""
        return [event for event in self.api.events if event["reason"] == reason]

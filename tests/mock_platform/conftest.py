"""An API server in memory, for the controller's tests; and Dynamo in containers, for the images' tests."""

from __future__ import annotations

import contextlib
import copy
import http.client
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from groundwork.system.processes import run
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.control.controller import Controller
from mock_platform.operator.kube import names
from mock_platform.operator.kube.api import (
    ADAPTERS,
    COMPONENTS,
    DEPLOYMENTS,
    EVENTS,
    GRAPHS,
    JOBS,
    REQUESTS,
    ApiError,
    Resource,
    resource_of,
)
from mock_platform.operator.kube.events import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kind_cluster.kind import Cluster

Object = dict[str, Any]
FACTS = Path(__file__).parent / "facts"
COUNTS_GENERATIONS = (REQUESTS, GRAPHS, COMPONENTS, ADAPTERS, DEPLOYMENTS, JOBS)


class FakeApi:
    """Versions, generations, uids, finalizers, conflicts, garbage collection and watches."""

    def __init__(self) -> None:
        self.objects: dict[tuple[Resource, str, str], Object] = {}
        self.faults: dict[tuple[str, str], list[ApiError]] = defaultdict(list)
        """Errors to raise, by method and kind; each once."""
        self.events: list[Object] = []
        self._history: list[tuple[int, Resource, str, Object]] = []
        self._version = 0
        self._oldest = 0
        self._epoch = 0
        self._changed = threading.Condition(threading.RLock())

    # The protocol.

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        with self._changed:
            self._maybe_fail("get", resource)
            return copy.deepcopy(self.objects.get((resource, namespace, name)))

    def list(self, resource: Resource, namespace: str = "", selector: str = "") -> tuple[list[Object], str]:
        with self._changed:
            self._maybe_fail("list", resource)
            found = [
                copy.deepcopy(item)
                for (kind, where, _), item in self.objects.items()
                if kind is resource and namespace in ("", where) and matches(item, selector)
            ]
            return found, str(self._version)

    def create(self, item: Object) -> Object:
        with self._changed:
            resource = resource_of(item)
            self._maybe_fail("create", resource)
            if resource is EVENTS:
                self.events.append(copy.deepcopy(item))
                return copy.deepcopy(item)
            if self._key(item) in self.objects:
                raise ApiError(409, f"{item['metadata']['name']} already exists")
            made = copy.deepcopy(item)
            made["metadata"] |= {"uid": f"uid-{self._version + 1}", "creationTimestamp": f"{self._version:020}"}
            if resource in COUNTS_GENERATIONS:
                made["metadata"]["generation"] = 1
            return self._store("ADDED", made)

    def replace(self, item: Object, subresource: str = "") -> Object:
        with self._changed:
            self._maybe_fail("replace" + subresource, resource_of(item))
            live = self._live(item)
            if item["metadata"].get("resourceVersion") != live["metadata"]["resourceVersion"]:
                raise ApiError(409, "the object has been modified")
            changed = copy.deepcopy(live if subresource else item)
            if subresource:
                changed["status"] = copy.deepcopy(item.get("status"))
            elif "status" in live:
                changed["status"] = live["status"]
            return self._change(live, changed)

    def patch(self, item: Object, change: Object) -> Object:
        with self._changed:
            self._maybe_fail("patch", resource_of(item))
            if resource_of(item) is EVENTS:
                next(event for event in self.events if event["metadata"] == item["metadata"]).update(change)
                return item
            live = self._live(item)
            return self._change(live, merge(live, change))

    def delete(self, item: Object) -> None:
        with self._changed:
            self._maybe_fail("delete", resource_of(item))
            live = self.objects.get(self._key(item))
            if live is None or live["metadata"]["uid"] != item["metadata"].get("uid", live["metadata"]["uid"]):
                return
            if live["metadata"].get("finalizers"):
                marked = copy.deepcopy(live)
                marked["metadata"]["deletionTimestamp"] = "now"
                self._store("MODIFIED", marked)
            else:
                self._remove(live)

    def watch(
        self,
        resource: Resource,
        namespace: str,
        selector: str,
        version: str,
        seconds: int,
    ) -> Iterator[tuple[str, Object]]:
        del seconds
        seen = int(version)
        with self._changed:
            epoch = self._epoch
        while True:
            with self._changed:
                if seen < self._oldest:
                    raise ApiError(410, "too old resource version")
                fresh = [entry for entry in self._history if entry[0] > seen and entry[1] is resource]
                if not fresh:
                    if self._epoch != epoch:
                        return
                    self._changed.wait(10.0)
                    continue
            for number, _, kind, item in fresh:
                seen = number
                if namespace in ("", item["metadata"]["namespace"]) and matches(item, selector):
                    yield kind, copy.deepcopy(item)

    # What tests do to it.

    def disconnect(self, *, forget: bool = False) -> None:
        """End all watches; `forget`: and refuse to continue them (410), changes since are lost to them."""
        with self._changed:
            self._epoch += 1
            if forget:
                self._oldest = self._version
                self._history.clear()
            self._changed.notify_all()

    def wait_for(self, holds: Callable[[FakeApi], object], what: str) -> None:
        """Until it holds, at most ten seconds."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), 10.0), f"never happened: {what}"

    def named(self, kind: str, name: str) -> Object:
        """The object of this kind whose name starts so, a copy."""
        found = [item for item in self.of_kind(kind) if item["metadata"]["name"].startswith(name)]
        assert len(found) == 1, [item["metadata"]["name"] for item in self.of_kind(kind)]
        return found[0]

    def of_kind(self, kind: str) -> list[Object]:
        with self._changed:
            return [copy.deepcopy(item) for key, item in self.objects.items() if key[0].kind == kind]

    def edit(self, item: Object, change: Object) -> Object:
        """What a user does with kubectl patch."""
        return self.patch(item, change)

    @property
    def version(self) -> int:
        return self._version

    def run_pods(self, only: str = "") -> None:
        """What Kubernetes does with Deployments: all Pods (of those whose name starts so) run and are ready."""
        for item in self.of_kind("Deployment"):
            if not item["metadata"]["name"].startswith(only):
                continue
            count = item["spec"]["replicas"]
            counts = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas", "updatedReplicas"), count)
            status = {
                **counts,
                "observedGeneration": item["metadata"]["generation"],
                "conditions": [{"type": "Available", "status": "True"}],
            }
            if item.get("status") != status:
                self.replace({**item, "status": status}, "status")

    # Inside.

    def _maybe_fail(self, method: str, resource: Resource) -> None:
        waiting = self.faults[method, resource.kind]
        if waiting:
            raise waiting.pop(0)

    def _key(self, item: Object) -> tuple[Resource, str, str]:
        return resource_of(item), item["metadata"].get("namespace", ""), item["metadata"]["name"]

    def _live(self, item: Object) -> Object:
        live = self.objects.get(self._key(item))
        if live is None:
            raise ApiError(404, f"{item['metadata']['name']} not found")
        return live

    def _change(self, live: Object, changed: Object) -> Object:
        if changed == live:
            return copy.deepcopy(live)
        if "generation" in live["metadata"] and changed.get("spec") != live.get("spec"):
            changed["metadata"]["generation"] = live["metadata"]["generation"] + 1
        if changed["metadata"].get("deletionTimestamp") and not changed["metadata"].get("finalizers"):
            self._remove(live)
            return copy.deepcopy(changed)
        return self._store("MODIFIED", changed)

    def _store(self, kind: str, item: Object) -> Object:
        self._version += 1
        item["metadata"]["resourceVersion"] = str(self._version)
        self.objects[self._key(item)] = item
        self._history.append((self._version, resource_of(item), kind, copy.deepcopy(item)))
        self._changed.notify_all()
        return copy.deepcopy(item)

    def _remove(self, live: Object) -> None:
        self._version += 1
        del self.objects[self._key(live)]
        self._history.append((self._version, resource_of(live), "DELETED", copy.deepcopy(live)))
        self._changed.notify_all()
        uid = live["metadata"]["uid"]
        for item in list(self.objects.values()):
            if any(owner["uid"] == uid for owner in item["metadata"].get("ownerReferences") or []):
                self.delete(item)


def matches(item: Object, selector: str) -> bool:
    labels = item["metadata"].get("labels") or {}
    wanted = [part.partition("=") for part in selector.split(",") if part]
    return all(labels.get(key) == value if value else key in labels for key, _, value in wanted)


def merge(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return copy.deepcopy(change)
    merged = copy.deepcopy(base)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


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

    def __init__(self, api: FakeApi) -> None:
        self.api = api
        self.controller = Controller(api, Now(api, "test"), OperatorConfig("1.5.0"))

    def settle(self) -> None:
        for _ in range(50):
            before = self.api.version
            for kind in (names.REQUEST, names.GRAPH, names.COMPONENT):
                for item in self.api.of_kind(kind):
                    self.controller.handle((kind, item["metadata"]["namespace"], item["metadata"]["name"]))
            if self.api.version == before:
                return
        raise AssertionError("the objects never come to rest: the operator fights with itself")


@pytest.fixture
def facts() -> Object:
    """facts/dgd.yaml."""
    content: Object = yaml.safe_load((FACTS / "dgd.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def operator(api: FakeApi) -> Operator:
    return Operator(api)


@pytest.fixture
def graph(api: FakeApi, facts: Object) -> Object:
    """The graph of the facts, applied."""
    return api.create(facts["graph"])


class Request:
    """A request on the API server in memory, and what a cluster would do for it: its Job, its Pods."""

    def __init__(self, api: FakeApi, operator: Operator, manifest: Object, labels: dict[str, str]) -> None:
        self.api, self.operator, self.name = api, operator, manifest["metadata"]["name"]
        node = {"name": "node-1", "labels": labels}
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": node})
        api.create(manifest)

    @property
    def now(self) -> Object:
        return self.api.named(names.REQUEST, self.name)

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
        self.operator.controller.handle((names.REQUEST, "demo", self.name))

    def settle(self) -> Request:
        # A look that failed is repeated by the queue; here by hand.
        self.operator.settle()
        self.operator.settle()
        return self

    def report(self, **data: str) -> Request:
        """What the output-copier writes; two underscores stand for the dot of a key."""
        data = {key.replace("__", "."): value for key, value in data.items()}
        owner = {"kind": names.REQUEST, "name": self.name, "uid": self.now["metadata"]["uid"], "controller": True}
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


@pytest.fixture
def play() -> Callable[[Object, dict[str, str]], Request]:
    """Makes an API server of its own with a request on it, in a cluster whose node has these labels."""

    def start(manifest: Object, labels: dict[str, str]) -> Request:
        api = FakeApi()
        return Request(api, Operator(api), manifest, labels)

    return start


@pytest.fixture
def request_facts() -> Object:
    """facts/dgdr.yaml."""
    content: Object = yaml.safe_load((FACTS / "dgdr.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def asked(api: FakeApi, operator: Operator, request_facts: Object) -> Request:
    """The request of the facts, applied, in a cluster with eight H100."""
    return Request(api, operator, request_facts["request"], request_facts["node_labels"])


@dataclass(frozen=True)
class Namespace:
    """A namespace of one test's own."""

    cluster: Cluster
    name: str

    def kubectl(self, *arguments: str, stdin: Object | None = None) -> str:
        content = yaml.safe_dump(stdin).encode() if stdin else None
        return self.cluster.run_kubectl("-n", self.name, *arguments, stdin=content)

    def apply(self, item: Object) -> str:
        return self.kubectl("apply", "-f", "-", stdin=item)

    def get(self, what: str | tuple[str, ...]) -> Object:
        words = (what,) if isinstance(what, str) else what
        text = self.kubectl("get", *words, "-o", "json")
        found: Object = json.loads(text[text.index("{") :])  # After kubectl's warnings.
        return found

    def wait_for(
        self, what: str | tuple[str, ...], holds: Callable[[Object], bool], seconds: float = 60.0
    ) -> Object:
        deadline = time.monotonic() + seconds
        while not holds(found := self.get(what)):
            assert time.monotonic() < deadline, yaml.safe_dump(found.get("status"))
            time.sleep(0.5)
        return found


@pytest.fixture
def namespace(platform: Cluster) -> Iterator[Namespace]:
    name = f"op-{secrets.token_hex(3)}"
    platform.run_kubectl("create", "namespace", name)
    yield Namespace(platform, name)
    platform.run_kubectl("delete", "namespace", name, "--wait=false")


@dataclass
class Stage:
    """Containers of one Dynamo, without Kubernetes: they find each other through files on a volume."""

    image: str
    name: str
    port: int = 0
    containers: dict[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    """What else containers have, as Docker's `--volume` names it."""

    def start(self, model: str, *words: str, publish: bool = False) -> None:
        """Start `[NAME=VALUE …] MODULE [FLAG …]`."""
        count = sum("=" in word and not word.startswith("-") for word in words[:2])
        command = ["docker", "run", "--detach", "--network", self.name, "--volume", f"{self.name}:/workspace"]
        command += [part for volume in self.volumes for part in ("--volume", volume)]
        command += ["--env", "DYN_DISCOVERY_BACKEND=file", "--env", "DYN_FILE_KV=/workspace/discovery"]
        command += [part for word in words[:count] for part in ("--env", word)]
        # An endpoint serves one model: each worker has a namespace of its own, as each graph has in a cluster.
        command += ["--env", f"DYN_NAMESPACE=test-{len(self.containers)}"] if not publish else []
        command += ["--publish", "127.0.0.1::8000"] if publish else []
        self.containers[model] = run([*command, self.image, "python3", "-m", *words[count:]]).split()[-1]

    def logs(self, model: str) -> str:
        return run(["docker", "logs", self.containers[model]])

    def get(self, path: str, body: dict[str, object] | None = None) -> dict:
        with self.open(path, body) as answer:
            return json.load(answer)

    def open(self, path: str, body: dict[str, object] | None = None):
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data)
        request.add_header("Content-Type", "application/json")
        return urllib.request.urlopen(request, timeout=60)  # noqa: S310 - http, above

    def served(self) -> set[str]:
        with contextlib.suppress(urllib.error.URLError, OSError, http.client.HTTPException):
            return {model["id"] for model in self.get("/v1/models")["data"]}
        return set()

    def wait(self, models: set[str], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while self.served() != models:
            states = {
                model: run(["docker", "inspect", "--format", "{{.State.Running}}", container])
                for model, container in self.containers.items()
            }
            ended = [model for model, state in states.items() if state != "true"]
            assert not ended, self.logs(ended[0])[-3000:]
            assert time.monotonic() < deadline, f"registered within {seconds:.0f} s: {self.served()} of {models}"
            time.sleep(0.1)


@contextlib.contextmanager
def open_stage(image: str, workers: dict[str, tuple[str, ...]], *volumes: str) -> Iterator[Stage]:
    """A frontend and workers from one image, all registered; gone afterwards."""
    stage = Stage(image, f"dynamo-docs-test-images-{secrets.token_hex(4)}", volumes=volumes)
    run(["docker", "network", "create", stage.name])
    try:
        stage.start("frontend", "dynamo.frontend", publish=True)
        stage.port = int(run(["docker", "port", stage.containers["frontend"], "8000/tcp"]).rpartition(":")[2])
        for model, words in workers.items():
            stage.start(model, *words)
        stage.wait(set(workers))
        yield stage
    finally:
        for container in stage.containers.values():
            run(["docker", "rm", "--force", "--volumes", container])
        run(["docker", "network", "rm", stage.name])
        run(["docker", "volume", "rm", "--force", stage.name])


@pytest.fixture(scope="session")
def running_dynamo():
    """`with running_dynamo(image, {name served: (module, flag, …)}, volume, …) as stage`."""
    return open_stage


@pytest.fixture(scope="session")
def images():
    """The images, built if they are not there."""
    from groundwork.system.progress import Progress  # noqa: PLC0415
    from kind_cluster.provision import preflight  # noqa: PLC0415 - only where there is Docker
    from mock_platform.images import ensure_images  # noqa: PLC0415

    preflight()
    return ensure_images(Progress())

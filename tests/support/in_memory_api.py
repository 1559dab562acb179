"""An API server in memory, for what runs against Kubernetes: the controller's tests."""

from __future__ import annotations

import copy
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from groundwork.kube.errors import ApiError
from groundwork.kube.resources import DEPLOYMENTS, EVENTS, JOBS, Resource
from mock_platform.operator.kube.api import ADAPTERS, COMPONENTS, GRAPHS, MODELS, REQUESTS, resource_of
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Object = dict[str, Any]
COUNTS_GENERATIONS = (REQUESTS, GRAPHS, COMPONENTS, ADAPTERS, MODELS, DEPLOYMENTS, JOBS)


class InMemoryApi:
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
                    self._changed.wait(LONG)
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

    def wait_for(self, holds: Callable[[InMemoryApi], object], what: str) -> None:
        """Until it holds."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), LONG), f"never happened: {what}"

    def named(self, kind: str, name: str) -> Object:
        """The object of this kind whose name starts so, a copy."""
        found = [item for item in self.of_kind(kind) if item["metadata"]["name"].startswith(name)]
        assert len(found) == 1, [item["metadata"]["name"] for item in self.of_kind(kind)]
        return found[0]

    def of_kind(self, kind: str) -> list[Object]:
        with self._changed:
            return [copy.deepcopy(item) for key, item in self.objects.items() if key[0].kind == kind]

    def versions(self, kind: str, name: str) -> list[Object]:
        """Every version there was of an object, from old to new."""
        with self._changed:
            kept = [item for _, resource, _, item in self._history if resource.kind == kind]
            return [copy.deepcopy(item) for item in kept if item["metadata"]["name"] == name]

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

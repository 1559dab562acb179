"""Which object is looked at, and when: list and watch, a work queue, retries, a clean stop."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import Object, controller_of, labels_of, name_of, namespace_of
from groundwork.kube.resources import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    JOBS,
    ROLE_BINDINGS,
    ROLES,
    SERVICE_ACCOUNTS,
    SERVICES,
    Resource,
)
from mock_platform.operator.components.reconciler import ComponentReconciler
from mock_platform.operator.control.asked import Asked, asked_of
from mock_platform.operator.control.queue import WorkQueue
from mock_platform.operator.graphs.reconciler import GraphReconciler
from mock_platform.operator.kube.api import ADAPTERS, COMPONENTS, GRAPHS, REQUESTS, Api
from mock_platform.operator.kube.sync import BlockedError, NotYetError
from mock_platform.operator.requests.reconciler import RequestReconciler

if TYPE_CHECKING:
    from mock_platform.operator.config import OperatorConfig
    from mock_platform.operator.kube.events import Recorder
    from mock_platform.operator.requests.step import Extension

WORKERS = 4
_NOT_YET_SECONDS = 1.0
_RELIST_SECONDS = 1.0
_log = logging.getLogger(__name__)

Key = tuple[str, str, str]
"""Kind, namespace, name."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One kind to follow: those objects that carry the label."""

    resource: Resource
    selector: str = ""


WATCHES = (
    Watch(REQUESTS),
    Watch(GRAPHS),
    Watch(COMPONENTS),
    Watch(ADAPTERS),
    Watch(DEPLOYMENTS, names.GRAPH_NAME),
    Watch(SERVICES, names.GRAPH_NAME),
    Watch(SERVICE_ACCOUNTS, f"{names.MANAGED_BY}={names.MANAGER}"),
    Watch(ROLES, f"{names.MANAGED_BY}={names.MANAGER}"),
    Watch(ROLE_BINDINGS, f"{names.MANAGED_BY}={names.MANAGER}"),
    Watch(JOBS, f"app={names.PROFILER}"),
    Watch(CONFIG_MAPS, names.REQUEST_NAME),
)

_Reconciler = GraphReconciler | ComponentReconciler | RequestReconciler
_RECONCILERS: dict[str, tuple[Resource, type[_Reconciler]]] = {
    kinds.REQUEST: (REQUESTS, RequestReconciler),
    kinds.GRAPH: (GRAPHS, GraphReconciler),
    kinds.COMPONENT: (COMPONENTS, ComponentReconciler),
}


@dataclass(slots=True)
class Controller:
    """Runs the reconcilers until stopped.

    Each kind is listed and then watched from there; a watch ends after `resync_seconds`, or when the API server
    ends it (410, restart), and the list that follows looks at everything again. So no lost event stays lost.
    """

    api: Api
    recorder: Recorder
    config: OperatorConfig
    extension: Extension | None = None
    """Extension that says more of requests than the real operator does; None by default."""
    queue: WorkQueue[Key] = field(default_factory=WorkQueue)
    _stop: threading.Event = field(default_factory=threading.Event)
    _listed: set[Resource] = field(default_factory=set)
    _graphs: set[Key] = field(default_factory=set)
    _asked: dict[Resource, Asked] = field(default_factory=lambda: asked_of((COMPONENTS, ADAPTERS)))
    _workers: list[threading.Thread] = field(default_factory=list)
    _watchers: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to watch and to work, in threads."""
        for watch in WATCHES:
            name = f"watch-{watch.resource.plural}"
            self._watchers.append(threading.Thread(target=self._follow, args=(watch,), name=name, daemon=True))
        for number in range(WORKERS):
            self._workers.append(threading.Thread(target=self._work, name=f"worker-{number}", daemon=True))
        for thread in (*self._watchers, *self._workers):
            thread.start()

    def stop(self) -> None:
        """Finish what is being worked on, start nothing more."""
        self._stop.set()
        self.queue.close()
        for thread in self._workers:
            thread.join(10.0)

    @property
    def ready(self) -> bool:
        """Whether every kind has been listed once: nothing that exists is unknown."""
        return len(self._listed) == len(WATCHES)

    @property
    def healthy(self) -> bool:
        """Whether all threads live."""
        return all(thread.is_alive() for thread in (*self._watchers, *self._workers))

    # Watching.

    def _follow(self, watch: Watch) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._follow_once(watch)
                failures = 0
            except ApiError as error:
                if self._stop.is_set():
                    return
                if not error.expired:
                    failures += 1
                    _log.warning("%s: %s; listing again", watch.resource.plural, error)
            except Exception:  # noqa: BLE001  A watcher that dies would leave the operator deaf.
                failures += 1
                _log.exception("%s: the watch failed; listing again", watch.resource.plural)
            if failures:
                self._stop.wait(min(5.0, _RELIST_SECONDS * 2.0 ** min(failures - 1, 5)))

    def _follow_once(self, watch: Watch) -> None:
        namespace = self.config.namespace
        items, version = self.api.list(watch.resource, namespace, watch.selector)
        for item in items:
            self._heard(watch.resource, item, gone=False)
        self._listed.add(watch.resource)
        seconds = max(1, round(self.config.resync_seconds))
        for kind, item in self.api.watch(watch.resource, namespace, watch.selector, version, seconds):
            if self._stop.is_set():
                return
            self._changed(watch.resource, item, kind)

    def _changed(self, resource: Resource, item: Object, kind: str) -> None:
        """A component's new status is news for its graph alone, an adapter's for nobody."""
        asked = self._asked.get(resource)
        if asked and kind == "DELETED":
            asked.forget(item)
        elif asked and not asked.anew(item):
            owner = controller_of(item)
            if resource is COMPONENTS and owner and owner["kind"] in _RECONCILERS:
                self.queue.add((owner["kind"], namespace_of(item), owner["name"]))
            return
        self._heard(resource, item, gone=kind == "DELETED")

    def _heard(self, resource: Resource, item: Object, *, gone: bool) -> None:
        name = labels_of(item).get(names.REQUEST_NAME)
        if name and labels_of(item).get(names.REQUEST_NAMESPACE) == namespace_of(item):
            self.queue.add((kinds.REQUEST, namespace_of(item), name))
        if resource is GRAPHS:
            key = (kinds.GRAPH, namespace_of(item), name_of(item))
            (self._graphs.discard if gone else self._graphs.add)(key)
            self.queue.add(key)
            return
        if resource in (COMPONENTS, REQUESTS):
            self.queue.add((resource.kind, namespace_of(item), name_of(item)))
        owner = controller_of(item)
        if owner and owner["kind"] in _RECONCILERS:
            self.queue.add((owner["kind"], namespace_of(item), owner["name"]))
        elif gone and name_of(item).startswith(names.PLANNER_SERVICE_ACCOUNT):
            for key in [graph for graph in self._graphs if graph[1] == namespace_of(item)]:
                self.queue.add(key)

    # Working.

    def _work(self) -> None:
        while (key := self.queue.get()) is not None:
            try:
                self.handle(key)
            except Exception:  # noqa: BLE001  As the comment says.
                # Whatever went wrong, it is this object's trouble: the others are to be served.
                _log.exception("%s %s/%s: unforeseen", *key)
                self.queue.failed(key)
            finally:
                self.queue.done(key)

    def handle(self, key: Key) -> None:
        """Reconcile one object; on failure report it where the real operator would, and come back to it."""
        kind, namespace, name = key
        reconciler = self._reconciler(kind)
        try:
            reconciler.reconcile(namespace, name)
        except NotYetError as reason:
            _log.info("%s %s/%s: %s", kind, namespace, name, reason)
            self.queue.add(key, _NOT_YET_SECONDS)
            return
        except ApiError as error:
            if not error.passing:
                self._report(key, error.message)
            self._retry(key, str(error))
            return
        except BlockedError as error:
            self._report(key, str(error))
            self._retry(key, str(error))
            return
        except Exception as error:  # noqa: BLE001  A malformed object must not end the operator.
            _log.exception("%s %s/%s", kind, namespace, name)
            self._report(key, f"the mock operator failed: {type(error).__name__}: {error}")
            self._retry(key, repr(error))
            return
        self.queue.succeeded(key)

    def _reconciler(self, kind: str) -> _Reconciler:
        parts = self.api, self.recorder, self.config
        if kind == kinds.REQUEST:
            return RequestReconciler(*parts, self.extension)
        return _RECONCILERS[kind][1](*parts)

    def _retry(self, key: Key, reason: str) -> None:
        delay = self.queue.failed(key)
        _log.warning("%s %s/%s: %s; again in %.1f s", *key, reason, delay)

    def _report(self, key: Key, message: str) -> None:
        kind, namespace, name = key
        try:
            item = self.api.get(_RECONCILERS[kind][0], namespace, name)
            if item is not None:
                self._reconciler(kind).report(item, message)
        except ApiError as error:
            _log.warning("%s %s/%s: not reported: %s", kind, namespace, name, error)

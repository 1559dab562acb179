"""Which object is looked at, and when: list and watch, a work queue, retries, a clean stop."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds, names
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import Object, controller_of, labels_of, name_of, namespace_of
from groundwork.kube.resources import CONFIG_MAPS, DEPLOYMENTS, ENDPOINT_SLICES, JOBS, SERVICES, Resource
from mock_platform.operator.components.reconciler import ComponentReconciler
from mock_platform.operator.control.asked import Asked, asked_of
from mock_platform.operator.control.queue import WorkQueue
from mock_platform.operator.graphs.reconciler import GraphReconciler
from mock_platform.operator.kube.api import ADAPTERS, COMPONENTS, GRAPHS, MODELS, REQUESTS, Api
from mock_platform.operator.kube.sync import BlockedError, NotYetError
from mock_platform.operator.models.reconciler import ModelReconciler
from mock_platform.operator.models.service import model_hash
from mock_platform.operator.requests.reconciler import RequestReconciler

if TYPE_CHECKING:
    from mock_platform.operator.config import OperatorConfig
    from mock_platform.operator.kube.events import Recorder
    from mock_platform.operator.requests.step import Extension

WORKERS = 4
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
    Watch(DEPLOYMENTS, names.DYNAMO_COMPONENT),
    Watch(SERVICES, names.DYNAMO_COMPONENT),
    Watch(JOBS, f"app={names.PROFILER}"),
    Watch(CONFIG_MAPS, names.REQUEST_NAME),
    Watch(MODELS),
    Watch(ENDPOINT_SLICES, names.BASE_MODEL_HASH),
)
"""Kinds that are followed. As with the real operator, identities are not among them: a ServiceAccount or a Role
that somebody deletes is made anew when something else of the graph changes."""

_Reconciler = GraphReconciler | ComponentReconciler | RequestReconciler | ModelReconciler
_RECONCILERS: dict[str, tuple[Resource, type[_Reconciler]]] = {
    kinds.REQUEST: (REQUESTS, RequestReconciler),
    kinds.GRAPH: (GRAPHS, GraphReconciler),
    kinds.COMPONENT: (COMPONENTS, ComponentReconciler),
    kinds.MODEL: (MODELS, ModelReconciler),
}


@dataclass(slots=True)
class Controller:
    """Runs the reconcilers until stopped.

    Each kind is listed and then watched from there; a watch ends after `resync_seconds`, or when the API server
    ends it (410, restart). The list that follows finds what changed or went meanwhile, so no lost event stays
    lost; what did not change is not looked at again.
    """

    api: Api
    recorder: Recorder
    config: OperatorConfig
    extension: Extension | None = None
    """Extension that says more of requests than the real operator does; None by default."""
    queue: WorkQueue[Key] = field(default_factory=WorkQueue)
    _stop: threading.Event = field(default_factory=threading.Event)
    _listed: set[Resource] = field(default_factory=set)
    _known: dict[Resource, dict[tuple[str, str], Object]] = field(default_factory=dict)
    """Objects of each kind as last heard of, their metadata alone; each kind's is its watcher's."""
    _asked: dict[Resource, Asked] = field(default_factory=lambda: asked_of((COMPONENTS, ADAPTERS, MODELS)))
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
        known = self._known.setdefault(watch.resource, {})
        for key in known.keys() - {(namespace_of(item), name_of(item)) for item in items}:
            self._gone(watch.resource, known[key])
        for item in items:
            self._there(watch.resource, item)
        self._listed.add(watch.resource)
        seconds = max(1, round(self.config.resync_seconds))
        for kind, item in self.api.watch(watch.resource, namespace, watch.selector, version, seconds):
            if self._stop.is_set():
                return
            (self._gone if kind == "DELETED" else self._there)(watch.resource, item)

    def _gone(self, resource: Resource, item: Object) -> None:
        self._known.get(resource, {}).pop((namespace_of(item), name_of(item)), None)
        if resource in self._asked:
            self._asked[resource].forget(item)
        self._heard(resource, item)

    def _there(self, resource: Resource, item: Object) -> None:
        """Hear of an object, unless this version of it is known.

        A component's new status is news for its graph alone, an adapter's for nobody.
        """
        known, key = self._known.setdefault(resource, {}), (namespace_of(item), name_of(item))
        version = item["metadata"].get("resourceVersion")
        if key in known and version is not None and known[key]["metadata"].get("resourceVersion") == version:
            return
        known[key] = {part: item[part] for part in ("apiVersion", "kind", "metadata") if part in item}
        asked = self._asked.get(resource)
        if asked is None or asked.anew(item):
            self._heard(resource, item)
        elif resource is COMPONENTS:
            self._tell_owner(item)

    def _heard(self, resource: Resource, item: Object) -> None:
        name = labels_of(item).get(names.REQUEST_NAME)
        if name and labels_of(item).get(names.REQUEST_NAMESPACE) == namespace_of(item):
            self.queue.add((kinds.REQUEST, namespace_of(item), name))
        if resource is ENDPOINT_SLICES:
            self._tell_models(item)
        if resource in (GRAPHS, COMPONENTS, REQUESTS, MODELS):
            self.queue.add((resource.kind, namespace_of(item), name_of(item)))
        self._tell_owner(item)

    def _tell_models(self, item: Object) -> None:
        """Look again at the models whose endpoints have changed."""
        digits = labels_of(item).get(names.BASE_MODEL_HASH)
        models, _ = self.api.list(MODELS, namespace_of(item))
        for model in models:
            if model_hash(str(model["spec"].get("baseModelName") or "")) == digits:
                self.queue.add((kinds.MODEL, namespace_of(model), name_of(model)))

    def _tell_owner(self, item: Object) -> None:
        owner = controller_of(item)
        if owner and owner["kind"] in _RECONCILERS:
            self.queue.add((owner["kind"], namespace_of(item), owner["name"]))

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
            self.queue.add(key, reason.seconds)
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

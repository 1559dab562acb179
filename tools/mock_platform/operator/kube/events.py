"""Kubernetes events, as the real operator's recorder writes them: events.k8s.io/v1, repeats as a series."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import Object, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_platform.operator.kube.api import Api

GRAPH_REPORTER = kinds.KINDS[kinds.GRAPH].singular
COMPONENT_REPORTER = kinds.KINDS[kinds.COMPONENT].singular
ADAPTER_REPORTER = "dgdscalingadapter"
MODEL_REPORTER = kinds.KINDS[kinds.MODEL].singular
REQUEST_REPORTER = kinds.KINDS[kinds.REQUEST].singular

_REMEMBERED = 2000
_WAITING = 2000
_SERIES_SECONDS = 360.0
"""Seconds after which a repeat is an event of its own; once it is a series, it is written at most this often."""
_MOST_NOTE_BYTES = 1024
"""Bytes of the longest note that the API server takes."""
_log = logging.getLogger(__name__)


def timestamp(moment: datetime | None = None, *, micro: bool = False) -> str:
    """RFC 3339 in UTC, as Kubernetes writes it: `2026-11-23T21:42:46Z`, with microseconds for events."""
    moment = moment or datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if micro else "%Y-%m-%dT%H:%M:%SZ")


def shortened(text: str, most: int) -> str:
    """A text of at most so many bytes, with dots where it was longer."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - 3].decode(errors="ignore") + "..."


def reference(item: Object) -> Object:
    """What an event is about; without uid and version for an object that is yet to be made."""
    metadata = item["metadata"]
    about = {
        "apiVersion": item["apiVersion"],
        "kind": item["kind"],
        "name": metadata["name"],
        "namespace": metadata.get("namespace", ""),
    }
    return about | {key: metadata[key] for key in ("resourceVersion", "uid") if metadata.get(key)}


class Recorder:
    """Writes events in the background: a lost event is a pity, a slow reconcile a fault."""

    def __init__(self, api: Api, instance: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Report as `<reporter>-<instance>`; `instance` is the host's name in the real operator."""
        self._api, self._instance, self._clock = api, instance, clock
        self._waiting: queue.Queue[tuple[tuple[str, ...], Object] | None] = queue.Queue(_WAITING)
        self._known: OrderedDict[tuple[str, ...], tuple[Object, int, float]] = OrderedDict()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end; gives up after a few seconds."""
        with suppress(queue.Full):  # So many are not written within a few seconds anyhow.
            self._waiting.put_nowait(None)
        self._thread.join(5.0)

    @property
    def healthy(self) -> bool:
        """Whether its thread lives."""
        return self._thread.is_alive()

    @property
    def ready(self) -> bool:
        """As `healthy`: it waits for nothing."""
        return self.healthy

    def event(
        self, about: Object, reporter: str, action: str, reason: str, note: str, *, kind: str = "Normal"
    ) -> None:
        """Report something about an object. Identical reports (the note aside) become one event with a count."""
        regarding = reference(about)
        now = datetime.now(UTC)
        event = {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {
                "name": f"{regarding['name']}.{time.time_ns():x}",
                "namespace": namespace_of(about) or "default",
            },
            "eventTime": timestamp(now, micro=True),
            "reportingController": reporter,
            "reportingInstance": f"{reporter}-{self._instance}",
            "action": action,
            "reason": reason,
            "regarding": regarding,
            "note": shortened(note, _MOST_NOTE_BYTES),
            "type": kind,
        }
        key = (kind, action, reason, reporter, *map(str, sorted(regarding.items())))
        try:
            self._waiting.put_nowait((key, event))
        except queue.Full:
            _log.warning("too many events are waiting: dropped %s of %s", reason, regarding["name"])

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            try:
                self._write(*waiting)
            except ApiError as error:
                # A namespace that is going takes no more events; nobody is left to read them either.
                _log.info("event %s not written: %s", waiting[1]["reason"], error)
            except Exception:  # noqa: BLE001  The others are to be written.
                _log.exception("event %s not written", waiting[1]["reason"])

    def _write(self, key: tuple[str, ...], event: Object) -> None:
        now = self._clock()
        first, count, written = self._known.get(key, (event, 0, now))
        if count and now - written > _SERIES_SECONDS and count == 1:
            first, count = event, 0
        if count == 0:
            self._known[key] = (self._api.create(event), 1, now)
        else:
            if count == 1 or now - written > _SERIES_SECONDS:
                series = {"count": count + 1, "lastObservedTime": event["eventTime"]}
                self._api.patch(first, {"series": series})
                written = now
            self._known[key] = (first, count + 1, written)
        self._known.move_to_end(key)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

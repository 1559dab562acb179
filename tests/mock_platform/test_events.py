"""Events that cannot be written, and more than can wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mock_platform.operator.kube.events import Recorder
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    import pytest

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "demo"}}


class Api:
    """Takes events, but those of the reason `bad`; waits for `go` before the first."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.created: list[str] = []

    def create(self, item: dict[str, Any]) -> dict[str, Any]:
        self.go.wait(LONG)
        if item["reason"] == "bad":
            raise ValueError(item)
        self.created.append(item["reason"])
        return item


def test_an_event_that_cannot_be_written_does_not_keep_back_the_others() -> None:
    api = Api()
    api.go.set()
    recorder = Recorder(api, "test")  # type: ignore[arg-type]
    assert not recorder.healthy
    recorder.start()
    for reason in ("bad", "good"):
        recorder.event(POD, "reporter", "Act", reason, "note")
    recorder.stop()
    assert api.created == ["good"]
    assert not recorder.ready


def test_more_events_than_can_wait_do_not_keep_the_recorder_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mock_platform.operator.kube.events._WAITING", 3)
    api = Api()
    recorder = Recorder(api, "test")  # type: ignore[arg-type]
    recorder.start()
    for number in range(9):
        recorder.event(POD, "reporter", "Act", f"reason{number}", "note")
    monkeypatch.setattr(recorder._thread, "join", lambda _: None)  # Not the seconds that it may take.
    stopping = threading.Thread(target=recorder.stop, daemon=True)
    stopping.start()
    stopping.join(LONG)
    stuck = stopping.is_alive()
    api.go.set()
    assert not stuck
    recorder._waiting.put(None, timeout=LONG)
    wait_until(lambda: not recorder.healthy, "the recorder has stopped")

"""The API over HTTP, against a server of this test's own that breaks off; and what that does to the events."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from mock_platform.operator.kube.api import GRAPHS, ApiError
from mock_platform.operator.kube.events import Recorder
from mock_platform.operator.kube.kubernetes_api import KubernetesApi
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
users: [{{name: u, user: {{token: x}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
current-context: c
"""
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "demo"}}


class Breaking(BaseHTTPRequestHandler):
    body, length = b"{", 1

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(self.length))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api(tmp_path: Path) -> Iterator[KubernetesApi]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Breaking)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    (tmp_path / "config").write_text(KUBECONFIG.format(port=server.server_port))
    yield KubernetesApi(str(tmp_path / "config"))
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("body", "length", "said"), [(b'{"items": [', 5000, "IncompleteRead"), (b"<html>", 6, "Expecting value")]
)
def test_an_answer_that_breaks_off_is_a_server_that_is_away(
    api: KubernetesApi, monkeypatch: pytest.MonkeyPatch, body: bytes, length: int, said: str
) -> None:
    monkeypatch.setattr(Breaking, "body", body)
    monkeypatch.setattr(Breaking, "length", length)
    with pytest.raises(ApiError, match=f"^the API server's answer broke off: .*{said}") as caught:
        api.get(GRAPHS, "demo", "g")
    assert caught.value.passing, "no graph is to blame"


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

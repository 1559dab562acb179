"""examples/planner/load.py against a small server: what it sends, what it counts, what it calls failed."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from groundwork.base.paths import root
from support.http_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = root() / "examples" / "planner" / "load.py"
FAILS, EMPTY = 5, 7
"""Each fifth request is refused, each seventh answered without a token."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[dict[str, Any]]] = []
    lock: ClassVar[Lock] = Lock()

    def do_POST(self) -> None:
        with self.lock:
            self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            number = len(self.asked)
        self.close_connection = True
        self.send_response(500 if number % FAILS == 0 else 200)
        self.send_header("Connection", "close")
        self.end_headers()
        tokens = 0 if number % FAILS == 0 or number % EMPTY == 0 else 3
        self.wfile.write(b'data: {"choices": []}\n\n' * tokens + b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""


@pytest.fixture
def port() -> Iterator[int]:
    Handler.asked.clear()
    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def run_load(port: int, *words: str) -> list[str]:
    command = [sys.executable, SCRIPT, "--url", f"http://127.0.0.1:{port}", "--model", "m", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_as_many_requests_as_the_rate_makes_and_each_is_counted(port: int) -> None:
    lines = run_load(port, "--rate", "32", "--isl", "12", "--osl", "3", "--seconds", "1")
    assert len(Handler.asked) == 32
    failed = sum(number % FAILS == 0 or number % EMPTY == 0 for number in range(1, 33))
    assert lines[-1] == f"all: done {32 - failed}, failed {failed}"
    assert sum(line.startswith("failed: ") for line in lines) == failed
    assert any("HTTP 500" in line for line in lines)
    assert any("an answer without a token" in line for line in lines)


def test_what_it_asks_for(port: int) -> None:
    run_load(port, "--rate", "4", "--isl", "12", "--osl", "3", "--seconds", "1")
    prompts = [asked["messages"][0]["content"] for asked in Handler.asked]
    assert {len(prompt.split()) for prompt in prompts} == {12}
    assert len(set(prompts)) == 4, "no prefix is there twice"
    (rest,) = {json.dumps({key: value for key, value in asked.items() if key != "messages"})
               for asked in Handler.asked}  # fmt: skip
    assert json.loads(rest) == {"model": "m", "max_tokens": 3, "stream": True, "ignore_eos": True}


def test_a_server_that_is_not_there_fails_each_request(port: int) -> None:
    del port
    (*failed, _, last) = run_load(1, "--rate", "8", "--seconds", "0.375")
    assert len(failed) == 3
    assert last == "all: done 0, failed 3"

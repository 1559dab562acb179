"""An HTTP server of a test's own, which answers as the test says and keeps what it was asked."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """By names in lower case."""
    body: bytes


@dataclass
class Reply:
    """What to answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    """The length that is announced; None: that of the body."""
    chunked: bool = False
    """Whether the body is a chunk without an announced length, after which the answer does not end well."""
    hang: threading.Event | None = None
    """What to wait for after the body, the connection open."""


class Server(ThreadingHTTPServer):
    """A server of a test: it keeps as many connections waiting as anybody may open at once."""

    request_queue_size = 128
    """Connections that may wait. With Python's 5, a busy machine resets some of them."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, but not that a browser left before it had all of a file."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class Serving:
    """A server at work."""

    url: str
    asked: list[Asked]


@contextmanager
def serving(answer: Callable[[Asked], Reply]) -> Iterator[Serving]:
    """A server on a port of its own, as long as the block lasts."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            url = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Asked(self.command, url.path, query, headers, body)
            asked.append(request)
            reply = answer(request)
            length = len(reply.body) if reply.length is None else reply.length
            self.send_response_only(reply.status)
            size = {"Transfer-Encoding": "chunked"} if reply.chunked else {"Content-Length": str(length)}
            for key, value in {**size, **reply.headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n" % (length, reply.body) if reply.chunked else reply.body)
            self.wfile.flush()
            if reply.hang:
                reply.hang.wait()
            if reply.chunked or length != len(reply.body):
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815  The base class' names.

        def log_message(self, *_: object) -> None:
            pass

    http = Server(("127.0.0.1", 0), Handler)
    http.daemon_threads, http.block_on_close = True, False
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Serving(f"http://127.0.0.1:{http.server_port}", asked)
    finally:
        http.shutdown()
        thread.join()
        http.server_close()

"""/healthz and /readyz for the kubelet, on the port of the real operator."""

from __future__ import annotations

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT = 8081


class Part(Protocol):
    """A part of the operator that runs by itself."""

    @property
    def healthy(self) -> bool:
        """Whether its threads live."""

    @property
    def ready(self) -> bool:
        """Whether it can be relied on."""


def serve(parts: Sequence[Part], port: int = PORT) -> ThreadingHTTPServer:
    """Answer probes in a thread; the caller shuts the server down. Port 0 takes any."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            healthy = all(part.healthy for part in parts)
            ready = healthy and all(part.ready for part in parts)
            well = {"/healthz": healthy, "/readyz": ready}.get(self.path)
            with suppress(OSError):  # On a busy node the kubelet has given up before it is answered.
                self.send_response(404 if well is None else 200 if well else 503)
                self.end_headers()
                self.wfile.write(b"ok" if well else b"not ok")

        def log_message(self, *_: object) -> None:
            """Probes are no news."""

    server = ThreadingHTTPServer(("", port), Handler)  # The kubelet calls from outside the Pod.
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server

"""/healthz and /readyz for the kubelet, on the port of the real operator."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_platform.operator.controller import Controller

PORT = 8081


def serve(controller: Controller, port: int = PORT) -> ThreadingHTTPServer:
    """Answer probes in a thread; the caller shuts the server down. Port 0 takes any."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {"/healthz": controller.healthy, "/readyz": controller.ready and controller.healthy}
            well = answers.get(self.path)
            self.send_response(404 if well is None else 200 if well else 503)
            self.end_headers()
            self.wfile.write(b"ok" if well else b"not ok")

        def log_message(self, *_: object) -> None:
            """Probes are no news."""

    server = ThreadingHTTPServer(("", port), Handler)  # The kubelet calls from outside the Pod.
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server

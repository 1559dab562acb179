"""The HTTPS server that the API server asks about objects of Dynamo: reviews, defaults, conversion."""

from __future__ import annotations

import json
import logging
import ssl
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from mock_platform.operator.webhook import admission
from mock_platform.operator.webhook.defaults import conversion_answer, default_review
from mock_platform.operator.webhook.schemas import NO_SCHEMAS, Schemas

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mock_platform.operator.config import OperatorConfig

PORT = 9443
"""Port that the real operator uses, too."""
_MOST_BYTES = 16 * 1024 * 1024
"""Bytes of the largest review: two objects, each as large as the API server takes one, fit in many times."""
_IDLE_SECONDS = 60.0
_log = logging.getLogger(__name__)


def answers(config: OperatorConfig, schemas: Schemas = NO_SCHEMAS) -> dict[str, Callable[[object], object]]:
    """What answers a review, by path."""
    return {
        "/validate": admission.review,
        "/mutate": lambda asked: default_review(asked, config, schemas),
        "/convert": lambda asked: conversion_answer(asked, schemas),
    }


class WebhookServer(ThreadingHTTPServer):
    """Answers reviews over TLS, one thread for each connection; a new certificate needs no restart."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    """Connections that may wait to be taken. With Python's 5, an API server that asks a lot would lose some."""

    def __init__(
        self, answers: Mapping[str, Callable[[object], object]], port: int = PORT, host: str = ""
    ) -> None:
        """Bind the port (0: any); nothing is answered before `load` and `start`."""
        self.answers = answers
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        super().__init__((host, port), _Handler)

    def load(self, certificate: Path, key: Path) -> None:
        """Use this certificate for connections from now on.

        Raises:
            OSError: a file cannot be read, or the two do not belong together (ssl.SSLError).
        """
        self._context.load_cert_chain(certificate, key)

    def start(self) -> None:
        """Begin to answer, in a thread."""
        threading.Thread(target=self.serve_forever, name="webhook", daemon=True).start()

    def get_request(self) -> tuple[socket.socket, object]:
        """A connection whose handshake is still to be done: by its own thread, so that nobody waits for it."""
        connection, address = super().get_request()
        connection.settimeout(_IDLE_SECONDS)
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002  The base's name.
        """A connection that breaks off is no news: port scanners do that."""
        _log.debug("webhook: %s: connection lost", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebhookServer

    def setup(self) -> None:
        self.request.do_handshake()
        super().setup()

    def do_POST(self) -> None:
        answer_to = self.server.answers.get(self.path.partition("?")[0])
        if answer_to is None:
            known = ", ".join(self.server.answers)
            self._reply(HTTPStatus.NOT_FOUND, {"message": f"no {self.path!r} here, only {known}"})
            return
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > _MOST_BYTES:
            self.close_connection = True
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"message": f"Content-Length {length!r}"})
            return
        try:
            answer = answer_to(json.loads(self.rfile.read(int(length))))
        except (ValueError, RecursionError) as error:
            self._reply(HTTPStatus.BAD_REQUEST, {"message": str(error)})
        except Exception:  # noqa: BLE001  As the comment says.
            _log.exception("webhook: a review failed")
            # The API server refuses the object then (failurePolicy Fail): nothing unchecked gets in.
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "the mock webhook failed; see its log"})
        else:
            self._reply(HTTPStatus.OK, answer)

    def _reply(self, status: HTTPStatus, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What is refused, the API server tells."""

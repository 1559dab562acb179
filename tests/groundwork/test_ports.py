"""Ports of tests: kept for who asked, free for its server."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from support.ports import own_port
from support.waiting import LONG


def test_a_server_may_listen_on_it_once_and_again() -> None:
    port = own_port()
    for _ in range(2):
        with socket.create_server(("127.0.0.1", port)):
            assert connects(port)
            with pytest.raises(OSError, match="Address already in use"):
                socket.create_server(("127.0.0.1", port))
        assert not connects(port)


def test_python_s_server_listens_on_it() -> None:
    port = own_port()
    code = (
        f"import http.server as h; h.HTTPServer(('localhost', {port}), h.BaseHTTPRequestHandler); print('bound')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=LONG)
    assert done.stdout == "bound\n"


def test_nobody_else_is_given_it() -> None:
    port, other = own_port(), own_port()
    assert port != other
    with socket.socket() as plain, pytest.raises(OSError, match="Address already in use"):
        plain.bind(("127.0.0.1", port))
    given = set()
    for _ in range(1000):
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            given.add(any_port.getsockname()[1])
    assert not given & {port, other}


def connects(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

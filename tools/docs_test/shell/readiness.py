"""When a background step counts as started: its address answers and its process is alive."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from groundwork.base.errors import EnvironmentFault
from groundwork.system.process_table import listener

if TYPE_CHECKING:
    from docs_test.shell.background import Background
    from groundwork.base.positions import Position

POLL_SECONDS = 0.2


class PortTaken(EnvironmentFault):
    """A port that a step needs is taken."""


def require_free(address: str, where: Position) -> None:
    """Check that nothing answers at the address yet: else a step would be taken for started by somebody else.

    Raises:
        PortTaken: somebody else listens there.
    """
    host, port = host_and_port(address)
    try:
        with socket.create_connection((host, port), timeout=1):
            pass
    except OSError:
        return
    who = listener(port)
    raise PortTaken(
        f"port {port} on {host} is taken{f' by {who}' if who else ''}, and this step needs it",
        where=where,
        hint=f"end what listens there{'' if who else f' (ss -ltnp sport = :{port} names it)'} and run again",
    )


def wait_until_ready(background: Background, address: str, timeout: float) -> str:
    """Wait for the address to answer; "" when it did, else why it does not count as started."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        status = background.process.poll()
        if status is not None:
            return f"the command ended with status {status} before {address} answered"
        if answers(address):
            return ""
        time.sleep(POLL_SECONDS)
    return f"{address} did not answer within {timeout:.0f} s"


def answers(address: str) -> bool:
    """Whether a TCP connection is taken, or HTTP answers with a status of success."""
    if address.startswith("tcp://"):
        try:
            with socket.create_connection(host_and_port(address), timeout=2):
                return True
        except OSError:
            return False
    try:
        # No proxy: what a page starts listens on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError, ValueError):
        return False


def host_and_port(address: str) -> tuple[str, int]:
    """("localhost", 8000) of "http://localhost:8000/health"."""
    parts = urlsplit(address)
    return parts.hostname or "localhost", parts.port or (443 if parts.scheme == "https" else 80)

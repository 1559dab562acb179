"""Ports of this machine that a test may use: nobody else is given them."""

from __future__ import annotations

import socket
from contextlib import suppress

_held: list[socket.socket] = []
"""Sockets that keep the ports, until this process ends."""


def own_port() -> int:
    """A port on which nothing listens, and which nobody who asks for any port is given while this process lives.

    It is bound here and does not listen. A server may bind it, too, if its socket is one whose address may be used
    again (SO_REUSEADDR): those of Python, of Go and of curl's kin are.
    """
    held = _bound(socket.AF_INET, "127.0.0.1", 0)
    port = int(held.getsockname()[1])
    _held.append(held)
    with suppress(OSError):  # Not every machine has IPv6; `localhost` may mean it where it does.
        _held.append(_bound(socket.AF_INET6, "::1", port))
    return port


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    made = socket.socket(family)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made

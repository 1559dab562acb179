"""Whether a program failed because what it downloads from is out of reach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNS = re.compile(
    r"no such host|name resolution|[Cc]ould not resolve|Name or service not known|nodename nor servname"
    r"|[Cc]onnection refused|[Nn]etwork is unreachable|[Nn]o route to host"
    r"|i/o timeout|[Tt]imed out|deadline exceeded|TLS handshake timeout|Could not connect to"
    r"|NewConnectionError|ProxyError|proxyconnect|Cannot initiate the connection"
)
"""As the resolver, Go, pip and apt word it."""
LONGEST = 200


def out_of_reach(lines: Iterable[str]) -> str:
    """The first line that says so, shortened; "" if none does."""
    found = next((line.strip() for line in lines if SIGNS.search(line)), "")
    return found if len(found) <= LONGEST else found[: LONGEST - 3] + "..."

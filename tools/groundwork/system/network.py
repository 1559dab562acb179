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
"""Words of a network failure as the resolver, Go, pip and apt print them."""
BEFORE, AFTER = 120, 60
"""Characters shown before and after the last such words: pip's lines are long, and begin with its own objects."""


def out_of_reach(lines: Iterable[str]) -> str:
    """Of the first line that says so, the telling part; "" if none does."""
    for line in lines:
        found = list(SIGNS.finditer(line))
        if found:
            start, end = max(0, found[-1].start() - BEFORE), found[-1].end() + AFTER
            part = line[start:end].strip()
            return ("..." if start else "") + part + ("..." if end < len(line) else "")
    return ""

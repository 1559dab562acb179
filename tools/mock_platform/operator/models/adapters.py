"""Adapters on the endpoints of a model: loaded and unloaded through the system port of each worker."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_platform.operator.models.endpoints import Endpoint

SECONDS = 15.0
"""Seconds that one endpoint may take."""
_AT_ONCE = 10
_log = logging.getLogger(__name__)


def load(found: Sequence[Endpoint], adapter: str, source: str) -> list[Endpoint]:
    """The endpoints, each ready that has loaded the adapter."""
    body = json.dumps({"lora_name": adapter, "source": {"uri": source}}).encode()
    loaded = _each(found, lambda one: _done("POST", f"{one.address}/v1/loras", body))
    return [replace(one, ready=ready) for one, ready in zip(found, loaded, strict=True)]


def unload(found: Sequence[Endpoint], adapter: str) -> int:
    """How many endpoints did not unload it."""
    path = f"/v1/loras/{urllib.parse.quote(adapter, safe='')}"
    return _each(found, lambda one: _done("DELETE", f"{one.address}{path}")).count(False)


def _each(found: Sequence[Endpoint], ask: Callable[[Endpoint], bool]) -> list[bool]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(ask, found))


def _done(method: str, address: str, body: bytes | None = None) -> bool:
    request = urllib.request.Request(  # noqa: S310  The address is a Pod's.
        address, data=body, method=method, headers={"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS):
            return True
    except (urllib.error.URLError, OSError, ValueError) as error:
        _log.info("%s %s: %s", method, address, error)
        return False

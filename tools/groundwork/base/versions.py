"""Reader of versions.toml, the one list of versions."""

from __future__ import annotations

import functools
import tomllib
from typing import Any

from groundwork.base.paths import root


@functools.cache
def versions() -> dict[str, Any]:
    """The whole of versions.toml, as nested dicts."""
    return tomllib.loads((root() / "versions.toml").read_text(encoding="utf-8"))


def version(key: str) -> str:
    """One version by its dotted key: `version("dynamo.runtime") == "1.5.1"`.

    Raises:
        KeyError: versions.toml has no such key (a mistake of the caller, not of a reader).
    """
    value: Any = versions()
    for part in key.split("."):
        value = value[part]
    return str(value)

"""The table as it was read last: to start quickly, a program does without Python's TOML reader.

It is kept in the cache under a name made of all that it depends on; where there is no cache, the file is read.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from dynamo_api.release_table.rows import Deprecated, Release, Table
from groundwork.base.content import Folder, digest
from groundwork.base.paths import root

FILE = Path(__file__).with_name("releases.toml")
_CODE = ("rows.py", "reader.py", "kept.py")
_MOST = 8
"""Number of files that stay in the cache: clones of the project share it."""


def table(file: Path = FILE, versions: Path | None = None) -> Table:
    """The table.

    Args:
        file: releases.toml.
        versions: versions.toml; by default the project's. It may be absent, as in an installed plugin.

    Raises:
        UserError: a mistake in one of them.
    """
    chosen = versions or root() / "versions.toml"
    choice = chosen.read_bytes() if chosen.is_file() else b""
    cache = Folder("releases")
    name = f"{digest(file, choice.decode(), *(FILE.with_name(code) for code in _CODE), length=32)}.json"
    kept = cache.read(name)
    if kept is not None:
        return _table(json.loads(kept))
    from dynamo_api.release_table.reader import read  # noqa: PLC0415 - only where the cache lacks it

    made = read(file, choice)
    cache.write(name, json.dumps(asdict(made), default=str))
    cache.prune(_MOST)
    return made


def _table(data: dict[str, Any]) -> Table:
    rows = {
        "releases": tuple(map(_release, data["releases"])),
        "deprecated": tuple(Deprecated(**row) for row in data["deprecated"]),
    }
    return Table(**{**data, **rows})


def _release(data: dict[str, Any]) -> Release:
    day = date.fromisoformat(data["date"]) if data["date"] else None
    return Release(**{**data, "date": day, "may_serve": tuple(data["may_serve"]), "runs": tuple(data["runs"])})

"""What runs beside what when `nox -s tests` runs the tests in several processes (`--dist loadgroup`).

The tests of a group run one after the other in one process. What shares something that is slow to get, or of which
there is one, is a group: a marker of MARKERS says so, or `xdist_group`. All other tests are a group for each file,
so that a file's fixtures are made once.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest

MARKERS = ("cluster", "image", "browser", "apiserver")
"""Markers that make a group; of several the first one counts."""
FIRST = ("cluster", "requests", "image", "apiserver", "browser")
"""Groups in the order in which they start: those that take longest first. They wait more than they compute."""
FILE = "groups"
"""In what a process is told: the file in which it writes down the group of each test."""


class GroupScheduling(LoadScopeScheduling):
    """Gives whole groups to processes. pytest-xdist's own way, names with a suffix, pytest 9.2 does not know."""

    def __init__(self, config: pytest.Config, log: Any, file: Path) -> None:
        super().__init__(config, log)
        self._file = file
        self._groups: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        if not self._groups:
            self._groups = json.loads(self._file.read_text(encoding="utf-8"))
            self._file.unlink()
        return self._groups[nodeid]


def groups_file(config: pytest.Config) -> Path:
    """Where the processes of this run tell the first one which groups there are."""
    if not hasattr(config, "groups_file"):
        folder = config.getoption("basetemp") or tempfile.gettempdir()
        config.groups_file = Path(folder).with_name(f"groups-{secrets.token_hex(4)}.json")
    found: Path = config.groups_file
    return found


def group_of(item: pytest.Item) -> str:
    """The name of a test's group."""
    if named := item.get_closest_marker("xdist_group"):
        return str(named.args[0])
    return next((name for name in MARKERS if item.get_closest_marker(name)), item.nodeid.partition("::")[0])


def arrange(items: list[pytest.Item], file: Path) -> None:
    """Put the groups that take longest first, and write all groups down."""
    place = {name: number for number, name in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(group_of(item), len(FIRST)))
    whole = file.with_suffix(f".{os.getpid()}")
    whole.write_text(json.dumps({item.nodeid: group_of(item) for item in items}), encoding="utf-8")
    whole.replace(file)


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that all processes of this run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

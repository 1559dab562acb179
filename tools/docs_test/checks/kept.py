"""What was found in pages before, kept by their content, so that an unchanged page is not looked at twice."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from docs_test.stored import depends, form
from groundwork.base.content import Folder, digest, stamp
from groundwork.base.paths import root as own_root

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from groundwork.base.problems import Problem

FORM = 1
MOST_SITES = 30
"""Files in the folder, the last used ones."""


class Kept:
    """What is kept of one site."""

    def __init__(self, root: Path, shellcheck: str) -> None:
        """Read it.

        Args:
            root: the site's top folder, resolved.
            shellcheck: the program that looks at code; "": none does.
        """
        self._folder, self._name = Folder("checks"), f"{digest(str(root), length=32)}.json"
        self._environment = {
            "python": sys.version,
            "packages": {path: stamp(path) for path in sys.path if path.endswith("-packages")},
            "versions": stamp(str(own_root() / "versions.toml")),
            "shellcheck": [shellcheck, stamp(shellcheck) if shellcheck else []],
        }
        self._modules: dict[str, list[int]] = {}
        self._pages: dict[str, Any] = {}
        self._is_new = False
        self._load()

    def _load(self) -> None:
        body = self._folder.read(self._name)
        try:
            data = json.loads(body) if body else {}
            if data.get("form") != FORM or data["environment"] != self._environment:
                return
            if all(stamp(path) == known for path, known in data["modules"].items()):
                self._modules, self._pages = data["modules"], data["pages"]
        except (KeyError, TypeError, ValueError, AttributeError):
            return

    def find(self, page: str, key: str) -> list[Problem] | None:
        """What was found in a page; None where it was not looked at, or is another now."""
        try:
            data = self._pages[page]
            if data["key"] != key:
                return None
            files = form.Files(list(data["files"]))
            return [form.read_problem(files, one) for one in data["problems"]]
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None

    def keep(self, page: str, key: str, problems: Sequence[Problem]) -> None:
        """Keep what was found in a page."""
        self._is_new = True
        if any(one.bug for one in problems):  # A traceback cannot be kept.
            self._pages.pop(page, None)
            return
        files = form.Files()
        written = [form.write_problem(files, one) for one in problems]
        self._pages[page] = {"key": key, "files": files.names, "problems": written}

    def write(self) -> None:
        """Write it, if something is new; not being able to is no error."""
        here = f"{own_root()}{os.sep}"  # The checks are this project's: modules of a site have no part in them.
        modules = self._modules | {
            path: known for path, known in depends.modules().items() if path.startswith(here)
        }
        if not self._is_new or depends.changed_since_start(modules):
            return
        data = {"form": FORM, "environment": self._environment, "modules": modules, "pages": self._pages}
        self._folder.write(self._name, json.dumps(data, separators=(",", ":")))
        self._folder.prune(MOST_SITES)

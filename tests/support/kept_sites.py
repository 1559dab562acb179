"""Sites whose pages are kept, run by a docs-test of their own, with records and temporary folders of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from support.ports import own_port
from support.processes import with_environment
from support.waiting import LONG

if TYPE_CHECKING:
    from pathlib import Path


class KeptSite:
    """A site with one page, and a docs-test that runs in it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder, self.port = root, folder, own_port()
        self.page = root / "docs" / "a.md"
        (folder / "tmp").mkdir()
        self.env = {"TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "cache")}

    @property
    def cleaned(self) -> Path:
        return self.folder / "cleaned"

    def write(self, text: str) -> None:
        text = text.replace("PORT", str(self.port)).replace("CLEANED", str(self.cleaned))
        self.page.write_text(text)

    def edit(self, old: str, new: str) -> None:
        text = self.page.read_text()
        assert text.count(old) == 1, old
        self.page.write_text(text.replace(old, new))

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "docs_test", words[0], "--root", str(self.root), *words[1:]]

    def __call__(self, *words: str, **env: str) -> tuple[int, str]:
        done = subprocess.run(
            self.command(*words),
            env={**os.environ, **self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    def run(self, *words: str) -> tuple[int, str]:
        return self("run", "--platform", "none", "--no-sandbox", "docs/a.md", *words)

    def results(self) -> list[dict[str, object]]:
        file = self.root / "build" / "docs-test" / "results-none.json"
        pages: list[dict[str, object]] = json.loads(file.read_text())["pages"]
        return pages

    def records(self) -> list[str]:
        folder = self.folder / "cache" / "dynamo-docs" / "runs"
        return sorted(path.name.split("-")[0] for path in folder.glob("*"))

    def folders(self) -> list[Path]:
        return list((self.folder / "tmp").glob("docs-test-*"))

    def left(self) -> list[str]:
        """What is left: records, folders, processes."""
        found = [f"record {name}" for name in self.records()] + [f"folder {path}" for path in self.folders()]
        return found + [f"process {pid}" for pid in self.processes()]

    def processes(self) -> list[int]:
        return [pid for pid in with_environment(f"TMPDIR={self.folder}/") if pid != os.getpid()]

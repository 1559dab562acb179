"""The tutorials with a release's runtime: `docs-test run --dynamo RELEASE`, and what came of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.reporting import results
from dynamo_docs.intake.model import Tutorials
from groundwork.base.errors import EnvironmentFault
from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCS_TEST = (sys.executable, "-m", "docs_test")
OPTION = "--dynamo"


def tutorials(release: str, root: Path, command: Sequence[str] = DOCS_TEST) -> Tutorials:
    """Run all tutorials with a release's runtime; what they print goes to standard error as it comes.

    Args:
        release: its name.
        root: the site's top folder.
        command: docs-test.
    """
    if not _knows(command):
        return Tutorials(f"Not run: this docs-test has no `run {OPTION}`.")
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-intake-") as folder:
        file = Path(folder) / "results.json"
        words = [*command, "run", OPTION, release, "--results", str(file)]
        # Its output is for whoever waits; standard output is the report's.
        ended = subprocess.run(words, cwd=root, stdout=sys.stderr, env=os.environ, check=False)
        said = f"`docs-test run {OPTION} {release}` ended with status {ended.returncode}."
        read = results.read(file) if file.is_file() else None
    pages = {_name(page.path, page.variant): str(page.outcome) for page in read.pages} if read else {}
    return Tutorials(said, pages)


def _knows(command: Sequence[str]) -> bool:
    try:
        return OPTION in run([*command, "run", "--help"]).split()
    except EnvironmentFault:
        return False


def _name(path: str, variant: object) -> str:
    chosen = ", ".join(f"{key}={value}" for key, value in dict(variant).items())  # type: ignore[call-overload]
    return f"{path} ({chosen})" if chosen else path

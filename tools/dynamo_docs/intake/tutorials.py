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

    from docs_test.page_results import PageResult

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
        read = results.read(file) if file.is_file() else None
        none = "" if read else ", before any page was run; standard error says why"
        said = f"`docs-test run {OPTION} {release}` ended with status {ended.returncode}{none}."
    return Tutorials(said, {_name(page): _outcome(page) for page in read.pages} if read else {})


def _knows(command: Sequence[str]) -> bool:
    try:
        return OPTION in run([*command, "run", "--help"]).split()
    except EnvironmentFault:
        return False


def _name(page: PageResult) -> str:
    chosen = ", ".join(f"{key}={value}" for key, value in page.variant.items())
    return f"{page.path} ({chosen})" if chosen else page.path


def _outcome(page: PageResult) -> str:
    return f"{page.outcome}: {page.lacks}" if page.lacks else str(page.outcome)

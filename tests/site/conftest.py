"""The built site: made once in a run as a reader gets it, or with a results file of a test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from docs_test.model import SkipKind, StepKind
from docs_test.page_results import SkippedBlock
from docs_test.reporting.results import write as write_results
from groundwork.base.content import locked
from groundwork.base.paths import root as project_root
from groundwork.base.positions import Position
from support.browser import address, browser, open_page
from support.results import MOCK, digest, of, page, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.page_results import PageResult, Results

__all__ = ["address", "browser", "open_page"]

TUTORIAL = "docs/kubernetes/quick-deploy.md"
EXAMPLES = {
    "v1beta1": "examples/quickstart/dgd-quickstart-v1beta1.yaml",
    "v1alpha1": "examples/quickstart/dgd-quickstart.yaml",
}
"""The manifest of each of the page's two runs, by API version."""

CHECKS = tuple(replace(step(position=Position(TUTORIAL, line)), kind=StepKind.CHECK) for line in range(61, 67))
"""Hidden checks of the page, which its reader does not see."""


@dataclass(frozen=True, slots=True)
class Build:
    """One run of `mkdocs build --strict`."""

    folder: Path
    status: int
    log: str
    finished: int = -1
    """The status of `python -m docs_site`, if it was run after it."""
    said: str = ""
    report: Path | None = None

    def soup(self, page: str) -> BeautifulSoup:
        return BeautifulSoup((self.folder / page).read_text(encoding="utf-8"), "html.parser")

    def tested(self) -> list[BeautifulSoup]:
        """The status lines of Quick Deploy: one for each run of the results file; one where there is none."""
        return list(self.soup("kubernetes/quick-deploy.html").select(".tested"))


def build(folder: Path, results: Path | None) -> Build:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    env = {
        **os.environ,
        "DOCS_TEST_RESULTS": str(results or ""),
        "NO_MKDOCS_2_WARNING": "1",  # Advertising of the theme's, about no page of ours.
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        command, cwd=project_root(), env=env, capture_output=True, text=True, timeout=300, check=False
    )
    return Build(folder, done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def root() -> Path:
    return project_root()


@pytest.fixture(scope="session")
def site(run_folder: Path) -> Build:
    """The whole site as `nox -s docs` makes it, without a results file; all processes of a run share it."""
    made = run_folder / "built-site"
    with locked(made):
        kept = made / "build.json"
        if not kept.exists():
            built = whole_site(made / "site", made / "site.json")
            kept.write_text(json.dumps(asdict(built), default=str), encoding="utf-8")
        fields = json.loads(kept.read_text(encoding="utf-8"))
    return Build(**fields | {name: Path(fields[name]) for name in ("folder", "report")})


def whole_site(folder: Path, report: Path) -> Build:
    built = build(folder, None)
    command = [sys.executable, "-m", "docs_site", "--site", str(built.folder), "--report", str(report)]
    env = {**os.environ, "DOCS_TEST_RESULTS": ""}
    done = subprocess.run(
        command, cwd=project_root(), env=env, capture_output=True, text=True, timeout=300, check=False
    )
    return replace(built, finished=done.returncode, said=done.stdout + done.stderr, report=report)


@pytest.fixture
def results() -> Results:
    """What docs-test wrote: Quick Deploy passed in both API versions on the mock; nothing changed since."""
    where = replace(MOCK, gpus="8 x NVIDIA-H100-80GB-HBM3 (mock)")
    return of(_passed("v1beta1", 71.6), _passed("v1alpha1", 31.2), environment=where)


def _passed(api: str, seconds: float) -> PageResult:
    inputs = (TUTORIAL, EXAMPLES[api])
    skipped = SkippedBlock(Position(TUTORIAL, 40), SkipKind.DECLARED, "needs a <real> GPU")
    return page(
        TUTORIAL,
        variant={"api": api},
        started_at="2026-11-24T01:12:00Z",
        seconds=seconds,
        steps=tuple(step(position=Position(TUTORIAL, line)) for line in range(50, 61)) + CHECKS,
        skipped=(skipped,),
        inputs={name: digest(project_root() / name) for name in inputs},
    )


@pytest.fixture
def build_with(tmp_path: Path) -> Callable[[Results | str], Build]:
    """Build the site with the given results (or the file's text)."""

    def make(content: Results | str) -> Build:
        file = tmp_path / "results.json"
        if isinstance(content, str):
            file.write_text(content, encoding="utf-8")
        else:
            write_results(file, content)
        return build(tmp_path / "site", file)

    return make

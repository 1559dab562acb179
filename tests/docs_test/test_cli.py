"""A run of several pages: what ran is written down, whatever ends the run later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

FAKES = Path(__file__).with_name("fakes")


def page(command: str, attributes: str = "") -> str:
    return f"---\ntutorial: {{}}\n---\n# X\n\n```bash {{ .run {attributes}}}\n{command}\n```\n"


def on_port(number: int) -> str:
    return page("true", f"data-background data-ready='tcp://127.0.0.1:{number}' ")


def run(root: Path, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    (folder / "objects").write_text("")
    env = {**os.environ, "PATH": f"{FAKES}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "docs_test", "run", "--root", str(root)]
    command += ["--kubeconfig", str(folder / "objects")]
    command += ["--junit", str(folder / "junit.xml"), *more]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


def outcomes(root: Path) -> dict[str, str]:
    results = json.loads((root / "build" / "docs-test" / "results-cluster.json").read_text())
    return {page["path"]: page["outcome"] for page in results["pages"]}


def test_a_port_taken_on_a_later_page_leaves_the_earlier_pages_results(
    site_with: Callable[..., Path], tmp_path: Path, taken: int
) -> None:
    root = site_with({"a.md": page("true"), "b.md": page("false"), "c.md": on_port(taken)})

    done = run(root, tmp_path)

    assert done.returncode == 3, done.stderr
    assert f"docs/c.md:6:32: port {taken} on 127.0.0.1 is taken by" in done.stderr
    assert outcomes(root) == {"docs/a.md": "passed", "docs/b.md": "failed"}
    assert "docs/a.md: passed in " in done.stderr
    assert "docs/b.md:7:1: the command ended with status 1" in done.stderr
    assert "docs/c.md: not run to its end\n" in done.stderr
    assert "Runs of pages: 1 passed, 1 failed, 1 not run. Blocks: 0 skipped.\n" in done.stderr
    report = (tmp_path / "junit.xml").read_text()
    assert "docs/b.md" in report
    assert "docs/c.md" not in report


@pytest.mark.parametrize("option", ["--junit", "--results"])
def test_what_cannot_be_written_is_known_before_a_page_runs(
    site_with: Callable[..., Path], tmp_path: Path, option: str
) -> None:
    root = site_with({"a.md": page(f"touch {tmp_path}/ran")})
    (tmp_path / "file").write_text("")
    for path, said in (
        ("/proc/nowhere/file", "cannot be written: No such file or directory\n"),
        (tmp_path / "file" / "file", "cannot be written: "),
        (tmp_path, f"is a folder, expected a file\nhint: {option} {tmp_path}/FILE\n"),
    ):
        done = run(root, tmp_path, option, str(path))
        assert done.returncode == ExitStatus.USAGE, done.stderr
        assert done.stderr.startswith(f"{option} '{path}': {said}")
    assert not (tmp_path / "ran").exists()
    good = tmp_path / "new" / "file"
    assert run(root, tmp_path, "--no-sandbox", option, str(good)).returncode == 0
    assert good.read_bytes()


def test_a_verdict_outlives_a_file_that_cannot_be_written_after_all(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    """The page stands for a disk that fills up: where the results were to go, there is a folder."""
    results = tmp_path / "results.json"
    root = site_with({"a.md": page(f"mkdir -p {results}/x; false")})
    done = run(root, tmp_path, "--no-sandbox", "--results", str(results))
    assert done.returncode == ExitStatus.ENVIRONMENT, done.stderr
    assert "docs/a.md:7: the command ended with status 1" in done.stderr
    assert "Runs of pages: 0 passed, 1 failed. Blocks: 0 skipped.\n" in done.stderr
    assert f"'{results}': cannot be written: Is a directory" in done.stderr
    assert "docs/a.md" in (tmp_path / "junit.xml").read_text()


def test_a_run_that_comes_to_no_page_leaves_the_results_as_they_are(
    site_with: Callable[..., Path], tmp_path: Path, taken: int
) -> None:
    root = site_with({"a.md": page("true")})
    assert run(root, tmp_path).returncode == 0
    before = (root / "build" / "docs-test" / "results-cluster.json").read_bytes()
    site_with({"a.md": on_port(taken)})
    done = run(root, tmp_path)
    assert done.returncode == 3
    assert "passed" not in done.stderr
    assert (root / "build" / "docs-test" / "results-cluster.json").read_bytes() == before

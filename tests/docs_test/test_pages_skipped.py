"""A page whose needs are not met is not run, says so everywhere, and does not look like success."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

FAKES = Path(__file__).with_name("fakes")
PAGE = "---\ntutorial: {needs: %s}\n---\n# X\n\n```bash { .run }\necho ran\n```\n"
LACKS = "the environment has no gpu or real-gpu"


def run(
    root: Path, folder: Path, *pages: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, dict[str, object]]]:
    (folder / "cluster").write_text("")
    env = {**os.environ, "PATH": f"{FAKES}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "docs_test", "run", "--root", str(root)]
    command += ["--kubeconfig", str(folder / "cluster")]
    done = subprocess.run(
        [*command, "--no-sandbox", "--junit", str(folder / "junit.xml"), *pages],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    data = json.loads((root / "build/docs-test/results-cluster.json").read_text())
    return done, {page["path"]: page for page in data["pages"]}


def test_a_page_that_is_not_run_is_told_beside_those_that_are(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    root = site_with({"any.md": PAGE % "{}", "fast.md": PAGE % "{gpu: {real: true}}"})
    done, pages = run(root, tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    assert f"docs/fast.md: 1 x real GPU; skipped: {LACKS}" in done.stderr
    assert "Runs of pages: 1 passed, 0 failed, 1 not run for what they need. Blocks: 1 skipped." in done.stderr
    assert pages["docs/any.md"]["outcome"] == "passed"
    assert (pages["docs/fast.md"]["outcome"], pages["docs/fast.md"]["lacks"]) == ("skipped", LACKS)
    assert f'<skipped message="{LACKS}" />' in (tmp_path / "junit.xml").read_text()


def test_a_run_in_which_nothing_ran_is_no_success(site_with: Callable[..., Path], tmp_path: Path) -> None:
    root = site_with({"any.md": PAGE % "{}", "fast.md": PAGE % "{gpu: {real: true}}"})
    done, pages = run(root, tmp_path, "docs/fast.md")
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert list(pages) == ["docs/fast.md"]


def test_a_page_all_of_whose_commands_are_skipped_did_not_pass(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    text = PAGE % "{}"
    root = site_with({"any.md": text, "fast.md": text.replace(".run }", '.run data-needs="rdma" }')})
    done, pages = run(root, tmp_path)
    assert "Runs of pages: 1 passed, 0 failed, 1 not run for what they need. Blocks: 1 skipped." in done.stderr
    lacks = "none of its commands can run here"
    assert (pages["docs/fast.md"]["outcome"], pages["docs/fast.md"]["lacks"]) == ("skipped", lacks)


def test_results_name_what_was_read_not_what_is_there_after_the_run(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    root = site_with({"any.md": ""})
    file, snippet = root / "docs/any.md", root / "snippets/s.md"
    snippet.write_text("Shared.\n", encoding="utf-8")
    commands = f"echo more >>{file}\nrm {snippet}\n"
    text = (PAGE % "{}").replace("echo ran\n", commands) + '\n{% include "s.md" %}\n'
    file.write_text(text, encoding="utf-8")
    done, pages = run(root, tmp_path)
    assert done.returncode == ExitStatus.OK, done.stderr
    assert file.read_text(encoding="utf-8") != text
    assert pages["docs/any.md"]["inputs"] == {
        "docs/any.md": hashlib.sha256(text.encode()).hexdigest(),
        "snippets/s.md": hashlib.sha256(b"Shared.\n").hexdigest(),
    }

"""Of a pull request, the GPU runner gets pages only."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from groundwork.base.paths import root

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = root() / ".github" / "scripts" / "proposed_pages.py"


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    return subprocess.run(
        ["git", "-C", folder, *identity, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    for name in ("docs/page.md", "docs/gone.md", "examples/a.yaml", "snippets/s.md", "tools/tool.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("main\n")
    (tmp_path / "docs" / "examples").symlink_to("../examples")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "main")
    return tmp_path


def propose(folder: Path) -> str:
    """Commit what is there on a branch, and return to main."""
    git(folder, "switch", "-q", "-c", "proposal")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "proposal")
    commit = git(folder, "rev-parse", "HEAD")
    git(folder, "switch", "-q", "main")
    return commit


def bring_in(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROGRAM, *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_pages_come_in_and_nothing_else(checkout: Path) -> None:
    (checkout / "docs" / "page.md").write_text("proposed\n")
    (checkout / "docs" / "new.md").write_text("proposed\n")
    (checkout / "docs" / "gone.md").unlink()
    (checkout / "tools" / "tool.py").write_text("evil\n")
    (checkout / "main.py").write_text("evil\n")
    done = bring_in(checkout, propose(checkout))
    assert done.returncode == 0, done.stderr
    assert (checkout / "docs" / "page.md").read_text() == "proposed\n"
    assert (checkout / "docs" / "new.md").read_text() == "proposed\n"
    assert not (checkout / "docs" / "gone.md").exists()
    assert (checkout / "docs" / "examples").is_symlink(), "main's own link stays"
    assert (checkout / "tools" / "tool.py").read_text() == "main\n"
    assert not (checkout / "main.py").exists()


@pytest.mark.parametrize(
    ("name", "target", "reason"),
    [
        ("docs/secret.md", "/etc/passwd", "git mode 120000"),
        ("docs/examples2", "../../..", "git mode 120000"),
        ("docs/main.py", None, "allowed endings"),
        ("examples/hook.sh", None, "allowed endings"),
    ],
)
def test_links_and_code_are_refused(checkout: Path, name: str, target: str | None, reason: str) -> None:
    (checkout / "docs" / "page.md").write_text("proposed\n")
    if target:
        (checkout / name).symlink_to(target)
    else:
        (checkout / name).write_text("import os\n")
    done = bring_in(checkout, propose(checkout))
    assert done.returncode == 1
    assert f"{name}: {reason}" in done.stderr
    assert (checkout / "docs" / "page.md").read_text() == "main\n", "nothing has changed"


def test_a_program_is_refused(checkout: Path) -> None:
    (checkout / "docs" / "page.md").chmod(0o755)
    assert "docs/page.md: git mode 100755" in bring_in(checkout, propose(checkout)).stderr


@pytest.mark.parametrize("words", [(), ("main",), ("--output=x",), ("0" * 40, "1" * 40)])
def test_one_commit_is_asked_for(checkout: Path, words: tuple[str, ...]) -> None:
    done = bring_in(checkout, *words)
    assert done.returncode == 2
    assert "expected one commit" in done.stderr


def test_a_commit_that_is_not_there(checkout: Path) -> None:
    done = bring_in(checkout, "1" * 40)
    assert done.returncode == 3
    assert done.stderr.startswith("git ls-tree")

"""Shards, and changed pages first."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.cli.selection import Shard, changed_first, changed_since, of_shard, parse_shard
from docs_test.model import Tutorial
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

TUTORIALS = [
    Tutorial(f"docs/{name}.md", name, (), inputs={f"docs/{name}.md": "", "snippets/s.md": ""}) for name in "abcde"
]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_shards_are_the_whole_and_even(count: int) -> None:
    parts = [of_shard(TUTORIALS, Shard(number, count)) for number in range(1, count + 1)]
    assert sorted(tutorial.path for part in parts for tutorial in part) == [one.path for one in TUTORIALS]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", " 1/2"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(UserError, match="allowed: I/N with I from 1 to N"):
        parse_shard(text)


def test_changed_first() -> None:
    touched, others = changed_first(TUTORIALS, frozenset({"docs/d.md", "docs/b.md", "README.md"}))
    assert [one.title for one in touched] == ["b", "d"]
    assert [one.title for one in others] == ["a", "c", "e"]
    assert changed_first(TUTORIALS, frozenset({"snippets/s.md"}))[1] == []


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", "-C", folder, *identity, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The project lies in a folder of the repository; a branch has changed `b`, main has since changed `c`."""
    project = tmp_path / "project"
    project.mkdir()
    git(tmp_path, "init", "-q", "-b", "main")
    for name in "abc":
        (project / name).write_text("main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "1")
    git(tmp_path, "branch", "work")
    (project / "c").write_text("later")
    git(tmp_path, "commit", "-qam", "2")
    git(tmp_path, "switch", "-q", "work")
    (project / "b").write_text("work")
    git(tmp_path, "commit", "-qam", "3")
    return project


def test_changed_since_counts_from_where_the_branches_parted(repository: Path) -> None:
    assert changed_since(repository, "main") == {"b"}


def test_what_is_not_yet_committed_counts(repository: Path) -> None:
    (repository / "a").write_text("now")
    (repository / "näu").write_text("now")
    assert changed_since(repository, "main") == {"a", "b", "näu"}
    assert changed_since(repository, "HEAD") == {"a", "näu"}


@pytest.mark.parametrize("reference", ["nowhere", "--output=/tmp/x", ""])
def test_a_reference_that_is_no_commit(repository: Path, reference: str) -> None:
    with pytest.raises(UserError, match="--changed-since") as caught:
        changed_since(repository, reference)
    assert caught.value.hint


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="not a git repository"):
        changed_since(tmp_path, "main")


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--shard", "1/1000"]) == 0
    assert "shard 1/1000: 1 of " in capsys.readouterr().err
    assert main(["run", "--shard", "999/1000"]) == 0, "an empty shard has nothing to fail"
    assert "nothing to run" in capsys.readouterr().err
    assert main(["run", "--shard", "2/1"]) == 2
    assert main(["run", "--only-changed"]) == 2
    assert "--only-changed without --changed-since" in capsys.readouterr().err

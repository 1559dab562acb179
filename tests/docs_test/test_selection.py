"""Shards, and changed pages first."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.cli import selection
from docs_test.cli.main import main
from docs_test.cli.selection import Shard, of_shard, parse_shard
from docs_test.model import Tutorial
from docs_test.planning.changes import Base, changed_first, changed_since, default_base
from docs_test.planning.variants import of_variants
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TUTORIALS = [
    Tutorial(f"docs/{name}.md", name, (), inputs={f"docs/{name}.md": "", "snippets/s.md": ""}) for name in "abcde"
]

PAGE = "---\ntutorial: {variants: {api: [v1beta1, v1alpha1]}}\n---\n# X\n\n```bash { .run }\ntrue\n```\n"


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


@pytest.fixture
def cloned(repository: Path, tmp_path: Path) -> Callable[..., Path]:
    """Clone the repository, with git's own options."""

    def clone(*options: str) -> Path:
        target = tmp_path / "clone"
        git(repository, "switch", "-q", "main")
        git(tmp_path, "clone", "-q", *options, f"file://{repository.parent}", str(target))
        return target / "project"

    return clone


def test_the_base_is_where_the_default_branch_parted(repository: Path) -> None:
    base = default_base(repository)
    assert base.words == f"main ({base.reference[:9]})"
    assert changed_since(repository, base.reference) == {"b"}


def test_the_default_branch_is_the_one_that_the_clone_names(cloned: Callable[..., Path]) -> None:
    project = cloned("--branch", "work")
    assert default_base(project).words.startswith("origin/main (")
    git(project, "remote", "set-head", "origin", "work")
    assert default_base(project).words.startswith("the commit before ("), "HEAD is what origin/work is"


def test_on_the_default_branch_itself_the_base_is_the_commit_before(repository: Path) -> None:
    git(repository, "switch", "-q", "main")
    base = default_base(repository)
    assert base.words == f"the commit before ({base.reference[:9]})"
    assert changed_since(repository, base.reference) == {"c"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--depth", "1", "--branch", "main"), "this clone does not have the commit before HEAD"),
        (
            ("--depth", "1", "--no-single-branch", "--branch", "work"),
            "this clone does not have the commit at which origin/main and HEAD parted",
        ),
        (
            ("--depth", "1", "--branch", "work"),
            "this clone has none of the branches origin/main, origin/master, main, master",
        ),
    ],
)
def test_a_shallow_clone_has_no_base_and_says_why(
    cloned: Callable[..., Path], options: tuple[str, ...], words: str
) -> None:
    assert default_base(cloned(*options)) == Base("", words)


VARIED = [replace(tutorial, variant={"api": api}) for tutorial in TUTORIALS[:3] for api in ("v1beta1", "v1alpha1")]


def taken(which: str, since: str, root: Path) -> tuple[list[str], list[str]]:
    """The runs that are taken, and what is said of it."""
    said: list[str] = []
    runs = of_variants(VARIED, which, since, root, said.append)
    return [f"{run.title} {run.variant['api']}" for run in runs], said


def test_of_pages_that_changed_all_variants_are_taken_and_of_the_others_the_first(repository: Path) -> None:
    (repository / "docs").mkdir()
    (repository / "docs" / "b.md").write_text("new")
    runs, said = taken("changed", "", repository)
    assert runs == ["a v1beta1", "b v1beta1", "b v1alpha1", "c v1beta1"]
    assert said[0].startswith("variants: the first of each page, all of those changed since main (")
    assert said[0].endswith("): docs/b.md")
    left = "  left to --variants all: docs/{}.md (api=v1alpha1)"
    assert said[1:] == [left.format("a"), left.format("c")]


def test_first_takes_the_first_and_all_takes_all_without_a_word(repository: Path) -> None:
    assert taken("first", "", repository)[0] == ["a v1beta1", "b v1beta1", "c v1beta1"]
    runs, said = taken("all", "", repository)
    assert (len(runs), said) == (6, [])


def test_where_nobody_knows_what_changed_the_first_variants_run_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    runs, said = taken("changed", "", tmp_path)
    assert runs == ["a v1beta1", "b v1beta1", "c v1beta1"]
    why = "because what changed is not known: no git commit to compare with (fatal: not a git repository"
    assert said[0].startswith(f"variants: the first of each page, {why}")
    assert len(said) == 4


def test_a_commit_that_is_named_and_not_there_is_an_error(repository: Path) -> None:
    with pytest.raises(UserError, match="--changed-since 'nowhere'"):
        taken("changed", "nowhere", repository)


def listed(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["list", "--root", str(root), *words]) == 0
    return re.findall(r"^docs/\S+ \(api=(\w+)\)", capsys.readouterr().out, re.MULTILINE)


def test_variants_on_the_command_line(site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    root = site_with({"a.md": PAGE})
    assert listed(root, capsys) == ["v1beta1", "v1alpha1"]
    assert listed(root, capsys, "--variants", "first") == ["v1beta1"]
    assert listed(root, capsys, "--variants", "first", "--when", "api=v1alpha1") == ["v1alpha1"]


@pytest.mark.parametrize(
    ("words", "usual"), [([], "changed"), (["docs/a.md"], "all"), (["--when", "api=v1alpha1"], "all")]
)
def test_a_run_takes_all_variants_of_what_it_is_told_to_run(
    site_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, words: list[str], usual: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(selection, "of_variants", lambda _, which, *__: [asked.append(which)][:0])
    root = site_with({"a.md": PAGE})
    assert main(["run", "--root", str(root), *words]) == 0, "nothing to run"
    assert asked == [usual]


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

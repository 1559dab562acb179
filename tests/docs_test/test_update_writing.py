"""Changed files are written all or not at all, also where the program is killed at any moment of it."""

from __future__ import annotations

import json
import os
import signal
import stat
import tempfile
from typing import TYPE_CHECKING

import pytest

from docs_test.updating.drafting import Change
from docs_test.updating.shadow import fill, shadow
from docs_test.updating.source_file import SourceFile
from docs_test.updating.writing import STAGES, sweep, write
from groundwork.base.errors import EnvironmentFault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = ("docs/a.md", "docs/b.md", "snippets/c.md")
MOMENTS = ("recorded", "drafted", "drafted", "drafted", "marked", "replaced", "replaced", "replaced", "settled")
"""The stages of writing three files, in order."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three files."""
    for name in FILES:
        file = tmp_path / "root" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"old\r\n" * 1000)
        file.chmod(0o640)
    return tmp_path / "root"


def changes(root: Path) -> list[Change]:
    return [Change(SourceFile.read(root, name), b"new\r\n" * 900) for name in FILES]


def contents(root: Path) -> list[str]:
    """One word for each file: old or new, or what else it is."""
    words = {b"old\r\n" * 1000: "old", b"new\r\n" * 900: "new"}
    return [words.get((root / name).read_bytes(), "neither") for name in FILES]


def files(root: Path) -> list[str]:
    return sorted(file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())


def killed(work: Callable[[Callable[[str], None]], None], moment: int) -> int:
    """Do it in a process that is killed at a moment; returns how it ended."""
    child = os.fork()
    if child == 0:
        seen = 0

        def reached(_: str) -> None:
            nonlocal seen
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

        try:
            work(reached)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_all_files_are_written_and_nothing_else(root: Path) -> None:
    stages: list[str] = []
    write(root, changes(root), stages.append)
    assert contents(root) == ["new", "new", "new"]
    assert files(root) == sorted(FILES)
    assert {stat.S_IMODE((root / name).stat().st_mode) for name in FILES} == {0o640}
    assert tuple(stages) == MOMENTS
    assert set(stages) == set(STAGES)
    sweep(pytest.fail)


@pytest.mark.parametrize("moment", range(len(MOMENTS)))
def test_killed_at_any_moment_no_file_is_half_written_and_no_draft_is_left(root: Path, moment: int) -> None:
    new = changes(root)
    assert killed(lambda reached: write(root, new, reached), moment) == -signal.SIGKILL
    assert "neither" not in contents(root)
    said: list[str] = []
    sweep(said.append)
    assert files(root) == sorted(FILES)
    finished = moment >= MOMENTS.index("marked")
    assert contents(root) == ["new" if finished else "old"] * len(FILES)
    drafts = MOMENTS[: moment + 1].count("drafted") - MOMENTS[: moment + 1].count("replaced")
    assert len(said) == drafts
    sweep(pytest.fail)


def test_a_run_that_lives_is_not_swept(root: Path) -> None:
    seen: list[list[str]] = []

    def reached(_: str) -> None:
        sweep(pytest.fail)
        seen.append(contents(root))

    write(root, changes(root), reached)
    assert len(seen) == len(MOMENTS)
    assert contents(root) == ["new", "new", "new"]


def test_a_file_edited_after_the_kill_is_not_overwritten(root: Path) -> None:
    new = changes(root)
    killed(lambda reached: write(root, new, reached), MOMENTS.index("marked"))
    (root / FILES[0]).write_text("edited")
    sweep(lambda _: None)
    assert (root / FILES[0]).read_text() == "edited"
    assert contents(root)[1:] == ["new", "new"]
    assert files(root) == sorted(FILES)


def test_a_file_that_changed_since_it_was_read_keeps_all_as_they_are(root: Path) -> None:
    new = changes(root)
    (root / FILES[2]).write_text("edited")
    with pytest.raises(UserError, match=r"'snippets/c\.md' has changed since it was read; nothing is written"):
        write(root, new)
    assert contents(root) == ["old", "old", "neither"]
    assert files(root) == sorted(FILES)


def test_an_error_keeps_all_as_they_are(root: Path) -> None:
    new = changes(root)
    (root / "snippets" / "c.md").unlink()
    (root / "snippets").rmdir()
    with pytest.raises(UserError):
        write(root, new)
    assert files(root) == ["docs/a.md", "docs/b.md"]
    (root / "docs" / "b.md").unlink()
    (root / "docs" / "b.md").mkdir()
    with pytest.raises((UserError, EnvironmentFault)):
        write(root, new[:2])
    assert files(root) == ["docs/a.md"]


def test_a_record_of_somebody_else_removes_nothing(root: Path, tmp_path: Path) -> None:
    records = tmp_path / "cache" / "dynamo-docs" / "runs"
    records.mkdir(parents=True)
    path = str(root / FILES[0])
    plan = {"path": path, "draft": path, "before": ""}
    for number, facts in enumerate(
        (
            "{}",
            '{"files": "x", "token": "ab"}',
            json.dumps({"files": json.dumps([plan]), "token": "ab"}),
            '{"files": "[]", "token": "../../x"}',
        )
    ):
        (records / f"update-1-{number}.json").write_text(facts)
    sweep(pytest.fail)
    assert contents(root) == ["old", "old", "old"]


def test_the_copy_of_a_site_in_a_killed_program_is_removed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()

    def work(reached: Callable[[str], None]) -> None:
        with shadow(root, [FILES[0]]) as copy:
            fill(copy, {FILES[0]: b"other"})
            reached("filled")

    assert killed(work, 0) == -signal.SIGKILL
    (left,) = (tmp_path / "tmp").iterdir()
    assert (left / FILES[0]).read_bytes() == b"other"
    sweep(pytest.fail)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert contents(root) == ["old", "old", "old"]
    assert killed(work, 1) == 0
    assert list((tmp_path / "tmp").iterdir()) == []

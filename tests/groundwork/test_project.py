"""The shared package: errors, progress, processes, content."""

from __future__ import annotations

import io
import os
import pty
import re
import termios
from functools import partial
from typing import TYPE_CHECKING

import pytest

from groundwork.base.content import digest
from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.base.paths import cache_dir, root
from groundwork.base.versions import version, versions
from groundwork.system import progress as progress_module
from groundwork.system.processes import run
from groundwork.system.progress import Progress
from support.waiting import Clock, has_ended, wait_until

if TYPE_CHECKING:
    from pathlib import Path


def test_an_error_is_place_fact_hint() -> None:
    error = UserError("timeout 'soon': expected a duration", hint="write 5m", where="docs/x.md:4")
    assert str(error) == "docs/x.md:4: timeout 'soon': expected a duration\nhint: write 5m"
    assert error.status is ExitStatus.USAGE
    assert EnvironmentFault("no Docker").status is ExitStatus.ENVIRONMENT


def test_versions_are_plain_values() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", version("dynamo.runtime"))
    assert set(versions()) >= {"dynamo", "kubernetes", "tools", "debian"}
    with pytest.raises(KeyError):
        version("dynamo.nothing")


def test_cache_is_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir("a", "b") == tmp_path / "dynamo-docs" / "a" / "b"
    assert (root() / "versions.toml").is_file()


def test_digest_changes_with_names_and_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "a").write_text("1")
    first = digest("text", folder)
    assert digest("text", folder) == first
    assert digest("other", folder) != first
    (folder / "a").write_text("2")
    second = digest("text", folder)
    assert second != first
    (folder / "a").rename(folder / "b")
    assert digest("text", folder) not in (first, second)


class NobodyReads(io.StringIO):
    """A pipe whose other end is closed."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_what_nobody_hears_of_is_done_to_its_end() -> None:
    done = []
    closed = io.StringIO()
    closed.close()
    for stream in (closed, NobodyReads()):
        progress = Progress(stream=stream)
        with progress.stage("remove"):
            progress.line("removing")
            done.append(stream)
        assert progress.stages[0].ok
    assert len(done) == 2


def test_progress_in_a_log_is_plain_lines() -> None:
    stream = io.StringIO()
    progress = Progress(stream=stream)
    with progress.stage("outer"), progress.stage("inner") as stage:
        stage.note = "cached"
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "\r" not in text
    assert re.search(r"^  inner: done in \d+\.\d s \(cached\)$", text, re.MULTILINE)
    assert [stage.name for stage in progress.stages] == ["outer", "inner"]


@pytest.mark.parametrize(("columns", "most"), [(60, 59), (200, 122), (0, 79)])
def test_the_moving_line_stays_in_one_row_of_the_terminal(
    columns: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The seconds are part of the line; they are the same however long this takes.
    monkeypatch.setattr(progress_module, "time", Clock())
    said = ""
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (24, columns))
    with os.fdopen(writer, "w") as stream:
        progress = Progress(stream=stream)
        with progress.stage("build kubernetes"):
            progress.detail("k8s.io/" * 30)
            while "k8s.io" not in said:
                said += os.read(reader, 10_000).decode()
    said += os.read(reader, 10_000).decode()
    os.close(reader)
    (line,) = {part for part in said.split("\r\x1b[K") if "k8s.io" in part}
    assert len(line) == most


def test_a_failed_stage_says_so() -> None:
    stream = io.StringIO()
    progress = Progress(stream=stream)
    with pytest.raises(ValueError, match="boom"), progress.stage("build"):
        raise ValueError("boom")
    assert "build: FAILED" in stream.getvalue()
    assert not progress.stages[0].ok


def test_run_returns_output_and_names_failures() -> None:
    assert run(["sh", "-c", "echo one; echo two >&2"]).splitlines() == ["one", "two"]
    with pytest.raises(EnvironmentFault, match="building kind: 'sh' ended with status 3") as caught:
        run(["sh", "-c", "echo last words; exit 3"], what="building kind", hint="free some disk")
    assert "last words" in str(caught.value)
    assert str(caught.value).endswith("hint: free some disk")


def test_run_names_a_missing_program() -> None:
    with pytest.raises(EnvironmentFault, match="cannot run 'no-such-program'"):
        run(["no-such-program"])


def test_run_ends_what_the_program_left_behind(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    run(["sh", "-c", f"sleep 600 >/dev/null 2>&1 & echo $! >{mark}"])
    wait_until(partial(has_ended, int(mark.read_text())), "what the program left behind has ended")

"""What results keep of each step, of those that passed, too: output, duration, code; no secrets, and bounded."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from docs_test import capture
from docs_test.capture import MOST_BYTES, bounded, captured
from docs_test.model import Match, Step, StepKind
from docs_test.outcomes import Outcome
from docs_test.reporting.attachments import Store
from docs_test.running import artifacts, killed_runs
from groundwork.base.masking import learn
from groundwork.base.positions import Position
from support.page_runs import fake_cluster, run, shown, step
from support.ports import own_port

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.model import Environment
    from docs_test.page_results import Attachment

TOKEN = "hf_abcdefghijklmnop"  # noqa: S105 - none


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    return fake_cluster(tmp_path)


def test_each_step_keeps_what_it_was_and_what_it_printed(cluster: Environment) -> None:
    page = run(
        cluster,
        Step(StepKind.FILE, Position("docs/x.md", 3), "kind: X\n", file_name="x.yaml"),
        step(6, "cat x.yaml\nexport HF_TOKEN=secretsecret", expectation=shown(10, "kind: X"), identifier="see"),
        step(13, "false"),
        step(15, "echo never"),
        step(17, "echo bye", cleanup=True),
        variant={"api": "v1beta1"},
        inputs={"docs/x.md": "0" * 64},
    )
    assert (page.run, page.title, page.variant, page.inputs) == (
        "one",
        "X",
        {"api": "v1beta1"},
        {"docs/x.md": "0" * 64},
    )
    saved, shown_, failed, never, last = page.steps
    assert (saved.kind, saved.file_name, saved.code, saved.attempts) == (StepKind.FILE, "x.yaml", "kind: X\n", 1)
    assert (shown_.position.line, shown_.end_line, shown_.identifier) == (6, 8, "see")
    assert shown_.code == "cat x.yaml\nexport HF_TOKEN=***", "without secrets"
    assert (shown_.outcome, shown_.exit_status) == (Outcome.PASSED, 0)
    assert (shown_.output.text, shown_.output.lines, shown_.output.left_out) == ("kind: X\n", 1, 0)
    assert shown_.expected is not None
    assert (shown_.expected.match, shown_.expected.text) == (Match.LINES, "kind: X")
    assert (failed.outcome, failed.exit_status) == (Outcome.FAILED, 1)
    assert (never.outcome, never.code, never.attempts, never.exit_status) == (
        Outcome.NOT_RUN,
        "echo never",
        0,
        None,
    )
    assert (last.cleanup, last.output.text) == (True, "bye\n")
    assert page.run_steps == (saved, shown_, failed, last)
    times = [one.started for one in (saved, shown_, failed, last)]
    assert times == sorted(times)
    assert all(one.seconds > 0 for one in (shown_, failed, last))


def test_a_line_that_a_fence_includes_is_no_line_of_the_page(cluster: Environment) -> None:
    lines = (Position("docs/x.md", 4), Position("snippets/s.md", 900))
    (result,) = run(cluster, Step(StepKind.RUN, Position("docs/x.md", 3), "true\ntrue", lines)).steps
    assert result.end_line == 4


def test_a_background_step_keeps_what_it_printed_to_its_end(cluster: Environment) -> None:
    port = own_port()
    code = "echo starting; trap 'echo ended; exit' TERM\n"
    code += f"{sys.executable} -m http.server {port} --bind 127.0.0.1 & wait"
    serve = step(3, code, background=True, ready=f"tcp://127.0.0.1:{port}")
    first, _ = run(cluster, serve, step(6, "true")).steps
    assert first.outcome is Outcome.PASSED
    assert first.output.text.startswith("starting\n")
    assert "ended\n" in first.output.text


def test_of_much_output_the_start_and_the_end_are_kept(cluster: Environment) -> None:
    (result,) = run(cluster, step(3, "echo start; seq 100000; echo end")).steps
    assert result.outcome is Outcome.PASSED
    text = result.output.text
    assert len(text.encode()) <= MOST_BYTES + 100
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("start", "end")
    (said,) = [line for line in lines if "left out" in line]
    assert said == f"[{result.output.left_out} bytes are left out]"
    printed = sum(len(f"{number}\n") for number in range(1, 100_001)) + len("start\nend\n")
    # With those that the shell left out; where that cuts a line, it ends it.
    assert result.output.left_out - (printed - len(text) + len(f"{said}\n")) in (0, 1)
    around = lines.index(said)
    assert lines[around - 1].isdecimal(), "whole lines"
    assert int(lines[around + 1]) > int(lines[around - 1])


@pytest.mark.parametrize("shift", range(-len(TOKEN) - 2, 3))
def test_a_secret_at_the_cut_is_no_half_secret(shift: int) -> None:
    """Wherever the line of the token lies around the end of what is kept of the start."""
    half = MOST_BYTES // 2
    text = f"{'x' * (half + shift)} {TOKEN} {'y' * MOST_BYTES}"
    kept, left_out = bounded(text)
    assert left_out
    assert "hf_a" not in kept
    assert "hf_a" not in captured(text).text


def test_what_a_page_knows_as_secret_is_masked_before_it_is_kept() -> None:
    learn({"MY_TOKEN": "a very own token"})
    try:
        assert captured("it is a very own token\n").text == "it is ***\n"
    finally:
        learn({})


def test_a_short_text_stays() -> None:
    assert bounded("a\nb") == ("a\nb", 0)
    assert captured("a\n[5 bytes are left out]\nb", 5).left_out == 5


MAKE = f"""mkdir logs
echo token {TOKEN} >report.txt
printf '\\377\\0\\1' >picture.png
echo one >logs/one.log; echo two >logs/two.log; echo three >logs/three.txt"""


def kept(
    cluster: Environment, folder: Path, *names: str, code: str = MAKE, clean_up: str = ""
) -> dict[str, Attachment]:
    store = Store(folder / "results.json")
    steps = [step(3, code)] + ([step(9, clean_up, cleanup=True)] if clean_up else [])
    page = run(cluster, *steps, keep=store.keep, artifacts=names)
    assert page.outcome is Outcome.PASSED, page.all_failures
    return {one.name: one for one in page.attachments}


def test_a_page_keeps_the_files_that_it_names(cluster: Environment, tmp_path: Path) -> None:
    found = kept(cluster, tmp_path, "report.txt", "picture.png", "logs/*.log", "*.csv", clean_up="rm -r *")
    texts = {name: (tmp_path / one.file).read_bytes() for name, one in found.items() if one.file}
    assert texts == {
        "report.txt": b"token ***\n",
        "picture.png": b"\xff\x00\x01",
        "logs/one.log": b"one\n",
        "logs/two.log": b"two\n",
    }
    assert found["report.txt"].file.startswith("results.files/")
    assert found["report.txt"].file.endswith(".txt")
    assert [found[name].size for name in texts] == [10, 3, 4, 4]
    assert found["*.csv"].left_out == "the page made no such file"


def test_a_page_that_fails_keeps_them_too(cluster: Environment, tmp_path: Path) -> None:
    store = Store(tmp_path / "results.json")
    page = run(cluster, step(3, "echo why >why.txt; false"), keep=store.keep, artifacts=("why.txt",))
    assert page.outcome is Outcome.FAILED
    assert (tmp_path / page.attachments[0].file).read_text() == "why\n"


def test_no_link_is_followed_and_nothing_but_a_file_is_kept(cluster: Environment, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "secret").write_text("of the host")
    code = f"ln -s {theirs}/secret link; ln -s {theirs} folder; mkfifo pipe; ln link hard 2>/dev/null || true"
    found = kept(cluster, tmp_path, "link", "folder/secret", "pipe", "hard", code=code)
    assert {name: one.file for name, one in found.items()} == dict.fromkeys(found, "")
    assert found["pipe"].left_out.startswith("it cannot be kept: ")
    assert found["link"].left_out.startswith("it cannot be kept: ")
    assert not (tmp_path / "results.files").exists()


def test_there_is_an_end_to_what_a_page_keeps(
    cluster: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "MOST_BYTES", 100)
    monkeypatch.setattr(artifacts, "MOST_FILES", 3)
    code = "for i in 1 2 3 4 5; do echo $i >$i.txt; done; head -c 99 /dev/zero >0.txt"
    found = kept(cluster, tmp_path, "*.txt", code=code)
    assert {name for name, one in found.items() if one.file} == {"0.txt"}
    assert {one.left_out for name, one in found.items() if name != "0.txt"} == {artifacts.FULL}
    found = kept(cluster, tmp_path, "[1-9].txt", code=code)
    assert sorted(name for name, one in found.items() if one.file) == ["1.txt", "2.txt", "3.txt"]


def test_a_disk_that_is_full_costs_the_file_and_not_the_page(cluster: Environment) -> None:
    def full(_name: str, _content: bytes) -> Attachment:
        raise OSError(28, os.strerror(28))

    page = run(cluster, step(3, "echo x >x.txt"), keep=full, artifacts=("x.txt",))
    assert page.outcome is Outcome.PASSED
    assert page.attachments[0].left_out == "it cannot be kept: No space left on device"


def test_the_bound_is_that_of_the_schema() -> None:
    assert capture.MOST_BYTES == 64 * 1024

"""One bash a page: state carries over, failures name their line, everything started ends."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from docs_test.model import Step, StepKind
from docs_test.shell import bash
from docs_test.shell.background import start
from docs_test.shell.bash import ENDED_EARLY, Shell
from docs_test.shell.output import KEPT_BYTES
from groundwork.base.positions import Position
from support.waiting import LONG, has_ended, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIVEN": "yes"}


def step(code: str) -> Step:
    lines = tuple(Position("docs/x.md", 10 + number) for number, _ in enumerate(code.splitlines()))
    return Step(StepKind.RUN, Position("docs/x.md", 9), code, lines)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    made = Shell(tmp_path, tmp_path, ENV)
    yield made
    made.close()


def test_state_carries_over(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    first = shell.run(
        step('NAME="a b"; export OTHER=1; hello() { echo "hello $1"; }; cd sub; shopt -s nullglob'), LONG
    )
    assert (first.status, first.output) == (0, "")
    second = shell.run(step('hello "$NAME"; pwd; echo $GIVEN; echo *.none'), LONG)
    assert second.output.splitlines() == ["hello a b", str(tmp_path / "sub"), "yes", ""]


def test_what_was_read_only_can_be_set_in_a_next_shell(shell: Shell, tmp_path: Path) -> None:
    lines = "readonly FIXED=1\nLINES='a\ndeclare -r NO=1'\ndeclare -ar LIST=(x y)\ndeclare EMPTY"
    assert shell.run(step(lines), LONG).status == 0
    assert shell.run(step("false"), LONG).status == 1
    following = Shell(tmp_path, tmp_path, ENV, shell.known)
    try:
        said = following.run(
            step('echo "$FIXED ${LIST[1]}"; echo "$LINES"; FIXED=2; LIST=(z); echo "$FIXED $LIST"'), LONG
        )
    finally:
        following.close()
    assert said.output == "1 y\na\ndeclare -r NO=1\n2 z\n"


def test_state_survives_a_failure_in_a_next_shell(shell: Shell, tmp_path: Path) -> None:
    shell.run(step("KEPT='x\ny'; f() { echo f; }"), LONG)
    assert shell.run(step("LATE=1; false; LATE=2"), LONG).status == 1
    assert not shell.free
    following = Shell(tmp_path, tmp_path, ENV, shell.known)
    try:
        assert following.run(step('f; echo "$KEPT"; echo $LATE'), LONG).output == "f\nx\ny\n1\n"
        assert following.run(step("echo $NOT_SET"), LONG).status == 1, "options are back as well"
    finally:
        following.close()


@pytest.mark.parametrize(
    ("code", "status", "line", "said"),
    [
        ("echo one\nfalse\necho two", 1, 2, "one"),
        ("echo one\n(exit 3)\n", 3, 2, "one"),
        ("exit 4", 4, 0, ""),
        ("true\necho $MISSING", 1, 2, "bash: line 2: MISSING: unbound variable"),
        ("true | false | true", 1, 1, ""),
        ("echo ok\nif true; then", 2, 2, "bash: line 2: syntax error"),
        ("set +e\nfalse", 1, 2, ""),
        ("no-such-command --x", 127, 1, "not found"),
        ("true\nf() {\n    true\n    false\n}\n\ntrue\nf", 1, 8, ""),
        ("f() { (exit 3); }\ng() {\n    f\n}\n\ng", 3, 6, ""),
        ("echo false >x.sh\ntrue\nsource ./x.sh", 1, 3, ""),
    ],
)
def test_a_failing_line_is_told(shell: Shell, code: str, status: int, line: int, said: str) -> None:
    ended = shell.run(step(code), LONG)
    assert (ended.status, ended.problem) == (status, "")
    assert ended.line == line
    assert said in ended.output


def test_a_failure_in_a_function_of_an_earlier_step_is_told_where_it_is_called(shell: Shell) -> None:
    shell.run(step("true\ntrue\ntrue\nf() {\n    false\n}"), LONG)
    ended = shell.run(step("true\nf\ntrue"), LONG)
    assert (ended.status, ended.line) == (1, 2)


def commands(shell: Shell) -> list[str]:
    """The names of the programs that run in a shell's session."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = file.read_text(encoding="utf-8").partition("(")[2].rpartition(")")
            if int(rest.split()[3]) == shell.process.pid:
                found.append(name)
    return found


def test_a_hanging_step_ends_with_all_it_started(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is up once it hangs, however long it takes to get there."""
    times: list[float] = []

    def monotonic() -> float:
        hangs = times and commands(shell).count("sleep") == 2
        times.append(61.0 if hangs else 0.0)
        return times[-1]

    monkeypatch.setattr(bash, "time", SimpleNamespace(monotonic=monotonic))
    ended = shell.run(step(f"sleep 987 & echo $! >{tmp_path}/pid; echo started; sleep 987"), 60)
    assert ended.status is None
    assert ended.problem == "still running after 60 s"
    assert ended.output == "started\n"
    wait_until(partial(has_ended, int((tmp_path / "pid").read_text())), "its job has ended")


def test_a_stray_job_ends_with_the_shell(shell: Shell, tmp_path: Path) -> None:
    assert shell.run(step(f"sleep 987 & echo $! >{tmp_path}/pid"), LONG).status == 0
    shell.close()
    wait_until(partial(has_ended, int((tmp_path / "pid").read_text())), "its job has ended")


def test_standard_input_is_empty_and_fake_news_are_output(shell: Shell) -> None:
    assert shell.run(step("cat; echo done"), LONG).output == "done\n"


def test_much_output_keeps_its_start_and_its_end_and_says_so(shell: Shell) -> None:
    ended = shell.run(step(f"echo start; head -c {KEPT_BYTES} /dev/zero | tr '\\0' x; echo; echo end"), LONG)
    assert ended.left_out == len("start\n\nend\n")
    first, *_, last = ended.output.splitlines()
    assert (first, last) == ("start", "end")
    assert f"x\n[{ended.left_out} bytes are left out]\nx" in ended.output
    assert shell.run(step("echo x"), LONG).left_out == 0


@pytest.mark.parametrize(
    "code",
    ["exit 0\nfalse", "return 0\nfalse", "break\nfalse", "continue\nfalse", "true; exit", "cat <<END\nexit"],
)
def test_a_step_that_does_not_reach_its_end_is_no_success(shell: Shell, code: str) -> None:
    """A reader's terminal would close, or print an error; and what follows in the block did not run.

    It does not wait for its time to be up: then the problem would be another.
    """
    ended = shell.run(step(code), LONG)
    assert (ended.status, ended.problem) == (None, ENDED_EARLY)


@pytest.mark.parametrize("code", ["set +e", "set +euo pipefail", "trap - ERR", "set +E; set +e; true"])
def test_a_later_step_fails_whatever_an_earlier_one_switched_off(shell: Shell, code: str) -> None:
    assert shell.run(step(code), LONG).status == 0
    ended = shell.run(step("true\nfalse\ntrue"), LONG)
    assert ended.status == 1


def test_a_step_ends_with_the_status_of_its_last_command(shell: Shell) -> None:
    assert shell.run(step("set +e\nfalse\ntrue"), LONG).status == 0
    assert shell.run(step("set +e\n(exit 7)"), LONG).status == 7
    assert shell.run(step("echo a \\"), LONG).output == "a\n"


def test_a_link_in_the_place_of_an_output_is_not_read(shell: Shell, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    code = (
        f'for f in {tmp_path}/outputs/*; do ln -sf {secret} "$f"; done; ln -s {secret} {tmp_path}/outputs/x; false'
    )
    assert "of the host" not in shell.run(step(code), LONG).output


def test_a_background_step_goes_on_and_ends(tmp_path: Path) -> None:
    tmp_path = tmp_path / "with a blank"
    work = tmp_path / "work"
    work.mkdir(parents=True)
    shell = Shell(tmp_path, work, ENV)
    shell.run(step("WORD=hello"), LONG)
    code = replace(step("echo $WORD; sleep 987 & echo $! >pid; wait"), background=True)
    background = start(code, tmp_path, ENV, shell.known)
    try:
        pid = work / "pid"
        wait_until(lambda: pid.exists() and pid.read_text().strip(), "the step is under way")
        assert background.ended("").output == "hello\n"
        assert background.process.poll() is None
    finally:
        background.close()
        shell.close()
    wait_until(partial(has_ended, int((work / "pid").read_text())), "its job has ended")


def test_aliases_and_options_carry_over_to_the_next_shell(tmp_path: Path) -> None:
    first = Shell(tmp_path, tmp_path, ENV)
    first.run(step("shopt -s expand_aliases extglob nullglob; alias hi='echo hello'"), LONG)
    first.run(step("only() { case $1 in +([0-9])) echo digits ;; *) echo other ;; esac; }"), LONG)
    first.close()
    second = Shell(tmp_path, tmp_path, ENV, first.known)
    try:
        assert second.run(step("hi; only 12; only a; echo no*such"), LONG).output == "hello\ndigits\nother\n\n"
    finally:
        second.close()


def test_a_command_that_nobody_reads_any_more_is_ended_by_a_signal(shell: Shell) -> None:
    assert shell.run(step("seq 1000000 | head -n 1"), LONG).status == 128 + signal.SIGPIPE

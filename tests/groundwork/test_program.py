"""How each program ends: mistakes, Ctrl-C, closed pipes, full disks and bugs look the same everywhere."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.base.program import HINT, cannot_write, program
from support.waiting import LONG

FULL = "/dev/full"
NEEDS_BUBBLEWRAP = pytest.mark.skipif(shutil.which("bwrap") is None, reason="--provision installs bubblewrap")
NO_SPACE = "cannot write: No space left on device"


@dataclass(frozen=True)
class Program:
    """A program of the project."""

    name: str
    """As its messages call it."""
    module: str
    """Whose `main` it is."""
    inner: str
    """A function of that module that its words call."""
    words: tuple[str, ...]


PROGRAMS = (  # docs-test has its own: tests/docs_test/test_command_line.py
    Program("kubectl-dynamo", "kubectl_dynamo.verbs.command", "command_line", ("explain",)),
    Program("kind_cluster", "kind_cluster.__main__", "_run", ("tools",)),
    Program("mock_platform", "mock_platform.__main__", "_run", ("images",)),
    Program("dynamo_crd", "dynamo_crd.__main__", "_write", ("compile", "-o", "x")),
    Program("docs_reference", "docs_reference.__main__", "stale", ("--check",)),
    Program("docs_site", "docs_site.__main__", "finish", ()),
    Program("plain_english", "plain_english.__main__", "root", ()),
    Program("docs_site.build.outside", "docs_site.build.outside", "root", ()),
)


@pytest.fixture(params=PROGRAMS, ids=lambda one: one.name)
def one(request: pytest.FixtureRequest) -> Program:
    return request.param


@pytest.fixture(autouse=True, params=["", "1"], ids=["buffered", "unbuffered"])
def buffered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether what cannot be printed is heard at the print, or when all is over."""
    monkeypatch.setenv("PYTHONUNBUFFERED", request.param)


def run(one: Program, inner: str, *words: str, stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in which a function of it does something else: `inner`, an expression."""
    code = f"import os, sys, {one.module} as module\n"
    code += f"module.{one.inner} = lambda *_, **__: {inner}\nsys.exit(module.main())"
    return python(code, *words, *one.words, stdout=stdout)


def python(code: str, *words: str, stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LONG,
    )


def closed() -> int:
    """A pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def test_a_bug_is_said_in_a_line(one: Program) -> None:
    done = run(one, "1 / 0")
    assert done.returncode == ExitStatus.BUG
    assert done.stderr == (
        f"{one.name}: a bug, please report it: ZeroDivisionError: division by zero\nhint: --debug shows where\n"
    )


def test_debug_shows_where(one: Program) -> None:
    done = run(one, "1 / 0", "--debug")
    assert done.returncode == ExitStatus.BUG
    first, *rest = done.stderr.splitlines()
    assert first == f"{one.name}: a bug, please report it: ZeroDivisionError: division by zero"
    assert rest[0] == "Traceback (most recent call last):"


def test_ctrl_c_ends_it_without_a_word(one: Program) -> None:
    done = run(one, f"os.kill(os.getpid(), {int(signal.SIGINT)})")
    assert (done.returncode, done.stdout, done.stderr) == (ExitStatus.INTERRUPTED, "", "")


def test_nobody_reads(one: Program) -> None:
    done = run(one, "sys.exit(print('x' * 100_000) or 0)", stdout=closed())
    assert (done.returncode, done.stderr) == (ExitStatus.CLOSED_PIPE, "")
    assert run(one, "sys.exit(print('x') or 0)", stdout=closed()).returncode == ExitStatus.CLOSED_PIPE


def test_a_help_that_nobody_reads_to_its_end(one: Program) -> None:
    """argparse hears nothing of it where Python's output is unbuffered."""
    done = python(f"import sys; from {one.module} import main; sys.exit(main())", "--help", stdout=closed())
    assert done.returncode in (ExitStatus.CLOSED_PIPE, ExitStatus.OK)
    assert done.stderr == ""


def test_a_disk_that_is_full(one: Program) -> None:
    with Path(FULL).open("w") as full:
        done = run(one, "sys.exit(print('x') or 0)", stdout=full.fileno())
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert done.stderr == f"{one.name}: {NO_SPACE}\nhint: {HINT}\n"


@NEEDS_BUBBLEWRAP
def test_a_file_on_a_disk_that_is_full(tmp_path: Path) -> None:
    """A small one of its own: 64 KiB."""
    code = "import sys; from groundwork.base.program import program\n"
    code += "sys.exit(program('p', lambda words: open(words[0], 'w').write('x' * 100_000)))"
    small = ["bwrap", "--dev-bind", "/", "/", "--size", "65536", "--tmpfs", str(tmp_path)]
    command = [*small, sys.executable, "-c", code, str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONG)
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert done.stderr == f"p: cannot write: No space left on device\nhint: {HINT}\n"


def test_an_error_output_that_is_full_changes_no_verdict() -> None:
    code = "import sys; from groundwork.base.program import program\n"
    code += "sys.stderr = open('/dev/full', 'w')\n"
    code += "sys.exit(program('p', lambda _: print('x', file=sys.stderr) or 1))"
    assert python(code).returncode == 1


def test_a_pipe_that_breaks_elsewhere_is_a_bug() -> None:
    code = "import sys; from groundwork.base.program import program\n"
    code += "def main(_):\n    raise BrokenPipeError(32, 'Broken pipe')\nsys.exit(program('p', main))"
    done = python(code)
    assert done.returncode == ExitStatus.BUG
    assert "p: a bug, please report it: BrokenPipeError" in done.stderr


def test_mistakes_are_said_with_their_status(capsys: pytest.CaptureFixture[str]) -> None:
    def wrong(_: object) -> int:
        raise UserError("no such page", hint="look")

    def absent(_: object) -> int:
        raise EnvironmentFault("no cluster")

    assert program("p", wrong, []) == ExitStatus.USAGE
    assert capsys.readouterr().err == "no such page\nhint: look\n"
    assert program("p", wrong, [], usage=64) == 64
    assert program("p", absent, [], usage=64) == ExitStatus.ENVIRONMENT


def test_the_bug_behind_a_problem_is_shown_with_debug(capsys: pytest.CaptureFixture[str]) -> None:
    def wrong(_: object) -> int:
        raise UserError.of(Problem(Position("docs/x.md"), "cannot be read", bug=ZeroDivisionError("oops")))

    program("p", wrong, [])
    assert capsys.readouterr().err == "docs/x.md: cannot be read\n"
    program("p", wrong, ["--debug"])
    assert capsys.readouterr().err == "docs/x.md: cannot be read\nZeroDivisionError: oops\n"


def test_what_a_main_says_when_it_is_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt("interrupted; everything that was started has ended")

    assert program("p", interrupted, []) == ExitStatus.INTERRUPTED
    assert capsys.readouterr().err == "interrupted; everything that was started has ended\n"


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (errno.ENOSPC, ExitStatus.ENVIRONMENT, f"No space left on device\nhint: {HINT}"),
        (errno.EACCES, ExitStatus.USAGE, "Permission denied"),
    ],
)
def test_a_file_that_cannot_be_written(number: int, status: ExitStatus, said: str) -> None:
    error = cannot_write("--output 'x.json'", OSError(number, os.strerror(number)))
    assert (error.status, str(error)) == (status, f"--output 'x.json': cannot be written: {said}")

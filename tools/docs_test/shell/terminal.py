"""A shell for the person at the terminal, in a page's folder and sandbox, with what its steps have set.

It has a terminal of its own, whose text is passed on in both directions: a page could make this one type commands
into the person's own shell (TIOCSTI) if it had that terminal.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import select
import signal
import subprocess
import sys
import termios
import tty
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.shell.folder import SCRIPTS, STATE
from docs_test.shell.state import copied, restored
from groundwork.system.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

START = Path(__file__).with_name("interactive.bash")
CONTROLLING = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Python program that makes its standard input the terminal of its session, then becomes another program."""


def look_around(
    folder: Path, env: Mapping[str, str], state: Path | None, sandbox: Sequence[str], prompt: str
) -> Path | None:
    """Let the person work in a shell until it ends.

    Args:
        folder: the page's.
        env: of its commands.
        state: file with what the page's shell knows; None if no step has run.
        sandbox: words before the command that starts it.
        prompt: what the prompt says before the directory.

    Returns:
        The file with what the shell knew at its end; None if it did not come to write it.
    """
    into = folder / STATE / f"looked-{secrets.token_hex(4)}.bash"
    known = restored(folder / SCRIPTS, state)
    own = {"__dt_restored": str(known or ""), "__dt_state": str(into), "__dt_prompt": prompt}
    ours, theirs = os.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as master:
        try:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, _size())
            process = subprocess.Popen(
                [*_python(), *sandbox, "bash", "--noprofile", "--rcfile", str(START), "-i"],
                cwd=folder / "work",
                env={**env, "TERM": os.environ.get("TERM", "dumb"), **own},
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        try:
            with _raw(), _resized(master.fileno()):
                _pass_on(master.fileno(), process)
        finally:
            end_group(process, grace=1.0)
    return copied(folder / SCRIPTS, into)


def _python() -> tuple[str, ...]:
    return (sys.executable, "-IS", "-c", CONTROLLING)


def _pass_on(master: int, process: subprocess.Popen[bytes]) -> None:
    """Pass text on between the two terminals until the shell ends."""
    person: list[int] = [sys.stdin.fileno()]
    while True:
        ready = select.select([master, *person], [], [], 0.2)[0]
        if master in ready:
            try:
                text = os.read(master, 65536)
            except OSError:  # Linux: nobody has the other end any more.
                return
            if not text:
                return
            os.write(sys.stdout.fileno(), text)
        elif process.poll() is not None:
            return
        if person and person[0] in ready:
            typed = os.read(person[0], 65536)
            if not typed:
                person = []
            os.write(master, typed or b"\x04")


@contextmanager
def _raw() -> Iterator[None]:
    """Let each key go through as it is typed, Ctrl-C included."""
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setraw(number)
        yield
    finally:
        termios.tcsetattr(number, termios.TCSAFLUSH, before)


@contextmanager
def _resized(master: int) -> Iterator[None]:
    """Give the other terminal this one's size whenever that changes."""

    def resize(*_: object) -> None:
        with suppress(OSError):
            fcntl.ioctl(master, termios.TIOCSWINSZ, _size())

    before = signal.signal(signal.SIGWINCH, resize)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


def _size() -> bytes:
    return fcntl.ioctl(sys.stdin.fileno(), termios.TIOCGWINSZ, b"\0" * 8)

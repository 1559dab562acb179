"""The bash of one page: steps share it, each step's output and failing line are kept apart."""

from __future__ import annotations

import errno
import os
import re
import secrets
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.outcomes import FailureKind
from docs_test.shell.changes import Changes
from docs_test.shell.folder import OUTPUTS, SCRIPTS, STATE, made
from docs_test.shell.news import News
from docs_test.shell.output import Output
from docs_test.shell.state import restored
from groundwork.system.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.model import Step

DRIVER = Path(__file__).with_name("driver.bash")
MOST_BYTES = 64 * 1024 * 1024
"""A step that prints more is ended: it would fill the disk."""
POLL_SECONDS = 0.05
ENDED_EARLY = "it ended before its last line, without a failure"
LAST = "__dt_status=$?"
"""The last line of a step's script: that it was reached is known by it."""
LAST_UNHEARD = f"{{ {LAST}; }} >/dev/null 2>&1"
"""The same for a page whose DEBUG trap may print something at each command."""
DEBUG = "DEBUG"
LAST_TRACED = re.compile(r"\x01+\+ __dt_status=\d+\n?")
"""Pattern of what `set -x` shows of that line."""
LAST_SHOWN = re.compile(r"^.*__dt_status=\d+.*\n?|(?:^\n)?^.*__dt_status=\$\?.*\n?", re.MULTILINE)
"""Pattern of what else shows it: another PS4, `set -v`, or a here-document that is never closed."""
TRACED = re.compile(r"^\x01(\x01*)(\+ .*\n?)", re.MULTILINE)
"""Pattern of a trace's line (`set -x`), as the driver marks it: with one sign more than at a terminal."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a piece of shell code ended."""

    status: int | None
    """Its exit status; None if it was ended because of `problem`."""
    output: str
    line: int
    """Line of the code whose command failed, 1-based; 0 if none did or it is not known."""
    problem: str = ""
    """Reason why it was ended: "still running after 60 s", "printed more than 64 MiB"; or `ENDED_EARLY`."""
    kind: FailureKind = FailureKind.STATUS
    """Kind of the problem, or of the one that it would be."""
    left_out: int = 0
    """Bytes that `output` has not, in the place of a line `capture.LEFT_OUT`."""


class Shell:
    """A bash that runs steps in order, ended with everything it started.

    Args:
        folder: the page's, in which scripts, outputs and states have theirs.
        work: the working directory at the start.
        env: its whole environment; nothing of the caller's is added.
        restore: state file of another shell to go on from.
        sandbox: words before the command that starts it (`sandbox.sandbox`).
    """

    def __init__(
        self,
        folder: Path,
        work: Path,
        env: Mapping[str, str],
        restore: Path | None = None,
        sandbox: Sequence[str] = (),
    ) -> None:
        self._name = secrets.token_hex(4)
        self._scripts, self._outputs = made(folder / SCRIPTS), made(folder / OUTPUTS)
        self._state = made(folder / STATE) / self._name
        self._given = restore
        self._count = 0
        self._busy = False
        self._news = News()
        read_end, self._orders = os.pipe()
        restore = restored(self._scripts, restore)
        self._script = self._scripts / f"{self._name}.sh"
        self._code = os.open(self._script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._trapped, self._length = False, 0
        self._out: Output | None = None
        self._changes = Changes(fresh=restore is None)
        places = [self._state, self._script, self._outputs / f"{self._name}-"]
        ends = (read_end, self._news.write_end)
        words = [DRIVER, *places, *ends, *([restore] if restore else [])]
        self._log = (folder / f"{self._name}.log").open("ab")
        self.process = subprocess.Popen(
            [*sandbox, "bash", "--noprofile", "--norc", *map(str, words)],
            cwd=work,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            pass_fds=ends,
        )
        os.close(read_end)
        self._news.opened(self.process)

    @property
    def free(self) -> bool:
        """Whether another step can run in it: it has not ended, and no interrupted step goes on in it."""
        return not self._busy and self.process.poll() is None

    @property
    def known(self) -> Path | None:
        """File with what another shell needs to go on from here; None if no step has run yet."""
        turn = self._news.kept()
        return self._given if turn is None else Path(f"{self._state}-{turn}.bash")

    def run(self, step: Step, timeout: float) -> Ended:
        """Run a step's code for at most `timeout` seconds."""
        self._count += 1
        self._write(step.code)
        out, self._out = self._out or Output(self._outputs, f"{self._name}-{self._count:07d}"), None
        self._busy = True  # Before it begins: an interruption may come before the next line.
        try:
            keeps = self._changes.possible(step.code)
            self._news.forget(keeps=keeps)
            # Its number and what is not known of the name before.
            order = out.name[len(self._name) + 1 :].removesuffix(".out")
            os.write(self._orders, f"{order}{'+' if keeps else '-'}".encode())
            stopped = self._wait(out, timeout)
            self._busy = False
            text, left_out = out.read()
            return self._ended(tidy(text, str(self._script), step.code), stopped, step, left_out)
        except BrokenPipeError:
            problem = "the page's shell is gone"
            return Ended(self.process.wait(), out.read()[0], 0, problem, FailureKind.SHELL_GONE)
        finally:
            if not self._busy and out.go_on():
                self._out = out
            else:
                out.close()

    def _write(self, code: str) -> None:
        """Write the script over the one before: bash reads it to its end before it runs any of it."""
        if not os.fstat(self._code).st_nlink:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._script))
        self._trapped = self._trapped or DEBUG in code
        # The driver looks whether the last line was reached. The empty one: code may end in a backslash.
        script = f"{code}\n\n{LAST_UNHEARD if self._trapped else LAST}\n".encode()
        # Empty lines for what is left of a longer one: to cut the file takes longer than all else here.
        whole, written = script.ljust(self._length, b"\n"), 0
        while written < len(whole):  # A full disk takes a part without an error, and refuses the rest.
            written += os.pwrite(self._code, whole[written:], written)
        self._length = max(self._length, len(script))

    def _wait(self, out: Output, timeout: float) -> tuple[FailureKind, str] | None:
        """Wait for the step's end; returns why it was ended early, None if it was not."""
        deadline = time.monotonic() + timeout
        while self._news.listen(POLL_SECONDS) and not self._news.done:
            if time.monotonic() > deadline:
                end_group(self.process, grace=3.0)
                return FailureKind.TIMEOUT, f"still running after {timeout:.0f} s"
            if out.size > MOST_BYTES:
                end_group(self.process, grace=3.0)
                return FailureKind.TOO_MUCH, f"printed more than {MOST_BYTES // 2**20} MiB"
        return None

    def _ended(self, output: str, stopped: tuple[FailureKind, str] | None, step: Step, left_out: int) -> Ended:
        if stopped:
            kind, problem = stopped
            return Ended(None, output, 0, problem, kind, left_out)
        done = self._news.done
        status = int(done) if done.isdecimal() else self.process.wait() if not done else 0
        if done == "early" or (not done and status == 0):
            return Ended(None, output, 0, ENDED_EARLY, FailureKind.ENDED_EARLY, left_out)
        line = self._failing_line(output) if status else 0
        if status and done and not line:
            # Its last line, `A && B` say: where A is false, bash counts no failure, yet that is its status.
            line = step.code.rstrip().count("\n") + 1
        return Ended(status if status >= 0 else 128 - status, output, line, left_out=left_out)

    def _failing_line(self, output: str) -> int:
        # Bash tells of syntax errors and unset variables only in words.
        worded = re.findall(r"bash: line (\d+):", output)
        return int((self._news.errors or worded or [0])[-1])

    def close(self) -> None:
        """End it and everything it started; again, it does nothing."""
        orders, self._orders = self._orders, -1  # A number that others may get now.
        with suppress(OSError):
            os.close(orders)
        self._news.close()
        if self._out:
            self._out.close()
        code, self._code = self._code, -1
        with suppress(OSError):
            os.close(code)
        end_group(self.process, grace=3.0)
        self._log.close()


def tidy(output: str, script: str, code: str) -> str:
    """An output as a reader would see it: bash's messages without our script's name and lines beyond the code's.

    Args:
        output: what came.
        script: path of the script with the code.
        code: the step's.
    """
    if script in output:
        last = code.count("\n") + 1

        def told(found: re.Match[str]) -> str:
            return f"bash: line {min(int(found[1]), last)}:"

        output = re.sub(rf"{re.escape(script)}: line (\d+):", told, output)
    if "__dt_status" in output:
        output = LAST_SHOWN.sub("", LAST_TRACED.sub("", output))
    if "\x01" in output:
        # With one sign alone it is of the command that starts the page's code.
        output = TRACED.sub(lambda found: "+" * (len(found[1]) - 1) + found[2] if found[1] else "", output)
    return output

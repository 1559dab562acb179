"""The bash of one page: steps share it, each step's output and failing line are kept apart."""

from __future__ import annotations

import os
import re
import secrets
import select
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.outcomes import FailureKind
from docs_test.shell.folder import OUTPUTS, SCRIPTS, STATE, made
from docs_test.shell.output import Output
from groundwork.system.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.model import Step

DRIVER = Path(__file__).with_name("driver.bash")
MOST_BYTES = 64 * 1024 * 1024
"""A step that prints more is ended: it would fill the disk."""
POLL_SECONDS = 0.05
ENDED_EARLY = "it ended before its last line, without a failure"
DONE = re.compile(rb"^done (\d+|early)\n", re.MULTILINE)
"""Pattern of what the driver reports at a step's end: its status, or that its last line was not reached."""


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
        self.state = made(folder / STATE) / f"{self._name}.bash"
        self._restored = restore
        self._count = 0
        self._busy = False
        read_end, self._orders = os.pipe()
        self._news, write_end = os.pipe()
        command = ["bash", "--noprofile", "--norc", str(DRIVER), str(self.state), str(read_end), str(write_end)]
        self._log = (folder / f"{self._name}.log").open("ab")
        self.process = subprocess.Popen(
            [*sandbox, *command, *([str(restore)] if restore else [])],
            cwd=work,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            pass_fds=(read_end, write_end),
        )
        os.close(read_end)
        os.close(write_end)

    @property
    def free(self) -> bool:
        """Whether another step can run in it: it has not ended, and no interrupted step goes on in it."""
        return not self._busy and self.process.poll() is None

    @property
    def known(self) -> Path | None:
        """File with what another shell needs to go on from here; None if no step has run yet."""
        return self.state if self.state.exists() else self._restored

    def run(self, step: Step, timeout: float) -> Ended:
        """Run a step's code for at most `timeout` seconds."""
        self._count += 1
        script = self._scripts / f"{self._name}-{self._count:03d}.sh"
        # The driver looks whether the last line was reached. The empty one: code may end in a backslash.
        script.write_text(f"{step.code}\n\n__dt_status=$?\n", encoding="utf-8")
        out = Output(self._outputs, script.stem)
        self._busy = True  # Before it begins: an interruption may come before the next line.
        try:
            os.write(self._orders, f"{script}\n{out.path}\n".encode())
            stopped = self._wait(out, timeout)
            self._busy = False
            text, left_out = out.read()
            ended = self._ended(script, tidy(text, script, step.code.count("\n") + 1), stopped)
            if ended.status and not ended.line and DONE.search(self._heard):
                # Its last line, `A && B` say: where A is false, bash counts no failure, yet that is its status.
                ended = replace(ended, line=step.code.rstrip().count("\n") + 1)
            return replace(ended, left_out=left_out)
        except BrokenPipeError:
            problem = "the page's shell is gone"
            return Ended(self.process.wait(), out.read()[0], 0, problem, FailureKind.SHELL_GONE)
        finally:
            out.close()

    def _wait(self, out: Output, timeout: float) -> tuple[FailureKind, str] | None:
        """Wait for the step's end; returns why it was ended early, None if it was not."""
        self._heard = b""
        deadline = time.monotonic() + timeout
        while True:
            if select.select([self._news], [], [], POLL_SECONDS)[0]:
                part = os.read(self._news, 65536)
                self._heard += part
                if not part or DONE.search(self._heard):
                    return None
            elif self.process.poll() is not None:
                # A job left in the background may still hold the pipe's other end.
                return None
            if time.monotonic() > deadline:
                end_group(self.process, grace=3.0)
                return FailureKind.TIMEOUT, f"still running after {timeout:.0f} s"
            if out.size > MOST_BYTES:
                end_group(self.process, grace=3.0)
                return FailureKind.TOO_MUCH, f"printed more than {MOST_BYTES // 2**20} MiB"

    def _ended(self, script: Path, output: str, stopped: tuple[FailureKind, str] | None) -> Ended:
        if stopped:
            kind, problem = stopped
            return Ended(None, output, 0, problem, kind)
        told = DONE.search(self._heard)
        if told and told[1] == b"early":
            return Ended(None, output, 0, ENDED_EARLY, FailureKind.ENDED_EARLY)
        status = int(told[1]) if told else self.process.wait()
        if not told and status == 0:
            return Ended(None, output, 0, ENDED_EARLY, FailureKind.ENDED_EARLY)
        line = self._failing_line(script, output) if status else 0
        return Ended(status if status >= 0 else 128 - status, output, line)

    def _failing_line(self, script: Path, output: str) -> int:
        told = re.findall(
            rf"^error (\d+) {re.escape(str(script))}$", self._heard.decode(errors="replace"), re.MULTILINE
        )
        if told:
            return int(told[-1])
        # Bash tells of syntax errors and unset variables only in words.
        worded = re.findall(r"bash: line (\d+):", output)
        return int(worded[-1]) if worded else 0

    def close(self) -> None:
        """End it and everything it started; again, it does nothing."""
        ends, self._orders, self._news = (self._orders, self._news), -1, -1  # Numbers that others may get now.
        for end in ends:
            with suppress(OSError):
                os.close(end)
        end_group(self.process, grace=3.0)
        self._log.close()


def tidy(output: str, script: Path, last: int) -> str:
    """Bash's own messages as a reader would see them: without our script's name and lines beyond the `last`."""

    def told(found: re.Match[str]) -> str:
        return f"bash: line {min(int(found[1]), last)}:"

    return re.sub(rf"{re.escape(str(script))}: line (\d+):", told, output)

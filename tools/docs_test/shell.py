"""The bash of one page: steps share it, each step's output and failing line are told apart."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.secrets import mask
from project.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.model import Step

DRIVER = Path(__file__).with_name("driver.bash")
KEPT_BYTES = 256 * 1024
"""How much of the end of a step's output is kept."""
MOST_BYTES = 64 * 1024 * 1024
"""A step that prints more is ended: it would fill the disk."""
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Ended:
    """How a piece of shell code ended."""

    status: int | None
    """Its exit status; None if it was ended because of `problem`."""
    output: str
    line: int
    """1-based line of the code whose command failed; 0 when none did or it is not known."""
    problem: str = ""
    """Why it was ended: "still running after 60 s", "printed more than 64 MiB"."""


class Shell:
    """A bash that runs steps in order, ended with everything it started.

    Args:
        folder: the private folder for scripts, outputs and the state file.
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
        self.folder = folder
        self.state = folder / "state.bash"
        self._count = 0
        self._busy = False
        read_end, self._orders = os.pipe()
        self._news, write_end = os.pipe()
        command = ["bash", "--noprofile", "--norc", str(DRIVER), str(self.state), str(read_end), str(write_end)]
        self._log = (folder / "shell.log").open("ab")
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

    def run(self, step: Step, timeout: float) -> Ended:
        """Run a step's code for at most `timeout` seconds."""
        self._count += 1
        script = self.folder / f"step-{self._count:03d}.sh"
        script.write_text(step.code + "\n", encoding="utf-8")
        out = script.with_suffix(".out")
        out.touch()
        self._busy = True  # Before it begins: an interruption may come before the next line.
        try:
            os.write(self._orders, f"{script}\n".encode())
        except BrokenPipeError:
            return Ended(self.process.wait(), read_output(out), 0, "the page's shell is gone")
        problem = self._wait(out, timeout)
        self._busy = False
        return self._ended(script, out, problem)

    def _wait(self, out: Path, timeout: float) -> str:
        """Wait for the step's end; returns why it was ended early, "" if it was not."""
        self._heard = b""
        deadline = time.monotonic() + timeout
        while True:
            if select.select([self._news], [], [], POLL_SECONDS)[0]:
                part = os.read(self._news, 65536)
                self._heard += part
                if not part or b"done\n" in self._heard:
                    return ""
            elif self.process.poll() is not None:
                # A job left in the background may still hold the pipe's other end.
                return ""
            if time.monotonic() > deadline:
                end_group(self.process, grace=3.0)
                return f"still running after {timeout:.0f} s"
            if out.stat().st_size > MOST_BYTES:
                end_group(self.process, grace=3.0)
                return f"printed more than {MOST_BYTES // 2**20} MiB"

    def _ended(self, script: Path, out: Path, problem: str) -> Ended:
        output = read_output(out)
        if problem:
            return Ended(None, tidy(output, script), 0, problem)
        if b"done\n" in self._heard:
            return Ended(0, tidy(output, script), 0)
        status = self.process.wait()
        return Ended(
            status if status >= 0 else 128 - status, tidy(output, script), self._failing_line(script, output)
        )

    def _failing_line(self, script: Path, output: str) -> int:
        told = re.findall(
            rf"^error (\d+) {re.escape(str(script))}$", self._heard.decode(errors="replace"), re.MULTILINE
        )
        if told:
            return int(told[-1])
        # Bash tells of syntax errors and unset variables only in words.
        worded = re.findall(rf"{re.escape(str(script))}: line (\d+):", output)
        return int(worded[-1]) if worded else 0

    def close(self) -> None:
        """End it and everything it started; again, it does nothing."""
        ends, self._orders, self._news = (self._orders, self._news), -1, -1  # Numbers that others may get now.
        for end in ends:
            with suppress(OSError):
                os.close(end)
        end_group(self.process, grace=3.0)
        self._log.close()


def read_output(file: Path) -> str:
    """The end of an output file, secrets removed; says so when the start is missing."""
    size = file.stat().st_size
    with file.open("rb") as handle:
        handle.seek(max(0, size - KEPT_BYTES))
        text = handle.read().decode(errors="replace").replace("\r\n", "\n")
    if size > KEPT_BYTES:
        text = f"[the first {size - KEPT_BYTES} bytes are left out]\n{text}"
    return mask(text)


def tidy(output: str, script: Path) -> str:
    """Bash's own messages as a reader would see them, without the name of our script."""
    return output.replace(f"{script}: line", "bash: line")


class Background:
    """A step that goes on while later ones run: its own bash and process group."""

    def __init__(
        self,
        step: Step,
        folder: Path,
        work: Path,
        env: Mapping[str, str],
        restore: Path,
        *,
        sandbox: Sequence[str] = (),
    ) -> None:
        self.step = step
        script = folder / f"background-{step.location.line}.sh"
        state = f"source {restore} >/dev/null 2>&1 || true\n" if restore.exists() else ""
        script.write_text(f"{state}set -euo pipefail\n{step.code}\n", encoding="utf-8")
        self._out = script.with_suffix(".out")
        with self._out.open("wb") as output:
            self.process = subprocess.Popen(
                [*sandbox, "bash", "--noprofile", "--norc", str(script)],
                cwd=work,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it printed so far."""
        return read_output(self._out)

    def close(self) -> None:
        """End it and everything it started."""
        end_group(self.process, grace=3.0)

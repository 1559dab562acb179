"""A step that goes on while later ones run: its process, and what it prints."""

from __future__ import annotations

import secrets
import shlex
import subprocess
from typing import TYPE_CHECKING

from docs_test.outcomes import FailureKind
from docs_test.shell.bash import Ended
from docs_test.shell.folder import OUTPUTS, SCRIPTS
from docs_test.shell.output import Output
from groundwork.system.processes import Adopted, end_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Step
    from groundwork.system.processes import Running


class Background:
    """A step that goes on while later ones run: its own bash and process group."""

    def __init__(self, step: Step, process: Running, output: Output) -> None:
        self.step = step
        self.process = process
        self.output = output

    def ended(self, problem: str) -> Ended:
        """How it is, when it does not count as started because of `problem`."""
        output, left_out = self.output.read()
        return Ended(self.process.poll(), output, 0, problem, FailureKind.NOT_READY, left_out)

    def close(self) -> tuple[str, int]:
        """End it and everything it started; returns what it printed, as `Output.read` does."""
        if not (isinstance(self.process, Adopted) and self.process.replaced):
            end_group(self.process, grace=3.0)
        printed = self.output.read()
        self.output.close()
        return printed


def start(
    step: Step, folder: Path, env: Mapping[str, str], restore: Path | None, sandbox: Sequence[str] = ()
) -> Background:
    """Start a step in the background.

    Args:
        step: the step.
        folder: the page's.
        env: its whole environment.
        restore: state file of the page's shell, from which it goes on; None: there is none.
        sandbox: words before the command that starts it.
    """
    script = folder / SCRIPTS / f"background-{secrets.token_hex(4)}.sh"
    state = f"source {shlex.quote(str(restore))} >/dev/null 2>&1 || true\n" if restore else ""
    script.write_text(f"{state}set -euo pipefail\n{step.code}\n", encoding="utf-8")
    output = Output(folder / OUTPUTS, script.stem)
    process = subprocess.Popen(
        [*sandbox, "bash", "--noprofile", "--norc", str(script)],
        cwd=folder / "work",
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output.fileno(),
        stderr=output.fileno(),
        start_new_session=True,
    )
    return Background(step, process, output)

"""A step that goes on while later ones run: its process, and what it prints."""

from __future__ import annotations

import secrets
import shlex
import subprocess
from typing import TYPE_CHECKING

from docs_test.outcomes import FailureKind
from docs_test.shell.bash import Ended, tidy
from docs_test.shell.folder import OUTPUTS, SCRIPTS
from docs_test.shell.output import Output
from docs_test.shell.state import restored
from groundwork.system.processes import Adopted, end_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Step
    from groundwork.system.processes import Running


START = """\
shopt -s expand_aliases
PS4=$'\\001+ '
[[ -z {state} ]] || source {state} >/dev/null 2>&1 || true
{{ set -euo pipefail; }} 2>/dev/null
source {script}
"""
"""Start of a background step: what the page's shell knew, then the step's code, whose lines keep their numbers."""


class Background:
    """A step that goes on while later ones run: its own bash and process group."""

    def __init__(self, step: Step, process: Running, output: Output) -> None:
        self.step = step
        self.process = process
        self.output = output

    def ended(self, problem: str) -> Ended:
        """How it is, when it does not count as started because of `problem`."""
        output, left_out = self._printed()
        return Ended(self.process.poll(), output, 0, problem, FailureKind.NOT_READY, left_out)

    def close(self) -> tuple[str, int]:
        """End it and everything it started; returns what it printed, as `Output.read` does."""
        if not (isinstance(self.process, Adopted) and self.process.replaced):
            end_group(self.process, grace=3.0)
        printed = self._printed()
        self.output.close()
        return printed

    def _printed(self) -> tuple[str, int]:
        text, left_out = self.output.read()
        name = self.output.path.name.rpartition("-")[0]
        script = self.output.path.parents[1] / SCRIPTS / f"{name}.sh"
        return tidy(text, str(script), self.step.code), left_out


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
    scripts = folder / SCRIPTS
    script = scripts / f"background-{secrets.token_hex(4)}.sh"
    script.write_text(f"{step.code}\n", encoding="utf-8")
    starter = script.with_suffix(".start.sh")
    state = shlex.quote(str(restored(scripts, restore) or ""))
    starter.write_text(START.format(state=state, script=shlex.quote(str(script))), encoding="utf-8")
    output = Output(folder / OUTPUTS, script.stem)
    process = subprocess.Popen(
        [*sandbox, "bash", "--noprofile", "--norc", str(starter)],
        cwd=folder / "work",
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output.fileno(),
        stderr=output.fileno(),
        start_new_session=True,
    )
    return Background(step, process, output)

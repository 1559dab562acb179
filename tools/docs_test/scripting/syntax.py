"""Whether bash can parse each step by itself: in a script an open quote of one would swallow the next."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from docs_test.model import StepKind
from groundwork.base.errors import UserError
from groundwork.base.problems import Problem
from groundwork.base.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docs_test.model import Step

SAID = re.compile(r"bash: (?:line (?P<line>\d+): )?(?:warning: )?(?P<what>.*)")


def require_readable(steps: Iterable[Step]) -> None:
    """Hold that bash can parse the code of each step.

    Raises:
        UserError: it cannot; each such step has its line.
    """
    problems = [found for step in steps if step.kind is not StepKind.FILE and (found := _problem(step))]
    if problems:
        raise UserError.of(*problems)


def _problem(step: Step) -> Problem | None:
    command = ["bash", "--noprofile", "--norc", "-n"]
    code = f"{step.code}\n\n"
    done = subprocess.run(
        command, input=code, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    said = done.stderr.strip()
    if not said and done.returncode == 0:
        return None
    found = SAID.match(said.splitlines()[0] if said else "")
    line = int(found["line"] or 0) if found else 0
    where = step.lines[min(line, len(step.lines)) - 1] if line and step.lines else step.location
    what = quoted(found["what"] if found else said)
    return Problem(
        where, f"bash cannot parse this step: {what}", "look for an open quote, bracket or here-document", "bash"
    )

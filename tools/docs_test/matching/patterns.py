"""An author's regular expression against an output, for as long as it may take."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path

from docs_test.matching.lines import Difference, clean

PROGRAM = Path(__file__).with_name("pattern_process.py")
NESTED = re.compile(r"\((?:[^()\\]|\\.)*[+*}]\)(?:[+*]|\{\d*,)")
"""Pattern of a repetition within a repetition: `(a+)+`."""
HINT = "it tries every way to divide the output among its repetitions: "


class Undecided(Exception):
    """Nobody knows whether a pattern matches.

    Args:
        fact: why; a clause about the pattern.
        hint: what to do.
    """

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.hint = hint


def compare_pattern(pattern: str, output: str, seconds: float) -> Difference | None:
    """Compare an output with the pattern that must match all of it.

    Args:
        pattern: a valid one.
        output: what came.
        seconds: it may take.

    Returns:
        None if it matches.

    Raises:
        Undecided: it took longer.
    """
    output = output.rstrip("\n")
    answers = _asked(pattern, output, seconds)
    if not answers:
        raise Undecided(f"took longer than {seconds:.0f} s to compare with the output", _hint(pattern))
    if json.loads(answers[0]):
        return None
    met, end = json.loads(answers[1]) if len(answers) > 1 else (0, 0)  # How far it matches took too long.
    want = pattern.split("\n")
    rest = output[end:].lstrip("\n").split("\n") if met else clean(output)
    rows = ["  " + line for line in want[:met]] + ["- " + line for line in want[met:]]
    return Difference("\n".join([*rows, *("+ " + line for line in rest)]), met)


def _asked(pattern: str, output: str, seconds: float) -> list[bytes]:
    """The lines that the other process printed in time."""
    # Alone: no folder of the caller's, no variable and no package can change what it does.
    command = [sys.executable, "-I", "-S", str(PROGRAM)]
    question = json.dumps([pattern, output, math.ceil(seconds) + 1]).encode()
    try:
        done = subprocess.run(command, input=question, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        return (late.output or b"").splitlines()
    answers = done.stdout.splitlines()
    if done.returncode and not answers:
        raise Undecided("needs too much memory to be compared with the output", _hint(pattern))
    return answers


def _hint(pattern: str) -> str:
    if nested := NESTED.search(pattern):
        return f"{HINT}{nested[0]!r} repeats what repeats; write one repetition, as `a+` for `(a+)+`"
    return f"{HINT}write `[^ ]*` or the like for `.*`, or compare by lines with `...`"

"""Patterns are rewritten in a process of its own, which is ended when it takes too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import astuple

from docs_test.rewriting import patterns
from docs_test.rewriting.rewrite import NewLine, Refused

SECONDS = 20.0
"""Seconds that it may take."""


def rewritten(text: str, output: str, seconds: float = SECONDS) -> list[NewLine]:
    """As `patterns.rewritten`, and in bounded time.

    Raises:
        Refused: the pattern is not one of lines, or it took too long.
    """
    # Only where modules are found: nothing else of this process can change what it does.
    env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.environ.get("PATH", "")}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "docs_test.rewriting.bounded"],
            input=json.dumps([text, output]).encode(),
            stdout=subprocess.PIPE,
            timeout=seconds,
            check=True,
            env=env,
        )
    except subprocess.TimeoutExpired:
        raise Refused(f"its pattern took longer than {seconds:.0f} s to compare with what came") from None
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise Refused(answer)
    return [NewLine(*line) for line in answer]


def main() -> None:
    """Answer: the lines, or why there are none."""
    text, output = json.load(sys.stdin)
    try:
        answer: object = [astuple(line) for line in patterns.rewritten(text, output)]
    except Refused as refused:
        answer = str(refused)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

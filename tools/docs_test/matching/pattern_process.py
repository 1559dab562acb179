"""The program that holds a pattern against an output: Python's `re` cannot be stopped, a process can.

Reads JSON (pattern, output, seconds) from its input; prints `true` or `false`, and for a pattern that does not
match, in the next line, how many of its lines match the start of the output, and how many characters these are.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys

MOST_MEMORY = 2 * 1024**3
"""Bytes that it may take."""


def main() -> None:
    """Answer."""
    pattern, output, seconds = json.load(sys.stdin)
    signal.alarm(seconds)  # Whoever asked may be gone.
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    found = re.fullmatch(pattern, output, re.DOTALL) is not None
    print(json.dumps(found), flush=True)
    if not found:
        print(json.dumps(_met(pattern.split("\n"), output)), flush=True)


def _met(lines: list[str], output: str) -> tuple[int, int]:
    """How many lines of a pattern, from its first on, match the start of an output; and how many characters."""
    for number in range(len(lines) - 1, 0, -1):
        try:
            match = re.match("\n".join(lines[:number]) + r"(?=\n|\Z)", output, re.DOTALL)
        except (re.error, OverflowError, RecursionError):
            continue  # The end of a group, say, stands in a later line.
        if match:
            return number, match.end()
    return 0, 0


if __name__ == "__main__":
    main()

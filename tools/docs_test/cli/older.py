"""The command line from before docs-test had commands: it works for one more release, and says what is new."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

FLAGS = {"--lint": "lint", "--list": "list"}
"""Flags that are commands today."""


def todays(words: Sequence[str], commands: Container[str]) -> list[str]:
    """The words of today's command line; those of an older one are said to be so on standard error.

    Args:
        words: pages, options, perhaps a command.
        commands: the names of commands.
    """
    named = bool(words) and words[0] in commands
    flag = next((word for word in words if word in FLAGS), "") if not named or words[0] == "run" else ""
    if not flag and (named or not _older(words)):
        return list(words)
    command = FLAGS.get(flag, "run")
    rest = [word for word in (words[1:] if named else words) if word != flag]
    from docs_test.names import program  # noqa: PLC0415 - help needs it not

    old = f"{program()} {flag}".rstrip() if flag else "docs-test without a command"
    print(f"hint: write `{program()} {command}`; {old!r} goes with the next release", file=sys.stderr)
    return [command, *rest]


def _older(words: Sequence[str]) -> bool:
    """Whether words without a command are pages and options of a run; not a misspelled command, not --help."""
    if not words:
        return True
    first = words[0]
    return first.endswith(".md") if not first.startswith("-") else first not in ("-h", "--help", "--version")

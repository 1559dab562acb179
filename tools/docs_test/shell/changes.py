"""Whether a step can change what its shell knows: if so it is written down at its end, else it is as before."""

from __future__ import annotations

import re

WORD = r"(?:[\w./:@%+,-]|\$[A-Za-z_]\w*|'[^'\n]*'|\"(?:[\w ./:@%+,-]|\$[A-Za-z_]\w*)*\")+"
"""Pattern of a word without substitution: `$NAME` alone changes nothing, `${NAME:=x}` and `$((NAME++))` do."""
COMMANDS = (
    *(
        "awk",
        "cat",
        "curl",
        "date",
        "docker",
        "echo",
        "false",
        "git",
        "grep",
        "head",
        "helm",
        "jq",
        "kubectl",
        "ls",
    ),
    *("make", "mkdir", "pip", "python", "python3", "sed", "sleep", "sort", "tail", "test", "touch", "true", "wc"),
)
"""Commands that change no variable, no option and no folder of the shell that runs them."""
PLAIN = re.compile(rf"\s*(?:(?:{'|'.join(COMMANDS)})(?:[ ]+{WORD})*[ ]*(?:\n\s*|$))+", re.ASCII)
"""Pattern of code that has nothing but these, each in a line of its own."""
MEANING = re.compile(
    r"\(\)|\b(?:function|alias|eval|source|trap|enable|builtin|shopt|set|exec|readonly|declare|typeset)\b|(?:^|[;&|\s])\.\s",
    re.MULTILINE,
)
"""Pattern of what may give a command another meaning."""


class Changes:
    """Looks at the steps of one shell, in order.

    Args:
        fresh: whether the shell knows nothing of another one.
    """

    def __init__(self, *, fresh: bool) -> None:
        self._commands_are_known = fresh

    def possible(self, code: str) -> bool:
        """Whether a step can change anything; in doubt it can."""
        if not MEANING.search(code):
            return not (self._commands_are_known and PLAIN.fullmatch(code))
        self._commands_are_known = False
        return True

"""What a page's shell knew (`dump.bash`), as a script from which another one goes on.

The page can write to the file: it is opened through no link, and what another shell reads lies where no page can
write.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of a state that is read."""
WHOLE = "# whole\n"
"""The last line: a shell may be killed while it writes."""
OF_A_PERSON = "# state of a person\n"
PLAIN = r"[^\"'\n]|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
DECLARED = re.compile(rf"declare (?P<flags>-\S+) (?P<name>\w+)(?P<value>(?:=(?:{PLAIN})*+)?)\n", re.DOTALL)
"""Pattern of a variable as `declare -p` prints it, perhaps over several lines."""
OWN = re.compile(
    r"__dt_\w+|BASH\w*|EPOCH\w+|S?RANDOM|DIRSTACK|EUID|FUNCNAME|GROUPS|HISTCMD|PPID|SHELLOPTS|UID|_|PIPESTATUS|LINENO"
)
"""Pattern of the variables that each shell has of its own."""
OF_A_TERMINAL = re.compile(r"PS[0-4]|PROMPT_\w+|HIST\w+|COLUMNS|LINES|TERM|SHLVL|MAILCHECK")
"""Pattern of those that a shell with a person has of its own."""
FUNCTION = re.compile(r"__dt_\w+ \(\) *\n\{ *\n.*?^\}\n", re.MULTILINE | re.DOTALL)


def restored(folder: Path, state: Path | None) -> Path | None:
    """A script that makes a shell go on from a state: variables are no longer read-only.

    Args:
        folder: where to write it.
        state: what a shell wrote; None: nothing.

    Returns:
        None if there is nothing to go on from.
    """
    text = _read(state) if state is not None else ""
    if not text.endswith(WHOLE):
        return None
    script = folder / f"restore-{secrets.token_hex(4)}.sh"
    script.write_text(readable(text), encoding="utf-8", errors="surrogateescape")
    return script


def readable(state: str) -> str:
    """A state as what another shell can read."""
    kept: list[str] = []
    start = state.find("declare -")
    at = start
    while found := DECLARED.match(state, at):
        at = found.end()
        own = OWN.fullmatch(found["name"])
        if not own and not (state.startswith(OF_A_PERSON) and OF_A_TERMINAL.fullmatch(found["name"])):
            flags = found["flags"].replace("r", "").replace("--", "-")
            kept.append(f"declare {flags if len(flags) > 1 else '--'} {found['name']}{found['value']}\n")
    return "".join([state[:start], *kept, FUNCTION.sub("", state[at:])])


def copied(folder: Path, state: Path | None) -> Path | None:
    """A copy of a state: the shell writes its next ones over it.

    Args:
        folder: where to write it, which no page can.
        state: what a shell wrote; None: nothing.

    Returns:
        None if there is nothing to go on from.
    """
    text = _read(state) if state is not None else ""
    if not text.endswith(WHOLE):
        return None
    copy = folder / f"before-{secrets.token_hex(4)}.bash"
    copy.write_text(text, encoding="utf-8", errors="surrogateescape")
    return copy


def newest(folder: Path) -> Path | None:
    """The latest of several states that is whole."""
    states = sorted(folder.glob("*.bash"), key=lambda file: file.lstat().st_mtime_ns, reverse=True)
    return next((state for state in states if _read(state).endswith(WHOLE)), None)


def _read(state: Path) -> str:
    """Its text; "" if it is not there, or no file of a size that a shell writes."""
    try:
        # Not blocking: a pipe in its place would wait for a writer.
        number = os.open(state, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    found = os.fstat(number)
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
        os.close(number)
        return ""
    with os.fdopen(number, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()

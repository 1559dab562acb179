"""What a page's shell knew, as its driver or `dump.bash` wrote it, as a script from which another one goes on.

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
OF_A_DRIVER = re.compile(r"# state (\d+)\n")
"""Pattern of a driver's first line; the last one has the same number, and older ones may stand behind it."""
ON_AT_FIRST = (
    *("checkwinsize", "cmdhist", "complete_fullquote", "extquote", "force_fignore", "globasciiranges"),
    *("globskipdots", "hostcomplete", "interactive_comments", "patsub_replacement", "progcomp", "promptvars"),
    "sourcepath",
)
"""Options of `shopt` that a new bash has on; another bash may not know all."""
SET_AT_FIRST = ("braceexpand", "hashall", "interactive-comments")
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
    text = _whole(state) if state is not None else ""
    if not text:
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
    text = _whole(state) if state is not None else ""
    if not text:
        return None
    copy = folder / f"before-{secrets.token_hex(4)}.bash"
    copy.write_text(text, encoding="utf-8", errors="surrogateescape")
    return copy


def newest(folder: Path) -> Path | None:
    """The latest of several states that is whole."""
    states = sorted(folder.glob("*.bash"), key=lambda file: file.lstat().st_mtime_ns, reverse=True)
    return next((state for state in states if _whole(state)), None)


def _whole(state: Path) -> str:
    """Its text, in the form of `dump.bash`; "" if it is not there, or was not written to its end."""
    text = _read(state)
    found = OF_A_DRIVER.match(text)
    if found is None:
        return text if text.endswith(WHOLE) else ""
    body, end, _ = text[found.end() :].partition(f"\n# whole {found[1]}\n")
    return _in_full(f"{body}\n") if end else ""


def _in_full(body: str) -> str:
    """What a driver wrote, with options and the working directory as commands: it has them as variables alone."""
    at, values = 0, {}
    while found := DECLARED.match(body, at):
        at = found.end()
        values[found["name"]] = found["value"]
    options, settings = (values.get(name, "").strip('="').split(":") for name in ("BASHOPTS", "SHELLOPTS"))
    lines = [f"shopt -s {name}\n" for name in options if name]
    lines += [f"shopt -u {name}\n" for name in ON_AT_FIRST if name not in options]
    place = values.get("PWD", "")[1:] or "."
    functions, aliases = _apart(body[at:])
    after = [f"set -o {name}\n" for name in settings if name]
    after += [f"set +o {name}\n" for name in SET_AT_FIRST if name not in settings]
    return "".join(["# state of a \n", *lines, body[:at], functions, f"cd -- {place}\n", *after, aliases, WHOLE])


def _apart(text: str) -> tuple[str, str]:
    """The functions and the aliases of a state: those come last, and no line of a function starts like one."""
    at = text.rfind("\n}\n") + 3 if "\n}\n" in text else 0
    return text[:at], text[at:]


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

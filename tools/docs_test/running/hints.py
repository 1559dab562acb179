"""What to do about a step that failed, by what was said: a table of the mistakes that authors make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs_test.model import StepKind
from docs_test.outcomes import FailureKind

if TYPE_CHECKING:
    from docs_test.model import Step
    from docs_test.shell.bash import Ended

ABOUT_OUTPUT = (
    (r": (\w+): unbound variable", r"set \1 in an earlier step, or in the front matter under `tutorial: vars:`"),
    (r": (\S+): command not found", r"\1 is not on PATH: mend the name, or let an earlier step install it"),
    (r'unknown command "(\S+)" for "kubectl"', "`kubectl --help` lists the commands"),
    (r"unknown (?:shorthand )?flag: (\S+)", "the command's --help lists its flags"),
    (
        r"strict decoding error: unknown field|ValidationError|is invalid: ",
        "`docs-test validate` with this page, or with the manifest's file, names the line",
    ),
    (
        r"(?:the path|stat|open) \"?(\S+?)\"?:? (?:does not exist|no such file)",
        r"\1: save it in an earlier `.file` fence",
    ),
    (
        r"[:\s]['\"]?([^\s:'\"]+)['\"]?: No such file or directory",
        r"\1 is not there: save it in an earlier `.file` fence, or let an earlier step make it",
    ),
    (
        r"\(NotFound\): (\S+) \"(\S+)\" not found",
        r"is \2 the name that an earlier step made? `kubectl get \1` lists them",
    ),
    (r"doesn't have a resource type \"(\S+)\"", r"its CRD is not installed, or \1 is misspelled"),
    (
        r"timed out waiting for the condition",
        "look at the Pods and events below; or raise the command's own --timeout",
    ),
    (
        r"[Cc]onnection refused|Failed to connect",
        "does the step that starts the server come before, with `data-ready`?",
    ),
    (r"syntax error", "bash cannot parse this: look for an open quote or bracket"),
)
"""Patterns of output, each with a hint; the first that matches counts."""

ABOUT_KIND = {
    FailureKind.TIMEOUT: (
        "raise `data-timeout`, or, if it is to keep running, write `data-background` with `data-ready`"
    ),
    FailureKind.TOO_MUCH: "print less: a page's reader sees it, too",
    FailureKind.SHELL_GONE: "a step removes only what a step has made",
    FailureKind.ENDED_EARLY: (
        "a reader's terminal would close: leave out `exit`, `return`, `break`, or use ( … )"
    ),
}
"""Hints by what ended a step."""
ABOUT_STATUS = {
    124: "`timeout` ended it: give it more time, or find out what it waits for",
    137: "it was killed (SIGKILL), perhaps because the memory was full",
    141: (
        "141 is SIGPIPE: a command still wrote when the one after its `|` had read enough, and pages run with "
        "`pipefail`; read to the end, as `sed -n 1p` does for `head -1`"
    ),
}
"""Hints by the status that a command ended with."""

ABOUT_LINE = (
    (r"^\s*(?:\(\(|let\s)", "arithmetic whose value is 0 has status 1: write `I=$((I + 1))` for `((I++))`"),
    (r"^\s*read\s", "standard input is empty: give it what it reads, with `<<<` or `<`"),
    (
        r"^(?!.*\|\|).*&&",
        "a line `A && B` has A's status where A is false, and it is the step's last: write `if A; then B; fi`",
    ),
)
"""Patterns of the line that ended with status 1, each with a hint."""
NOT_AS_SHOWN = "if what came is right, show it on the page; `...` stands for what differs from run to run"
ENDED_OTHERWISE = "if it is to fail, say so with `data-exit`"
NOT_YET = "it did not come right in that time: raise `data-until`, or find out what it waits for"
NOT_READY = "no program listens at that address: its output is above; if it is slow, raise `data-timeout`"
SUCCEEDED = "it succeeded: remove `data-exit`, or fix the command"
CLAIM = "the page is wrong here: fix the page, the manifest, or the check"
BROKEN_PROMISE = "make it faster, or promise less with `data-within`"


def hint_of(step: Step, ended: Ended, *, differs: bool) -> str:
    """What to do, in a line. `differs`: the step printed something else than the page shows."""
    if about := ABOUT_KIND.get(ended.kind):
        return about
    if differs:
        return NOT_AS_SHOWN
    if ended.status == 0 and step.exit_status:
        return SUCCEEDED
    return ABOUT_STATUS.get(ended.status or 0) or _of_failure(step, ended)


def _of_failure(step: Step, ended: Ended) -> str:
    for pattern, hint in ABOUT_OUTPUT:
        if found := re.search(pattern, ended.output):
            return found.expand(hint)
    line = _line(step.code, ended.line)
    about = next((hint for pattern, hint in ABOUT_LINE if re.search(pattern, line)), "")
    if ended.kind is FailureKind.NOT_READY:
        return NOT_READY
    if about and ended.status == 1 and step.kind is not StepKind.CHECK:
        return about
    if step.until:
        return NOT_YET
    return CLAIM if step.kind is StepKind.CHECK else ENDED_OTHERWISE


def _line(code: str, number: int) -> str:
    """The line that failed, counted from 1; the last one where that is not known: `&&` ends no shell."""
    lines = code.rstrip().split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else lines[-1]

"""The column of a failure: the word that a message names, or where an expected line stops to match what came.

What is at fault is looked up in the page's own line. Where the line came from a macro, or has the word twice, only
the line is known.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.language.word_positions import at_text, at_word
from docs_test.matching.kubectl_output import k8s_pattern
from docs_test.matching.lines import ELLIPSIS, line_pattern
from docs_test.model import Match, StepKind
from docs_test.outcomes import FailureKind
from docs_test.running.refused import with_field
from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docs_test.outcomes import Failure, StepResult
    from docs_test.page_results import PageResult
    from groundwork.base.positions import Position

ATTRIBUTES = {
    FailureKind.TIMEOUT: "data-timeout",
    FailureKind.NOT_READY: "data-ready",
    FailureKind.PROMISE: "data-within",
    FailureKind.FILE: "title",
}
"""Attribute of the opening line that each kind of failure is about."""
NAMED = (
    r": (\w+): unbound variable",
    r": (\S+): command not found",
    r'unknown command "(\S+)" for "kubectl"',
    r"unknown flag: (\S+)",
    r"unknown shorthand flag: \S+ in (\S+)",
    r"doesn't have a resource type \"(\S+)\"",
    r"\(NotFound\): \S+ \"(\S+)\" not found",
    r"timed out waiting for the condition on \S+/(\S+)",
    r"the path \"(\S+)\" does not exist",
    r"syntax error near unexpected token [`'](\S+)'",
    r"(?:stat|open|access) '?([^\s':]+)'?: [Nn]o such file",
    r"(?:^|[\s:])['\"]?([^\s:'\"]+)['\"]?: No such file or directory",
)
"""Patterns of messages, each with the word of the command that it is about; the first that matches counts."""
SEVERAL = re.compile(r"[;&|(){}]")
"""Characters that may part several commands in a line."""
LEAVES = re.compile(r"(?<![\w-])(?:exit|return|break|continue)(?![\w-])")
QUOTED = re.compile(r'"[^"]+"')


def pointed(page: PageResult, root: Path) -> PageResult:
    """The page with the columns of its failures, as far as they are known.

    Args:
        page: the result of a run.
        root: the site's top folder, which positions are relative to.
    """
    return replace(page, steps=tuple(_pointed(with_field(step, page, root), root) for step in page.steps))


def pointed_fault(fault: EnvironmentFault, root: Path) -> EnvironmentFault:
    """The error of a port that is taken, with the column of the address; any other as it is."""
    if fault.where is None:
        return fault
    where = at_word(root, fault.where, ATTRIBUTES[FailureKind.NOT_READY])
    return EnvironmentFault(fault.fact, hint=fault.hint, where=where)


def _pointed(step: StepResult, root: Path) -> StepResult:
    failure = step.failure
    if failure is None or failure.position.column or not failure.position.line:
        return step
    return replace(step, failure=replace(failure, position=_place(failure, step, root)))


def _place(failure: Failure, step: StepResult, root: Path) -> Position:
    if failure.kind is FailureKind.MISMATCH and step.expected:
        return _differing(failure, step.expected.match, root)
    if failure.kind is FailureKind.STATUS:
        return _faulty(failure, step, root)
    if failure.kind is FailureKind.ENDED_EARLY:
        return _leaving(failure, step, root)
    return at_word(root, failure.position, ATTRIBUTES.get(failure.kind, ""))


def _differing(failure: Failure, match: Match, root: Path) -> Position:
    """The place in the expectation's line up to which what came matches it."""
    rows = list(failure.diff)
    first = next((number for number, row in enumerate(rows) if row.startswith("- ")), None)
    if first is None:
        return failure.position
    line = rows[first][2:]
    if match is Match.JSON:  # The diff has JSON laid out anew: only its words stand on the page, too.
        word = QUOTED.search(line)
        return at_text(root, failure.position, word[0]) if word else failure.position
    came = next((row[2:] for row in rows[first:] if row.startswith("+ ")), "")
    equal = 0 if match is Match.REGEX else _equal(line, came, match)
    return at_text(root, failure.position, line, equal)


def _equal(line: str, came: str, match: Match) -> int:
    """Characters at the start of an expected line that match the start of what came."""
    pattern = k8s_pattern if match is Match.K8S else line_pattern
    cuts = (cut for cut in range(len(line), 0, -1) if pattern(f"{line[:cut]}{ELLIPSIS}").fullmatch(came))
    return next(cuts, 0)


def _faulty(failure: Failure, step: StepResult, root: Path) -> Position:
    """The word that the output names, in the line that failed or one that it goes on in; else its first word."""
    for line in _lines(failure, step):
        for word in _words(step.output.text):
            if (found := at_word(root, line, word)).column:
                return found
    text = _code(failure.position, step)
    return at_text(root, failure.position, text) if text and not SEVERAL.search(text) else failure.position


def _words(output: str) -> Iterator[str]:
    for pattern in NAMED:
        if found := list(re.finditer(pattern, output, re.MULTILINE)):
            name = found[-1][1]
            if "unbound" in pattern:
                yield from (f"${{{name}", f"${name}")
            else:
                yield from (name, f"'{name}", f'"{name}')
            return


def _lines(failure: Failure, step: StepResult) -> Iterator[Position]:
    """The line that failed, and those it goes on in."""
    here = failure.position
    yield here
    while _code(here, step).endswith("\\"):
        here = replace(here, line=here.line + 1)
        yield here


def _leaving(failure: Failure, step: StepResult, root: Path) -> Position:
    """The word that leaves the shell, if the step has one only."""
    lines = step.code.split("\n")
    found = [(number, word[0]) for number, line in enumerate(lines) for word in LEAVES.finditer(line)]
    if len(found) != 1 or not _whole(step):
        return failure.position
    (number, word) = found[0]
    return at_word(root, replace(step.position, line=_first(step) + number), word)


def _code(where: Position, step: StepResult) -> str:
    """The line of a step's code that stands at a position; "" if it cannot be told."""
    lines = step.code.split("\n")
    number = where.line - _first(step)
    known = _whole(step) and where.file == step.position.file and 0 <= number < len(lines)
    return lines[number].strip() if known else ""


def _first(step: StepResult) -> int:
    """The line of a step's first command: that of its opening line, of a check, else the next one."""
    return step.position.line + (step.kind is not StepKind.CHECK)


def _whole(step: StepResult) -> bool:
    """Whether all lines of a step stand one after the other in the same file."""
    return step.end_line - _first(step) == step.code.count("\n")

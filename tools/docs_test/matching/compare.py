"""What a step printed against what the page says it prints. No similarity: it matches or it does not."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from docs_test.matching import unseen
from docs_test.matching.json_subset import compare_json
from docs_test.matching.kubectl_output import k8s_pattern
from docs_test.matching.lines import compare_lines
from docs_test.matching.patterns import Undecided, compare_pattern
from docs_test.model import Expectation, Match
from docs_test.outcomes import FailureKind
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docs_test.matching.lines import Difference
    from groundwork.base.positions import Position

problem = partial(Problem, code="output")
EMPTY = "empty-output"
"""Code of the problem of JSON that is yet to be written."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How an output differs from its expectation."""

    location: Position
    """The first line of the expectation that was not met."""
    message: str
    """One line: what was compared, and how."""
    diff: str
    """Lines that start with `- ` (expected), `+ ` (came) or two blanks (equal, or matched by a wildcard)."""
    hint: str = ""
    """Next step for the author; "": the one that helps with any mismatch."""
    kind: FailureKind = FailureKind.MISMATCH
    """Kind of the failure; TIMEOUT: nobody knows whether it matches."""

    def __str__(self) -> str:
        """`path:line: message`, then the diff."""
        return f"{self.location}: {self.message}\n{self.diff}"


PATTERN_SECONDS = 10.0
"""Seconds that a comparison with a regular expression may take, at most; a sound one takes a thousandth of one."""
DEEPEST = 100
"""Levels of an expected JSON."""
WORDS = {Match.REGEX: "regular expression", Match.JSON: "JSON"}
MESSAGES = {
    Match.LINES: "the output is not what the page shows",
    Match.K8S: "the output is not what the page shows (ages, addresses and generated names aside)",
    Match.REGEX: "the output does not match the page's pattern",
    Match.JSON: "the output lacks what the page's JSON shows",
}


def compare(expectation: Expectation, output: str, seconds: float = PATTERN_SECONDS) -> Mismatch | None:
    """Compare a step's output with what the page shows.

    Args:
        expectation: a pattern or JSON in it is valid (`check_expectation`).
        output: what the step printed. Trailing blanks and blank lines at both ends do not count.
        seconds: it may take.

    Returns:
        None if it matches.
    """
    output = output.replace("\r\n", "\n")
    try:
        difference = _difference(expectation, output, seconds)
    except Undecided as error:
        fact = f"the page's pattern {error.fact}"
        return Mismatch(_place(expectation, 0), fact, "", error.hint, FailureKind.TIMEOUT)
    if difference is None:
        return None
    diff, hint = unseen.told(difference.diff)
    return Mismatch(_place(expectation, difference.index), MESSAGES[expectation.match], diff, hint)


def _difference(expectation: Expectation, output: str, seconds: float) -> Difference | None:
    match expectation.match:
        case Match.LINES if output.removesuffix("\n") == expectation.text:
            return None  # As most outputs are: `...` matches itself.
        case Match.LINES:
            return compare_lines(expectation.text, output)
        case Match.K8S:
            return compare_lines(expectation.text, output, k8s_pattern)
        case Match.JSON if not expectation.text.strip():  # Nothing is shown yet.
            return compare_lines("", output)
        case Match.JSON:
            return compare_json(expectation.text, output)
        case Match.REGEX:
            return compare_pattern(expectation.text, output, min(seconds, PATTERN_SECONDS))


def _place(expectation: Expectation, index: int) -> Position:
    """The place of a line of what is expected, or of its fence."""
    lines = expectation.lines
    return lines[min(index, len(lines) - 1)] if lines else expectation.location


def check_expectation(expectation: Expectation) -> list[Problem]:
    """What is wrong with an expectation itself: a pattern or JSON that cannot be read, at its line.

    A column, if it is known, is that of the text, which on the page may be indented.
    """
    try:
        if expectation.match is Match.REGEX:
            with warnings.catch_warnings():  # Python may come to read `[[a]` otherwise; today it reads it.
                warnings.simplefilter("ignore")
                re.compile(expectation.text, re.DOTALL)
        elif expectation.match is Match.JSON and not expectation.text.strip():
            fact, hint = "the expected output is empty, and so is not JSON", "`docs-test update` writes what came"
            return [Problem(expectation.location, fact, hint, EMPTY)]
        elif expectation.match is Match.JSON:
            _read_json(expectation.text)
    except re.error as error:
        return [
            _unreadable(expectation, error.lineno or 1, f"no regular expression: {error.msg}", error.colno or 0)
        ]
    except json.JSONDecodeError as error:
        return [_unreadable(expectation, error.lineno, f"no JSON: {error.msg}", error.colno)]
    except RecursionError:
        return [_unreadable(expectation, 1, f"no {WORDS[expectation.match]}: nested too deeply")]
    except (OverflowError, ValueError):
        return [_unreadable(expectation, 1, f"no {WORDS[expectation.match]}: a number in it is too large")]
    return []


def _read_json(text: str) -> None:
    """Read JSON, no deeper than the comparison goes.

    Raises:
        RecursionError: it is nested more deeply.
        ValueError: it is no JSON, or Python cannot read a number in it.
    """
    level = [json.loads(text)]
    for _ in range(DEEPEST):
        level = [part for item in level if isinstance(item, dict | list) for part in _parts(item)]
    if level:
        raise RecursionError


def _parts(item: dict[str, object] | list[object]) -> Iterable[object]:
    return item.values() if isinstance(item, dict) else item


def _unreadable(expectation: Expectation, line: int, fact: str, column: int = 0) -> Problem:
    hint = f'it is read as data-match="{expectation.match}"'
    where = replace(_place(expectation, line - 1), column=column)
    return problem(where, f"the expected output is {fact}", hint)

"""What a step printed against what the page says it prints. No similarity: it matches or it does not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docs_test.matching.json_subset import compare_json
from docs_test.matching.kubectl_output import k8s_pattern
from docs_test.matching.lines import Difference, clean, compare_lines
from docs_test.model import Expectation, Match
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundwork.base.positions import Position

problem = partial(Problem, code="output")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How an output differs from its expectation."""

    location: Position
    """The first line of the expectation that was not met."""
    message: str
    """One line: what was compared, and how."""
    diff: str
    """Lines that start with `- ` (expected), `+ ` (came) or two blanks (equal, or matched by a wildcard)."""

    def __str__(self) -> str:
        """`path:line: message`, then the diff."""
        return f"{self.location}: {self.message}\n{self.diff}"


DEEPEST = 100
"""Levels of an expected JSON."""
WORDS = {Match.REGEX: "regular expression", Match.JSON: "JSON"}
MESSAGES = {
    Match.LINES: "the output is not what the page shows",
    Match.K8S: "the output is not what the page shows (ages, addresses and generated names aside)",
    Match.REGEX: "the output does not match the page's pattern",
    Match.JSON: "the output lacks what the page's JSON shows",
}


def compare(expectation: Expectation, output: str) -> Mismatch | None:
    """Compare a step's output with what the page shows.

    Args:
        expectation: a pattern or JSON in it is valid (`check_expectation`).
        output: what the step printed. Trailing blanks and blank lines at both ends do not count.

    Returns:
        None if it matches.
    """
    output = output.replace("\r\n", "\n")
    difference: Difference | None
    match expectation.match:
        case Match.LINES:
            difference = compare_lines(expectation.text, output)
        case Match.K8S:
            difference = compare_lines(expectation.text, output, k8s_pattern)
        case Match.JSON:
            difference = compare_json(expectation.text, output)
        case Match.REGEX:
            difference = _compare_pattern(expectation.text, output)
    if difference is None:
        return None
    lines = expectation.lines
    where = lines[min(difference.index, len(lines) - 1)] if lines else expectation.location
    return Mismatch(where, MESSAGES[expectation.match], difference.diff)


def check_expectation(expectation: Expectation) -> list[Problem]:
    """What is wrong with an expectation itself: a pattern or JSON that cannot be read, at its line."""
    try:
        if expectation.match is Match.REGEX:
            re.compile(expectation.text, re.DOTALL)
        elif expectation.match is Match.JSON:
            _read_json(expectation.text)
    except re.error as error:
        return [_unreadable(expectation, error.lineno or 1, f"no regular expression: {error.msg}")]
    except json.JSONDecodeError as error:
        return [_unreadable(expectation, error.lineno, f"no JSON: {error.msg}, column {error.colno}")]
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


def _unreadable(expectation: Expectation, line: int, fact: str) -> Problem:
    places = expectation.lines
    where = places[min(line, len(places)) - 1] if places else expectation.location
    return problem(where, f"the expected output is {fact}", f'it is read as data-match="{expectation.match}"')


def _compare_pattern(pattern: str, output: str) -> Difference | None:
    output = output.rstrip("\n")
    if re.fullmatch(pattern, output, re.DOTALL):
        return None
    want, have = pattern.split("\n"), clean(output)
    met = next((n for n in range(len(want) - 1, 0, -1) if _prefix(want[:n], output)), 0)
    rest = output[_prefix(want[:met], output) :].lstrip("\n").split("\n") if met else have
    rows = ["  " + line for line in want[:met]] + ["- " + line for line in want[met:]]
    return Difference("\n".join([*rows, *("+ " + line for line in rest)]), met)


def _prefix(lines: list[str], output: str) -> int:
    """How many characters of the output the first lines of a pattern match."""
    try:
        match = re.match("\n".join(lines) + r"(?=\n|\Z)", output, re.DOTALL)
    except (re.error, OverflowError, RecursionError):
        return 0
    return match.end() if match else 0

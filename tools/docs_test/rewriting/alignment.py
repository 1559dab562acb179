"""Which line of an output stands in the place of which expected line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.rewriting.merging import WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GONE, ADDED = 30, 20
"""The cost of an expected line that is gone, and of a line that is new."""
SWALLOWED = 3
"""The cost of a line that a wildcard stands for: cheaper than any other, dearer than a line that holds."""
CHANGED = 30
"""The cost of a line in the place of an utterly different one; of one like it less."""
MOST = 400_000
"""Expected lines times lines that came, at most, that are compared with each other."""
MOST_ALIKE = 40_000
"""The same for how much they are alike."""


@dataclass(frozen=True, slots=True)
class Row:
    """An expected line beside a line that came."""

    expected: int | None
    """Index of the expected line; None for a line that is new."""
    came: int | None
    """Index of the line that came; None for an expected line that is gone, or a wildcard."""
    holds: bool = False
    """Whether the expected line holds; a wildcard always does."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected line, as the alignment sees it."""

    text: str
    holds: Callable[[str], bool] | None
    """Whether it holds for a line; None for a wildcard of any number of lines."""


def aligned(expected: Sequence[Expected], came: Sequence[str]) -> list[Row]:
    """The rows of both, in order; lines that a wildcard stands for have none."""
    if len(expected) * len(came) > MOST:
        return _ends(expected, came)
    return _walk(expected, came, *_costs(expected, came))


def _ends(expected: Sequence[Expected], came: Sequence[str]) -> list[Row]:
    """Lines that hold from the start and from the end; all between them is new."""
    start = 0
    most = min(len(expected), len(came))
    while start < most and _holds(expected[start], came[start]):
        start += 1
    end = 0
    while end < most - start and _holds(expected[-1 - end], came[-1 - end]):
        end += 1
    rows = [Row(i, i, holds=True) for i in range(start)]
    rows += [Row(i, None) for i in range(start, len(expected) - end)]
    rows += [Row(None, j) for j in range(start, len(came) - end)]
    return rows + [Row(len(expected) - n, len(came) - n, holds=True) for n in range(end, 0, -1)]


def _holds(expected: Expected, line: str) -> bool:
    return expected.holds is not None and expected.holds(line)


def _costs(expected: Sequence[Expected], came: Sequence[str]) -> tuple[list[list[int]], list[list[int]]]:
    """The cost from each pair of lines to the end, and of putting one in the place of the other."""
    rows, columns = len(expected), len(came)
    change = _changes(expected, came)
    cost = [[ADDED * (columns - j) for j in range(columns + 1)] for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        wild = expected[i].holds is None
        for j in range(columns, -1, -1):
            best = cost[i + 1][j] + (0 if wild else GONE)
            if j < columns:
                best = min(best, cost[i][j + 1] + (SWALLOWED if wild else ADDED))
                if not wild:
                    best = min(best, cost[i + 1][j + 1] + change[i][j])
            cost[i][j] = best
    return cost, change


def _changes(expected: Sequence[Expected], came: Sequence[str]) -> list[list[int]]:
    table: list[list[int]] = []
    compared = len(expected) * len(came) <= MOST_ALIKE
    have = [_bag(line) for line in came] if compared else []
    for one in expected:
        want = _bag(one.text) if compared else Counter[str]()
        row = [
            0 if _holds(one, line) else CHANGED - (int((CHANGED - 5) * _alike(want, have[j])) if compared else 0)
            for j, line in enumerate(came)
        ]
        table.append(row)
    return table


def _bag(line: str) -> Counter[str]:
    return Counter(word for word in WORD.findall(line) if word.isalnum())


def _alike(one: Counter[str], other: Counter[str]) -> float:
    whole = one.total() + other.total()
    return 2 * (one & other).total() / whole if whole else 0.0


def _walk(
    expected: Sequence[Expected], came: Sequence[str], cost: list[list[int]], change: list[list[int]]
) -> list[Row]:
    rows: list[Row] = []
    i = j = 0
    while i < len(expected) or j < len(came):
        now = cost[i][j]
        wild = i < len(expected) and expected[i].holds is None
        if i < len(expected) and not wild and j < len(came) and now == cost[i + 1][j + 1] + change[i][j]:
            rows.append(Row(i, j, holds=change[i][j] == 0))
            i, j = i + 1, j + 1
        elif i < len(expected) and now == cost[i + 1][j] + (0 if wild else GONE):
            rows.append(Row(i, None, holds=wild))
            i += 1
        else:
            if not wild:
                rows.append(Row(None, j))
            j += 1
    return rows

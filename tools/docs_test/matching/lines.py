"""Lines against lines: `...` stands for any text, alone on a line for any lines; and the diff of a mismatch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from docs_test.matching.unseen import blanks_for_tabs
from docs_test.matching.wildcards import Line, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ELLIPSIS = "..."
DIFF_LINES = 400
"""Lines of either side, at most, that a diff is made from: it takes expected x actual steps."""
CONTEXT_LINES = 10
"""Lines before the first one that differs which the diff of longer texts shows."""

MISSING, EXTRA = 3, 2
"""The cost of a line in a diff: `...` must not swallow what an expected line matches."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where lines differ."""

    diff: str
    """Each line with `- ` (expected), `+ ` (actual) or two blanks (equal, or matched by a wildcard)."""
    index: int
    """The first expected line, counted from 0, that was not met; the last one if there is only too much output."""


class Pattern(Protocol):
    """What an expected line must fully match."""

    def fullmatch(self, string: str, /) -> object:
        """Something true if it matches all of a line."""


def clean(text: str) -> list[str]:
    """Lines without trailing blanks, and without blank lines at both ends."""
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def line_pattern(line: str) -> Line:
    """A line whose `...` match any text."""
    return Line([[Literal(part)] if part else [] for part in line.split(ELLIPSIS)])


def compare_lines(
    expected: str, actual: str, pattern: Callable[[str], Pattern] = line_pattern
) -> Difference | None:
    """Compare two texts line by line.

    Args:
        expected: lines, with wildcards.
        actual: what came.
        pattern: what an expected line must fully match.

    Returns:
        None if they match.
    """
    skipped = next((i for i, line in enumerate(expected.split("\n")) if line.strip()), 0)
    want, have = clean(expected), clean(actual)
    patterns = [None if line.strip() == ELLIPSIS else pattern(line) for line in want]
    if _matches(patterns, have):
        return None
    above = _equal_above(patterns, have)
    shown, wanted = have[above : above + DIFF_LINES], patterns[above : above + DIFF_LINES]
    rows = _align(wanted, shown)
    lines = [f"  ({above} lines that match)"] if above else []
    lines += [mark + (want[above + i] if mark == "- " else shown[j]) for mark, i, j in rows]
    for what, omitted in (("expected", len(want) - above), ("of output", len(have) - above)):
        if omitted > DIFF_LINES:
            lines.append(f"  ({omitted - DIFF_LINES} more lines {what})")
    first = above + next((i for mark, i, _ in rows if mark != "  "), len(wanted))
    return Difference("\n".join(line.rstrip() for line in lines), skipped + max(0, min(first, len(want) - 1)))


def _equal_above(patterns: Sequence[Pattern | None], have: Sequence[str]) -> int:
    """How many lines at the start a diff of long texts leaves out because each matches its own."""
    if max(len(patterns), len(have)) <= DIFF_LINES:
        return 0
    pairs = list(zip(patterns, have, strict=False))
    other = (i for i, (item, line) in enumerate(pairs) if item is None or not _met(item, line))
    equal = next(other, len(pairs))
    return max(0, equal - CONTEXT_LINES)


def _matches(patterns: Sequence[Pattern | None], have: Sequence[str]) -> bool:
    """Whether all match, runs of lines between wildcards as early as possible: no backtracking is needed."""
    runs: list[list[Pattern]] = [[]]
    for item in patterns:
        if item is None:
            runs.append([])
        else:
            runs[-1].append(item)
    first, last = runs[0], runs[-1]
    if len(runs) == 1:
        return len(first) == len(have) and _at(first, have, 0)
    end = len(have) - len(last)
    if len(first) > end or not _at(first, have, 0) or not _at(last, have, end):
        return False
    position = len(first)
    for run in runs[1:-1]:
        start = next((p for p in range(position, end - len(run) + 1) if _at(run, have, p)), None)
        if start is None:
            return False
        position = start + len(run)
    return True


def _at(run: Sequence[Pattern], have: Sequence[str], start: int) -> bool:
    return start + len(run) <= len(have) and all(_met(item, have[start + i]) for i, item in enumerate(run))


def _met(item: Pattern, line: str) -> bool:
    """Whether a line is what the page shows; a tab is shown as blanks there."""
    return bool(item.fullmatch(line)) or ("\t" in line and any(map(item.fullmatch, blanks_for_tabs(line))))


def _align(patterns: Sequence[Pattern | None], have: Sequence[str]) -> list[tuple[str, int, int]]:
    """The best alignment: (mark, expected index, actual index) of each row.

    Edit distance from the end backwards; a wildcard swallows lines at no cost, and shows none if it swallows none.
    """
    rows, columns = len(patterns), len(have)
    cost = [[0] * (columns + 1) for _ in range(rows + 1)]
    equal = [[item is not None and _met(item, line) for line in have] for item in patterns]
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            if i == rows:
                cost[i][j] = EXTRA * (columns - j)
            elif patterns[i] is None:
                cost[i][j] = min(cost[i + 1][j], cost[i][j + 1] if j < columns else cost[i + 1][j])
            else:
                options = [cost[i + 1][j] + MISSING]
                if j < columns:
                    options.append(cost[i][j + 1] + EXTRA)
                    if equal[i][j]:
                        options.append(cost[i + 1][j + 1])
                cost[i][j] = min(options)
    return _walk(patterns, cost, equal)


def _walk(
    patterns: Sequence[Pattern | None], cost: list[list[int]], equal: list[list[bool]]
) -> list[tuple[str, int, int]]:
    rows, columns = len(cost) - 1, len(cost[0]) - 1
    path: list[tuple[str, int, int]] = []
    i = j = 0
    while i < rows or j < columns:
        if i < rows and patterns[i] is None:
            if j < columns and cost[i][j] == cost[i][j + 1]:
                path.append(("  ", i, j))
                j += 1
            else:
                i += 1
        elif i < rows and j < columns and equal[i][j] and cost[i][j] == cost[i + 1][j + 1]:
            path.append(("  ", i, j))
            i, j = i + 1, j + 1
        elif i < rows and cost[i][j] == cost[i + 1][j] + MISSING:
            path.append(("- ", i, j))
            i += 1
        else:
            path.append(("+ ", i, j))
            j += 1
    return path

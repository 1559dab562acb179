"""JSON against JSON: what is expected must be in what came; objects may have more keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docs_test.matching.lines import ELLIPSIS, Difference, compare_lines, line_pattern
from groundwork.text import json_reader

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path


def compare_json(expected: str, actual: str) -> Difference | None:
    """Compare a JSON text with the JSON it must be part of.

    `"..."` matches any value, and `...` any text inside a string. Arrays have the same length.

    Returns:
        None if it matches; else the diff of what was expected and the same part of what came.
    """
    want = json.loads(expected)
    try:
        have = json.loads(actual)
    except (ValueError, RecursionError):
        found = compare_lines(json.dumps(want, indent=2, ensure_ascii=False), actual)
        diff = found.diff if found else actual
        return Difference(f"(the output is not JSON)\n{diff}", 0)
    wrong: list[Path] = []
    part = _part(want, have, (), wrong)
    if not wrong:
        return None
    difference = compare_lines(_pretty(want), _pretty(part), _literal)
    return Difference(difference.diff if difference else _pretty(part), _line_of(expected, wrong[0]))


def matches_json(want: Any, have: Any) -> bool:
    """Whether what is expected is part of what came."""
    wrong: list[Path] = []
    _part(want, have, (), wrong)
    return not wrong


def _literal(line: str) -> Any:
    """Expected lines stand for themselves here: what a wildcard matched is already replaced by it."""
    return _Exactly(line)


class _Exactly:
    def __init__(self, line: str) -> None:
        self.line = line

    def fullmatch(self, other: str) -> bool:
        return self.line.rstrip(",") == other.rstrip(",")


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _part(want: Any, have: Any, path: Path, wrong: list[Path]) -> Any:
    """The part of `have` that `want` speaks of, wildcards in place of what they matched; collects what differs."""
    if want == ELLIPSIS:
        return want
    if isinstance(want, dict) and isinstance(have, dict):
        part = {}
        for key, value in want.items():
            if key in have:
                part[key] = _part(value, have[key], (*path, key), wrong)
            else:
                wrong.append((*path, key))
        return part
    if isinstance(want, list) and isinstance(have, list):
        items = [_part(w, h, (*path, i), wrong) for i, (w, h) in enumerate(zip(want, have, strict=False))]
        if len(want) != len(have):
            wrong.append((*path, len(have)) if len(want) > len(have) else path)
        return items + have[len(want) :]
    if isinstance(want, str) and isinstance(have, str) and ELLIPSIS in want and _globbed(want, have):
        return want
    if want != have or (type(want) is not type(have) and not _both_numbers(want, have)):  # In Python 1 == True.
        wrong.append(path)
    return have


def _globbed(want: str, have: str) -> bool:
    return line_pattern(want).fullmatch(have)


def _both_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))


def _line_of(text: str, path: Path) -> int:
    """The line (from 0) of a path in a JSON text, or of the nearest one around it."""
    try:
        parsed = json_reader.parse(text)[0]
    except json_reader.NotJson:  # What Python reads besides JSON: NaN, Infinity.
        return 0
    while path and path not in parsed.keys:
        path = path[:-1]
    return parsed.keys[path][0] if path else parsed.start[0]

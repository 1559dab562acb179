"""A line that no longer holds, and what came in its place: what of the author's pieces still holds is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WORD = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.DOTALL)
DROPPED, ADDED, FURTHER, FIRST = 6, 4, 3, 1
"""The cost of a piece that is gone, of a new word, and of the words that a wildcard stands for."""
MOST = 30_000
"""Pieces times words, at most, that are compared; a longer line is new as a whole."""
NEW, HOLDS, GONE = 0, 1, 2
"""Steps: a word that is new, a piece that holds for words, a piece that is gone."""
LONGEST = 40
"""Words that a piece with a pattern may stand for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line as its author wrote it: a word, a wildcard, or a pattern."""

    source: str
    text: str = ""
    """Text that it stands for; "" for a wildcard or a pattern."""
    pattern: re.Pattern[str] | None = None
    """Pattern of what it stands for; None for a word, and for a wildcard."""

    @property
    def is_wild(self) -> bool:
        """Whether it stands for any text."""
        return not self.text and self.pattern is None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what came."""

    came: str
    piece: Piece | None = None
    """Piece of the author's that holds for it; None if it is new."""


def words(text: str) -> list[Piece]:
    """The words of a text, each a piece."""
    return [Piece(word, word) for word in WORD.findall(text)]


def merged(pieces: Sequence[Piece], came: str) -> list[Part]:
    """What came, part by part, each with the piece that holds for it.

    A wildcard holds if the piece beside it does, blanks aside: else it would stand for whatever is new.
    """
    bounds = _bounds(pieces, came)
    if len(pieces) * len(bounds) > MOST:
        return [Part(came)]
    path = _path(pieces, came, bounds)
    holds = {i for i, _, _ in path if i is not None and not pieces[i].is_wild}
    parts: list[Part] = []
    for i, start, end in path:
        piece = pieces[i] if i is not None else None
        if piece and piece.is_wild and not _beside(pieces, i or 0, holds):
            piece = None
        if piece or end > start:
            parts.append(Part(came[start:end], piece))
    return parts


def placed(parts: Iterable[Part]) -> Iterator[tuple[int, int, Piece | None]]:
    """Where each part begins and ends in what came, and its piece."""
    at = 0
    for part in parts:
        yield at, at + len(part.came), part.piece
        at += len(part.came)


def _bounds(pieces: Sequence[Piece], came: str) -> list[int]:
    """Where words of what came begin and end, also those that are part of a word beside a wildcard."""
    found = {0}
    for match in WORD.finditer(came):
        found.add(match.end())
    for one, other in pairwise(pieces):
        for piece, after in ((one, True), (other, False)):
            beside = other if after else one
            if piece.text and beside.is_wild and not piece.text.isspace():
                found.update(at + len(piece.text) * after for at in _places(piece.text, came))
    return sorted(found)


def _places(text: str, came: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(re.escape(text), came))


def _path(pieces: Sequence[Piece], came: str, bounds: list[int]) -> list[tuple[int | None, int, int]]:
    """The cheapest way through both: (piece or None, start, end in what came) without pieces that are gone."""
    rows, columns, index = len(pieces), len(bounds) - 1, {at: n for n, at in enumerate(bounds)}
    below = [ADDED * (columns - j) for j in range(columns + 1)]
    steps: list[list[tuple[int, int]]] = [[(NEW, j + 1) for j in range(columns + 1)]]
    for piece in reversed(pieces):
        cost, step = [0] * (columns + 1), [(GONE, j) for j in range(columns + 1)]
        wild = _wild_ends(below) if piece.is_wild else None
        for j in range(columns, -1, -1):
            cost[j], step[j] = (below[j], (HOLDS, j)) if wild else (below[j] + DROPPED, (GONE, j))
            if j < columns and cost[j + 1] + ADDED < cost[j]:
                cost[j], step[j] = cost[j + 1] + ADDED, (NEW, j + 1)
            for k, whole in [wild[j]] if wild else [(k, below[k]) for k in _ends(piece, came, bounds, index, j)]:
                if whole < cost[j]:
                    cost[j], step[j] = whole, (HOLDS, k)
        steps.append(step)
        below = cost
    steps.reverse()
    found: list[tuple[int | None, int, int]] = []
    i = j = 0
    while i < rows or j < columns:
        kind, k = steps[i][j]
        if kind != GONE:
            found.append((i if kind == HOLDS else None, bounds[j], bounds[k]))
        i, j = (i if kind == NEW else i + 1), k
    return found


def _wild_ends(below: Sequence[int]) -> list[tuple[int, int]]:
    """For each bound the best end of a wildcard that stands for at least a word from there, and the whole cost."""
    last = len(below) - 1
    ends = [(last, below[last])] * (last + 1)
    end, further = last, below[last]
    for j in range(last - 1, -1, -1):
        further += FURTHER if j < last - 1 else 0
        if below[j + 1] <= further:
            end, further = j + 1, below[j + 1]
        ends[j] = (end, FIRST + further)
    return ends


def _ends(piece: Piece, came: str, bounds: list[int], index: dict[int, int], j: int) -> list[int]:
    """Up to which bounds a word or a pattern can stand for what came."""
    start = bounds[j]
    if piece.pattern:
        ends = range(j, min(len(bounds), j + LONGEST))
        return [k for k in ends if piece.pattern.fullmatch(came, start, bounds[k])]
    end = index.get(start + len(piece.text))
    return [end] if end is not None and came.startswith(piece.text, start) else []


def _beside(pieces: Sequence[Piece], i: int, holds: set[int]) -> bool:
    """Whether the nearest piece on one side of a wildcard, blanks aside, still holds."""
    for way in (range(i - 1, -1, -1), range(i + 1, len(pieces))):
        near = next((n for n in way if not pieces[n].source.isspace()), None)
        if near is not None and near in holds:
            return True
    return False

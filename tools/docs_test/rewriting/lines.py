"""The lines of `data-match="lines"` and `"k8s"`, rewritten: what holds stays, also within a changed line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.capture import LEFT_OUT
from docs_test.matching.kubectl_output import INSTEAD, SCANNER, k8s_pattern
from docs_test.matching.lines import ELLIPSIS, clean, line_pattern
from docs_test.matching.wildcards import Varying
from docs_test.rewriting.alignment import Expected, Row, aligned
from docs_test.rewriting.merging import Piece, merged, placed, words
from docs_test.rewriting.rewrite import NewLine
from docs_test.rewriting.volatile import Span, Text, joined, not_of_kubectl, spans, wild
from groundwork.base.masking import MASK, mask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docs_test.matching.lines import Pattern

MOST_ADDED = 40
"""Lines that are written one after another where the page showed none; of more, `...` stands for the middle."""
FIRST, LAST = 16, 8
"""Lines that are written before and after that `...`."""
OMITTED = re.compile(r"\d+".join(map(re.escape, LEFT_OUT.removesuffix("\n").split("{}"))))
CELL = re.compile(r"\S+(?: \S+)*")
BLANK = re.compile(r"[^\S\n ]")
BLANKS = re.compile(r"\s+")
GAP = 2
"""Blanks between two columns, at least."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How lines are compared, and written."""

    pattern: Callable[[str], Pattern]
    pieces: Callable[[str], list[Piece]]
    """Function that takes an author's line apart."""
    volatile: Callable[[str], list[Span]]
    """Function that finds the parts of a line which get a wildcard."""
    columns: bool = False
    """Whether the width of columns does not count."""


def _pieces(line: str) -> list[Piece]:
    found: list[Piece] = []
    for number, part in enumerate(line.split(ELLIPSIS)):
        found += [Piece(ELLIPSIS)] * bool(number) + words(part)
    return found


def _pieces_of_kubectl(line: str) -> list[Piece]:
    found: list[Piece] = []
    end = 0
    for match in SCANNER.finditer(line):
        found += words(line[end : match.start()])
        part = INSTEAD[match.lastgroup or ""]
        form = part.form if isinstance(part, Varying) else BLANKS
        found.append(Piece(match[0], pattern=None if match[0] == ELLIPSIS else form))
        end = match.end()
    return found + words(line[end:])


LINES = Rules(line_pattern, _pieces, spans)
KUBECTL = Rules(k8s_pattern, _pieces_of_kubectl, not_of_kubectl, columns=True)


def rewritten(text: str, output: str, rules: Rules) -> list[NewLine]:
    """The lines that a fence with this text is to show for this output."""
    # Blanks of any kind are one to kubectl's rules, and Markdown makes spaces of tabs.
    have = clean(BLANK.sub(" ", output.expandtabs()) if rules.columns else output)
    want = text.split("\n") if text.strip() else []
    expected = [_expected(line, rules) for line in want]
    made: list[NewLine] = []
    for row in aligned(expected, have):
        _add(made, row, want, have, rules)
    return elided(made)


def _expected(line: str, rules: Rules) -> Expected:
    if line.strip() == ELLIPSIS:
        return Expected(line, None)
    pattern, masked = rules.pattern(line.rstrip()), mask(line.rstrip())
    # What came is without secrets; a page that shows one still holds.
    return Expected(line, lambda came: bool(pattern.fullmatch(came)) or (MASK in came and came == masked))


def _add(made: list[NewLine], row: Row, want: Sequence[str], have: Sequence[str], rules: Rules) -> None:
    last = made[-1].text.strip() if made else ""
    if row.expected is not None and row.holds:
        line = want[row.expected]
        if not (line.strip() == last == ELLIPSIS):
            made.append(NewLine(line, kept=row.expected))
    elif row.came is not None:
        came = have[row.came]
        if OMITTED.fullmatch(came):
            made += [NewLine(ELLIPSIS)] * (last != ELLIPSIS)
        elif row.expected is None:
            above = next((line.text for line in reversed(made) if line.kept is not None), "")
            made.append(NewLine(_fresh(came, rules, above)))
        else:
            made.append(NewLine(changed(want[row.expected], came, rules), instead_of=row.expected))


def _fresh(came: str, rules: Rules, above: str) -> str:
    """A line that is new, as its author would write it."""
    line = _in_columns(came, above) if rules.columns and came.strip() else came
    return _first_right(came, rules, wild(line, rules.volatile(line)), wild(came, rules.volatile(came)))


def _first_right(came: str, rules: Rules, *lines: str) -> str:
    """The first of these lines that matches what came; what came itself, if none does."""
    return next((line.rstrip() for line in lines if rules.pattern(line.rstrip()).fullmatch(came)), came)


def _in_columns(line: str, above: str) -> str:
    """A row of a table with its cells below those of the row above, if they fit there."""
    cells, places = CELL.findall(line), [match.start() for match in CELL.finditer(above)]
    if len(cells) < GAP or len(cells) != len(places):
        return line
    row = ""
    for cell, start in zip(cells, places, strict=True):
        if row and len(row) + GAP > start:
            return line
        row = row.ljust(start) + cell
    return row


def changed(line: str, came: str, rules: Rules) -> str:
    """A line in the place of its author's: pieces that hold stay, what is new gets wildcards."""
    parts = list(placed(merged(rules.pieces(line.rstrip()), came)))
    new = [(start, end) for start, end, piece in parts if piece is None]
    marked = [span for span in rules.volatile(came) if any(span.start < end and span.end > at for at, end in new)]
    made: list[Text] = []
    column = 0
    for start, end, piece in parts:
        column += len(piece.source) if piece else end - start
        if any(span.start < max(end, start + 1) and span.end > start for span in marked):
            made += wild_part(came, start, end, marked)
        elif piece is None:
            made.append(Text(came[start:end]))
        elif rules.columns and piece.source.isspace() and len(piece.source) >= GAP and made:
            width = sum(len(one.text) for one in made)
            made.append(Text(" " * max(GAP, column - width)))  # Up to where its column began.
        else:
            made.append(Text(piece.source, is_wild=piece.is_wild))
    return _first_right(came, rules, joined(made), _fresh(came, rules, ""))


def wild_part(came: str, start: int, end: int, marked: Sequence[Span]) -> list[Text]:
    """A part of what came, with a wildcard where a marked span begins in it."""
    made: list[Text] = []
    at = start
    for span in marked:
        if span.start < max(end, start + 1) and span.end > start:
            made.append(Text(came[at : max(at, span.start)]))
            made += [Text(ELLIPSIS, is_wild=True)] * (start <= span.start)
            at = max(at, min(span.end, end))
    return [*made, Text(came[at:end])]


def elided(lines: Sequence[NewLine]) -> list[NewLine]:
    """The lines; of many that are new, one after another, the first and the last."""
    made: list[NewLine] = []
    run: list[NewLine] = []
    for line in [*lines, None]:
        if line is not None and line.kept is None and line.instead_of is None:
            run.append(line)
            continue
        made += [*run[:FIRST], NewLine(ELLIPSIS), *run[-LAST:]] if len(run) > MOST_ADDED else run
        run = []
        made += [line] if line is not None else []
    return made

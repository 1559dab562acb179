"""The lines of `data-match="regex"`, rewritten one by one: groups and patterns that hold stay as they are.

An author's pattern may take longer than anybody waits: this runs in a process of its own (`bounded`).
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from docs_test.rewriting.alignment import Expected, aligned
from docs_test.rewriting.merging import Piece, merged, placed, words
from docs_test.rewriting.rewrite import NewLine, Refused
from docs_test.rewriting.volatile import Span, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.rewriting.alignment import Row

FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")
NEWLINE = re.compile(r"(?<!\\)(?:\\\\)*\\n")
REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
REPEATED = re.compile(r"[*+?][?+]?|\{\d*,?\d*\}[?+]?")
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
SPECIAL = "\\.^$*+?{}[]|()"
LITERAL = re.compile(r"\\([^\w\s])")
STANDS_FOR_LINES = "\x00 1\n a-"
"""Text of two lines that only a pattern of any text matches."""
MOST_ADDED = 200
"""Lines that a pattern may get, at most."""


def rewritten(text: str, output: str) -> list[NewLine]:
    """The lines that a fence with this pattern is to show for this output.

    Raises:
        Refused: the pattern is not one of lines.
    """
    # Blanks at the end of a line count: a pattern is held against the output as it is.
    want, have = text.split("\n") if text.strip() else [], output.rstrip("\n").split("\n")
    if len(have) > MOST_ADDED + len(want):
        raise Refused(f"the output has {len(have)} lines, and a pattern says each of them")
    flags = _flags(want)
    if flags & re.VERBOSE:
        raise Refused("its pattern is written with (?x), where lines mean nothing")
    if any(NEWLINE.search(line) for line in want):
        return _as_a_whole(text, "\n".join(have), flags)
    expected = [_expected(line, flags) for line in want]
    if len(want) > 1 and any("|" in _atoms(line) for line in want):
        raise Refused("its pattern cannot be taken line by line: it has alternatives of several lines")
    made: list[NewLine] = []
    for row in _standing(aligned(expected, have), len(have)):
        if row.expected is not None and row.holds:
            made.append(NewLine(want[row.expected], kept=row.expected))
        elif row.came is not None and row.expected is not None:
            line = _changed(want[row.expected], have[row.came], flags)
            made.append(NewLine(line, instead_of=row.expected))
        elif row.came is not None:
            made.append(NewLine(_fresh(have[row.came])))
    return _with_flags(made, want)


def _standing(rows: Sequence[Row], count: int) -> Iterator[Row]:
    """The rows without those of wildcards that would stand for no line: between two line ends is at least one."""
    last = -1
    for number, row in enumerate(rows):
        following = next((one.came for one in rows[number + 1 :] if one.came is not None), count)
        if row.came is not None:
            last = row.came
        elif row.holds and following == last + 1:
            continue
        yield row


def _with_flags(made: list[NewLine], want: Sequence[str]) -> list[NewLine]:
    found = FLAGS.match(want[0]) if want else None
    if not found or (made and made[0].text.startswith(found[0])):
        return made
    first = made[0] if made else NewLine("")
    return [NewLine(found[0] + first.text, instead_of=0), *made[1:]]


def _as_a_whole(text: str, came: str, flags: int) -> list[NewLine]:
    """The lines of a pattern one line of which stands for several that came."""
    if text.count("\n"):
        raise Refused("its pattern cannot be taken line by line: it has line ends within a line")
    made = [NewLine(line, instead_of=0) for line in _changed(text, came, flags).split("\n")]
    return _with_flags(made, [text])


def _flags(want: Sequence[str]) -> int:
    found = FLAGS.match(want[0]) if want else None
    try:
        return int(re.compile(found[0] if found else "").flags) & ~re.UNICODE
    except (re.error, ValueError):
        return 0


def _expected(line: str, flags: int) -> Expected:
    pattern = _compiled(FLAGS.sub("", line, count=1) if FLAGS.match(line) else line, flags)
    if pattern is None:
        raise Refused(f"its pattern cannot be taken line by line: {line.strip()!r} is not one on its own")
    if REFERENCE.search(line):
        raise Refused(f"its pattern cannot be taken line by line: {line.strip()!r} refers to a group")
    if pattern.fullmatch(STANDS_FOR_LINES):
        return Expected(line, None)
    return Expected(line, lambda came: pattern.fullmatch(came) is not None)


def _compiled(line: str, flags: int = 0) -> re.Pattern[str] | None:
    try:
        with warnings.catch_warnings():  # Of what Python may come to read otherwise; today it reads it.
            warnings.simplefilter("ignore")
            return re.compile(line, flags | re.DOTALL)
    except (re.error, OverflowError, RecursionError):
        return None


def _fresh(came: str) -> str:
    """A pattern for a line that is new."""
    return _escaped(came, 0, len(came), spans(came))


def _escaped(came: str, start: int, end: int, volatile: Sequence[Span]) -> str:
    """A part of what came as a pattern, with patterns for what differs from run to run."""
    made, at = "", start
    for span in volatile:
        if span.start < end and span.end > start:
            made += _literal(came[at : max(at, span.start)])
            made += span.instead if span.start >= start else ""
            at = max(at, min(span.end, end))
    rest = came[at:end]
    if end == len(came) and (blanks := rest[len(rest.rstrip(" \t")) :]):  # Nobody sees them in a page.
        return f"{made}{_literal(rest.removesuffix(blanks))}[ \\t]*"
    return made + _literal(rest)


def _literal(text: str) -> str:
    return "".join(f"\\{sign}" if sign in SPECIAL else sign for sign in text)


def _changed(line: str, came: str, flags: int) -> str:
    """A pattern in the place of its author's: pieces that hold stay."""
    head = FLAGS.match(line)
    pieces = _pieces(line[head.end() :] if head else line, flags)
    if not pieces:
        return _fresh(came)
    parts = list(placed(merged(pieces, came)))
    new = [(start, end) for start, end, piece in parts if piece is None]
    marked = [span for span in spans(came) if any(span.start < end and span.end > at for at, end in new)]
    made = ""
    for start, end, piece in parts:
        outside = not any(span.start < end and span.end > start for span in marked)
        made += piece.source if piece and outside else _escaped(came, start, end, marked)
    pattern = _compiled(made, flags)
    return made if pattern and pattern.fullmatch(came) else _fresh(came)


def _pieces(line: str, flags: int) -> list[Piece]:
    """What a pattern is made of; [] where it has alternatives at its top."""
    found: list[Piece] = []
    for source in _atoms(line):
        literal = LITERAL.fullmatch(source)
        if source == "|":
            return []
        if literal or (len(source) == 1 and source not in SPECIAL):
            found.append(Piece(source, literal[1] if literal else source))
        else:
            pattern = _compiled(source, flags)
            if pattern is None:
                return []
            is_any = pattern.fullmatch(STANDS_FOR_LINES) is not None
            found.append(Piece(source, pattern=None if is_any else pattern))
    return _joined(found)


def _atoms(line: str) -> list[str]:
    """Groups, classes, escapes and characters of a pattern, each with how often it is repeated."""
    found: list[str] = []
    at = 0
    while at < len(line):
        end = _atom_end(line, at)
        repeated = REPEATED.match(line, end)
        end = repeated.end() if repeated else end
        found.append(line[at:end])
        at = end
    return found


def _atom_end(line: str, at: int) -> int:
    """Where the atom ends that begins here: a group, a class, an escape, or one character."""
    if line[at] == "\\":
        return min(at + 2, len(line))
    if line[at] == "[":
        found = CLASS.match(line, at)
        return found.end() if found else at + 1
    if line[at] != "(":
        return at + 1
    depth = 0
    while at < len(line):
        if line[at] == "\\":
            at += 1
        elif line[at] == "[" and (found := CLASS.match(line, at)):
            at = found.end() - 1
        elif line[at] == "(":
            depth += 1
        elif line[at] == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return len(line)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, letters of a word as one."""
    made: list[Piece] = []
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and piece.text:
            run.append(piece)
            continue
        at = 0
        for word in words("".join(one.text for one in run)):
            made.append(Piece("".join(one.source for one in run[at : at + len(word.text)]), word.text))
            at += len(word.text)
        run = []
        made += [piece] if piece is not None else []
    return made

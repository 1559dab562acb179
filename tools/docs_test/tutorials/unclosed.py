"""Here-documents that are never closed: a terminal waits for more, and bash takes all that follows for text."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from docs_test.language import heredocs
from docs_test.language.roles import Use
from docs_test.language.word_positions import at_text
from docs_test.model import Role
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from docs_test.language.heredocs import Heredoc
    from docs_test.pages.hidden_checks import HiddenCheck
    from groundwork.base.positions import Position

problem = partial(Problem, code="here-document")


def unclosed(root: Path, parts: Iterable[Use | HiddenCheck]) -> list[Problem]:
    """A problem for each here-document of code that is run somewhere, where it is opened.

    Args:
        root: the folder that positions are relative to.
        parts: of the page.
    """
    found = [one for code, places in _run(parts) for one in _of_code(code, places)]
    return [replace(one, position=at_text(root, one.position, "<<")) for one in found]


def _run(parts: Iterable[Use | HiddenCheck]) -> Iterator[tuple[str, Sequence[Position]]]:
    for part in parts:
        if not isinstance(part, Use):
            yield part.code, part.lines
        elif part.role is Role.RUN or (part.role is Role.SKIP and "data-runs-on" in part.values):
            yield part.fence.text, part.fence.lines


def _of_code(code: str, places: Sequence[Position]) -> Iterator[Problem]:
    if "<<" not in code:
        return
    lines = code.split("\n")
    for document in heredocs.find(code):
        if not _closed(lines, document):
            fact = f"the here-document that begins here is never closed: no line is only {document.word!r}"
            yield problem(places[min(document.opened, len(places) - 1)], fact, _hint(lines, document, places))


def _closed(lines: Sequence[str], document: Heredoc) -> bool:
    """Whether bash finds the end. `find` takes blanks for the tabs that `<<-` drops: Markdown makes them."""
    if document.dashed:
        return any(line.lstrip("\t") == document.word for line in lines[document.start :])
    return document.end < len(lines)


def _hint(lines: Sequence[str], document: Heredoc, places: Sequence[Position]) -> str:
    """The first line that may have been meant as its end."""
    for number in range(document.start, len(lines)):
        line, words = lines[number], lines[number].split()
        if words[:1] != [document.word]:
            continue
        where = f"line {places[number].line} is {line!r}" if number < len(places) else f"there is {line!r}"
        if len(words) > 1:
            return f"{where}: what follows the word belongs to the line with `<<{document.word}`"
        tabs = "; Markdown makes blanks of tabs, and `<<-` drops only tabs" if document.dashed else ""
        return f"{where}: write it without the blanks around it{tabs}"
    return f"write {document.word!r} on a line of its own where the text ends"

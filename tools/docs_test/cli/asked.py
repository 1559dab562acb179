"""What the command line asks of each page: `PAGE:LINE` runs it up to the step at that line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.pages.source import Paths
from docs_test.running.conduct import Conduct
from docs_test.tutorials.places import place_on_page, split_line
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial
    from docs_test.running.conduct import Stepper


@dataclass(frozen=True, slots=True)
class Asked:
    """Pages of the command line, and how far each is to be run."""

    root: Path
    pages: tuple[str, ...]
    """Pages as written, without their lines."""
    lines: Mapping[str, int]
    """Line up to which a page is run, by its path relative to the root."""
    stepper: Stepper | None = None
    """Person at the terminal who is asked before each step; None to run them all."""

    def narrowed(self, tutorials: Sequence[Tutorial], said: Callable[[str], None]) -> list[Tutorial]:
        """The runs without the further variants of pages that are run up to a line; `said` hears how they end.

        Raises:
            UserError: no step stands at such a line or before it.
        """
        kept: list[Tutorial] = []
        for tutorial in tutorials:
            line = self.lines.get(tutorial.path)
            if line is None:
                kept.append(tutorial)
            elif all(other.path != tutorial.path for other in kept):
                place = place_on_page(self.root, tutorial, line)
                said(place.note or f"{tutorial.path}:{line} is of {place.step}, the last step that is run")
                kept.append(tutorial)
        return kept

    def conduct(self, tutorial: Tutorial) -> Conduct:
        """How the page is run; may raise as `narrowed`, where an environment lacks what a step needs."""
        line = self.lines.get(tutorial.path)
        last = 0 if line is None else place_on_page(self.root, tutorial, line).number
        return Conduct(last=last, stepper=self.stepper)


def asked(root: Path, words: Sequence[str]) -> Asked:
    """Read the pages of the command line.

    Raises:
        UserError: a page is named with two lines.
    """
    paths, lines, pages = Paths(root), dict[str, int](), []
    for word in words:
        page, line = split_line(word)
        path = paths.relative(page)
        if line and lines.get(path, line) != line:
            fact = f"{word!r}: the page is also to be run up to its line {lines[path]}"
            raise UserError(fact, hint="name it once")
        if line:
            lines[path] = line
        pages.append(page)
    return Asked(root, tuple(dict.fromkeys(pages)), lines)

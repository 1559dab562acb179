"""A page as HTML, all of it, with marks where its fences and comments stand: for reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs_test.pages.read import expanded, rendering
from docs_test.pages.rendered import MARK, TOKEN, tagged

if TYPE_CHECKING:
    from docs_test.pages.source import OpenedSite
    from groundwork.base.positions import Position


@dataclass(frozen=True, slots=True)
class PageHtml:
    """The content of a page, without the theme around it."""

    path: str
    title: str
    text: str
    """HTML. After each fence stands an empty `div` with the attribute `rendered.TOKEN`, whose value is the number
    of the fence's line; comments begin with `rendered.COMMENT`, a colon, the number of their line and a colon."""
    lines: tuple[Position, ...]
    """Position of each line, by its number."""


def page_html(site: OpenedSite, path: str) -> PageHtml:
    """Render a page of an opened site.

    Raises:
        UserError: no such page, or nothing of it can be read.
    """
    found = expanded(site, path)
    steps: Any = found.md.preprocessors
    if "fenced_code_block" in steps and hasattr(steps["fenced_code_block"], "search_nested"):
        _Marks(steps["fenced_code_block"]).attach()  # It is that of superfences.
    text = rendering(found.path, lambda: found.md.convert("\n".join(found.lines)))
    places = tuple(line.origin for line in found.lines)
    return PageHtml(found.path, found.title, MARK.sub("", text), places)


class _Marks:
    """Adds marks to what superfences makes of a page."""

    def __init__(self, step: Any) -> None:
        self._step = step
        self._run, self._store = step.run, step._store  # noqa: SLF001 - the one place with line numbers.
        self._spans: list[tuple[int, int]] = []

    def attach(self) -> None:
        """Listen to superfences."""
        self._step.run, self._step._store = self.run, self.store  # noqa: SLF001

    def store(self, source: str, code: str, start: int, end: int) -> None:
        self._spans.append((start, end))
        self._store(source, f'{code}<div {TOKEN}="{start}"></div>', start, end)

    def run(self, lines: list[str]) -> list[str]:
        count = len(lines)
        result: list[str] = self._run(lines)
        inside = {number for start, end in self._spans for number in range(start + 1, end)}
        return tagged(result, [number for number in range(count) if number not in inside])

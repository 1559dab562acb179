"""Where views go that follow each other: a terminal that is redrawn, or a log."""

from __future__ import annotations

import json
import re
import shutil
import sys
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from groundwork.base.printable import all_printable, printable
from kubectl_dynamo.showing.data import document, dumped
from kubectl_dynamo.showing.style import Style
from kubectl_dynamo.showing.text import nothing, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from kubectl_dynamo.judging.item import Item
    from kubectl_dynamo.judging.view import View


_COLOUR = re.compile(r"\x1b\[[\d;]*m")


class Terminal:
    """Shows each view in place of the one before."""

    def __init__(self, stream: TextIO, render: Callable[[View, Style], list[str]]) -> None:
        self._stream, self._style, self._render = stream, Style.of(stream), render

    def show(self, view: View) -> None:
        lines = [line for part in self._render(view, self._style) for line in part.split("\n")]
        columns, height = shutil.get_terminal_size()
        # A row is left for the cursor: what is longer scrolls, and home is no longer where the top was.
        lines = _fitting(lines, columns, height - 1)
        # Home, then each line with the rest of the old one erased, then what is left below: no flicker.
        self._stream.write("\x1b[H" + "".join(f"{line}{_erased(line, columns)}\n" for line in lines) + "\x1b[J")
        self._stream.flush()

    def say(self, text: str) -> None:
        self._stream.write(f"{printable(text)}\x1b[K\n")
        self._stream.flush()


def _fitting(lines: list[str], columns: int, height: int) -> list[str]:
    """As many lines as a terminal has rows for; the last one says how many more there are."""
    if sum(_rows(line, columns) for line in lines) <= height:
        return lines
    kept, used = 0, 1
    while used + _rows(lines[kept], columns) <= height:
        used += _rows(lines[kept], columns)
        kept += 1
    return [*lines[:kept], f"... and {len(lines) - kept} lines more"[:columns]]


def _rows(line: str, columns: int) -> int:
    return max(1, -(-_width(line) // columns))


def _erased(line: str, columns: int) -> str:
    """What erases the rest of a line's last row; after a full one it would erase its last character."""
    return "" if line and _width(line) % columns == 0 else "\x1b[K"


def _width(line: str) -> int:
    """Cells, without the codes of colours."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in _COLOUR.sub("", line))


class Log:
    """A line for each change, below the ones before: for CI, files, and people who scroll.

    In JSON and YAML a document for each change: a line, or one after `---`.
    """

    def __init__(self, stream: TextIO, form: str | None) -> None:
        self._stream, self._form = stream, form
        self._shown: dict[tuple[str, str], object] = {}
        """News that were printed last of each item, by namespace and title."""
        self._notes: tuple[str, ...] | None = None
        """Notes of the view before; None if there was none."""

    def show(self, view: View) -> None:
        changed, gone = self._changed(view), self._gone(view)
        before, self._notes = self._notes, view.notes
        if not changed and not gone and before == view.notes:
            return
        if self._form in ("json", "yaml"):
            whole = document(view.items, view.at, view.notes)
            self._print(json.dumps(whole) if self._form == "json" else f"---\n{dumped(whole, 'yaml')}")
            return
        time = f"{view.at:%H:%M:%SZ}"
        if before is None and not view.items:
            self._print(f"{time} {nothing(view.namespace)}")
        for item in all_printable(tuple(changed)):
            self._print(f"{time} {one_line(item)}")
            if item.blocker:
                self._print(f"{'':9} {item.blocker.look}")
        for namespace, title in all_printable(tuple(gone)):
            self._print(f"{time} {namespace}/{title.partition('/')[2]}: gone")
        for note in view.notes:
            if note not in (before or ()):
                self._print(f"{time} note: {printable(note)}")

    def _print(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def say(self, text: str) -> None:
        print(printable(text), file=sys.stderr, flush=True)

    def _changed(self, view: View) -> list[Item]:
        found = []
        for item in view.items:
            key = (item.namespace, item.title)
            profiling = item.profiling
            # Seconds pass all the time: they are no news.
            news = (
                item.phase,
                item.outcome,
                profiling and profiling.phase,
                profiling and profiling.percent is not None and profiling.percent // 10,
                item.graph and (item.graph.replicas, item.graph.ready),
                item.searching and (item.searching.runs, len(item.searching.candidates)),
                item.blocker and item.blocker.reason,
                item.update,
            )
            if self._shown.get(key) != news:
                self._shown[key] = news
                found.append(item)
        return found

    def _gone(self, view: View) -> list[tuple[str, str]]:
        """What was shown and is there no longer, and is forgotten now."""
        lost = sorted(self._shown.keys() - {(item.namespace, item.title) for item in view.items})
        for key in lost:
            del self._shown[key]
        # A graph may have become a request's: it is shown with that.
        taken = {(item.namespace, f"dgd/{item.graph.name}") for item in view.items if item.graph}
        return [key for key in lost if key not in taken]

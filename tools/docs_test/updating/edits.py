"""A fence's new lines as changes of the files that its lines come from."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from docs_test.model import Match
from docs_test.rewriting.rewrite import Refused
from docs_test.updating.source_file import OPENING, Block, Patch, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docs_test.model import Fence
    from docs_test.rewriting.rewrite import NewLine, Rewrite
    from groundwork.base.positions import Position

DELIMITERS = re.compile(r"\{\{|\{%|\{#")
SNIPPET = re.compile(
    r"""([ \t]*)(?=;*-+8<-+(?:[ \t]+(?:"(?:\\"|[^"])+?"|'(?:\\'|[^'])+?'))?\Z)"""
    r"|^(.*?)(?=;*-+8<-+[ \t]+\[[ \t]*(?:start|end)[ \t]*:)",
    re.IGNORECASE,
)
"""Pattern of what stands before a snippet's mark, or before that of a section."""
EXPRESSION = re.compile(r"\{\{.*?\}\}")
ROLE = re.compile(r"\.output\b")
SHORTEST = 2
"""Characters of a macro's text, at least, that is looked for in a new line."""


class Way(enum.Enum):
    """A way to write a fence's new lines; the next one is tried if the page does not show them then."""

    LINES = enum.auto()
    """Line by line, other lines stay; what Jinja or snippets would read is escaped."""
    LINES_PLAIN = enum.auto()
    """The same without escapes: in a raw section, or where nothing reads them."""
    WHOLE = enum.auto()
    """All lines of the fence anew: some come from a loop, or a macro."""
    WHOLE_PLAIN = enum.auto()

    @property
    def is_whole(self) -> bool:
        """Whether all lines are written."""
        return self in {Way.WHOLE, Way.WHOLE_PLAIN}

    @property
    def is_plain(self) -> bool:
        """Whether nothing is escaped."""
        return self in {Way.LINES_PLAIN, Way.WHOLE_PLAIN}


@dataclass(slots=True)
class _Slot:
    """What stands in the place of an expected line, and after it."""

    kept: bool
    lines: list[str]
    after: list[str]


def patch(
    files: dict[str, Patch], read: Callable[[str], SourceFile], fence: Fence, new: Rewrite, way: Way
) -> None:
    """Add the changes that a fence needs.

    Args:
        files: changes so far, by file.
        read: reads a file of the site.
        fence: as it is.
        new: what it is to show.
        way: how it is written.

    Raises:
        Refused: it cannot be written.
    """
    _Writer(files, read, fence, new, way).write()


class _Writer:
    def __init__(
        self,
        files: dict[str, Patch],
        read: Callable[[str], SourceFile],
        fence: Fence,
        new: Rewrite,
        way: Way,
    ) -> None:
        self._files, self._read = files, read
        self._fence, self._new, self._way = fence, new, way
        home = fence.location.file
        last = max((line.line for line in fence.lines if line.file == home), default=0)
        self._block = Block.at(self._patch(home).file, fence.location.line, last)

    def _patch(self, name: str) -> Patch:
        if name not in self._files:
            self._files[name] = Patch(self._read(name))
        return self._files[name]

    def write(self) -> None:
        self._markers()
        home, block = self._patch(self._block.file.name), self._block
        if self._way.is_whole or not self._fence.text:
            for number in range(block.opening + 1, block.closing):
                if self._way.is_whole or not block.file.line(number).strip("> \t"):
                    home.put(number, [])
            home.after.setdefault(block.opening, []).extend(self._written(line.text) for line in self._new.lines)
            return
        before, slots = self._slots()
        groups = [list(group) for _, group in groupby(range(len(slots)), key=self._place)]
        if before:
            first = self._fence.lines[0]
            if first.file == block.file.name and first.line > block.opening:
                home.before.setdefault(first.line, []).extend(map(self._written, before))
            else:
                home.after.setdefault(block.opening, []).extend(map(self._written, before))
        for group in groups:
            self._group(self._fence.lines[group[0]], group, slots)

    def _place(self, index: int) -> tuple[str, int]:
        return self._fence.lines[index].file, self._fence.lines[index].line

    def _slots(self) -> tuple[list[str], list[_Slot]]:
        """What stands before all expected lines, and in the place of each."""
        before: list[str] = []
        slots = [_Slot(kept=False, lines=[], after=[]) for _ in self._fence.lines]
        last = -1
        for line in self._new.lines:
            index = line.kept if line.kept is not None else line.instead_of
            if index is None or index == last:
                (slots[last].after if last >= 0 else before).append(line.text)
                continue
            if index < last:
                raise Refused("its lines changed their order")
            last = index
            slots[index].kept = line.kept is not None
            slots[index].lines.append(line.text)
        return before, slots

    def _group(self, place: Position, group: list[int], slots: list[_Slot]) -> None:
        """Lines that come from the same line of a file."""
        target = self._patch(place.file)
        within = [text for i in group[:-1] for text in slots[i].after]
        if not all(slots[i].kept for i in group) or within:
            lines = [
                text for i in group for text in [*slots[i].lines, *(slots[i].after if i != group[-1] else ())]
            ]
            raw, shown = target.file.line(place.line), self._fence.text.split("\n")[group[0]]
            one = len(group) == 1
            target.put(
                place.line,
                [self._written(text, place, raw if one else "", shown) for text in lines],
            )
        if after := slots[group[-1]].after:
            added = [self._written(text, place) for text in after]
            if target.after.setdefault(place.line, added) != added:
                raise Refused(f"two changes after {place} contradict each other")

    def _markers(self) -> None:
        """Change the markers: longer ones around a fence, `k8s` where it is compared so from now on."""
        block = self._block
        opening, closing = block.file.line(block.opening), block.file.line(block.closing)
        fence = _longer(block.fence, self._new.lines)
        found = OPENING.fullmatch(opening)
        info = found["info"] if found else ""
        if self._new.match is not self._fence_match:
            info = ROLE.sub(f'.output data-match="{self._new.match.value}"', info, count=1)
        if found and (fence != block.fence or info != found["info"]):
            home = self._patch(block.file.name)
            home.put(block.opening, [f"{found['before']}{fence}{info}"])
            home.put(block.closing, [closing.replace(block.fence, fence)])

    @property
    def _fence_match(self) -> Match:
        return Match(self._fence.attributes.get("data-match") or Match.LINES)

    def _written(self, text: str, place: Position | None = None, raw: str = "", shown: str = "") -> str:
        """A line as it stands in its file; `raw` is the one whose place it takes, which showed `shown`."""
        prefix = self._block.prefix
        if place and place.file != self._block.file.name:
            prefix = raw[: -len(shown)] if shown and raw.endswith(shown) else ""
        if not text.strip():
            return prefix.rstrip()
        if (with_macros := _with_expressions(text, raw, shown)) and not self._way.is_plain:
            return prefix + with_macros
        return prefix + (text if self._way.is_plain else _escaped(text, snippets=not prefix.strip()))


def _longer(fence: str, lines: tuple[NewLine, ...]) -> str:
    """The marker, longer where a line would close it."""
    runs = (re.match(rf"{re.escape(fence[0])}*", line.text.lstrip("> \t")) for line in lines)
    longest = max((len(run[0]) for run in runs if run), default=0)
    return fence[0] * (longest + 1) if longest >= len(fence) else fence


def _escaped(text: str, *, snippets: bool) -> str:
    """A line that Jinja leaves as it is, and snippets, if they are looked for there: not in quotes."""
    if DELIMITERS.search(text):
        text = (
            DELIMITERS.sub(lambda found: f"{{{{ '{found[0]}' }}}}", text)
            if "endraw" in text
            else f"{{% raw %}}{text}{{% endraw %}}"
        )
    found = SNIPPET.match(text) if snippets else None
    return f"{found[0]};{text[found.end() :]}" if found else text


def _with_expressions(text: str, raw: str, shown: str) -> str:
    """A new line in which macros of the old one stand where what they gave still does; "" if there is none."""
    if not EXPRESSION.search(raw) or DELIMITERS.search(text):
        return ""
    made, end = "", 0
    for expression, value in _values(raw, shown):
        at = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)").search(text, end)
        if at and len(value) >= SHORTEST:
            made += text[end : at.start()] + expression
            end = at.end()
    return made + text[end:] if end else ""


def _values(raw: str, shown: str) -> Iterator[tuple[str, str]]:
    """Each macro of a line, and what it gave."""
    expressions = EXPRESSION.findall(raw)
    parts = EXPRESSION.split(raw)
    pattern = "(.*?)".join([rf"[>\s]*{re.escape(parts[0].lstrip('> 	'))}", *map(re.escape, parts[1:])])
    if found := re.fullmatch(pattern, shown.strip() if not parts[0].strip("> \t") else shown):
        yield from zip(expressions, found.groups(), strict=True)

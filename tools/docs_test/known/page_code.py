"""The shell code of a page: its blocks in the order in which they run, and the place of each character."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docs_test.language.roles import Use
from docs_test.language.vocabulary import SHELLS
from docs_test.manifests.columns import origin
from docs_test.model import Role
from docs_test.pages.page import SWALLOWED
from docs_test.shellcode.commands import read
from docs_test.shellcode.model import Script
from docs_test.tutorials.variants import selections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from docs_test.pages.front_matter import FrontMatter
    from docs_test.pages.hidden_checks import HiddenCheck
    from docs_test.tutorials.structure import LintedPage
    from groundwork.base.positions import Position


@functools.lru_cache(maxsize=4096)
def script(code: str) -> Script:
    """What is read of a piece of code; nothing of what is nested too deeply."""
    try:
        return read(code)
    except RecursionError:
        return Script(error=True)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A block of a page: what is typed, saved or only shown."""

    role: Role | None
    """Role of its fence; None for a hidden check."""
    language: str
    location: Position
    code: str
    lines: tuple[Position, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values of the fence's other attributes."""
    when: Mapping[str, str] = field(default_factory=dict)
    cleanup: bool = False
    broken: bool = False
    """Whether its opening line has a mistake: what it does is not known."""
    swallows: bool = False
    """Whether it was not closed, and has the next blocks of the page in it."""

    @property
    def runs(self) -> bool:
        """Whether it is a step: a `.run`, or a hidden check."""
        return self.role in {Role.RUN, None}

    @property
    def is_shell(self) -> bool:
        """Whether it is shell code."""
        return self.language in SHELLS

    @property
    def background(self) -> bool:
        """Whether it keeps running."""
        return "data-background" in self.values

    @property
    def allow(self) -> Mapping[str, str]:
        """Codes whose findings in it are on purpose -> the reason."""
        allowed: Mapping[str, str] = self.values.get("data-allow", {})
        return allowed

    @property
    def script(self) -> Script:
        """What is read of its code."""
        return script(self.code) if self.is_shell else Script()


@dataclass(frozen=True, slots=True)
class PageCode:
    """The blocks of a page."""

    path: str
    front: FrontMatter
    blocks: tuple[Block, ...]
    """Blocks in the order in which they run: clean-up comes last, the last one first."""
    text: str = ""
    """Text of the page's file; "" if it is not looked at."""

    def variants(self) -> Iterator[PageCode]:
        """The page as each of its variants has it."""
        for chosen in selections(self.front.variants, {}):
            yield replace(self, blocks=tuple(one for one in self.blocks if _belongs(one, chosen)))

    @property
    def steps(self) -> tuple[Block, ...]:
        """The blocks that are run; none if the page is not."""
        return tuple(one for one in self.blocks if one.runs and one.is_shell) if self.front.tutorial else ()


def _belongs(block: Block, chosen: Mapping[str, str]) -> bool:
    return all(chosen.get(name) == value for name, value in block.when.items())


def page_code(linted: LintedPage, root: Path) -> PageCode:
    """The blocks of a linted page of the site at `root`."""
    wrong = {(one.position.file, one.position.line) for one in linted.problems if one.counts}
    made = [_of_fence(part) if isinstance(part, Use) else _of_check(part) for part in linted.parts]
    blocks = [_broken(one) if (one.location.file, one.location.line) in wrong else one for one in made]
    inside = {one.position for one in linted.problems if one.code == SWALLOWED}
    blocks = [replace(_broken(one), swallows=True) if inside.intersection(one.lines) else one for one in blocks]
    shown = [one for one in blocks if one.role in {Role.RUN, Role.FILE, Role.SKIP, Role.MANIFEST, None}]
    ordered = [one for one in shown if not one.cleanup] + [one for one in reversed(shown) if one.cleanup]
    going_on = any(one.background for one in ordered)
    text = (root / linted.page.path).read_text(encoding="utf-8-sig") if going_on else ""
    return PageCode(linted.page.path, linted.page.front_matter, tuple(ordered), text)


def _of_fence(use: Use) -> Block:
    fence = use.fence
    role = use.role if use.role is not None else Role.OUTPUT  # Neither typed nor saved.
    return Block(role, fence.language, use.location, fence.text, fence.lines, use.values, use.when, use.cleanup)


def _broken(block: Block) -> Block:
    """A block with a mistake in its opening line; one whose role is not known is taken as shown."""
    return replace(block, broken=True, role=Role.SKIP if block.role is Role.OUTPUT else block.role)


def _of_check(check: HiddenCheck) -> Block:
    return Block(None, "bash", check.location, check.code, check.lines)


class Places:
    """Where the characters of blocks stand in their files."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, Sequence[str]] = {}

    def of(self, block: Block, offset: int) -> Position:
        """The position of an offset in a block's code."""
        line = block.code.count("\n", 0, offset)
        column = offset - (block.code.rfind("\n", 0, offset) + 1)
        if line >= len(block.lines):
            return block.location
        where = block.lines[line]
        text = block.code.split("\n")[line]
        written = self._line(where)
        if text and "\t" not in written and written.count(text) == 1:
            return replace(where, column=written.index(text) + column + 1)
        return origin(text, where, written).at(column + 1)

    def _line(self, where: Position) -> str:
        if where.file not in self._files:
            try:
                text = (self._root / where.file).read_text(encoding="utf-8-sig")
            except (OSError, ValueError):
                text = ""
            self._files[where.file] = text.split("\n")
        lines = self._files[where.file]
        return lines[where.line - 1] if 0 < where.line <= len(lines) else ""

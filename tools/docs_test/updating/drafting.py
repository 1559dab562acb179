"""Proposals become new contents of files, each read again as the site would show it before it counts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.matching.compare import EMPTY
from docs_test.model import Fence
from docs_test.pages.site import open_site
from docs_test.rewriting.rewrite import Refused
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.structure import lint_page
from docs_test.updating.edits import Way, patch
from docs_test.updating.observed import Left, Proposal
from docs_test.updating.shadow import fill, shadow
from docs_test.updating.source_file import Patch, SourceFile
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.pages.hidden_checks import HiddenCheck
    from docs_test.pages.page import Page
    from docs_test.pages.site import Site
    from docs_test.rewriting.rewrite import Rewrite
    from groundwork.base.positions import Position


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is changed."""

    file: SourceFile
    data: bytes
    """New content."""


@dataclass(slots=True)
class Draft:
    """What would be written."""

    changes: list[Change] = field(default_factory=list)
    """Changed files, sorted by name."""
    done: list[Proposal] = field(default_factory=list)
    """Proposals that they are made of."""
    left: list[Left] = field(default_factory=list)
    """Proposals that cannot be written, and why."""


def draft(root: Path, pages: Sequence[Page], proposals: Sequence[Proposal], digests: Mapping[str, str]) -> Draft:
    """Write proposals into copies of their files, and hold that pages show them then, and nothing else changed.

    Args:
        root: the site's top folder, resolved.
        pages: the pages that show the fences.
        proposals: what fences are to show.
        digests: of the files that the pages are made of, the SHA-256 they had when the pages ran.
    """
    if not proposals:
        return Draft()
    touched = {where.file for one in proposals for where in (one.fence.location, *one.fence.lines)}
    with pages_of(root) as read:
        links = {os.path.relpath(read.file(page.path), root) for page in pages}
    own = sorted(touched | links | {page.path for page in pages})
    with shadow(root, own) as copy, open_site(copy) as site:
        return Drafting(root, site, pages, digests).run(list(proposals))


class Drafting:
    """Proposals on their way into a copy of the site."""

    def __init__(self, root: Path, copy: Site, pages: Sequence[Page], digests: Mapping[str, str]) -> None:
        """Read nothing yet.

        Args:
            root: the site's top folder.
            copy: the same site, opened elsewhere, where the files of the pages are its own.
            pages: as of `draft`.
            digests: as of `draft`.
        """
        self._root, self._copy, self._site = root, copy.root, copy
        self._pages, self._digests, self._made = pages, digests, Draft()
        self._files: dict[str, SourceFile] = {}
        self._right: dict[str, tuple[object, ...]] = {}
        """Fences and contents of changed files with which a page shows what it is to."""

    def _read(self, name: str) -> SourceFile:
        if name not in self._files:
            if not (self._root / name).resolve().is_relative_to(self._root):
                raise Refused(f"{name} lies outside of the site's folder")
            self._files[name] = SourceFile.read(self._root, name)
        if self._files[name].digest != self._digests.get(name):
            raise Refused(f"{name} has changed since the page was read")
        return self._files[name]

    def run(self, proposals: Sequence[Proposal]) -> Draft:
        """Write each in the first way in which the pages show it, all of them together."""
        ways = {one.fence.location: Way.LINES for one in proposals}
        left = list(proposals)
        if wrong := self._tried(left, ways):
            for one in [one for one in left if one.fence.location in wrong]:
                if why := self._found(one, ways):
                    left.remove(one)
                    self._leave(one, why)
            while wrong := self._tried(left, ways):
                for one in [one for one in left if one.fence.location in wrong]:
                    left.remove(one)
                    self._leave(one, wrong[one.fence.location])
        self._made.done = left
        return self._made

    def _found(self, one: Proposal, ways: dict[Position, Way]) -> str:
        """Find the way of a proposal that is written alone; returns why there is none, or ""."""
        first = ""
        for way in Way:
            ways[one.fence.location] = way
            wrong = self._tried([one], ways)
            if not wrong:
                return ""
            first = first or wrong[one.fence.location]
        return first

    def _leave(self, one: Proposal, why: str) -> None:
        self._made.left.append(Left(one.fence.location, f"the output differs, but {why}", "change it by hand"))

    def _tried(self, proposals: Sequence[Proposal], ways: Mapping[Position, Way]) -> dict[Position, str]:
        """Which proposals the pages would not show, written together in these ways, and why."""
        patches: dict[str, Patch] = {}
        for one in proposals:
            try:
                patch(patches, self._read, one.fence, one.new, ways[one.fence.location])
            except Refused as refused:
                return {one.fence.location: str(refused)}
        contents = {name: one.data for name, one in patches.items()}
        fill(self._copy, {name: file.data for name, file in self._files.items()} | contents)
        wrong = self._wrong(proposals, contents)
        if not wrong:
            changed = {name: data for name, data in sorted(contents.items()) if data != patches[name].file.data}
            self._made.changes = [Change(patches[name].file, data) for name, data in changed.items()]
        return wrong

    def _wrong(self, proposals: Sequence[Proposal], contents: Mapping[str, bytes]) -> dict[Position, str]:
        """Which proposals the pages do not show with these contents of files, and why."""
        wrong: dict[Position, str] = {}
        for page in self._pages:
            mine = [one for one in proposals if page.path in one.pages]
            if not mine:
                continue
            texts = tuple(contents[name] for name in sorted(page.inputs) if name in contents)
            made = (tuple(one.fence.location for one in mine), texts)
            if self._right.get(page.path) == made:
                continue
            found = self._compared(page, mine)
            wrong |= found
            if not found:
                self._right[page.path] = made
        return wrong

    def _compared(self, page: Page, mine: Sequence[Proposal]) -> dict[Position, str]:
        """Which proposals a page does not show, and why."""
        try:
            read = lint_page(self._site, page.path)
        except UserError as error:
            return {one.fence.location: f"the page could not be read then: {error.fact}" for one in mine}
        wrong = _compared(page, read.page, {one.fence.location: one.new for one in mine})
        mistakes = [one for one in read.problems if one.counts and one.code != EMPTY]
        if not wrong and mistakes:
            why = f"the page would have a mistake then: {mistakes[0].fact}"
            wrong = {one.fence.location: why for one in mine}
        return wrong


def _compared(page: Page, read: Page, new: Mapping[Position, Rewrite]) -> dict[Position, str]:
    """Fences that a page does not show as it is to."""
    before, after = page.content.parts, read.content.parts
    mine = [part.location for part in before if isinstance(part, Fence) and part.location in new]
    if len(before) != len(after):
        return dict.fromkeys(mine, "the page would have other fences then")
    wrong: dict[Position, str] = {}
    for old, now in zip(before, after, strict=True):
        if isinstance(old, Fence) and isinstance(now, Fence) and old.location in new:
            wanted = new[old.location]
            if now.text != wanted.text or now.attributes.get("data-match", "lines") != wanted.match.value:
                wrong[old.location] = "the page would not show it then: macros or its nesting change it"
        elif _content(old) != _content(now):
            return dict.fromkeys(mine, "another fence of the page would change, too")
    return wrong


def _content(part: Fence | HiddenCheck) -> tuple[object, ...]:
    if isinstance(part, Fence):
        return part.text, part.language, part.classes, dict(part.attributes)
    return part.code, part.needs


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are written together, or not at all: a page's own, and those it shares with others."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def parts(made: Draft) -> list[Part]:
    """A draft in parts that do not depend on each other, in the order of their files."""
    groups: list[set[str]] = []
    for one in made.done:
        names = {where.file for where in (one.fence.location, *one.fence.lines)} | set(one.pages)
        joined = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names]
        groups.append(names.union(*joined))
    found: list[Part] = []
    for group in groups:
        changes = tuple(change for change in made.changes if change.file.name in group)
        notes = [
            f"{one.fence.location}: {note}"
            for one in made.done
            for note in one.new.notes
            if one.fence.location.file in group
        ]
        if changes:
            found.append(Part(changes, tuple(notes)))
    return sorted(found, key=lambda part: part.changes[0].file.name)

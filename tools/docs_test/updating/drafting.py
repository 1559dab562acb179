"""Proposals become new contents of files, each read again as the site would show it before it counts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    made = Draft()
    if not proposals:
        return made
    touched = {where.file for one in proposals for where in (one.fence.location, *one.fence.lines)}
    with pages_of(root) as read:
        links = {os.path.relpath(read.file(page.path), root) for page in pages}
    own = sorted(touched | links | {page.path for page in pages})
    with shadow(root, own) as copy, open_site(copy) as site:
        _Drafting(root, copy, site, pages, digests=digests, made=made).run(list(proposals))
    return made


class _Drafting:
    def __init__(
        self,
        root: Path,
        copy: Path,
        site: Site,
        pages: Sequence[Page],
        *,
        digests: Mapping[str, str],
        made: Draft,
    ) -> None:
        self._root, self._copy, self._site = root, copy, site
        self._pages, self._digests, self._made = pages, digests, made
        self._files: dict[str, SourceFile] = {}
        self._right: dict[str, tuple[bytes, ...]] = {}
        """Contents of changed files with which a page shows what it is to."""

    def _read(self, name: str) -> SourceFile:
        if name not in self._files:
            if not (self._root / name).resolve().is_relative_to(self._root):
                raise Refused(f"{name} lies outside of the site's folder")
            self._files[name] = SourceFile.read(self._root, name)
        if self._files[name].digest != self._digests.get(name):
            raise Refused(f"{name} has changed since the page was read")
        return self._files[name]

    def run(self, proposals: list[Proposal]) -> None:
        ways = {one.fence.location: list(Way) for one in proposals}
        first: dict[Position, str] = {}
        while proposals:
            patches, refused = self._patches(proposals, ways)
            if not refused:
                contents = {name: one.data for name, one in patches.items()}
                fill(self._copy, {name: file.data for name, file in self._files.items()} | contents)
                refused = self._wrong(proposals, contents)
                if not refused:
                    self._made.changes = [
                        Change(patches[name].file, data)
                        for name, data in sorted(contents.items())
                        if data != patches[name].file.data
                    ]
                    self._made.done = proposals
                    return
            for one in list(proposals):
                place = one.fence.location
                if place not in refused:
                    continue
                why = first.setdefault(place, refused[place])
                ways[place].pop(0)
                if not ways[place]:
                    proposals.remove(one)
                    self._made.left.append(Left(place, f"the output differs, but {why}", "change it by hand"))

    def _patches(
        self, proposals: Sequence[Proposal], ways: Mapping[Position, list[Way]]
    ) -> tuple[dict[str, Patch], dict[Position, str]]:
        """The changed files, and which proposals could not be written."""
        patches: dict[str, Patch] = {}
        for one in proposals:
            try:
                patch(patches, self._read, one.fence, one.new, ways[one.fence.location][0])
            except Refused as refused:
                return {}, {one.fence.location: str(refused)}
        return patches, {}

    def _wrong(self, proposals: Sequence[Proposal], contents: Mapping[str, bytes]) -> dict[Position, str]:
        """Which proposals the pages do not show with these contents of files, and why."""
        wrong: dict[Position, str] = {}
        for page in self._pages:
            mine = [one for one in proposals if page.path in one.pages]
            if not mine:
                continue
            made = tuple(contents[name] for name in sorted(page.inputs) if name in contents)
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
        if not wrong and read.problems:
            why = f"the page would have a mistake then: {read.problems[0].fact}"
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

"""A page of an opened site, read; and Markdown that no site shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from docs_test.pages import fences, jinja, snippets
from docs_test.pages.front_matter import read_front_matter
from docs_test.pages.lines import Line
from docs_test.pages.page import Page
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.pages.page import Content
    from docs_test.pages.source import OpenedSite

_Made = TypeVar("_Made")

problem = partial(Problem, code="page")


def read_page(site: OpenedSite, path: str) -> Page:
    """Read a page of an opened site.

    Args:
        site: the opened site.
        path: the page, relative to the root.

    Raises:
        UserError: no such page, or nothing of it can be read (Jinja fails, a snippet is missing).
    """
    found = expanded(site, path)
    front_matter, problems = read_front_matter(found.text, found.path)
    content = rendering(found.path, lambda: fences.find(found.md, found.lines))
    content = replace(content, problems=(*found.problems, *content.problems))  # All of them are kept.
    return Page(
        path=found.path,
        title=found.title,
        front_matter=front_matter,
        content=content,
        inputs={name: _digest(site, name, found.path) for name in sorted({found.path, *found.inserted})},
        problems=(*problems, *content.problems),
        lasting=found.lasting,
    )


@dataclass(frozen=True, slots=True)
class Expanded:
    """A page before Markdown: macros are run, snippets inserted."""

    path: str
    """Path relative to the root."""
    title: str
    text: str
    """Text of its file."""
    lines: list[Line]
    inserted: frozenset[str]
    """Files, relative to the root, that it includes."""
    md: Any
    """Instance of Markdown to convert the lines with, this once."""
    lasting: bool
    """Whether it stays as it is while no file changes."""
    problems: tuple[Problem, ...] = ()


def expanded(site: OpenedSite, path: str) -> Expanded:
    """A page of an opened site before Markdown.

    Raises:
        UserError: no such page, or nothing of it can be read (Jinja fails, a snippet is missing).
    """
    source = site.page(path)
    path = site.relative(source.file.abs_src_path or path)
    text = site.text(path)
    source.read_source(site.config)
    offset = text.count("\n") - (source.markdown or "").count("\n")
    try:
        rendered = jinja.render(site, source, path, offset)
    except RecursionError:  # The plugin walks through all of the front matter.
        fact = "its front matter is nested too deeply, or in itself"
        raise UserError.of(problem(Position(path, 1), fact)) from None
    md = site.markdown()
    lines, inserted = snippets.expand(site, md, rendered.lines)
    inputs = frozenset([*rendered.included, *inserted])
    title, problems = str(source.title or path), tuple(rendered.problems)
    return Expanded(path, title, text, lines, inputs, md, rendered.lasting, problems)


def rendering(path: str, convert: Callable[[], _Made]) -> _Made:
    """What a conversion of a page makes.

    Raises:
        UserError: the page is nested too deeply.
    """
    try:
        return convert()
    except RecursionError:
        hint = "the renderer gives up on it, too: unnest its lists and quotes"
        raise UserError.of(problem(Position(path, 1), "nested too deeply to be rendered", hint)) from None


def read_markdown(site: OpenedSite, text: str, path: str) -> tuple[Content, dict[Position, str]]:
    """Read Markdown that the site does not show: snippets are inserted, macros are not run.

    Args:
        site: the opened site.
        text: the file's text.
        path: the file, for positions.

    Returns:
        Its content, and its lines by their positions.

    Raises:
        UserError: a snippet is missing.
    """
    lines = [Line(line, Position(path, number)) for number, line in enumerate(text.splitlines(), 1)]
    md = site.markdown()
    lines, _ = snippets.expand(site, md, lines)
    return fences.find(md, lines), {line.origin: str(line) for line in lines}


def _digest(site: OpenedSite, name: str, page: str) -> str:
    """Taken at once: a run takes minutes, and a result must not speak of a text that was never run."""
    try:
        return hashlib.sha256((site.root / name).read_bytes()).hexdigest()
    except OSError as error:
        fact = f"{name!r} cannot be read: {error.strerror or error}"
        raise UserError.of(problem(Position(page, 1), fact)) from error

"""A page as its reader sees it: macros, includes and snippets resolved, every line with its file and number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docs_test.pages import fences, jinja, snippets
from docs_test.pages.front_matter import FrontMatter, read_front_matter
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docs_test.pages.site import Site

problem = partial(Problem, code="page")


@dataclass(frozen=True, slots=True)
class Page:
    """One page, read."""

    path: str
    """POSIX, relative to the root."""
    title: str
    front_matter: FrontMatter
    content: fences.Content
    """Fences and hidden checks, in the page's order."""
    inputs: Mapping[str, str]
    """Every file its lines came from, relative to the root, with the SHA-256 it had when it was read."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with it; the rest of it was read nevertheless."""


def read_page(site: Site, path: str) -> Page:
    """Read a page of an opened site.

    Args:
        site: the opened site.
        path: the page, relative to the root.

    Raises:
        UserError: no such page, or nothing of it can be read (Jinja fails, a snippet is missing).
    """
    source = site.page(path)
    path = site.relative(source.file.abs_src_path or path)
    try:
        text = source.file.content_string
    except (OSError, ValueError) as error:
        raise UserError.of(problem(Position(path, 1), f"cannot be read as UTF-8 text: {error}")) from error
    front_matter, problems = read_front_matter(text, path)
    source.read_source(site.config)
    offset = text.count("\n") - (source.markdown or "").count("\n")
    try:
        lines, included = jinja.render(site, source, path, offset)
    except RecursionError:  # The plugin walks through all of the front matter.
        fact = "its front matter is nested too deeply, or in itself"
        raise UserError.of(problem(Position(path, 1), fact)) from None
    md = site.markdown()
    lines, inserted = snippets.expand(site, md, lines)
    try:
        content = fences.find(md, lines)
    except RecursionError:
        hint = "the renderer gives up on it, too: unnest its lists and quotes"
        raise UserError.of(problem(Position(path, 1), "nested too deeply to be rendered", hint)) from None
    return Page(
        path=path,
        title=str(source.title or path),
        front_matter=front_matter,
        content=content,
        inputs={name: _digest(site, name, path) for name in sorted({path, *included, *inserted})},
        problems=(*problems, *content.problems),
    )


def _digest(site: Site, name: str, page: str) -> str:
    """Taken at once: a run takes minutes, and a result must not speak of a text that was never run."""
    try:
        return hashlib.sha256((site.root / name).read_bytes()).hexdigest()
    except OSError as error:
        fact = f"{name!r} cannot be read: {error.strerror or error}"
        raise UserError.of(problem(Position(page, 1), fact)) from error


def front_matter_of(site: Site, path: str) -> FrontMatter:
    """Only the front matter of a page, mistakes ignored: cheap, to choose pages by.

    Raises:
        UserError: the site has no such page.
    """
    file = site.page(path).file
    try:
        text = file.content_string
    except (OSError, ValueError) as error:
        raise UserError.of(problem(Position(path, 1), f"cannot be read as UTF-8 text: {error}")) from error
    try:
        return read_front_matter(text, path)[0]
    except Exception as error:
        raise bug_at(path, error) from error


def bug_at(path: str, error: Exception) -> UserError:
    """An error of docs-test itself, said of the page that it fails on, so that the others are still read."""
    said = ": ".join(filter(None, (type(error).__name__, str(error).partition("\n")[0])))
    hint = "a bug, please report it; --debug shows where"
    return UserError.of(Problem(Position(path, 1), f"cannot be read: {said}", hint, "bug", bug=error))

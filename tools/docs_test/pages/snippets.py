"""`--8<--` snippets, expanded by pymdownx.snippets itself, with the origin of each line."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from docs_test.pages.lines import Line, follow
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown import Markdown

    from docs_test.pages.source import OpenedSite

problem = partial(Problem, code="snippet")


def expand(site: OpenedSite, md: Markdown, lines: Sequence[Line]) -> tuple[list[Line], set[str]]:
    """Insert the snippets, and take the library's step out of `md` so that it is not done twice.

    Args:
        site: the opened site.
        md: the page's Markdown instance.
        lines: the page's lines after Jinja.

    Returns:
        The lines, and the files inserted (relative to the root).

    Raises:
        UserError: at the line that names what is not there.
    """
    if "snippet" not in md.preprocessors:
        return list(lines), set()
    step: Any = md.preprocessors["snippet"]
    md.preprocessors.deregister("snippet")
    step.check_paths = True  # A snippet that is not found would vanish from the page.
    read_lines, dedent = step.read_lines, step.dedent
    read: dict[str, list[Line]] = {}
    watched = _watch(step)

    def read_with_origins(path: str) -> list[Line]:
        name = site.relative(path)
        asking = watched[-1].current if watched else None
        via = (asking.origin, *asking.origin.via) if isinstance(asking, Line) else ()
        read[name] = [Line(text, Position(name, i, via=via)) for i, text in enumerate(read_lines(path), 1)]
        return read[name]

    def dedent_with_origins(texts: list[str]) -> list[str]:
        start = next(iter(read[next(reversed(read))]), None) if read else None
        kept = follow(texts, replace(start.origin, line=0) if start else Position("", 0))
        return [Line(text, line.origin) for text, line in zip(dedent(texts), kept, strict=True)]

    step.read_lines, step.dedent = read_with_origins, dedent_with_origins
    try:
        expanded = step.run(list(lines))
    except (OSError, UnicodeError) as error:
        raise UserError.of(problem(_named(lines, read, ""), f"a snippet cannot be read: {error}")) from error
    except Exception as error:
        # SnippetMissingError, by name: the package has no types.
        if type(error).__name__ != "SnippetMissingError":
            raise
        found = re.search(r"'(.*)'", str(error))
        where = _named(lines, read, found[1] if found else "")
        hint = f"snippets are looked up in {_bases(site, step)}"
        raise UserError.of(problem(where, f"{error}", hint)) from error
    return follow(expanded, lines[0].origin if lines else Position("", 0)), set(read)


class _Watched(list[str]):
    """Lines that know which of them is being read."""

    current: str | None = None

    def __iter__(self) -> Iterator[str]:
        for self.current in super().__iter__():
            yield self.current


def _watch(step: Any) -> list[_Watched]:
    """The lines the library is reading, the innermost file's last: kept up to date while it works."""
    parse = step.parse_snippets
    stack: list[_Watched] = []

    def parse_watched(lines: Sequence[str], *args: Any, **options: Any) -> Any:
        stack.append(_Watched(lines))
        try:
            return parse(stack[-1], *args, **options)
        finally:
            stack.pop()

    step.parse_snippets = parse_watched
    return stack


def _named(lines: Sequence[Line], read: dict[str, list[Line]], name: str) -> Position:
    """Where a snippet is asked for: the library's error does not say."""
    candidates = [*lines, *(line for file in read.values() for line in file)]
    marked = [line for line in candidates if name in line and "8<" in line]
    listed = [line for line in candidates if name and name in line]
    return next(iter([*marked, *listed, *candidates])).origin


def _bases(site: OpenedSite, step: Any) -> str:
    return ", ".join(site.relative(base) for base in step.base_path)

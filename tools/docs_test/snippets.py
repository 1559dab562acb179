"""`--8<--` snippets, expanded by pymdownx.snippets itself, with the origin of each line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docs_test.model import Location
from docs_test.origins import Line, follow
from docs_test.problems import problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown import Markdown

    from docs_test.mkdocs_site import Site


def expand(site: Site, md: Markdown, lines: Sequence[Line]) -> tuple[list[Line], set[str]]:
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

    def read_with_origins(path: str) -> list[Line]:
        name = site.relative(path)
        read[name] = [Line(text, Location(name, i)) for i, text in enumerate(read_lines(path), 1)]
        return read[name]

    def dedent_with_origins(texts: list[str]) -> list[str]:
        kept = follow(texts, Location(next(reversed(read), ""), 0))
        return [Line(text, line.origin) for text, line in zip(dedent(texts), kept, strict=True)]

    step.read_lines, step.dedent = read_with_origins, dedent_with_origins
    try:
        expanded = step.run(list(lines))
    except (OSError, UnicodeError) as error:
        raise problem(_named(lines, read, ""), f"a snippet cannot be read: {error}") from error
    except Exception as error:
        # SnippetMissingError, by name: the package has no types.
        if type(error).__name__ != "SnippetMissingError":
            raise
        found = re.search(r"'(.*)'", str(error))
        where = _named(lines, read, found[1] if found else "")
        raise problem(where, f"{error}", f"snippets are looked up in {_bases(site, step)}") from error
    return follow(expanded, lines[0].origin if lines else Location("", 0)), set(read)


def _named(lines: Sequence[Line], read: dict[str, list[Line]], name: str) -> Location:
    """Where a snippet is asked for: the library's error does not say."""
    candidates = [*lines, *(line for file in read.values() for line in file)]
    marked = [line for line in candidates if name in line and "8<" in line]
    listed = [line for line in candidates if name and name in line]
    return next(iter([*marked, *listed, *candidates])).origin


def _bases(site: Site, step: Any) -> str:
    return ", ".join(site.relative(base) for base in step.base_path)

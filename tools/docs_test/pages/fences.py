"""The fences of a page, as pymdownx.superfences itself finds them, and its hidden checks.

The renderer decides what a fence is (in tabs, admonitions, lists, quotes, with longer or tilde fences).
The page's text is converted with the site's extensions; each fence that superfences stores becomes a token in the
HTML, and the tokens in the finished HTML are what the reader sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from markdown.extensions.attr_list import get_attrs_and_remainder
from pymdownx.superfences import RE_NESTED_FENCE_START, RE_OPTIONS

from docs_test.language import links
from docs_test.model import Fence
from docs_test.pages import lookalikes
from docs_test.pages.hidden_checks import HiddenCheck, comment_end, read_check
from docs_test.pages.lighter import lighten
from docs_test.pages.page import Content, Heading, Link
from docs_test.pages.rendered import TOKEN, Html, tagged
from groundwork.base.positions import Position
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown import Markdown

    from docs_test.pages.lines import Line
    from docs_test.pages.rendered import Title

problem = partial(Problem, code="fence")

PREFIX = re.compile(r"[>\s]*")


@dataclass(slots=True)
class _Found:
    """A fence that superfences stored: the lines [start, end) of the page, its marker lines included."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class _Recorder:
    """Listens to superfences at work on one page."""

    lines: Sequence[Line]
    step: Any
    found: list[_Found] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def attach(self) -> None:
        """Replace what superfences stores by a token that names the fence."""
        self._run, self._store = self.step.run, self.step._store  # noqa: SLF001 - the one place with line numbers.
        self.step.run, self.step._store = self.run, self.store  # noqa: SLF001

    _run: Any = None
    _store: Any = None

    def store(self, source: str, _code: str, start: int, end: int) -> None:
        number = len(self.found)
        self.found.append(_Found(start, end, self.step.rebuild_block(self.step.code)))
        self._store(source, f'<pre {TOKEN}="{number}"></pre>', start, end)

    def run(self, lines: list[str]) -> list[str]:
        self._agree(lines)
        result: list[str] = self._run(lines)
        return tagged(result, self._numbers(len(lines)))

    def _numbers(self, count: int) -> list[int]:
        """The page's line of each line that is left once every fence has become one line."""
        inside = {n for fence in self.found for n in range(fence.start + 1, fence.end)}
        return [n for n in range(count) if n not in inside]

    def _agree(self, lines: Sequence[str]) -> None:
        """Hold that no step before superfences added or removed lines: line numbers would lie."""
        tab = self.step.tab_len
        for ours, theirs in zip(self.lines, lines, strict=False):
            if ours.expandtabs(tab).rstrip() != theirs.rstrip():
                self.problems.append(_disagreement(ours.origin, str(ours), theirs))
                return
        if len(lines) < len(self.lines):
            last = self.lines[-1]
            self.problems.append(_disagreement(last.origin, str(last), "nothing"))


def _disagreement(where: Position, ours: str, theirs: str) -> Problem:
    return problem(
        where,
        f"the renderer and docs-test disagree: docs-test sees {ours!r}, the renderer {theirs!r}",
        "a Markdown extension of mkdocs.yml changes the text before fences are found",
    )


def find(md: Markdown, lines: Sequence[Line]) -> Content:
    """Find fences and hidden checks.

    Args:
        md: a fresh Markdown instance with the site's extensions, without its snippet step.
        lines: the page after macros and snippets.

    Returns:
        The parts in order, and an error for each thing that looks like a fence or a check and is not one.
    """
    if "fenced_code_block" not in md.preprocessors or not hasattr(
        md.preprocessors["fenced_code_block"], "search_nested"
    ):
        where = Position("mkdocs.yml", 1)
        return Content(
            (), (problem(where, "markdown_extensions lacks 'pymdownx.superfences'", "docs-test needs it"),)
        )
    recorder = _Recorder(lines, md.preprocessors["fenced_code_block"])
    recorder.attach()
    lighten(md, recorder.step)
    html = Html()
    html.feed(md.convert("\n".join(lines)))
    html.close()
    if recorder.problems:  # Line numbers would lie.
        return Content((), tuple(recorder.problems))
    seen = [recorder.found[number] for number in sorted(set(html.fences))]
    problems: list[Problem] = []
    parts: list[tuple[int, Fence | HiddenCheck]] = [
        (found.start, _fence(found, lines, md, problems)) for found in seen
    ]
    for number, text in html.comments:
        check = read_check(number, text, TOKEN, lines, problems)
        if check:
            parts.append((number, check))
    spans = [(found.start, found.end) for found in seen]
    comments = [(number, comment_end(lines, number)) for number, _ in html.comments]
    problems += lookalikes.find(lines, spans, comments, html.other)
    parts.sort(key=lambda item: item[0])
    headings = (_heading(title, lines) for title in html.titles)
    outside = _text(lines, [*spans, *comments])
    fences = tuple(part for _, part in parts)
    anchors = [title.anchor for title in html.titles]
    anchors += [part.attributes.get("id", "") for part in fences if isinstance(part, Fence)]
    anchors += [name for line in outside for name in links.anchors(line)]
    return Content(
        fences,
        tuple(problems),
        tuple(headings),
        tuple(Link(to, line.origin) for line in outside for to in links.links(line)),
        tuple(dict.fromkeys(filter(None, anchors))),
    )


def _text(lines: Sequence[Line], left_out: Sequence[tuple[int, int]]) -> list[Line]:
    """The lines that are in none of the spans."""
    inside = {number for start, end in left_out for number in range(start, end)}
    return [line for number, line in enumerate(lines) if number not in inside]


def _heading(title: Title, lines: Sequence[Line]) -> Heading:
    where = lines[0].origin if title.line is None else lines[title.line].origin
    if title.line is None:
        where = Position(where.file, via=where.via)
    return Heading(title.level, title.text.strip(), title.anchor, where)


def _fence(found: _Found, lines: Sequence[Line], md: Markdown, problems: list[Problem]) -> Fence:
    opening = lines[found.start].expandtabs(md.tab_length)
    prefix = PREFIX.match(opening)
    header = RE_NESTED_FENCE_START.match(opening, prefix.end() if prefix else 0)
    where = lines[found.start].origin
    pairs = _attributes(header, where, problems)
    classes = [value or "" for key, value in pairs if key == "."]
    language = header["lang"] or (classes.pop(0) if classes else "")
    attributes: dict[str, str] = {}
    for key, value in pairs:
        if key == ".":
            continue
        if key in attributes:
            problems.append(problem(where, f"{key!r} is given twice"))
        attributes[key] = value or ""
    texts = found.text.split("\n") if found.end - found.start > 2 else []  # noqa: PLR2004 - its two marker lines.
    body = [(text, line.origin) for text, line in zip(texts, lines[found.start + 1 : found.end - 1], strict=True)]
    while body and not body[-1][0].strip():  # The highlighter strips blank lines at both ends (`stripnl`).
        body.pop()
    while body and not body[0][0].strip():
        body.pop(0)
    problems.extend(lookalikes.swallowed(opening, body, where))
    return Fence(
        location=where,
        language=language.lower(),  # As the highlighter takes it.
        classes=tuple(classes),
        attributes=attributes,
        text="\n".join(text for text, _ in body),
        lines=tuple(origin for _, origin in body),
    )


def _attributes(header: Any, where: Position, problems: list[Problem]) -> list[tuple[str, str | None]]:
    """What superfences reads of a header, by its own expression and the library's attribute scanner."""
    if header["attrs"]:
        pairs, rest = get_attrs_and_remainder(header["attrs"])
        if rest.strip():
            problems.append(problem(where, f"the attributes {header['attrs'].strip()!r} end early, at {rest!r}"))
        return list(pairs)
    return [(m["key"], m["value"] or m["key"]) for m in RE_OPTIONS.finditer(header["options"] or "")]

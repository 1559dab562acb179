"""What a page's reading gives, as JSON and back; its front matter is read from the text each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docs_test.model import Fence
from docs_test.pages.hidden_checks import HiddenCheck
from docs_test.pages.page import Content, Heading, Link
from groundwork.base.positions import Position
from groundwork.base.problems import Problem, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Files:
    """Names of files, each written once: every line of a page has a position."""

    names: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def position(self, where: Position) -> list[Any]:
        """`[file, line, column, via...]`, where each of `via` has this form, too."""
        if where.file not in self._numbers:
            self._numbers[where.file] = len(self.names)
            self.names.append(where.file)
        return [self._numbers[where.file], where.line, where.column, *map(self.position, where.via)]

    def read(self, data: list[Any]) -> Position:
        """The position that `position` wrote."""
        file, line, column, *via = data
        return Position(self.names[file], line, column, tuple(map(self.read, via)))


def written(content: Content) -> dict[str, Any] | None:
    """A page's content as JSON; None where a bug was met: its traceback cannot be kept."""
    if any(problem.bug for problem in content.problems):
        return None
    files = Files()
    data = {
        "parts": [_part(files, part) for part in content.parts],
        "problems": [write_problem(files, problem) for problem in content.problems],
        "headings": [[one.level, one.text, one.anchor, files.position(one.position)] for one in content.headings],
        "links": [[one.to, files.position(one.position)] for one in content.links],
        "anchors": list(content.anchors),
    }
    return {"files": files.names, **data}


def read(data: dict[str, Any]) -> Content:
    """The content that `written` wrote.

    Raises:
        KeyError, ValueError, TypeError, IndexError: it did not write this.
    """
    files = Files(list(data["files"]))
    return Content(
        tuple(_read_part(files, part) for part in data["parts"]),
        tuple(read_problem(files, one) for one in data["problems"]),
        tuple(Heading(level, text, anchor, files.read(at)) for level, text, anchor, at in data["headings"]),
        tuple(Link(to, files.read(at)) for to, at in data["links"]),
        tuple(data["anchors"]),
    )


def _part(files: Files, part: Fence | HiddenCheck) -> dict[str, Any]:
    data: dict[str, Any] = {"at": files.position(part.location), "lines": _lines(files, part.lines)}
    if isinstance(part, HiddenCheck):
        return data | {"check": part.code, "needs": list(part.needs), "says_needs": part.says_needs}
    return data | {
        "language": part.language,
        "classes": list(part.classes),
        "attributes": dict(part.attributes),
        "text": part.text,
    }


def _read_part(files: Files, data: dict[str, Any]) -> Fence | HiddenCheck:
    at, lines = files.read(data["at"]), tuple(map(files.read, data["lines"]))
    if "check" in data:
        return HiddenCheck(at, data["check"], lines, tuple(data["needs"]), data["says_needs"])
    return Fence(at, data["language"], tuple(data["classes"]), data["attributes"], data["text"], lines)


def _lines(files: Files, lines: Iterable[Position]) -> list[list[Any]]:
    return [files.position(line) for line in lines]


def write_problem(files: Files, one: Problem) -> list[Any]:
    """A problem as JSON."""
    return [files.position(one.position), one.fact, one.hint, one.code, one.path, one.stage.value]


def read_problem(files: Files, data: list[Any]) -> Problem:
    """The problem that `write_problem` wrote."""
    at, fact, hint, code, path, stage = data
    return Problem(files.read(at), fact, hint, code, path, Stage(stage))

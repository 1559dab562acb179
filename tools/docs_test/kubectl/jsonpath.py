"""JSONPath templates of kubectl, read as far as fields go: `{.items[*].metadata.name}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = re.compile(r"(?:\\.|[^.\[\]{}()\s\\'\"|,=!<>&@$?*])+")
QUOTED = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
INDEX = re.compile(r"\[\s*(?:\*|-?\d*\s*(?::\s*-?\d*\s*){0,2}|-?\d+(?:\s*,\s*-?\d+)*)\s*\]")
ITEM = "[]"
"""Step into the items of a list, or the values of a map."""
ANYWHERE = ".."
"""Step into all that lies below."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path."""

    name: str
    """Name of a field; ITEM or ANYWHERE."""
    at: int
    """Index in the template at which it is named."""


@dataclass(frozen=True, slots=True)
class PathExpression:
    """A path of fields."""

    steps: tuple[Step, ...]
    base: int = -1
    """Index of the path of the `range` in which it stands, among all; -1: it starts at the top."""


@dataclass(slots=True)
class _Reader:
    text: str
    found: list[PathExpression] = field(default_factory=list)
    ranges: list[int] = field(default_factory=list)

    def template(self) -> None:
        """All `{…}` of a template."""
        for start, end in _braces(self.text):
            inner = self.text[start:end]
            word = inner.split(maxsplit=1)[0] if inner.strip() else ""
            if word == "range":
                at = start + inner.index("range") + len("range")
                self.ranges.append(self._path(at, end))
            elif word == "end":
                self.ranges = self.ranges[:-1]
            elif not QUOTED.fullmatch(inner.strip()):
                self._path(start, end)

    def _path(self, at: int, end: int) -> int:
        """Read a path, and those in its filters; the index among all."""
        while at < end and self.text[at].isspace():
            at += 1
        base = self.ranges[-1] if self.ranges else -1
        if self.text.startswith("$", at):
            base = -1
        steps, _ = self._steps(at, end, base)
        self.found.append(PathExpression(tuple(steps), base))
        return len(self.found) - 1

    def _steps(self, at: int, end: int, base: int) -> tuple[list[Step], int]:
        steps: list[Step] = []
        text = self.text
        while at < end:
            if text.startswith("..", at):
                steps.append(Step(ANYWHERE, at))
                at += 2
                at = self._name(at, end, steps)
            elif text[at] == ".":
                at = self._name(at + 1, end, steps)
            elif text[at] == "[":
                after = self._brackets(at, end, steps, base)
                if after == at:
                    break
                at = after
            elif text[at] in "@$":
                at += 1
            elif not steps:
                name = self._name(at, end, steps)
                if name == at:
                    break
                at = name
            else:
                break
        return steps, at

    def _name(self, at: int, end: int, steps: list[Step]) -> int:
        if self.text.startswith("*", at):
            steps.append(Step(ITEM, at))
            return at + 1
        name = NAME.match(self.text, at, end)
        if not name:
            return at
        steps.append(Step(re.sub(r"\\(.)", r"\1", name[0]), at))
        return name.end()

    def _brackets(self, at: int, end: int, steps: list[Step], base: int) -> int:
        text = self.text
        if index := INDEX.match(text, at, end):
            steps.append(Step(ITEM, at))
            return index.end()
        if quoted := QUOTED.match(text, at + 1, end):
            steps.append(Step(re.sub(r"\\(.)", r"\1", quoted[1] or quoted[2] or ""), at + 2))
            close = text.find("]", quoted.end(), end)
            return close + 1 if close >= 0 else end
        if text.startswith("[?(", at):
            close = text.find(")]", at, end)
            steps.append(Step(ITEM, at))
            self._filter(at + 3, close if close >= 0 else end, steps, base)
            return close + 2 if close >= 0 else end
        return at

    def _filter(self, at: int, end: int, before: list[Step], base: int) -> None:
        """The paths of a filter, which start at the item."""
        outside = QUOTED.sub(lambda found: " " * len(found[0]), self.text[at:end])
        for found in re.finditer(r"@(?=[.\[])", outside):
            steps, _ = self._steps(at + found.end(), end, base)
            self.found.append(PathExpression((*before, *steps), base))


def template(text: str) -> list[PathExpression]:
    """The paths of a template; text outside of braces is none."""
    reader = _Reader(text)
    reader.template()
    return reader.found


def path(text: str) -> PathExpression | None:
    """The path of a text that is one, with braces and a dot or without: `.spec.x`, `{.spec.x}`, `spec.x`."""
    braced = text.startswith("{") and text.endswith("}")
    found = template(text) if braced else template("{" + text + "}")
    if len(found) != 1:
        return found[-1] if found else None
    one = found[0]
    return one if braced else PathExpression(tuple(Step(step.name, step.at - 1) for step in one.steps), one.base)


def _braces(text: str) -> list[tuple[int, int]]:
    """The insides of `{…}`; quotes inside hide braces."""
    found: list[tuple[int, int]] = []
    at = 0
    while (start := text.find("{", at)) >= 0:
        end, quote = start + 1, ""
        while end < len(text) and (quote or text[end] != "}"):
            if text[end] == "\\":
                end += 1
            elif quote and text[end] == quote:
                quote = ""
            elif not quote and text[end] in "'\"":
                quote = text[end]
            end += 1
        found.append((start + 1, min(end, len(text))))
        at = end + 1
    return found

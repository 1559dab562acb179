"""What an edit has changed of the part of a page that has run: then the page cannot go on from there."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from docs_test.language.values import written
from docs_test.model import StepKind
from docs_test.reporting.again import command
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import UserError
from groundwork.base.masking import mask
from groundwork.base.positions import Position
from groundwork.base.wording import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.model import Expectation, Step, Tutorial

SHOWN_BEFORE = 20
"""Characters of a long line before the first one that differs."""
MANY_FILES = re.compile(r"(?:^|\s)(?:-f|-k|--filename|--kustomize)\b|(?:^|\s)\.{1,2}/?(?=\s|$)|[*?]", re.MULTILINE)
"""Words with which a command may use a file that it does not name: a folder, a pattern of names."""
ATTRIBUTES = {
    "exit_status": "data-exit",
    "timeout": "data-timeout",
    "until": "data-until",
    "background": "data-background",
    "ready": "data-ready",
    "identifier": "the id",
    "since": "data-since",
    "within": "data-within",
    "file_name": "title",
}
"""Attributes of a fence, by the field of its step."""


def read_again(
    root: Path, ran: Tutorial, upto: int, capabilities: frozenset[str], options: Sequence[str], *, cluster: bool
) -> Tutorial:
    """A page as it is now, if nothing of it that has run was changed.

    Args:
        root: the site's top folder.
        ran: the page as it was read when it ran.
        upto: number of steps that have run, clean-up not counted.
        capabilities: those of the environment.
        options: those that the page ran with, for the command that runs it again.
        cluster: whether it has a cluster.

    Raises:
        UserError: the page cannot be read, or something that has run was changed; names the first line.
    """
    path = ran.path
    # Pages that it uses are read with it.
    front = next(one.page.front_matter for one in read_tutorials(root, [path]).pages if one.page.path == path)
    select = {name: value for name, value in ran.variant.items() if value in front.variants.get(name, ())}
    read = read_tutorials(root, [path], select=select)
    every = read.tutorials(capabilities=capabilities, cluster=cluster)
    own = [one for one in every if one.path == path]
    now = next((one for one in own if dict(one.variant) == dict(ran.variant)), own[0])
    if edit := first_edit(ran, now, upto, front.positions):
        where = edit.position if edit.position.line else Position(edit.position.file, 1)
        hint = f"undo that, or run the page again: {command(path, select, options)}"
        raise UserError(f"edited after it ran: {mask(edit.fact)}", where=where, hint=hint)
    return now


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of what has run."""

    position: Position
    fact: str


def first_edit(
    ran: Tutorial, now: Tutorial, upto: int, positions: Mapping[str, Position] | None = None
) -> Edit | None:
    """The first difference between a page as it ran and as it is now; None if it can go on.

    The text of a file may change if no step that passed after it can have used it: it is saved again.

    Args:
        ran: the page when it ran.
        now: the page as it is read now.
        upto: number of steps that have run, clean-up not counted; later ones may have changed.
        positions: those of front matter's names.
    """
    at = positions or {}
    if (edit := _front_matter(ran, now, at)) is not None:
        return edit
    old = [step for step in ran.steps if not step.cleanup]
    new = [step for step in now.steps if not step.cleanup]
    for index in range(upto):
        if index >= len(new):
            return Edit(Position(now.path, 0), f"the step {_named(old[index])} has run and is gone")
        if not (_same(old[index], new[index]) or _unused(old, new[index], index, upto)):
            return _difference(old, new, index)
    return None


def _unused(old: Sequence[Step], now: Step, index: int, upto: int) -> bool:
    """Whether two steps differ in the text of a file alone, which only a step that failed can have used."""
    one = old[index]
    if one.kind is not StepKind.FILE or _differing(one, now) != ["code"] or upto >= len(old):
        return False
    return not any(one.file_name in step.code or MANY_FILES.search(step.code) for step in old[index + 1 : upto])


def _front_matter(ran: Tutorial, now: Tutorial, at: Mapping[str, Position]) -> Edit | None:
    start = at.get("tutorial", Position(now.path, 1))
    if ran.variant != now.variant:
        return Edit(
            at.get("variants", start), f"the page's variant is {_variants(now)}, it ran as {_variants(ran)}"
        )
    for name in sorted(ran.variables.keys() | now.variables.keys()):
        before, after = ran.variables.get(name), now.variables.get(name)
        if before != after:
            return Edit(
                at.get("vars", start), f"the variable {name} is {_value(after)}, it ran with {_value(before)}"
            )
    if (ran.cluster, ran.cluster_scope) != (now.cluster, now.cluster_scope) or ran.needs != now.needs:
        return Edit(at.get("needs", start), "what the page needs has changed since it ran")
    return Edit(start, now.lacks) if now.lacks else None


def _variants(tutorial: Tutorial) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(tutorial.variant.items())) or "none"


def _value(value: str | None) -> str:
    return "not set" if value is None else shown(value)


def _same(one: Step, other: Step) -> bool:
    """Whether two steps do and expect the same, wherever they stand."""
    return not _differing(one, other)


def _differing(one: Step, other: Step) -> list[str]:
    """The names of the fields in which two steps differ, positions aside."""
    names = [field.name for field in fields(one) if field.name not in ("location", "lines", "expectation")]
    found = [name for name in names if getattr(one, name) != getattr(other, name)]
    a, b = one.expectation, other.expectation
    if (a.match, a.text) != (b.match, b.text) if a and b else a is not b:
        found.append("expectation")
    return found


def _difference(old: Sequence[Step], new: Sequence[Step], index: int) -> Edit:
    """What is different at the first step that is."""
    one, other = old[index], new[index]
    if index + 1 < len(new) and _same(one, new[index + 1]):
        return Edit(other.location, f"{_named(other)} is new, before steps that have run")
    if index + 1 < len(old) and _same(old[index + 1], other):
        return Edit(other.location, f"the step {_named(one)}, which has run, is gone before this one")
    differing = _differing(one, other)
    if "kind" in differing:
        return Edit(other.location, f"{_named(other)} is now where {_named(one)} has run")
    if "code" in differing:
        return _code(one, other)
    if differing == ["expectation"]:
        return _expectation(one.expectation, other)
    name = differing[0]
    before, after = (_attribute(getattr(step, name)) for step in (one, other))
    return Edit(other.location, f"{ATTRIBUTES.get(name, name)} is {after}, it ran with {before}")


def _code(one: Step, other: Step) -> Edit:
    noun = f"the file {other.file_name!r}" if other.kind is StepKind.FILE else "the command"
    number, before, after = _first_line(one.code, other.code)
    lines = other.lines or (other.location,)
    at = lines[min(number, len(lines) - 1)]
    if before is None:
        return Edit(at, f"{noun} has one line more, {shown(after)}, than when it ran")
    if after is None:
        return Edit(at, f"{noun} lacks the line {shown(before)}, with which it ran")
    now, then = _apart(after, before)
    return Edit(at, f"{noun} has the line {shown(now)}, it ran with {shown(then)}")


def _expectation(one: Expectation | None, other: Step) -> Edit:
    now = other.expectation
    if now is None:
        return Edit(other.location, "its output was compared when it ran, and is not now")
    if one is None:
        return Edit(now.location, "its output was not compared when it ran")
    if one.match is not now.match:
        return Edit(now.location, f"data-match is {now.match}, it ran with {one.match}")
    number, before, after = _first_line(one.text, now.text)
    at = now.lines[number] if number < len(now.lines) else now.location
    if before is not None and after is not None:
        after, before = _apart(after, before)
    return Edit(at, f"the output shown is {_line(after)}, it ran with {_line(before)}")


def _line(text: str | None) -> str:
    return "at its end" if text is None else shown(text)


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two lines that differ, of long ones the part from shortly before the first sign that does."""
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, same - SHOWN_BEFORE)
    return (one, other) if start == 0 else (f"…{one[start:]}", f"…{other[start:]}")


def _first_line(one: str, other: str) -> tuple[int, str | None, str | None]:
    """Index of the first line that differs, and both; None where one text has ended."""
    a, b = one.splitlines(), other.splitlines()
    number = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return number, (a[number] if number < len(a) else None), (b[number] if number < len(b) else None)


def _attribute(value: Any) -> str:
    if isinstance(value, bool):
        return "set" if value else "not set"
    if isinstance(value, float):
        return written(value) if value else "not set"
    return shown(value) if value != "" else "not set"


def _named(step: Step) -> str:
    if step.kind is StepKind.FILE:
        return f"the file {step.file_name!r}"
    return shown(next((line.strip() for line in step.code.splitlines() if line.strip()), ""))

"""The field of a manifest that the API server has refused, at its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docs_test.language import heredocs
from docs_test.language.word_positions import written
from docs_test.model import StepKind
from docs_test.outcomes import FailureKind
from groundwork.base.field_paths import undotted
from groundwork.base.positions import Position
from groundwork.text.documents import locate, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult
    from groundwork.text.model import Document

FIELD = r"(?P<path>(?:spec|metadata|data|stringData|type|kind|apiVersion)(?:\.[\w-]+|\[\w+\])*)"
REFUSALS = (
    re.compile(r'unknown field "(?P<path>[^"]+)"'),
    re.compile(rf"(?:is invalid:|[\[,*]|denied the request:)\s+{FIELD}: (?=[A-Z])"),
    re.compile(
        rf"{FIELD}: (?:Invalid value|Required value|Unsupported value|Forbidden|Too long|Too many|Duplicate)"
    ),
    re.compile(rf"ValidationError\(\w+\.{FIELD}\)"),
)
"""Patterns of an API server's words, each with the path of a field."""
MOST = 3
"""Number of fields that are named at most."""
VALIDATE = "`docs-test validate` with this page, or with the manifest's file, says what is allowed there"


@dataclass(frozen=True, slots=True)
class _Text:
    """Text of a manifest that the page has shown, and where its first line is."""

    text: str
    first: Position


@dataclass(frozen=True, slots=True)
class _Shown:
    """Document of such a text."""

    document: Document
    first: Position


def with_field(step: StepResult, page: PageResult, root: Path) -> StepResult:
    """The step whose failure also names the place of the field, if the output names the field.

    Args:
        step: a step of the page.
        page: the result of a run.
        root: the site's top folder.
    """
    failure = step.failure
    if failure is None or failure.kind is not FailureKind.STATUS or "kubectl" not in step.code:
        return step
    paths = _paths(step.output.text)
    documents = list(_documents(step, page, root)) if paths else []
    named = [item for item in documents if _named(item, step.output.text)] or documents
    places = [f"{path} is at {place}" for path in paths if (place := _place(path, named))]
    if not places:
        return step
    hint = f"{', '.join(places[:MOST])}; {VALIDATE}"
    return replace(step, failure=replace(failure, hint=hint))


def _paths(output: str) -> list[str]:
    found = (match["path"] for pattern in REFUSALS for match in pattern.finditer(output))
    return list(dict.fromkeys(found))


def _texts(step: StepResult, page: PageResult, root: Path) -> Iterator[_Text]:
    """The manifests that a step may have applied: files of earlier steps that it names, and its here-documents."""
    for other in page.steps:
        if other is step:
            break
        if other.kind is StepKind.FILE and re.search(
            rf"(?<![\w./-]){re.escape(other.file_name)}(?![\w-])", step.code
        ):
            yield from _shown(other.code, other, page, root)
    lines = step.code.split("\n")
    for one in heredocs.find(step.code):
        if one.applied:
            text = "\n".join(lines[one.start : one.end])
            yield from _on_page(text, step.position.line + 1 + one.start, step, root)


def _shown(code: str, step: StepResult, page: PageResult, root: Path) -> Iterator[_Text]:
    """Where a saved text is written: below the opening line of its fence, or in a file that the page includes."""
    if step.end_line - step.position.line == len(code.rstrip("\n").split("\n")):
        found = list(_on_page(code, step.position.line + 1, step, root))
        if found:
            yield from found
            return
    for name in page.inputs:
        try:
            text = (root / name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            continue
        if text.strip() == code.strip():
            yield _Text(text, Position(name, 1, 1))
            return


def _on_page(text: str, line: int, step: StepResult, root: Path) -> Iterator[_Text]:
    """The text, if it begins in that line of the step's file, with the column at which it does."""
    first = replace(step.position, line=line, column=0)
    beginning = text.split("\n", maxsplit=1)[0]
    written_there = written(root, first)
    if beginning.strip() and written_there.strip() == beginning.strip():
        indent = written_there.index(beginning.strip()) - beginning.index(beginning.strip())
        yield _Text(text, replace(first, column=indent + 1))


def _documents(step: StepResult, page: PageResult, root: Path) -> Iterator[_Shown]:
    for text in _texts(step, page, root):
        for document in read(text.text, ""):
            yield _Shown(document, text.first)


def _named(shown: _Shown, output: str) -> bool:
    """Whether the output names the kind of a document."""
    value = shown.document.value
    kind = value.get("kind") if isinstance(value, dict) else None
    return isinstance(kind, str) and re.search(rf"\b{re.escape(kind)}\b", output) is not None


def _place(path: str, shown: Sequence[_Shown]) -> Position | None:
    """The position of a field, or of what it is missing in; None if no document has it, or several do."""
    try:
        steps = undotted(f"$.{path}")
    except ValueError:
        return None
    for length in (len(steps), *range(len(steps) - 1, 1, -1)):  # All is in `spec`: it says nothing.
        found = [item for item in shown if steps[:length] in item.document.values]
        if found:
            (one, *others) = found
            return None if others else _in_file(locate(one.document, steps[:length], at_key=True), one.first)
    return None


def _in_file(within: Position, first: Position) -> Position:
    """The position in the file of one in a text that begins at `first`; the page may indent all of its lines."""
    return replace(first, line=first.line + within.line - 1, column=first.column + within.column - 1)

"""The field of a manifest that the API server has refused, at its line and column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.language import heredocs
from docs_test.language.word_positions import written
from docs_test.model import StepKind
from docs_test.outcomes import FailureKind
from groundwork.base.field_paths import undotted
from groundwork.text.documents import LINE_END, locate, read
from groundwork.text.origins import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult
    from groundwork.base.positions import Position
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


def _documents(step: StepResult, page: PageResult, root: Path) -> Iterator[Document]:
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


def _shown(code: str, step: StepResult, page: PageResult, root: Path) -> list[Document]:
    """A saved text where it is written: below the opening line of its fence, or in a file that the page shows."""
    if step.end_line - step.position.line == len(code.rstrip("\n").split("\n")):
        found = _on_page(code, step.position.line + 1, step, root)
        if found:
            return found
    for name in page.inputs:
        try:
            text = (root / name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            continue
        if text.strip() == code.strip():
            return read(text, name)
    return []


def _on_page(text: str, line: int, step: StepResult, root: Path) -> list[Document]:
    """The text's documents, if it begins in that line of the step's file; the page may indent all of its lines."""
    first = replace(step.position, line=line, column=0)
    beginning = text.split("\n", maxsplit=1)[0]
    written_there = written(root, first)
    if not beginning.strip() or written_there.strip() != beginning.strip():
        return []
    column = written_there.index(beginning.strip()) - beginning.index(beginning.strip()) + 1
    count = len(LINE_END.split(text))
    lines = [Origin(replace(first, line=line + number, column=column)) for number in range(count)]
    return read(text, first.file, lines=lines)


def _named(document: Document, output: str) -> bool:
    """Whether the output names the kind of a document."""
    kind = document.value.get("kind") if isinstance(document.value, dict) else None
    return isinstance(kind, str) and re.search(rf"\b{re.escape(kind)}\b", output) is not None


def _place(path: str, documents: Sequence[Document]) -> Position | None:
    """The position of a field, or of what it is missing in; None if no document has it, or several do."""
    try:
        steps = undotted(f"$.{path}")
    except ValueError:
        return None
    for length in (len(steps), *range(len(steps) - 1, 1, -1)):  # All is in `spec`: it says nothing.
        found = [item for item in documents if steps[:length] in item.values]
        if found:
            (one, *others) = found
            return None if others else locate(one, steps[:length], at_key=True)
    return None

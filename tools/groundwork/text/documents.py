"""Texts become documents: YAML or JSON as Kubernetes reads it, every key and value with its position."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yaml import MarkedYAMLError, YAMLError

from groundwork.base.problems import Stage
from groundwork.text import json_reader, placeholders, written, yaml_reader
from groundwork.text.json_reader import NotJson
from groundwork.text.model import Document, FieldError
from groundwork.text.origins import Origin, Positions, Source
from groundwork.text.parsed import DASHES, Mistake, Parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from groundwork.base.field_paths import Path
    from groundwork.base.positions import Position

BYTE_ORDER_MARK = "\ufeff"
LINE_END = re.compile(r"\r\n|[\r\n]")
OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""Line ends to YAML 1.1, not to editors."""
SEPARATOR = re.compile(r"---[ \t]*(?P<rest>.*)$")
IDLE = re.compile(r"[ \t]*(?:#.*|%.*)?$")
"""A line without content: blank, a comment, a directive."""
JSON_START = re.compile(r"\s*\{")


def read(
    text: str,
    file: str,
    *,
    lines: Sequence[Origin] | None = None,
    samples: Mapping[str, str] | None = None,
    via: tuple[Position, ...] = (),
) -> list[Document]:
    """Read the documents of a text; those without content are left out.

    Args:
        text: YAML, or JSON where it begins with a brace.
        file: its name, for positions.
        lines: for a text taken out of a page, where each of its lines comes from.
        samples: placeholders and what stands for them (`placeholders`); the text's own comments add to them.
        via: for a file that pages show, the positions that do.

    Returns:
        The documents. One that is no YAML has the value None and one error, code `yaml`; the others of the text
        are read nevertheless. More codes: `duplicate-key`; `placeholder` and `elision`, which are ours: an API
        server takes those literally. Values are JSON, as the API server decodes it.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    split = LINE_END.split(text)
    known = {**(samples or {}), **placeholders.declared_in(text)}
    source = Source(file, lines, via)
    if known:
        split, moved = placeholders.substitute(split, known)
        text = "\n".join(split)
        source = replace(source, changed=moved)
    odd, suspicious = bool(OTHER_LINE_ENDS.search(text)), bool(placeholders.SUSPICIOUS.search(text))
    reader = _Reader(text, split, source, odd_ends=odd, suspicious=suspicious)
    parsed = list(reader.json()) if JSON_START.match(text) else []
    return [reader.document(one, shift) for one, shift in parsed or reader.yaml()]


def read_written(text: str, file: str, within: range) -> Document:
    """Read lines of a text, by index, as one document whose scalars are `written.Written`.

    Args:
        text: the whole text.
        file: its name, for positions.
        within: the lines that are YAML.

    Returns:
        The document. Its value is None if it has none, or if its errors have one of code `yaml`; another code is
        `duplicate-key`.
    """
    split = LINE_END.split(text)[: within.stop]
    odd = bool(OTHER_LINE_ENDS.search(text))
    reader = _Reader(text, split, Source(file), odd_ends=odd, suspicious=False, manifest=False)
    return reader.document(reader.parsed(split[within.start :]), within.start)


def expand(document: Document) -> list[Document]:
    """The objects of a List (`kind: List`, or any object with `items`, as kubectl has it); else the document.

    Items keep their positions; their `within` says where they stand. Items of a typed list (`kind: SecretList`)
    that name neither kind nor version take the list's, as kubectl gives it to them. What is wrong with the list
    itself stays with a document of it that has no value, and is returned only if there is such a thing.
    """
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        return [document]
    items = [_item(document, index) for index in range(len(value["items"]))]
    rest = tuple(error for error in document.errors if error.path[:1] != ("items",) or len(error.path) == 1)
    own = [replace(document, value=None, errors=rest)] if rest else []
    return [*own, *items]


def locate(document: Document, path: Path, *, at_key: bool = False) -> Position:
    """The position of a value, or of its key; of the key of the nearest that exists, if the text has it not."""
    if path in document.values:
        return document.keys.get(path, document.position) if at_key else document.values[path]
    while path:
        path = path[:-1]
        if path in document.keys:
            return document.keys[path]
    return document.position


def position_of(document: Document, error: FieldError) -> Position:
    """Where a error of a document is."""
    path = error.near if error.near and error.path not in document.values else error.path
    return error.position or locate(document, path, at_key=error.at_key)


def _item(document: Document, index: int) -> Document:
    top: Path = ("items", index)
    value = document.value["items"][index]
    kind = document.value.get("kind")
    if isinstance(value, dict) and isinstance(kind, str) and kind != "List" and kind.endswith("List"):
        own = {"apiVersion": document.value.get("apiVersion"), "kind": kind.removesuffix("List")}
        value = value if "kind" in value or "apiVersion" in value else {**own, **value}
    errors = tuple(replace(error, path=error.path[2:]) for error in document.errors if error.path[:2] == top)
    keys, values = document.keys, document.values
    below = (
        keys.below(top)
        if isinstance(keys, Positions)
        else {p[2:]: position for p, position in keys.items() if p[:2] == top},
        values.below(top)
        if isinstance(values, Positions)
        else {p[2:]: position for p, position in values.items() if p[:2] == top},
    )
    text = {p[2:]: words for p, words in document.written.items() if p[:2] == top}
    return Document(value, document.values[top], *below, text, errors, (*document.within, *top))


@dataclass(slots=True)
class _Reader:
    text: str
    lines: Sequence[str]
    """The text's, samples in place."""
    source: Source
    odd_ends: bool
    """Whether the whole text has a line end of YAML 1.1; determined once, not for each of its documents."""
    suspicious: bool
    """Whether the whole text may have a placeholder."""
    manifest: bool = True
    """Whether it is read as Kubernetes reads it; False: as it is written."""

    def json(self) -> Iterator[tuple[Parsed, int]]:
        """The values of a JSON text; nothing if it is not JSON: then it is YAML, as kubectl tries it."""
        try:
            for parsed in json_reader.parse(self.text):
                yield parsed, 0
        except NotJson as error:
            if self.source.file.endswith(".json"):
                yield self._unreadable(json_reader.explain(error, self.text)), 0

    def yaml(self) -> Iterator[tuple[Parsed, int]]:
        """The YAML documents and the number of lines before each."""
        for start, end, stray in self._chunks():
            directive = stray and stray.line >= 0
            parsed = Parsed(readable=False) if directive else self.parsed(self.lines[start:end])
            if stray:
                parsed.mistakes.insert(0, stray)
            if parsed.value is not None or parsed.mistakes:
                yield parsed, start

    def _chunks(self) -> Iterator[tuple[int, int, Mistake | None]]:
        """The lines [start, end) between separators, as kubectl splits them: mistakes stay with their own."""
        start, busy = 0, False
        stray: Mistake | None = None
        for number, line in enumerate(self.lines):
            found = SEPARATOR.match(line) if line.startswith("---") else None
            if not found:
                busy = busy or not IDLE.match(line)
                continue
            if not busy:
                stray = stray or self._directive(start, number)
            if busy or stray:
                yield start, number, stray
            start = number + 1
            stray, busy = self._stray(found), False
        yield start, len(self.lines), stray

    def _directive(self, start: int, end: int) -> Mistake | None:
        """The mistake of a directive before a `---`: kubectl cuts there, and reads the directive alone."""
        for number in range(start, end):
            line = self.lines[number]
            if line.startswith("%"):
                fact = f"`{line.strip()}` is a directive, and kubectl does not read a file that has one"
                hint = "remove the line: Kubernetes reads YAML 1.1, whatever it says"
                return Mistake(number - start, 0, fact, hint=hint)
        return None

    def _stray(self, found: re.Match[str]) -> Mistake | None:
        rest = found["rest"]
        if not rest.strip() or rest.startswith("#"):
            return None
        dashes = not rest.strip("- \t")
        hint = DASHES if dashes else "put it on the next line"
        return Mistake(
            -1, found.start("rest"), f"{rest.strip()!r} follows a `---`, where kubectl refuses it", hint=hint
        )

    def parsed(self, lines: Sequence[str]) -> Parsed:
        """One YAML document, or the mistake for which it cannot be read."""
        text = "\n".join(lines)
        if OTHER_LINE_ENDS.search(text):
            lines = re.split("[\n\x85\u2028\u2029]", text)
        try:
            parsed = yaml_reader.parse(text) if self.manifest else written.parse(text)
        except (YAMLError, UnicodeError) as error:
            return self._explained(error, lines)
        if parsed.follower and not self.manifest:
            return self._unreadable(Mistake(*parsed.follower, "a second document begins here"))
        if parsed.follower:
            ends = (number for number in range(parsed.follower[0], -1, -1) if lines[number].startswith("..."))
            from groundwork.text import yaml_hints  # noqa: PLC0415 - only mistakes need its patterns

            return self._unreadable(yaml_hints.cut_off(next(ends, parsed.follower[0])))
        if parsed.mistakes:
            from groundwork.text import yaml_hints  # noqa: PLC0415

            hinted = (yaml_hints.template(mistake, lines, manifest=self.manifest) for mistake in parsed.mistakes)
            parsed.mistakes = list(hinted)
        return parsed

    def _explained(self, error: Exception, lines: Sequence[str]) -> Parsed:
        from groundwork.text import yaml_hints  # noqa: PLC0415 - as above

        if isinstance(error, MarkedYAMLError):
            return self._unreadable(yaml_hints.explain(error, lines, manifest=self.manifest))
        return self._unreadable(yaml_hints.unprintable(lines))

    def _unreadable(self, mistake: Mistake) -> Parsed:
        return Parsed(start=(mistake.line, mistake.column), mistakes=[mistake], readable=False)

    def document(self, parsed: Parsed, shift: int) -> Document:
        """A document from what was parsed, `shift` lines below the text's top."""
        source = replace(self.source, shift=shift, breaks=self._breaks(shift))
        value = parsed.value if parsed.readable else None
        mistakes = [self._unfilled(mistake, shift) for mistake in parsed.mistakes]
        errors = [self._field_error(mistake, source) for mistake in mistakes]
        if self.suspicious:
            errors += placeholders.undeclared(value, page=source.file.endswith(".md"))
        return Document(
            value,
            source.position(parsed.start),
            Positions(source, parsed.keys),
            Positions(source, parsed.values),
            parsed.written,
            tuple(errors),
        )

    def _unfilled(self, mistake: Mistake, shift: int) -> Mistake:
        """The mistake, or the placeholder that is to blame for it: libyaml's words would lead astray."""
        if not self.suspicious or mistake.code != "yaml" or mistake.line < 0:
            return mistake
        for number in (mistake.line, mistake.line - 1):
            line = self.lines[shift + number] if 0 <= shift + number < len(self.lines) else ""
            found = placeholders.breaking(line) if number >= 0 else None
            if found:
                said = placeholders.said(found, page=self.source.file.endswith(".md"))
                return Mistake(number, found.start(), said[0], mistake.path, "placeholder", said[1])
        return mistake

    def _breaks(self, shift: int) -> tuple[tuple[int, int], ...]:
        if not self.odd_ends:
            return ()
        starts: list[tuple[int, int]] = []
        for number, line in enumerate(self.lines[shift:]):
            begins = [0, *(found.end() for found in OTHER_LINE_ENDS.finditer(line))]
            starts.extend((number, column) for column in begins)
        return tuple(starts)

    def _field_error(self, mistake: Mistake, source: Source) -> FieldError:
        fact = mistake.fact
        if mistake.other:
            fact = fact.replace("{other}", str(source.position(mistake.other)))
        position = source.position((mistake.line, mistake.column))
        at_key = mistake.code in ("duplicate-key", "key-read")
        stage = Stage.ADVICE if mistake.advises else Stage.READ
        return FieldError(mistake.path, mistake.code, fact, mistake.hint, stage, at_key, position)

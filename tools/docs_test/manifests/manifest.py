"""A text with manifests, and where each of its lines comes from."""

from __future__ import annotations

import codecs
import enum
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.text.documents import expand, read
from groundwork.text.model import Document, FieldError
from groundwork.text.not_utf8 import not_utf8

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from groundwork.text.origins import Origin

IDENTITY = re.compile(
    r"^(?:- )?[\"']?(?:apiVersion|kind)[\"']?[ \t]*:|[{,]\s*\"(?:apiVersion|kind)\"\s*:", re.MULTILINE
)


class Form(enum.StrEnum):
    """In which form a manifest stands somewhere."""

    FILE = "file"
    """A file, all of it."""
    FENCE = "fence"
    """A whole manifest in a fence of a page."""
    HEREDOC = "heredoc"
    """A whole manifest in a here-document of a shell fence."""
    FRAGMENT = "fragment"
    """A part of a manifest, in a fence: `of` and `at` say of what."""
    YAML = "yaml"
    """YAML that the reader saves, yet no Kubernetes object (Helm's values, say): only read."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A text with manifests."""

    text: str
    form: Form
    position: Position
    """Position of its beginning: the file, the fence's opening line, the command of a here-document."""
    lines: tuple[Origin, ...] | None = None
    """Origin of each line; None if the text is all of the file."""
    samples: Mapping[str, str] = field(default_factory=dict)
    """The page's placeholders."""
    of: str = ""
    """Kind and version that a fragment belongs to: `DynamoGraphDeployment/v1beta1`."""
    at: str = ""
    """Path of a fragment in that: `$.spec.components[0]`."""
    under: str = ""
    """Path below which its text begins, with the keys down to `at`; "" if it begins at `at`."""
    errors: tuple[FieldError, ...] = ()
    """Errors for what the shell would put into it that is not known, at its positions."""

    @property
    def shown_at(self) -> tuple[Position, ...]:
        """Of a file: the fences of pages that show it."""
        return self.position.via if self.form is Form.FILE else ()

    @property
    def whole(self) -> bool:
        """Whether its documents are objects, to be held to their schemas."""
        return self.form in {Form.FILE, Form.FENCE, Form.HEREDOC}

    def documents(self) -> list[Document]:
        """Its documents; lists are expanded, if they are objects."""
        file, via = self.position.file, self.shown_at
        found = read(self.text, file, lines=self.lines, samples=self.samples, via=via)
        found = _with(self.errors, found, self.position)
        return [item for document in found for item in expand(document)] if self.whole else found


def is_manifest(text: str) -> bool:
    """Whether a text looks like a Kubernetes object: it has apiVersion or kind where an object has them."""
    return bool(IDENTITY.search(text))


def read_text(path: Path, name: str) -> str:
    """A file's text.

    Raises:
        UserError: it cannot be read, or is not UTF-8.
    """
    try:
        return decoded(path.read_bytes(), name)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=Position(name, 1, 1)) from error


def decoded(content: bytes, name: str) -> str:
    """The text of a file, as kubectl reads it: UTF-8, or UTF-16 with its mark, as PowerShell writes it."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            fact = "it begins with a byte order mark of UTF-16, and is not UTF-16"
            raise UserError(fact, hint="save the file as UTF-8", where=Position(name, 1, 1)) from error
        found = not_utf8(error.object, error.start, name)
        raise UserError(found.fact, hint=found.hint, where=Position(name, found.line, found.column)) from error


def file_manifest(name: str, text: str, via: tuple[Position, ...] = ()) -> Manifest:
    """A whole file."""
    return Manifest(text, Form.FILE, Position(name, 1, 1, via))


def _with(errors: Sequence[FieldError], documents: list[Document], start: Position) -> list[Document]:
    """The documents, each with those of the errors that stand in it."""
    if not errors:
        return documents
    documents = documents or [Document(None, start)]
    more: list[list[FieldError]] = [[] for _ in documents]
    for error in errors:
        at = error.position or start
        begun = [index for index, document in enumerate(documents) if document.position <= at]
        more[begun[-1] if begun else 0].append(error)
    return [
        replace(document, errors=(*document.errors, *own)) for document, own in zip(documents, more, strict=True)
    ]

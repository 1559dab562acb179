"""Reader of the schema sources: YAML in which every key remembers its position."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.text.documents import locate, position_of, read

if TYPE_CHECKING:
    from groundwork.base import field_paths
    from groundwork.text.model import Document, FieldError

FOLDER = Path(__file__).parents[1] / "sources"
"""One file per kind and version, `types-*.yaml` for what they share, `kinds.yaml` for the kinds' names."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source file."""

    path: Path
    document: Document = field(repr=False)

    @property
    def data(self) -> dict[str, Any]:
        """What it says."""
        return self.document.value  # type: ignore[no-any-return]

    def at(self, keys: field_paths.Path) -> Any:
        """The value under a path of keys; None where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def error(self, keys: field_paths.Path, fact: str, *, hint: str = "") -> UserError:
        """An error at a key, or at the nearest one around it."""
        where = locate(self.document, keys, at_key=True) if keys else Position(shown(self.path), 1)
        return UserError(fact, hint=hint, where=where)


def shown(path: Path) -> str:
    """How errors name a source: from `sources/` on."""
    return f"{path.parent.name}/{path.name}"


def load(path: Path) -> Source:
    """Read one source.

    Raises:
        UserError: not YAML, not a mapping at its top, a key twice in one mapping.
    """
    documents = read(path.read_text(encoding="utf-8"), shown(path))
    for document in documents:
        for error in document.errors:
            fact = _fact(error)
            if fact:
                raise UserError(fact, hint=error.hint, where=position_of(document, error))
    if not documents or not isinstance(documents[0].value, dict):
        fact = "a source is a mapping, with keys such as 'kind' and 'fields'"
        raise UserError(fact, where=Position(shown(path), 1))
    if len(documents) > 1:
        raise UserError("not YAML of one document: here begins another", where=documents[1].position)
    return Source(path, documents[0])


def _fact(error: FieldError) -> str:
    """What is wrong with a source; "" for what would be wrong with a manifest alone, such as a placeholder."""
    if error.code == "duplicate-key":
        return f"key {error.path[-1]!r} is twice in one mapping"
    return f"not YAML: {error.fact.removeprefix('no YAML: ')}" if error.code == "yaml" else ""

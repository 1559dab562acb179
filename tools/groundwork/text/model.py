"""A document with positions, and what is wrong with its fields, by path. Plain data.

Data flows one way: text -> document -> field errors of each stage (by path) -> problems (at positions).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundwork.base.problems import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groundwork.base.field_paths import Path
    from groundwork.base.positions import Position


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a value, at a path of its document."""

    path: Path
    code: str
    """Stable name, for tests and machines: `unknown-field`, `type`, `required`, `enum`, `admission/image-tag`,
    …"""
    fact: str
    """One line, our words, with the value (repr) and what was allowed."""
    hint: str = ""
    stage: Stage = Stage.SCHEMA
    at_key: bool = False
    """Whether the key at `path` is wrong, not its value: a problem then points at the key."""
    position: Position | None = None
    """Position, if the path alone cannot say it: invalid YAML, the second of two equal keys."""
    near: Path = ()
    """Path of what the person wrote that is to blame, if there is nothing at `path`: a problem then points
    there."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a YAML or JSON text, as Kubernetes' reader would make it, and where everything stands."""

    value: Any
    """JSON value: dict, list, str, int, float, bool, None. If a part could not be read, what could."""
    position: Position
    """Position of its beginning."""
    keys: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    """Positions of the keys of all fields; for an item of a list: of the content after its dash."""
    values: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    """Positions at which the values begin; `()` is the top."""
    written: Mapping[Path, str] = field(default_factory=dict, repr=False)
    """Texts of numbers and booleans as they are written: `0755` for 493. JSON has none: it says what it means."""
    errors: tuple[FieldError, ...] = ()
    """Errors found while reading."""
    within: Path = ()
    """Path in what was read: `("items", 0)` for the first item of a List. Paths of `keys`, `values` and errors
    start at the document; only what people read is prefixed with this."""

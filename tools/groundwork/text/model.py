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
    """Stable, for tests and machines: `unknown-field`, `type`, `required`, `enum`, `admission/image-tag`, …"""
    fact: str
    """One line, our words, with the value (repr) and what was allowed."""
    hint: str = ""
    stage: Stage = Stage.SCHEMA
    at_key: bool = False
    """The key at `path` is wrong, not its value: a problem points there."""
    position: Position | None = None
    """Where, if the path alone cannot say it: no YAML, the second of two equal keys."""
    near: Path = ()
    """What the person wrote that is to blame, where nothing stands at `path`: a problem points there."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a YAML or JSON text, as Kubernetes' reader would make it, and where everything stands."""

    value: Any
    """JSON: dict, list, str, int, float, bool, None. What could be read, where something could not."""
    position: Position
    """Where it begins."""
    keys: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    """Where the key of each field stands; an item of a list: its dash's content."""
    values: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    """Where each value begins; `()` is the top."""
    errors: tuple[FieldError, ...] = ()
    """Found while reading."""
    within: Path = ()
    """Where it stands in what was read: `("items", 0)` for the first item of a List. Paths of `keys`, `values` and
    errors start at the document; only what people read is prefixed with this."""

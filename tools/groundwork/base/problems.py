"""Problems: what is wrong at a position of a file, as data that errors and reports print."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundwork.base.positions import Position


class Stage(enum.StrEnum):
    """Which part of a checker, an API server or a product says it; in the order in which they are asked."""

    READ = "read"
    """Reading of a page or of YAML, before there is an object: duplicate keys, placeholders."""
    SCHEMA = "schema"
    """Structural schema: unknown fields, types, limits, list-map keys, metadata."""
    RULE = "rule"
    """CEL rules of the schema."""
    ADMISSION = "admission"
    """Refusals by the product's webhook, or by a program behind it, that no schema states."""
    ADVICE = "advice"
    """Advice on what is accepted, yet perhaps not what was meant; never changes the exit status."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a position, as a person reads it."""

    position: Position
    fact: str
    """One line, with the value (repr) and what was allowed."""
    hint: str = ""
    """Next step for the reader; may span lines."""
    code: str = ""
    """Stable name, for tests and machines: `front-matter`, `unknown-field`, `admission/image-tag`, …"""
    path: str = ""
    """Path in an object, such as `$.spec.components[0].name`; "" if the problem is not in one."""
    stage: Stage = Stage.READ
    bug: Exception | None = field(default=None, compare=False, repr=False)
    """Exception in the program itself, if that is the problem: `--debug` prints its traceback."""

    @property
    def counts(self) -> bool:
        """Whether it is an error, not advice."""
        return self.stage is not Stage.ADVICE

    def __str__(self) -> str:
        """`position: fact`, then `hint: …` on a line of its own."""
        head = f"{self.position}: {self.fact}"
        return f"{head}\nhint: {self.hint}" if self.hint else head

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
    """A page, or YAML: duplicate keys, placeholders; before there is an object."""
    SCHEMA = "schema"
    """Structural schema: unknown fields, types, limits, list-map keys, metadata."""
    RULE = "rule"
    """CEL rules of the schema."""
    ADMISSION = "admission"
    """What the product's webhook, or a program behind it, refuses though no schema says so."""
    ADVICE = "advice"
    """Accepted, yet perhaps not what was meant; never changes the exit status."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a position, as a person is told it."""

    position: Position
    fact: str
    """One line, with the value (repr) and what was allowed."""
    hint: str = ""
    """What to do next; may span lines."""
    code: str = ""
    """Stable, for tests and machines: `front-matter`, `unknown-field`, `admission/image-tag`, …"""
    path: str = ""
    """`$.spec.components[0].name`, in an object; "" where there is none."""
    stage: Stage = Stage.READ
    bug: Exception | None = field(default=None, compare=False, repr=False)
    """What failed in the program itself, if that is the problem: `--debug` prints its traceback."""

    @property
    def counts(self) -> bool:
        """Whether it is an error, not advice."""
        return self.stage is not Stage.ADVICE

    def __str__(self) -> str:
        """`position: fact`, then `hint: …` on a line of its own."""
        head = f"{self.position}: {self.fact}"
        return f"{head}\nhint: {self.hint}" if self.hint else head

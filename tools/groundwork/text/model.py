"""The nouns of validation: a document with positions, problems by path, findings at positions. Plain data.

Data flows one way: text -> document -> problems of each stage (by path) -> findings (at positions) -> reporters.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groundwork.base.field_paths import Path
    from groundwork.base.positions import Position


class Stage(enum.StrEnum):
    """Which part of an API server, or of Dynamo, would say it; in the order in which they are asked."""

    READ = "read"
    """YAML, duplicate keys, placeholders: before there is an object."""
    SCHEMA = "schema"
    """Structural schema: unknown fields, types, limits, list-map keys, metadata."""
    RULE = "rule"
    """CEL rules of the schema."""
    ADMISSION = "admission"
    """What Dynamo's webhook, or the profiler after it, refuses though no schema says so."""
    ADVICE = "advice"
    """Accepted, yet perhaps not what was meant; never changes the exit status."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value, at a path of its document."""

    path: Path
    code: str
    """Stable, for tests and machines: `unknown-field`, `type`, `required`, `enum`, `admission/image-tag`, …"""
    fact: str
    """One line, our words, with the value (repr) and what was allowed."""
    hint: str = ""
    stage: Stage = Stage.SCHEMA
    at_key: bool = False
    """The key at `path` is wrong, not its value: a finding points there."""
    position: Position | None = None
    """Where, if the path alone cannot say it: no YAML, the second of two equal keys."""
    near: Path = ()
    """What the person wrote that is to blame, where nothing stands at `path`: a finding points there."""


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
    problems: tuple[Problem, ...] = ()
    """Found while reading."""
    within: Path = ()
    """Where it stands in what was read: `("items", 0)` for the first item of a List. Paths of `keys`, `values` and
    problems start at the document; only what people read is prefixed with this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at its position, as reporters print it: `POSITION: $.path: fact`, then the hint."""

    position: Position
    path: str
    """`$.spec.components[0].name`; "" where a text is no YAML."""
    code: str
    fact: str
    stage: Stage
    hint: str = ""

    @property
    def counts(self) -> bool:
        """Whether it makes the manifest invalid."""
        return self.stage is not Stage.ADVICE


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and what was found; reporters print it."""

    rules: str
    """Against what: `Dynamo main-1.5.0`, `the CRDs in crds/`, `the CRDs of the cluster`."""
    files: tuple[str, ...]
    """Every file that was read, sorted."""
    documents: int
    """How many manifests and parts of manifests were checked."""
    findings: tuple[Finding, ...]
    """By file, line and column."""

    @property
    def errors(self) -> int:
        """How many findings make a manifest invalid."""
        return sum(finding.counts for finding in self.findings)

    @property
    def advice(self) -> int:
        """How many do not."""
        return len(self.findings) - self.errors

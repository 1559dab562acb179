"""What an intake found, as dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Area(StrEnum):
    """What a change is of; the values are the report's headings."""

    CRDS = "Fields and rules of the CRDs"
    BEFORE = "New since the last CRDs that were read whole"
    PLANNER = "Keys of the planner's configuration"
    REQUEST = "The request as the profiler reads it"
    OPTIONS = "Options and variables of the programs"
    NAMES = "Names of generated objects"
    WORDS = "Words that the planner says"
    CHART = "The chart"
    RELEASE = "Places that name the release compared with"


class What(StrEnum):
    """What happened to it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    REFUSED = "refused"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    area: Area
    place: str
    """Place of it, as people write it: `DynamoGraphDeploymentRequest v1beta1 spec.hardware.gpuSku`."""
    what: What
    old: str = ""
    new: str = ""
    words: tuple[str, ...] = ()
    """Words by which pages, examples and code name it, as regular expressions (`touches.word`)."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A file that names something that changed."""

    group: str
    """Sort of file: one of `touches.GROUPS`."""
    file: str
    """Path relative to the site's top folder."""
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the validator says of one example under the new release."""

    file: str
    errors: tuple[str, ...] = ()
    """Errors, each with its position."""
    advice: int = 0
    """Number of pieces of advice."""


@dataclass(frozen=True, slots=True)
class Tutorials:
    """What came of running the tutorials."""

    says: str
    """Sentence for people: why they were not run, or how it ended."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Pages that were run, each with its outcome."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A report."""

    release: str
    against: str
    """Name of the release that it is compared to."""
    inputs: Mapping[str, str]
    """Names of what was compared, by what it is: CRDs, wheel, chart."""
    changes: tuple[tuple[Change, tuple[Touch, ...]], ...] = ()
    gaps: tuple[str, ...] = ()
    """Sentences on what was not read, or not compared."""
    verdicts: tuple[Verdict, ...] = ()
    rules: str = ""
    """Name of the schemas and rules of the verdicts."""
    todo: tuple[str, ...] = ()
    """Steps that are still to be done in this project."""
    tutorials: Tutorials = field(default_factory=lambda: Tutorials("Not run: --run was not given."))

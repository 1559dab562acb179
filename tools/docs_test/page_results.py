"""What happened on pages, and in which run and environment, as the results file keeps it. Plain data.

`reporting/results.schema.json` describes each field of the file for readers in other languages.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - types of fields are read at run time (typed_json).
from dataclasses import dataclass, field

from docs_test.inventory import Fact  # noqa: TC001
from docs_test.model import SkipKind  # noqa: TC001
from docs_test.outcomes import Failure, Outcome, StepResult
from groundwork.base.positions import Position  # noqa: TC001


@dataclass(frozen=True, slots=True)
class SkippedBlock:
    """A block that is shown and not run, and why."""

    position: Position
    kind: SkipKind
    reason: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the page's folder that its front matter names under `artifacts`."""

    name: str
    """Relative to the page's folder; the pattern, if no file had such a name."""
    file: str = ""
    """Relative to the folder of the results file; "": it was left out."""
    sha256: str = ""
    """SHA-256 of what was kept: a text is kept without secrets."""
    size: int = 0
    """Bytes of what was kept."""
    left_out: str = ""
    """Reason why it was not kept."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A step that failed in some runs of a page and passed in others."""

    position: Position
    failed: int
    """Number of runs in which it failed."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What came of a page that ran several times (`--repeat`)."""

    count: int
    """Number of runs."""
    passed: int
    """Number of runs in which the page passed."""
    differing: tuple[Differing, ...] = ()
    """Steps that failed in some of them and passed in others."""

    @property
    def flaky(self) -> bool:
        """Whether the page passes and fails."""
        return 0 < self.passed < self.count


@dataclass(frozen=True, slots=True)
class PageResult:
    """What happened on a page, in one variant."""

    path: str
    """POSIX path of the page, relative to the root."""
    title: str
    variant: Mapping[str, str]
    """The selection of `data-when` it ran with."""
    outcome: Outcome
    run: str
    """The `id` of the run."""
    started_at: str
    """UTC, ISO 8601 with seconds and a Z."""
    seconds: float = 0.0
    lacks: str = ""
    """Needs that the environment lacks, of a page that was SKIPPED; reason why a page is NOT_RUN."""
    interrupted: bool = False
    """Whether Ctrl-C ended it."""
    steps: tuple[StepResult, ...] = ()
    """All of them, in the page's order."""
    skipped: tuple[SkippedBlock, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Failures that belong to no step."""
    leftovers: tuple[str, ...] = ()
    """Objects in the cluster after clean-up that were not there before: `deployments.apps/namespace/name`."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Every file the page is made of, relative to the root, with the SHA-256 of what was read."""
    attachments: tuple[Attachment, ...] = ()
    set_up_by: tuple[str, ...] = ()
    """Pages, and files of shared steps, from whose set-up it started: `docs/x.md (api=v1beta1)`."""
    repeats: Repeats | None = None
    """Outcome of all its runs, if it ran several times; the rest is of one of them, which failed if any did."""
    kept: bool = field(default=False, compare=False)
    """Whether it was kept for `docs-test resume` instead of cleaned up."""
    in_part: str = field(default="", compare=False)
    """Reason why this is no result of the page as a whole, which results files never hold; "" if it is one."""

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What tells this page and variant from every other."""
        return self.path, tuple(sorted(self.variant.items()))

    @property
    def run_steps(self) -> tuple[StepResult, ...]:
        """The steps that were run."""
        return tuple(step for step in self.steps if step.outcome is not Outcome.NOT_RUN)

    @property
    def all_failures(self) -> tuple[Failure, ...]:
        """Those of steps, then those of no step."""
        return (*(step.failure for step in self.steps if step.failure), *self.failures)


@dataclass(frozen=True, slots=True)
class RanOn:
    """The environment of a run."""

    platform: str
    """Its name: "kind", "none", "cluster" of a given one, or a product's."""
    title: str
    """Name of the platform for people; "" if the name says it."""
    tier: str
    """Tier of the result: "none", "cluster", or as the product names it."""
    kubernetes: str
    """Version; "": not known."""
    gpus: str
    """GPUs in words, for people: "8 x NVIDIA H100 (mock)"; "" if there were none."""
    facts: tuple[Fact, ...] = ()
    """Facts that tell it from others, such as versions of the product."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage of a run and how long it took."""

    name: str
    seconds: float
    ok: bool
    note: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run of docs-test."""

    id: str
    """Random; what pages name in `run`."""
    program: str
    """Program and version, "docs-test 0.1.0"; "" for an older one."""
    started_at: str
    finished_at: str
    stages: tuple[StageTime, ...] = ()
    options: tuple[str, ...] = ()
    """Options of its command line that a page's outcome depends on; () for those of an older one."""


@dataclass(frozen=True, slots=True)
class Results:
    """A results file: pages that ran in one environment, each in its last run."""

    environment: RanOn
    runs: tuple[RunInfo, ...]
    """Runs that the pages are from, the latest last."""
    pages: tuple[PageResult, ...]

    @property
    def started_at(self) -> str:
        """When the latest run began."""
        return max((run.started_at for run in self.runs), default="")

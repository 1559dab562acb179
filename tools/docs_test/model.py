"""The nouns of docs-test: a page's fences become a tutorial of steps. Plain data, no behaviour but their names.

Data flows one way: page -> fences -> tutorial -> steps -> results (`outcomes`, `page_results`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping  # noqa: TC003 - types of fields are read at run time (typed_json).
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docs_test.names import NONE
from groundwork.base.positions import Position  # noqa: TC001

if TYPE_CHECKING:
    from docs_test.inventory import Fact, Inventory


class Role(enum.StrEnum):
    """What a fence is for; every shell or YAML fence has exactly one."""

    RUN = "run"
    """A command the reader types; executed."""
    OUTPUT = "output"
    """Output of the command before it; compared."""
    FILE = "file"
    """A file the reader saves; written into the tutorial's folder."""
    MANIFEST = "manifest"
    """A whole manifest that is shown but not saved; validated."""
    FRAGMENT = "fragment"
    """A part of a manifest; validated against that part of the schema."""
    SKIP = "skip"
    """Code that is shown, not run, with a reason that the page shows and the report counts."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block as the reader sees it: macros, includes and snippets resolved."""

    location: Position
    """The line of the opening fence, in the file where it stands."""
    language: str
    classes: tuple[str, ...]
    attributes: Mapping[str, str]
    """Attributes as written: `data-timeout`, `title`, …; a bare `data-background` has the value ""."""
    text: str
    """The body, dedented as rendered, without a final newline."""
    lines: tuple[Position, ...]
    """Position of each line of `text` (in an included file, perhaps)."""


class Match(enum.StrEnum):
    """How an expectation is compared."""

    LINES = "lines"
    """Line by line; `...` stands for any text within a line, or for any lines when alone on one."""
    REGEX = "regex"
    """The whole output matches the pattern (Python's re, DOTALL, full match, trailing newline ignored)."""
    JSON = "json"
    """The output is JSON that contains what is expected: objects may have more keys; "..." matches any value."""
    K8S = "k8s"
    """LINES, but ages, IPs, generated name suffixes and column widths may differ."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a step must print."""

    location: Position
    match: Match
    text: str
    lines: tuple[Position, ...] = ()


class StepKind(enum.StrEnum):
    """What a step does."""

    RUN = "run"
    FILE = "file"
    CHECK = "check"
    """A hidden `<!-- check: … -->`: run like RUN, not shown to the reader."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done when a tutorial runs, in the page's order; `str(step)` is its place."""

    kind: StepKind
    location: Position
    code: str
    """The shell code (RUN, CHECK) or the file's content (FILE, with a final newline)."""
    lines: tuple[Position, ...] = ()
    """Position of each line of `code`."""
    file_name: str = ""
    """FILE: the name it is saved under, relative to the tutorial's folder."""
    expectation: Expectation | None = None
    exit_status: int = 0
    """The status the code must end with (`data-exit`)."""
    timeout: float = 60.0
    """Seconds (`data-timeout`), for all attempts together."""
    until: float = 0.0
    """Seconds during which the step is repeated until it succeeds with matching output; 0: one attempt."""
    background: bool = False
    ready: str = ""
    """Address that answers when a background step has started: http(s):// or tcp://HOST:PORT."""
    cleanup: bool = False
    """Whether it is run whatever happened before; the last one is run first."""
    identifier: str = ""
    """The fence's `#id`, which another step's `since` names."""
    since: str = ""
    """Identifier of the step whose start the clock of `within` starts at."""
    within: float = 0.0
    """Seconds from the start of step `since` to the end of this one; 0: no promise."""

    def __str__(self) -> str:
        return str(self.location)


class SkipKind(enum.StrEnum):
    """Why a fence is not run; the report counts them apart."""

    DECLARED = "declared"
    """The page says so: `.skip data-reason="…"`."""
    MISSING = "missing"
    """The environment lacks what `data-needs` names."""
    NOT_SELECTED = "not-selected"
    """Another variant (`data-when`) was chosen."""
    SHOWN = "shown"
    """A `.manifest` or `.fragment` (validated, never run), or a language that needs no role (a diagram)."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A fence that is not run, and why. Nothing is skipped silently."""

    location: Position
    kind: SkipKind
    reason: str
    text: str = ""
    """Text that the fence shows; "" for a hidden check."""


@dataclass(frozen=True, slots=True)
class Tutorial:
    """A page whose front matter has `tutorial:`, ready to run for one selection of variants."""

    path: str
    """POSIX path of the page, relative to the root."""
    title: str
    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that are exported to the shell before the first step (`vars`)."""
    timeout: float = 1800.0
    """Seconds for the whole page (`timeout`), clean-up not counted."""
    needs: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Every file the page is made of (itself, includes, examples), relative to the root, sorted, each with the
    SHA-256 of what was read."""
    variant: Mapping[str, str] = field(default_factory=dict)
    """The selection of `data-when` it was built for, e.g. {"api": "v1beta1"}."""
    lacks: str = ""
    """Reason why it is not run: needs of the whole page that the environment lacks; "" if it is run."""
    artifacts: tuple[str, ...] = ()
    """Names of files in the page's folder, perhaps with `*`, that are kept beside the results."""
    cluster: bool = True
    """Whether it needs a cluster; without one it gets none, wherever it runs."""
    cluster_scope: bool = False
    """Whether it, or a fence of it, needs `cluster-scope`: objects outside of a namespace, such as labels of
    nodes."""
    after: tuple[str, ...] = ()
    """Paths of the pages that run before it."""
    uses: tuple[str, ...] = ()
    """Paths of the pages, and of the files of shared steps, whose set-up it starts from."""
    alone: bool = False
    """Whether no other page may run at the same time."""

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What tells this run from every other: the page, and the variant."""
        return self.path, tuple(sorted(self.variant.items()))


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a page runs, as the results file and the page's status line name it."""

    kubeconfig: str
    """Path of docs-test's own kubeconfig; "": there is no cluster."""
    context: str = ""
    """Context of that kubeconfig; "" for the current one."""
    namespace: str = ""
    """The run's own, to which all that is looked at is limited, since others may use the cluster; "" where all of
    it is the run's."""
    page_namespace: str = ""
    """Namespace in which pages run, the run's own; "" without a cluster."""
    page_kubeconfig: str = ""
    """Content of the kubeconfig that pages get; "": they get docs-test's own."""
    cluster_kubeconfig: str = ""
    """The same for pages with `needs: [cluster-scope]`."""
    sandboxed: bool = False
    """Whether a page's commands see of the machine only what they need (`sandbox.sandbox`)."""
    path_prefix: tuple[str, ...] = ()
    """Folders put first on PATH: the pinned kubectl."""
    platform: str = NONE
    """Its name, "none" without a cluster; "cluster": the one that the command line names."""
    title: str = ""
    """Name of the platform for people; "" if `platform` says it."""
    capabilities: frozenset[str] = frozenset()
    """Words for `data-needs` that this environment fulfils: "storage", "cluster-scope", the product's words."""
    kubernetes: str = ""
    facts: tuple[Fact, ...] = ()
    """Facts that tell it from others, such as versions of the product, in the order to show them."""
    gpus: str = ""
    """GPUs in words, for people: "8 x NVIDIA H100 (mock)"."""
    tier: str = NONE
    """Tier of its results (`Inventory.tier`); "none" without a cluster."""
    inventory: Inventory | None = None
    """Inventory of the cluster; None without a cluster."""
    left_behind: tuple[str, ...] = ()
    """Objects that pages may leave because the product makes them (`Product.left_behind`)."""
    side_by_side: tuple[Environment, ...] = ()
    """Environments of pages that run at the same time, each with its namespace; none: pages take turns."""

"""What happened at a step, and what went wrong, as the results file keeps it. Plain data.

Whoever shows results (the terminal, JUnit, GitHub, the site) takes them from here and from `page_results`. No text
has a secret.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from docs_test.model import Match, StepKind  # noqa: TC001 - types of fields are read at run time (typed_json).
from groundwork.base.positions import Position  # noqa: TC001
from groundwork.base.printable import visible


class Outcome(enum.StrEnum):
    """How a step or page ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"
    """A step after the one that failed; a page that needs another one, which failed."""
    SKIPPED = "skipped"
    """A page that the environment lacks something for."""
    PARTIAL = "partial"
    """A page of which a part was run, on request, and passed: it proves nothing of the page, and is not kept."""


class FailureKind(enum.StrEnum):
    """What went wrong."""

    STATUS = "status"
    """The command ended with another exit status than it was to end with."""
    MISMATCH = "mismatch"
    """Output other than the page shows."""
    TIMEOUT = "timeout"
    """Timeout: it was still running when its time, or that of the page, was over."""
    TOO_MUCH = "too-much-output"
    """Output so long that the command was ended."""
    ENDED_EARLY = "ended-early"
    """End before its last line although nothing failed: an `exit`, say."""
    SHELL_GONE = "shell-gone"
    """The page's shell was gone before the step began."""
    NOT_READY = "not-ready"
    """A background step ended early, or its address did not answer in time."""
    FILE = "file"
    """A file of the page could not be saved."""
    PROMISE = "promise"
    """The step took longer than `data-within` allows."""
    INTERRUPTED = "interrupted"
    """Interruption of a page: Ctrl-C during its clean-up."""
    NOT_LOOKED = "not-looked"
    """Failure of a page: nobody could look at what it left in the cluster."""
    OLDER = "older"
    """Failure in a results file of version 1, which had a text only."""


@dataclass(frozen=True, slots=True)
class PodSeen:
    """A Pod that was not ready when a step had failed."""

    namespace: str
    name: str
    state: str
    """Phase, and reason if there is one: "Pending, ImagePullBackOff"."""
    sentence: str
    """Sentence on what keeps it from running; "" if nothing says."""
    look: str
    """Command to look further with; "" without a sentence."""
    log: str
    """Its last lines; "" if it printed nothing."""


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Pods that Kubernetes refused to create, of which only an event tells."""

    sentence: str
    look: str
    """Command to look further with."""


@dataclass(frozen=True, slots=True)
class EventSeen:
    """A Warning event of the time since the page began."""

    at: str
    """UTC, ISO 8601 with a Z; "" where it has no time."""
    reason: str
    kind: str
    """Kind of the object that it is about."""
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the cluster said when a step had failed."""

    pods: tuple[PodSeen, ...] = ()
    """Pods, those in trouble first; only the first few."""
    events: tuple[EventSeen, ...] = ()
    """The latest last; only the last few."""
    refused: tuple[NotCreated, ...] = ()
    """Pods that were refused, one entry for each owner that has none now; only the first few."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, where, and what to do. The step has the rest: code, expectation, output."""

    kind: FailureKind
    position: Position
    """The line of the command that failed, or of the expectation that was not met."""
    fact: str
    """One line."""
    hint: str = ""
    """Next step for the reader; may span lines."""
    diff: tuple[str, ...] = ()
    """Lines with `- ` (expected), `+ ` (came) or two blanks (equal, or matched by a wildcard), of a mismatch."""
    diagnosis: Diagnosis | None = None
    more: str = ""
    """OLDER: the lines after the first."""

    @property
    def headline(self) -> str:
        """`path:line: fact`, as it can be shown anywhere."""
        return visible(f"{self.position}: {self.fact}")


@dataclass(frozen=True, slots=True)
class Output:
    """What a step printed: stdout and stderr, interleaved."""

    text: str = ""
    """Text, with a line that says how much is left out in the middle, if anything is."""
    lines: int = 0
    """Number of lines that it printed, as far as they were counted."""
    left_out: int = 0
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a step was to print."""

    position: Position
    """The opening line of the fence."""
    end_line: int
    match: Match
    text: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """What happened at a step."""

    kind: StepKind
    position: Position
    """The opening line of the fence, or the line of the hidden check."""
    end_line: int
    """The last line of its code in the same file."""
    code: str
    """The shell code, or the content of the file it saves."""
    outcome: Outcome
    file_name: str = ""
    """FILE: the name it is saved under."""
    identifier: str = ""
    """The fence's `#id`."""
    cleanup: bool = False
    background: bool = False
    expected_status: int = 0
    expected: Expected | None = None
    """Expected output; None if what it prints is not compared."""
    started: float = 0.0
    """Seconds since the page began."""
    seconds: float = 0.0
    attempts: int = 0
    """Number of tries; 0 if it was not run."""
    exit_status: int | None = None
    """Exit status; None if it did not end by itself (timeout, background), or did not run."""
    output: Output = field(default_factory=Output)
    """Output of the last attempt."""
    failure: Failure | None = None
    """Failure; None if it passed, or did not run."""

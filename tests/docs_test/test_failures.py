"""What is said of each kind of failure, word for word; and what is kept of it as data."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.model import Match, Step, StepKind
from docs_test.outcomes import Diagnosis, EventSeen, Failure, FailureKind, Output, PodSeen
from docs_test.reporting.failures import OUTPUT_LINES, failure_lines, failure_text
from docs_test.running import killed_runs
from docs_test.running import steps as running_steps
from groundwork.base.positions import Position
from support.page_runs import fake_cluster, run, shown, step
from support.results import failed
from support.waiting import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.model import Environment

DEAD = {"background": True, "ready": "tcp://127.0.0.1:1"}


@dataclass(frozen=True)
class Case:
    """Steps of which the last one fails, and what is said of it."""

    steps: tuple[Step, ...]
    kind: FailureKind
    text: str


CASES = {
    "status": Case(
        (step(5, "echo hello\necho HF_TOKEN=abcdefghijk\nfalse\necho never"),),
        FailureKind.STATUS,
        """\
docs/x.md:8: the command ended with status 1
command:
  $ echo hello
  $ echo HF_TOKEN=***
  $ false
  $ echo never
output:
  | hello
  | HF_TOKEN=***
hint: if it is to fail, say so with `data-exit`""",
    ),
    "another status": Case(
        (step(5, "exit 3", exit_status=2),),
        FailureKind.STATUS,
        """\
docs/x.md:6: the command ended with status 3, expected 2
command:
  $ exit 3
output:
  | (nothing)
hint: if it is to fail, say so with `data-exit`""",
    ),
    "repeated": Case(
        (step(5, "false", until=2.5),),
        FailureKind.STATUS,
        """\
docs/x.md:6: the command ended with status 1 (attempt 2, repeated for 2 s)
command:
  $ false
output:
  | (nothing)
hint: it did not come right in that time: raise `data-until`, or find out what it waits for""",
    ),
    "much output": Case(
        (step(5, f"seq {OUTPUT_LINES + 5}; false"),),
        FailureKind.STATUS,
        "docs/x.md:6: the command ended with status 1\ncommand:\n  $ seq 25; false\noutput, last 20 of 25 lines:\n"
        + "".join(f"  | {number}\n" for number in range(6, 26))
        + "hint: if it is to fail, say so with `data-exit`",
    ),
    "all folders gone": Case(
        (step(2, 'cd /; rm -r "$OLDPWD"/../*'), step(5, "echo there")),
        FailureKind.SHELL_GONE,
        """\
docs/x.md:5: the page has removed the folder that it runs in
command:
  $ echo there
output:
  | (nothing)
hint: a step removes only what a step has made""",
    ),
    "timeout": Case(
        # The shell is at work by then: its start may take as long as that.
        (step(2, "true"), step(5, "echo begin\nsleep 60", timeout=2.0)),
        FailureKind.TIMEOUT,
        """\
docs/x.md:5: still running after 2 s
command:
  $ echo begin
  $ sleep 60
output:
  | begin
hint: raise `data-timeout`, or, if it is to keep running, write `data-background` with `data-ready`""",
    ),
    "ended early": Case(
        (step(5, "exit 0"),),
        FailureKind.ENDED_EARLY,
        """\
docs/x.md:5: it ended before its last line, without a failure
command:
  $ exit 0
output:
  | (nothing)
hint: a reader's terminal would close: leave out `exit`, `return`, `break`, or use ( … )""",
    ),
    "lines": Case(
        (step(5, "printf 'one\\ntwo\\nfour\\n'", expectation=shown(9, "one\n...\nthree")),),
        FailureKind.MISMATCH,
        """\
docs/x.md:12: the output is not what the page shows
command:
  $ printf 'one\\ntwo\\nfour\\n'
expected (-) and came (+):
    one
    two
    four
  - three
hint: if what came is right, show it on the page; `...` stands for what differs from run to run""",
    ),
    "json": Case(
        (step(5, "echo '{\"a\": 1}'", expectation=shown(9, '{"a": 2}', Match.JSON)),),
        FailureKind.MISMATCH,
        """\
docs/x.md:10: the output lacks what the page's JSON shows
command:
  $ echo '{"a": 1}'
expected (-) and came (+):
    {
  -   "a": 2
  +   "a": 1
    }
hint: if what came is right, show it on the page; `...` stands for what differs from run to run""",
    ),
    "background": Case(
        (step(5, "echo no service; exit 1", **DEAD),),
        FailureKind.NOT_READY,
        """\
docs/x.md:5: the command ended with status 1 before tcp://127.0.0.1:1 answered
command:
  $ echo no service; exit 1
output:
  | no service
hint: no program listens at that address: its output is above; if it is slow, raise `data-timeout`""",
    ),
    "file": Case(
        (step(5, "mkdir a"), Step(StepKind.FILE, Position("docs/x.md", 9), "x\n", file_name="a")),
        FailureKind.FILE,
        """\
docs/x.md:9: 'a' cannot be saved: Is a directory
hint: did an earlier step make a folder, a link or a pipe of that name?""",
    ),
    "promise": Case(
        (step(5, "true", identifier="apply"), step(9, "sleep 0.3", since="apply", within=0.1)),
        FailureKind.PROMISE,
        """\
docs/x.md:9: done N s after docs/x.md:5 began, promised within 0 s
command:
  $ sleep 0.3
hint: make it faster, or promise less with `data-within`""",
    ),
}


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    return fake_cluster(tmp_path)


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_a_failure(cluster: Environment, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    if name == "repeated":  # However slow the machine is.
        monkeypatch.setattr(running_steps, "time", Clock(time.monotonic()))
    last = run(cluster, *case.steps).steps[-1]
    if last.failure and last.failure.kind is FailureKind.PROMISE:
        last = replace(
            last, failure=replace(last.failure, fact=re.sub(r"done \d+ s", "done N s", last.failure.fact))
        )
    assert last.failure is not None
    assert last.failure.kind is case.kind
    assert failure_text(last.failure, last) == case.text
    first, *rest = case.text.splitlines()
    assert last.failure.headline == first, "at the line of the command, or of the expectation"
    assert failure_lines(last.failure, last) == rest


def test_a_mismatch_is_data(cluster: Environment) -> None:
    (result,) = run(cluster, step(5, "echo one", expectation=shown(9, "two"))).steps
    assert result.failure is not None
    assert result.failure.diff == ("- two", "+ one")
    assert result.expected is not None
    assert (result.expected.text, result.expected.match, result.output.text) == ("two", Match.LINES, "one\n")
    assert (result.expected.position.line, result.expected.end_line) == (9, 10)


POD = PodSeen("demo", "web", "Pending, ImagePullBackOff", "It cannot pull.", "kubectl describe pod web", "")
EVENTS = (
    EventSeen("2026-11-25T01:18:10Z", "Failed", "Pod", "web", "no such image"),
    EventSeen("", "BackOff", "Job", "a-longer-name", ""),
)
DIAGNOSED = """\
docs/a.md:7: no
command:
  $ echo x
output, last 2 of 30 lines:
  | y
  | z
hint: look
below
Pod demo/web: Pending, ImagePullBackOff:
  It cannot pull.
  look further: kubectl describe pod web
  | (no log)
Pod demo/db: Running:
  | one
  | two
last Warning events:
  | 2026-11-25T01:18:10Z  Failed   Pod  web            no such image
  | no time               BackOff  Job  a-longer-name"""


def test_what_the_cluster_said_follows() -> None:
    other = replace(POD, name="db", state="Running", sentence="", look="", log="one\ntwo\n")
    failure: Any = replace(failed("no", "look\nbelow").failure, diagnosis=Diagnosis((POD, other), EVENTS))
    assert failure_text(failure, failed("no", failure=failure, output=Output("y\nz\n", 30))) == DIAGNOSED


def test_of_no_step_there_is_no_command() -> None:
    failure = Failure(FailureKind.NOT_LOOKED, Position("docs/x.md", 1), "unknown", "look")
    assert failure_text(failure) == "docs/x.md:1: unknown\nhint: look"

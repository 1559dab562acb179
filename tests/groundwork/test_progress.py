"""What CI's log shows of nested stages: each line once, and no stage's progress under another."""

from __future__ import annotations

import io

import pytest

from groundwork.system import progress as progress_module
from groundwork.system.progress import HEARTBEAT_SECONDS, Progress
from support.waiting import Clock

NESTED = """\
images of the mock platform ...
  build kubernetes ...
  build kubernetes: 30 s so far: k8s.io/api
  build kubernetes: 60 s so far: k8s.io/kubectl
  build kubernetes: done in 61.0 s (built)
  image runtime ...
  image runtime: 30 s so far
  image runtime: done in 30.0 s
images of the mock platform: 121 s so far: all built
images of the mock platform: done in 121.0 s
"""
PAGE = """\
run docs/x.md (api=v1beta1) ...
  [1/2] docs/x.md:6 kubectl apply: ok 29.0 s
  [2/2] docs/x.md:9 kubectl wait: ok 29.0 s
run docs/x.md (api=v1beta1): 88 s so far: clean-up
run docs/x.md (api=v1beta1): done in 88.0 s (passed)
"""
FAILED = """\
create cluster dev ...
  pull the node image ...
  pull the node image: FAILED in 1.0 s
create cluster dev: FAILED in 3.0 s
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of progress: it goes on only where a test says so."""
    made = Clock()
    monkeypatch.setattr(progress_module, "time", made)
    return made


@pytest.fixture
def log() -> Progress:
    return Progress(stream=io.StringIO())


def said(progress: Progress) -> str:
    assert isinstance(progress.stream, io.StringIO)
    return progress.stream.getvalue()


def passes(progress: Progress, clock: Clock, seconds: float) -> None:
    """Time goes by in steps of a second, as the ticking thread of a run sees it."""
    for _ in range(int(seconds)):
        clock.sleep(1.0)
        progress.tick()


def test_only_the_innermost_stage_says_that_it_goes_on(log: Progress, clock: Clock) -> None:
    with log.stage("images of the mock platform"):
        with log.stage("build kubernetes") as stage:
            log.detail("k8s.io/api")
            passes(log, clock, HEARTBEAT_SECONDS)
            log.detail("k8s.io/kubectl")
            passes(log, clock, 31)
            stage.note = "built"
        with log.stage("image runtime"):
            passes(log, clock, HEARTBEAT_SECONDS)
        log.detail("all built")
        passes(log, clock, HEARTBEAT_SECONDS)
    assert said(log) == NESTED


def test_a_log_that_is_not_silent_needs_no_heartbeat(log: Progress, clock: Clock) -> None:
    with log.stage("run docs/x.md (api=v1beta1)") as stage:
        for number, command in enumerate(("6 kubectl apply", "9 kubectl wait"), 1):
            log.detail(f"[{number}/2] docs/x.md:{command}")
            passes(log, clock, 29)
            log.line(f"  [{number}/2] docs/x.md:{command}: ok 29.0 s")
        log.detail("clean-up")
        passes(log, clock, HEARTBEAT_SECONDS)
        stage.note = "passed"
    assert said(log) == PAGE


def test_what_fails_within_says_so_once_for_each_stage(log: Progress, clock: Clock) -> None:
    with pytest.raises(ValueError, match="no network"):
        create(log, clock)
    assert said(log) == FAILED


def create(log: Progress, clock: Clock) -> None:
    with log.stage("create cluster dev"):
        passes(log, clock, 2)
        with log.stage("pull the node image"):
            passes(log, clock, 1)
            raise ValueError("no network")


def test_after_the_last_stage_nothing_goes_on(log: Progress, clock: Clock) -> None:
    with log.stage("build"):
        pass
    before = said(log)
    log.detail("too late")
    passes(log, clock, 2 * HEARTBEAT_SECONDS)
    assert said(log) == before

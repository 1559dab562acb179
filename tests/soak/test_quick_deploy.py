"""Quick Deploy in a real cluster, again and again: no flake, and nothing left when it is ended at any moment."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from docs_test.clusters.leftovers import leftovers
from docs_test.clusters.snapshot import snapshot
from dynamo_docs.product import Dynamo
from support.soak_runs import QUICK_DEPLOY, TINY, own_records, soak

if TYPE_CHECKING:
    from pathlib import Path

    from support.soak_runs import Soak

__all__ = ["own_records", "soak"]

pytestmark = [pytest.mark.cluster, pytest.mark.image, pytest.mark.timeout(2700)]

WHOLE = (QUICK_DEPLOY,)
"""The page, in both API versions."""
ONE = (QUICK_DEPLOY, "--when", "api=v1beta1")
"""What is interrupted: what the other version does is the same."""
RUNS = 10
INTERRUPTIONS = 20
SEED = 20261124
OWN_CLUSTER_EVERY = 4
"""Of the interruptions, so many have a cluster that the run makes and removes; the others one that is kept."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


@pytest.mark.soak(part="runs")
def test_ten_runs_in_a_row_pass(soak: Soak, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = []
    before: frozenset[str] = frozenset()
    for number in range(1, RUNS + 1):
        seconds.append(soak.run(soak.name, keep=True, log=tmp_path / f"{number}.log", pages=WHOLE))
        assert soak.left(soak.name, keep=True) == []
        if number > 1:
            assert leftovers(soak.kubectl, before, 0.0, Dynamo.left_behind) == []
        before = snapshot(soak.kubectl)
        with capsys.disabled():
            print(f"\nrun {number} of {RUNS}: passed in {seconds[-1]:.0f} s", end="")
    with capsys.disabled():
        rest = f"then {min(seconds[1:]):.0f} to {max(seconds[1:]):.0f} s"
        print(f"\n{RUNS} of {RUNS} passed; the first, with its cluster, in {seconds[0]:.0f} s, {rest}")


@pytest.mark.soak(part="interruptions")
def test_interruptions_at_random_moments_leave_nothing(
    soak: Soak, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = random.Random(SEED)  # noqa: S311 - the same moments each time
    soak.run(soak.name, keep=True, log=tmp_path / "made.log", pages=TINY)
    lengths = {
        True: soak.run(soak.name, keep=True, log=tmp_path / "kept.log", pages=ONE),
        False: soak.run(f"{soak.name}-own", keep=False, log=tmp_path / "own.log", pages=ONE),
    }
    removed = 0
    for number in range(1, INTERRUPTIONS + 1):
        keep = number % OWN_CLUSTER_EVERY != 0
        name = soak.name if keep else f"{soak.name}-own"
        chosen = SIGNALS[number % len(SIGNALS)]
        moment = moments.uniform(0.5, lengths[keep])
        cluster, before = soak.objects()
        log = tmp_path / f"interruption-{number}.log"
        status, took = interrupted(soak.start(name, keep=keep, log=log, pages=ONE), moment, chosen)
        text = log.read_text()
        last = (text.splitlines() or ["(nothing yet)"])[-1].strip()
        assert "Traceback" not in text
        if status == -signal.SIGKILL:
            removed += bool(soak.left(name, keep=keep))
            soak.run(name, keep=keep, log=tmp_path / f"next-{number}.log", pages=TINY)
        else:
            assert status in (0, 130), text
        with capsys.disabled():
            print(f"\n{number:2}: {chosen.name} at {moment:5.1f} s, {took}: {last[:70]}", end="", flush=True)
        assert soak.left(name, keep=keep) == [], text
        if cluster and soak.objects()[0] == cluster:
            assert leftovers(soak.kubectl, before, 0.0, Dynamo.left_behind) == [], text
    with capsys.disabled():
        print(
            f"\n{INTERRUPTIONS} interruptions, seed {SEED}: nothing left; {removed} times the next run removed it"
        )


def interrupted(process: subprocess.Popen[bytes], moment: float, chosen: signal.Signals) -> tuple[int, str]:
    """The status of a run that gets a signal at a moment, and how long its clean-up took, in words."""
    try:
        return process.wait(moment), "had ended before"
    except subprocess.TimeoutExpired:
        process.send_signal(chosen)
    sent = time.monotonic()
    status = process.wait(300)
    return status, f"ended {time.monotonic() - sent:.1f} s later"

"""The SLA planner's page in a real cluster: again and again, and with its parts killed meanwhile."""

from __future__ import annotations

import json
import os
import random
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.clusters.leftovers import leftovers
from docs_test.clusters.snapshot import snapshot
from dynamo_api.facts import names
from dynamo_docs.product import Dynamo
from mock_platform import prometheus
from support.soak_runs import own_records, soak

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from support.soak_runs import Soak

__all__ = ["own_records", "soak"]

pytestmark = [pytest.mark.cluster, pytest.mark.image, pytest.mark.timeout(2700)]

PAGE = ("docs/planner/sla-planner-quickstart.md",)
RUNS = 10
KILLS = 8
SEED = 20261130
PARTS = {
    "planner": f"{names.COMPONENT_TYPE}={names.PLANNER}",
    "Prometheus": prometheus.SELECTOR,
    "worker": f"{names.COMPONENT_TYPE} in ({names.WORKER}, {names.DECODE}, {names.PREFILL})",
}
"""Labels of the Pods of each part that is killed."""
BEGUN = re.compile(r"^run docs/planner", re.MULTILINE)
DONE = re.compile(r"^run docs/planner\S+: done in ([\d.]+) s", re.MULTILINE)
FAILED = re.compile(r"^ +\[\d+/\d+\] (?P<step>\S+:\d+) .*FAILED", re.MULTILINE)
LAST = 0.85
"""Share of the page's time in which something is killed: its clean-up is not meant."""
BACK = 60
"""Seconds in which a Pod that was killed has a successor that runs."""
BOUND = 600
"""Seconds in which a run with a part killed must end; a step of the page waits for at most four minutes."""


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}", end="", flush=True)


def load_average() -> str:
    return f"load average {os.getloadavg()[0]:.1f}"


def runs_wanted() -> int:
    """Ten; PLANNER_RUNS for whoever has less time."""
    return int(os.environ.get("PLANNER_RUNS", RUNS))


@pytest.mark.soak(part="planner")
def test_runs_in_a_row_pass(soak: Soak, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted, verdicts = runs_wanted(), []
    for number in range(1, wanted + 1):
        log = tmp_path / f"{number}.log"
        started = time.monotonic()
        status = soak.start(soak.name, keep=True, log=log, pages=PAGE).wait()
        step = FAILED.search(log.read_text())
        verdicts.append("passed" if status == 0 else f"failed at {step['step'] if step else 'no step'}")
        took = time.monotonic() - started
        say(capsys, f"run {number} of {wanted}: {verdicts[-1]} in {took:.0f} s, {load_average()}")
        assert soak.left(soak.name, keep=True) == []
    say(capsys, f"{verdicts.count('passed')} of {wanted} passed\n")
    assert set(verdicts) == {"passed"}


@dataclass(frozen=True)
class Pod:
    """A Pod that can be killed."""

    namespace: str
    name: str
    uid: str


def pods_of(soak: Soak, part: str) -> list[Pod]:
    """The Pods of a part that run and are not on their way out."""
    text = soak.kubectl.read("get", "pods", "-A", "-l", PARTS[part], "-o", "json")
    items: list[dict[str, Any]] = json.loads(text)["items"] if text.strip() else []
    return [
        Pod(*(item["metadata"][key] for key in ("namespace", "name", "uid")))
        for item in items
        if "deletionTimestamp" not in item["metadata"] and item["status"].get("phase") == "Running"
    ]


def kill(soak: Soak, part: str, page: subprocess.Popen[bytes]) -> Pod | None:
    """Delete a Pod of a part without grace, as soon as there is one; None if the page ended before."""
    while page.poll() is None:
        for pod in pods_of(soak, part):
            soak.kubectl.read("delete", "pod", pod.name, "-n", pod.namespace, "--force", "--grace-period=0")
            return pod
        time.sleep(0.5)
    return None


def comes_back(soak: Soak, part: str, killed: Pod, page: subprocess.Popen[bytes]) -> bool:
    """Whether another Pod takes its place while the page runs; True if the page ended before."""
    end = time.monotonic() + BACK
    while time.monotonic() < end:
        if page.poll() is not None or any(pod.uid != killed.uid for pod in pods_of(soak, part)):
            return True
        time.sleep(0.5)
    return False


@pytest.mark.soak(part="planner-kills")
def test_what_is_killed_comes_back_and_the_page_says_why(
    soak: Soak, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same moments each time
    log = tmp_path / "undisturbed.log"
    soak.run(soak.name, keep=True, log=log, pages=PAGE)
    done = DONE.search(log.read_text())
    assert done
    length = float(done[1])
    say(capsys, f"undisturbed: passed in {length:.0f} s, {load_average()}")
    before = snapshot(soak.kubectl)
    passed = 0
    for number in range(1, KILLS + 1):
        part = list(PARTS)[number % len(PARTS)]
        log = tmp_path / f"kill-{number}.log"
        page = soak.start(soak.name, keep=True, log=log, pages=PAGE)
        while page.poll() is None and not BEGUN.search(log.read_text()):
            time.sleep(0.2)
        started = time.monotonic()
        time.sleep(chance.uniform(0, LAST * length))
        pod = kill(soak, part, page)
        at = time.monotonic() - started
        # Another one comes, as long as the page runs: its clean-up removes planner and worker for good.
        back = pod is None or comes_back(soak, part, pod, page)
        status = page.wait(BOUND)
        text = log.read_text()
        failed = FAILED.search(text)
        passed += status == 0
        end = "passed" if status == 0 else f"failed at {failed['step'] if failed else 'no step'}"
        killed = f"{part} killed at {at:.0f} s" if pod else f"no {part} to kill any more at {at:.0f} s"
        say(capsys, f"{number}: {killed}: {end}, {load_average()}")
        assert back, text
        assert "Traceback" not in text
        # It recovers, or says which step failed, in which file and line.
        assert status == 0 or (status == 1 and failed), text
        assert soak.left(soak.name, keep=True) == []
        assert leftovers(soak.kubectl, before, 90.0, Dynamo.left_behind) == [], text
    rest = f"{KILLS - passed} said which step failed; nothing left"
    say(capsys, f"{KILLS} kills, seed {SEED}: {passed} passed, {rest}\n")

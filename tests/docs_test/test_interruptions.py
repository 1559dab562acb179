"""Quick Deploy interrupted at its steps, on a fake kubectl: nothing is left, or the next run removes it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.model import StepKind, Tutorial
from docs_test.tutorials.build import read_tutorials
from support.ports import own_port
from support.processes import kill, with_environment
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Carry = Callable[..., list[int]]

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/kubernetes/quick-deploy.md"
CAPABILITIES = frozenset({"gpu"})
API = "v1beta1"
PROGRAM = Path(__file__).with_name("interruptions.py")


@pytest.fixture(scope="module")
def tutorials() -> dict[str, Tutorial]:
    """The page's tutorial by API version."""
    found = read_tutorials(ROOT, [PAGE]).tutorials(capabilities=CAPABILITIES)
    return {tutorial.variant["api"]: tutorial for tutorial in found}


@pytest.fixture(scope="module")
def tutorial(tutorials: dict[str, Tutorial]) -> Tutorial:
    """The one that is interrupted: what the other does is the same."""
    return tutorials[API]


@dataclass(frozen=True)
class Interrupted:
    """A run, and what became of it."""

    step: int
    folder: Path
    port: int
    signals: tuple[str, ...]
    release: bool = False

    def asked(self, steps: int) -> dict[str, Any]:
        fields = {"folder": str(self.folder), "port": str(self.port), "steps": steps}
        return {**fields, "step": self.step, "signals": self.signals, "release": self.release}

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def left(self) -> list[str]:
        """What is left: objects, files, records, processes, a port."""
        found = [f"object {line}" for line in (self.folder / "cluster").read_text().splitlines()]
        found += [f"file {path}" for path in (self.folder / "tmp").iterdir()]
        found += [f"record {path}" for path in (self.folder / "cache" / "dynamo-docs" / "runs").iterdir()]
        found += [f"process {pid}" for pid in with_environment(f"KUBECONFIG={self.folder}/")]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                found.append(f"port {self.port}")
        return found


def prepared(folder: Path, step: int, *signals: str, release: bool = False) -> Interrupted:
    folder.mkdir()
    (folder / "tmp").mkdir()
    (folder / "cluster").write_text("")
    return Interrupted(step, folder, own_port(), signals, release)


@pytest.fixture
def carried_out(page_fakes: Path) -> Iterator[Carry]:
    """Carry runs out and return their exit statuses; what a killed one leaves is ended also if the test fails."""
    folders: set[Path] = set()
    env = {**os.environ, "PATH": f"{page_fakes}:{os.environ['PATH']}"}

    def carry_out(runs: list[Interrupted], *, steps: int = 1000, api: str = API) -> list[int]:
        folders.update(run.folder for run in runs)
        page = {"root": str(ROOT), "page": PAGE, "when": {"api": api}}
        asked = json.dumps({**page, "runs": [run.asked(steps) for run in runs]})
        command = [sys.executable, str(PROGRAM)]
        done = subprocess.run(
            command, input=asked, env=env, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        statuses: list[int] = json.loads(done.stdout)
        return statuses

    yield carry_out
    kill(pid for folder in folders for pid in with_environment(f"KUBECONFIG={folder}/"))


def number_of(tutorial: Tutorial, words: str) -> int:
    return next(number for number, step in enumerate(tutorial.steps, 1) if words in step.code)


@pytest.mark.parametrize(
    ("name", "every"),
    [("SIGINT", 1), ("SIGTERM", 3), pytest.param("SIGTERM", 1, marks=pytest.mark.soak(part="loop"))],
)
def test_an_interruption_at_a_step_leaves_nothing(
    tutorial: Tutorial, tmp_path: Path, carried_out: Carry, name: str, every: int
) -> None:
    runs = [
        prepared(tmp_path / str(number), number, name, release=step.cleanup)
        for number, step in enumerate(tutorial.steps, 1)
        if (number - 1) % every == 0
    ]
    statuses = carried_out(runs)
    for run, status in zip(runs, statuses, strict=True):
        assert status == 130, run.log
        assert "interrupted; everything that was started has ended" in run.log
        assert "Traceback" not in run.log
        assert run.left() == [], run.log
        (page,) = json.loads((run.folder / "r").read_text())["pages"]
        outcomes = [step["outcome"] for step in page["steps"]]
        assert page["outcome"] == "failed"
        assert outcomes[: run.step - 1] == ["passed"] * (run.step - 1), "those before it"
        assert outcomes[-1] == "passed", "the clean-up, also where it was what was interrupted"


def closed(run: Interrupted) -> bool:
    """Whether nothing listens on its port any more."""
    return not any(item.startswith("port") for item in run.left())


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.soak(part="loop"))])
def test_what_a_killed_run_left_at_a_step_is_removed_by_the_next(
    tutorial: Tutorial, tmp_path: Path, carried_out: Carry, every: int
) -> None:
    runs = [prepared(tmp_path / str(step), step, "SIGKILL") for step in range(1, len(tutorial.steps) + 1, every)]
    assert set(carried_out(runs)) == {-9}
    for run in runs:
        # What a page started is ended by who watches over it, though nobody waits for that.
        wait_until(partial(closed, run), "the port is closed")
        left = " ".join(item.replace(str(run.folder), "") for item in run.left())
        assert "file" in left, "a killed run cleans nothing up"
        assert "record" in left
        assert ("DynamoGraphDeployment" in left) == (run.step > number_of(tutorial, "kubectl apply"))

    again = [Interrupted(0, run.folder, run.port, ()) for run in runs]
    assert set(carried_out(again, steps=1)) == {0}

    for run in again:
        assert "was killed: cleaning up after it" in run.log
        assert "Traceback" not in run.log
        assert run.left() == [], run.log


def test_a_second_ctrl_c_gives_clean_up_up_and_the_next_run_finishes_it(
    tutorial: Tutorial, tmp_path: Path, carried_out: Carry
) -> None:
    last = len(tutorial.steps)
    assert tutorial.steps[-1].cleanup
    run = prepared(tmp_path / "run", last, "SIGINT", "SIGINT")
    assert carried_out([run]) == [130]
    assert f"{PAGE}: interrupted during clean-up; the next run finishes it" in run.log
    assert "hint: remove them" in run.log
    assert "kubectl delete dynamographdeployments.nvidia.com quickstart -n default" in run.log
    assert any("DynamoGraphDeployment" in line for line in run.left())
    assert carried_out([Interrupted(0, run.folder, run.port, ())]) == [0]
    assert run.left() == []


@pytest.mark.parametrize("api", ["v1beta1", "v1alpha1"])
def test_the_page_runs_on_the_fake(
    tutorials: dict[str, Tutorial], tmp_path: Path, carried_out: Carry, api: str
) -> None:
    """Else the tests above would prove nothing."""
    run = prepared(tmp_path / "run", 0)
    assert carried_out([run], api=api) == [0], run.log
    assert f"(api={api}): passed" in run.log
    assert f"{len(tutorials[api].steps)} steps passed" in run.log
    assert run.left() == []
    assert {step.kind for step in tutorials[api].steps} == set(StepKind)


def test_the_versions_differ_in_the_file_and_the_answer_to_it_alone(tutorials: dict[str, Tutorial]) -> None:
    """Else interrupting one of them would not be enough."""
    assert list(tutorials) == ["v1beta1", "v1alpha1"]
    pairs = list(zip(*(found.steps for found in tutorials.values()), strict=True))
    differing = [(one, other) for one, other in pairs if one != other]
    file, apply = differing
    assert [step.file_name for step in file] == ["dgd-quickstart.yaml"] * 2
    assert apply[0] == replace(apply[1], expectation=apply[0].expectation)
    assert apply[0].code == "kubectl apply -f dgd-quickstart.yaml"

"""The output-copier's script, run for real with a kubectl that writes into a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.requests.job import OUTPUT, profiling_job
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from pathlib import Path

Object = dict[str, Any]
KUBECTL = """\
#!{python}
import json, os, sys
words, here = sys.argv[1:], {here!r}
def after(flag): return words[words.index(flag) + 1]
if words[:2] == ["create", "configmap"]:
    data = {{}}
    for word in words:
        if word.startswith("--from-literal="):
            key, _, value = word.removeprefix("--from-literal=").partition("=")
            data[key] = value
        if word.startswith("--from-file="):
            key, _, path = word.removeprefix("--from-file=").partition("=")
            data[key] = open(path).read()
    metadata = {{"name": words[2], "namespace": after("--namespace")}}
    print(json.dumps({{"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": data}}))
elif words[0] == "patch":
    item = json.load(sys.stdin)
    item["metadata"].update(json.loads(after("--patch"))["metadata"])
    print(json.dumps(item))
elif words[0] == "apply":
    item = json.load(sys.stdin)
    if os.path.exists(here + "/away"):
        os.remove(here + "/away")
        sys.exit(1)
    with open(here + "/applied", "a") as file:
        file.write(json.dumps(item) + "\\n")
elif words[0] == "get":
    if os.path.exists(here + "/terminated"):
        print("Error", end="")
"""


class Copier:
    """The script in a folder of its own, with the status file that the profiler would write."""

    def __init__(self, folder: Path, request: Object) -> None:
        self.folder = folder
        request["metadata"]["uid"] = "u-1"
        container = profiling_job(request, OperatorConfig("1.5.0"))["spec"]["template"]["spec"]["containers"][1]
        self.script = container["args"][0].replace(OUTPUT, str(folder))
        kubectl = folder / "kubectl"
        kubectl.write_text(KUBECTL.format(python=sys.executable, here=str(folder)))
        kubectl.chmod(0o755)
        # Time is not what is tested, but what it asks for.
        sleep = f'#!/bin/sh\necho "$1" >> {folder}/slept\nexec {shutil.which("sleep")} 0.01\n'
        (folder / "sleep").write_text(sleep)
        (folder / "sleep").chmod(0o755)
        (folder / "final_config.yaml").write_text("kind: DynamoGraphDeployment\n")

    def status(self, **fields: Any) -> None:
        part = self.folder / "part"
        part.write_text(yaml.safe_dump(fields, sort_keys=False))
        part.rename(self.folder / "profiler_status.yaml")

    def end(self) -> Copier:
        """The profiler's container ends."""
        (self.folder / "terminated").touch()
        return self

    def run(self) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder}:{os.environ['PATH']}"
        return subprocess.run(
            ["/bin/sh", "-c", self.script],
            env={"PATH": path, "HOSTNAME": "pod-1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def waits(self) -> list[str]:
        """The seconds that it slept, as it asked for them."""
        file = self.folder / "slept"
        return file.read_text().split() if file.exists() else []

    @property
    def looks(self) -> int:
        """How often it has waited."""
        return len(self.waits)

    @property
    def applied(self) -> list[Object]:
        file = self.folder / "applied"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def copier(tmp_path: Path, request_facts: Object) -> Copier:
    return Copier(tmp_path, request_facts["request"])


def test_a_success_is_copied_whole(copier: Copier, request_facts: Object) -> None:
    copier.status(status="success", message="Profiler completed successfully", phase="Done", outputs={"a": "b"})
    assert copier.end().run().returncode == 0
    item = copier.applied[-1]
    assert item["metadata"]["name"] == "dgdr-output-my-model"
    assert item["metadata"]["namespace"] == "demo"
    assert item["metadata"]["labels"] == request_facts["output"]["labels"]
    (owner,) = item["metadata"]["ownerReferences"]
    assert owner == {
        "apiVersion": "nvidia.com/v1beta1",
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": "DynamoGraphDeploymentRequest",
        "name": "my-model",
        "uid": "u-1",
    }
    assert sorted(item["data"]) == request_facts["output"]["success"]
    assert item["data"]["final_config.yaml"] == "kind: DynamoGraphDeployment\n"
    assert item["data"]["message"] == "Profiler completed successfully"
    assert (item["data"]["phase"], item["data"]["profiler_status"]) == ("Done", "success")


@pytest.mark.parametrize(
    "error",
    [
        "Only one of concurrency or requestRate can be provided, not both.",
        "it's broken: 'a' is not \"b\" # really, and this sentence is longer than YAML likes to have on one line",
        'with a tab\tand "quotes" in a text much longer than the eighty characters that YAML allows itself',
        "1 validation error for Spec\nsla.ttft\n  Input should be greater than 0 [type=greater_than]",
        "ends with a colon:",
        "-",
    ],
)
def test_a_failure_is_copied_as_one_line_however_yaml_writes_it(
    copier: Copier, request_facts: Object, error: str
) -> None:
    copier.status(status="failed", message="m", error=error, phase="Initializing")
    assert copier.end().run().returncode == 0, "the Job is not to fail for what the profiler did"
    data = copier.applied[-1]["data"]
    assert sorted(data) == request_facts["output"]["failure"]
    assert data["profiler_error"].replace("\\t", " ").split() == error.split()
    assert "\n" not in data["profiler_error"]
    assert data["profiler_status"] == "failed"


def test_the_message_stands_in_for_an_error_that_is_missing(copier: Copier) -> None:
    copier.status(status="failed", message="no idea", phase="GeneratingDGD")
    copier.end().run()
    assert copier.applied[-1]["data"]["profiler_error"] == "no idea"


def test_progress_is_relayed_once_for_each_phase(copier: Copier) -> None:
    copier.status(status="running", message="starting", phase="Initializing")
    running = threading.Thread(target=lambda: results.append(copier.run()))
    results: list[Any] = []
    running.start()
    wait_until(lambda: len(copier.applied) == 1, "the first phase is relayed")
    copier.status(status="running", message="Sweeping", phase="SweepingPrefill")
    wait_until(lambda: len(copier.applied) == 2, "the second phase is relayed")
    copier.status(status="success", message="done", phase="Done")
    wait_until(
        lambda: len(copier.applied) == 3, "the last phase is relayed, and no result while the profiler runs"
    )
    looked = copier.looks
    wait_until(lambda: copier.looks > looked + 2, "it looks again and again")
    assert [item["data"].get("profiler_status") for item in copier.applied] == [None] * 3
    copier.end()
    running.join(LONG)
    assert results[0].returncode == 0, results[0].stderr
    said = [(item["data"]["phase"], item["data"].get("profiler_status")) for item in copier.applied]
    assert said == [("Initializing", None), ("SweepingPrefill", None), ("Done", None), ("Done", "success")]
    assert set(copier.waits) == {"10"}, "the pace of the real one, in seconds"


def test_an_api_server_that_is_away_for_a_moment_is_asked_again(copier: Copier) -> None:
    (copier.folder / "away").touch()
    copier.status(status="success", message="done", phase="Done")
    assert copier.end().run().returncode == 0
    assert copier.applied[-1]["data"]["profiler_status"] == "success"


@pytest.mark.parametrize(("status", "told"), [("running", "without saying how"), ("", "without a status file")])
def test_a_profiler_that_crashed_fails_the_job(copier: Copier, status: str, told: str) -> None:
    if status:
        copier.status(status=status, message="m", phase="SweepingPrefill")
    done = copier.end().run()
    assert done.returncode == 1
    assert told in done.stderr
    assert all("profiler_status" not in item["data"] for item in copier.applied)

"""Production Deploy, its parts killed at random moments: each request ends, says how, and leaves nothing."""

from __future__ import annotations

import functools
import json
import os
import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.clusters.diagnosis import diagnosis
from docs_test.clusters.leftovers import LEFT_BY_KUBERNETES
from docs_test.clusters.snapshot import snapshot
from dynamo_api.facts import installation
from dynamo_docs.product import Dynamo
from groundwork.kube.kubectl import Kubectl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kind_cluster.kind import Cluster

pytestmark = [pytest.mark.soak(part="kills"), pytest.mark.cluster, pytest.mark.image, pytest.mark.timeout(2700)]

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = [
    ROOT / "examples" / "quickstart" / name for name in ("dgdr-quickstart-v1beta1.yaml", "dgdr-quickstart.yaml")
]
NAMESPACE = "soak-production"
LEFT = (*LEFT_BY_KUBERNETES, *Dynamo.left_behind)
REQUEST, GRAPH = "my-model", "my-model-dgd"
PODS = {
    "stand-in": (installation.NAMESPACE, installation.POD_SELECTOR),
    "profiler": (NAMESPACE, f"job-name=profile-{REQUEST}"),
    "worker": (
        NAMESPACE,
        f"nvidia.com/dynamo-graph-deployment-name={GRAPH},nvidia.com/dynamo-component-type=worker",
    ),
}
"""Of each part, the namespace and the labels of its Pods."""
KILLS = 20
SEED = 20261124
BOUND = 240.0
"""Seconds from a kill to the end of the request, and from its deletion to the last object's."""
PARTS = ("stand-in", "API server", "worker")
PROFILER_EVERY = 9
"""Each kill of that number hits the profiler, whose Job is not tried again."""
SHARE = {"stand-in": 0.7, "API server": 0.7, "worker": 0.3, "profiler": 0.3}
"""A part is killed within this share of the undisturbed time, in which images are pulled, too; a worker counted
from when there is one.
"""
CHAT = {
    "model": "Qwen/Qwen3-0.6B",
    "messages": [{"role": "user", "content": "Hello"}],
    "max_tokens": 8,
}


@dataclass(frozen=True)
class Kill:
    """What is killed, how, and when."""

    part: str
    process: bool
    """Its process, where one runs; else its Pod is deleted without grace."""
    moment: float
    """Seconds."""


@dataclass(frozen=True)
class Flow:
    """A cluster in which one request at a time is made, disturbed and deleted."""

    cluster: Cluster
    folder: Path

    @property
    def kubectl(self) -> Kubectl:
        path = f"{self.cluster.kubectl.parent}:{os.environ['PATH']}"
        env = {"PATH": path, "KUBECONFIG": str(self.cluster.kubeconfig), "HOME": str(self.folder)}
        return Kubectl(env)

    def node(self, *command: str, check: bool = True) -> str:
        words = ["docker", "exec", f"{self.cluster.name}-control-plane", *command]
        return subprocess.run(words, capture_output=True, text=True, check=check).stdout

    def object(self, kind: str, name: str) -> dict[str, Any]:
        """An object of the namespace; {} where there is none, or nobody answers."""
        return parsed(self.kubectl.read("get", kind, name, "-n", NAMESPACE, "-o", "json", timeout=15.0))

    def objects(self) -> frozenset[str]:
        """What the namespace holds, and what belongs to none: the rest of the cluster is not the request's."""
        return frozenset(item for item in snapshot(self.kubectl) if item.split("/")[1] in ("", NAMESPACE))

    def left(self, before: frozenset[str]) -> list[str]:
        """What is there now and was not before, but for what the platform keeps in every namespace."""
        new = [item.split("/", 2) for item in self.objects() - before]
        return ["/".join(item) for item in new if f"{item[0]}/*/{item[2]}" not in LEFT]

    def until(self, condition: Callable[[], Any], what: str, bound: float = BOUND) -> Any:
        deadline = time.monotonic() + bound
        while not (found := condition()):
            assert time.monotonic() < deadline, f"{what}: not within {bound:.0f} s\n{self.diagnosis()}"
            time.sleep(0.5)
        return found

    def diagnosis(self) -> str:
        """What a person would look at."""
        return "\n".join(
            [
                json.dumps(self.object("dgdr", REQUEST).get("status"), indent=1),
                self.kubectl.read("get", "dgdr,dgd,jobs,pods", "-n", NAMESPACE, "-o", "wide"),
                self.kubectl.read(
                    "logs", "-n", installation.NAMESPACE, f"deployment/{installation.DEPLOYMENT}", "--tail=40"
                ),
                *sorted(item for item in self.objects() if item.split("/")[1] == NAMESPACE),
                diagnosis(self.kubectl),
            ]
        )

    def apply(self, manifest: Path) -> None:
        self.cluster.run_kubectl("apply", "-n", NAMESPACE, "-f", str(manifest))

    def delete(self, before: frozenset[str]) -> None:
        """As the page does, the request, then its graph; after that only what was there before may be there."""
        for kind, name in (("dgdr", REQUEST), ("dgd", GRAPH)):
            words = ("delete", kind, name, "-n", NAMESPACE, "--ignore-not-found", "--timeout=60s")
            # Again and again: the API server may just be coming back.
            self.until(functools.partial(self.succeeds, *words), f"kubectl delete {kind} {name}")
        self.until(lambda: self.objects() >= before and not self.left(before), "nothing is left")

    def succeeds(self, *arguments: str) -> bool:
        command = ["kubectl", *arguments]
        done = subprocess.run(command, env=dict(self.kubectl.env), capture_output=True, check=False)
        return done.returncode == 0

    # What is killed.

    def forget_earlier_kills(self) -> None:
        """Else the kubelet would wait longer, up to minutes, before each restart of the same container."""
        self.node("systemctl", "restart", "kubelet")
        ready = ("get", "nodes", "-o", "jsonpath={.items[0].status.conditions[?(@.type=='Ready')].status}")
        self.until(lambda: self.kubectl.read(*ready) == "True", "the node is Ready again")

    def pods_of(self, part: str) -> list[dict[str, Any]]:
        namespace, selector = PODS[part]
        found = parsed(self.kubectl.read("get", "pods", "-n", namespace, "-l", selector, "-o", "json"))
        return [pod for pod in found.get("items", []) if "deletionTimestamp" not in pod["metadata"]]

    def running(self, part: str) -> list[str]:
        """The running containers of a part by their ids; what copies the profiler's result is not meant."""
        return [
            item["containerID"].removeprefix("containerd://")
            for pod in self.pods_of(part)
            for item in pod["status"].get("containerStatuses", [])
            if "running" in item["state"] and item["name"] != "output-copier"
        ]

    def wait_for_the_moment(self, kill: Kill, started: float) -> None:
        if kill.part == "worker":
            self.until(lambda: self.pods_of("worker"), "a worker")
            started = time.monotonic()
        time.sleep(max(0.0, started + kill.moment - time.monotonic()))

    def carry_out(self, kill: Kill) -> str:
        """Kill it; says what was killed."""
        if kill.part == "API server":
            self.node("pkill", "-9", "-x", "kube-apiserver")
            return "process of the API server"
        pods = self.until(lambda: self.pods_of(kill.part), f"a Pod of the {kill.part}")
        if kill.process and (running := self.running(kill.part)):
            container = running[0]
            self.node("ctr", "--namespace", "k8s.io", "tasks", "kill", "--signal", "SIGKILL", container)
            # Until the kubelet has told of it the Pod looks as good as before.
            self.until(lambda: container not in self.running(kill.part), "the kubelet notices")
            return f"process of the {kill.part}"
        name, namespace = pods[0]["metadata"]["name"], pods[0]["metadata"]["namespace"]
        self.cluster.run_kubectl("delete", "pod", name, "-n", namespace, "--force", "--grace-period=0")
        if kill.part != "profiler":  # Its Job makes no other.
            self.until(lambda: len(self.pods_of(kill.part)) >= len(pods), "another Pod in its place")
        return f"Pod of the {kill.part}"

    # How it ends.

    def phase(self) -> str:
        return str(self.object("dgdr", REQUEST).get("status", {}).get("phase", ""))

    def end(self) -> str:
        """Deployed once graph and workers are ready, too, and answer; Failed and why; "" while it goes on."""
        status = self.object("dgdr", REQUEST).get("status", {})
        if status.get("phase") == "Failed":
            return f"Failed: {why(status)}"
        # The workers as well: what their Pods say is told to the graph a moment later.
        parts = [self.object("dgd", GRAPH), *(self.pods_of("worker") or [{}])]
        good = status.get("phase") == "Deployed" and all(map(ready, parts))
        return "Deployed" if good and self.answers() else ""

    def answers(self) -> bool:
        """Whether a chat request is answered, asked on the node: no port of this machine is needed."""
        address = self.object("service", f"{GRAPH}-frontend").get("spec", {}).get("clusterIP")
        url = f"http://{address}:8000/v1/chat/completions"
        words = ("curl", "--silent", "--max-time", "20", "--json", json.dumps(CHAT), url)
        said = self.node(*words, check=False)
        return '"choices"' in said


def parsed(text: str) -> dict[str, Any]:
    value = json.loads(text) if text.strip() else {}
    assert isinstance(value, dict)
    return value


def ready(item: dict[str, Any]) -> bool:
    conditions = item.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def why(status: dict[str, Any]) -> str:
    """The condition that says why a request failed."""
    said = [
        f"{item['reason']}: {item['message']}"
        for item in status["conditions"]
        if item["status"] == "False" and item.get("message") and item["type"] != "Succeeded"
    ]
    assert said, f"Failed, and no condition says why: {status['conditions']}"
    return said[-1]


@pytest.fixture
def flow(platform: Cluster, tmp_path: Path) -> Iterator[Flow]:
    platform.run_kubectl("create", "namespace", NAMESPACE)
    secret = ("create", "secret", "generic", "hf-token-secret", "--from-literal=HF_TOKEN=")
    platform.run_kubectl(*secret, "-n", NAMESPACE)
    yield Flow(platform, tmp_path)
    platform.run_kubectl("delete", "namespace", NAMESPACE, "--timeout=3m")


def test_a_request_ends_whatever_is_killed_meanwhile_and_leaves_nothing(
    flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", end="", flush=True)

    before = flow.objects()
    assert before
    started = time.monotonic()
    flow.apply(REQUESTS[0])
    assert flow.until(flow.end, "the undisturbed request") == "Deployed"
    length = time.monotonic() - started
    flow.delete(before)
    say(f"undisturbed: Deployed and answering after {length:.0f} s")

    chance = random.Random(SEED)  # noqa: S311 - the same kills each time
    ends: list[str] = []
    slowest = 0.0
    for number in range(1, KILLS + 1):
        part = "profiler" if number % PROFILER_EVERY == 0 else PARTS[number % len(PARTS)]
        kill = Kill(part, chance.random() < 0.5, chance.uniform(0.0, length * SHARE[part]))
        flow.forget_earlier_kills()

        started = time.monotonic()
        flow.apply(REQUESTS[number % len(REQUESTS)])
        flow.wait_for_the_moment(kill, started)
        at, phase = time.monotonic() - started, flow.phase()
        what = f"{flow.carry_out(kill)} killed at {at:.1f} s ({phase or 'no phase yet'})"
        killed = time.monotonic()
        end = flow.until(flow.end, f"{number}: {what}")
        took = time.monotonic() - killed
        say(f"{number:2}: {what}: {end[:160]}, {took:.0f} s after the kill; ")
        ends.append(end.partition(":")[0])
        slowest = max(slowest, took)
        if part in ("stand-in", "worker"):
            assert end == "Deployed", "the one goes on where it was, the other is made anew"

        deleted = time.monotonic()
        flow.delete(before)
        with capsys.disabled():
            print(f"nothing left {time.monotonic() - deleted:.0f} s after deletion", end="", flush=True)

    counts = f"{ends.count('Deployed')} Deployed, {ends.count('Failed')} Failed that say why"
    say(f"{KILLS} kills, seed {SEED}: {counts}; at most {slowest:.0f} s from kill to end; no object left\n")

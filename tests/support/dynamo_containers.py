"""Dynamo in containers without Kubernetes, for the tests of the images."""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groundwork.system.processes import run
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Stage:
    """Containers of one Dynamo, without Kubernetes: they find each other through files on a volume."""

    image: str
    name: str
    port: int = 0
    containers: dict[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    """What else containers have, as Docker's `--volume` names it."""

    def start(self, model: str, *words: str, publish: bool = False) -> None:
        """Start `[NAME=VALUE …] MODULE [FLAG …]`."""
        count = sum("=" in word and not word.startswith("-") for word in words[:2])
        command = ["docker", "run", "--detach", "--network", self.name, "--volume", f"{self.name}:/workspace"]
        command += [part for volume in self.volumes for part in ("--volume", volume)]
        command += ["--env", "DYN_DISCOVERY_BACKEND=file", "--env", "DYN_FILE_KV=/workspace/discovery"]
        command += [part for word in words[:count] for part in ("--env", word)]
        # An endpoint serves one model: each worker has a namespace of its own, as each graph has in a cluster.
        command += ["--env", f"DYN_NAMESPACE=test-{len(self.containers)}"] if not publish else []
        command += ["--publish", "127.0.0.1::8000"] if publish else []
        self.containers[model] = run([*command, self.image, "python3", "-m", *words[count:]]).split()[-1]

    def logs(self, model: str) -> str:
        return run(["docker", "logs", self.containers[model]])

    def get(self, path: str, body: dict[str, object] | None = None) -> dict:
        with self.open(path, body) as answer:
            return json.load(answer)

    def open(self, path: str, body: dict[str, object] | None = None):
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data)
        request.add_header("Content-Type", "application/json")
        return urllib.request.urlopen(request, timeout=LONG)  # noqa: S310 - http, above

    def served(self) -> set[str]:
        with contextlib.suppress(urllib.error.URLError, OSError, http.client.HTTPException):
            return {model["id"] for model in self.get("/v1/models")["data"]}
        return set()

    def wait(self, models: set[str], seconds: float = LONG) -> None:
        deadline = time.monotonic() + seconds
        while self.served() != models:
            states = {
                model: run(["docker", "inspect", "--format", "{{.State.Running}}", container])
                for model, container in self.containers.items()
            }
            ended = [model for model, state in states.items() if state != "true"]
            assert not ended, self.logs(ended[0])[-3000:]
            assert time.monotonic() < deadline, f"registered within {seconds:.0f} s: {self.served()} of {models}"
            time.sleep(0.1)


@contextlib.contextmanager
def open_stage(image: str, workers: dict[str, tuple[str, ...]], *volumes: str) -> Iterator[Stage]:
    """A frontend and workers from one image, all registered; gone afterwards."""
    stage = Stage(image, f"dynamo-docs-test-images-{secrets.token_hex(4)}", volumes=volumes)
    run(["docker", "network", "create", stage.name])
    try:
        stage.start("frontend", "dynamo.frontend", publish=True)
        stage.port = int(run(["docker", "port", stage.containers["frontend"], "8000/tcp"]).rpartition(":")[2])
        for model, words in workers.items():
            stage.start(model, *words)
        stage.wait(set(workers))
        yield stage
    finally:
        for container in stage.containers.values():
            run(["docker", "rm", "--force", "--volumes", container])
        run(["docker", "network", "rm", stage.name])
        run(["docker", "volume", "rm", "--force", stage.name])

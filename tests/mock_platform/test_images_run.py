"""The built images at work in containers: the real frontend answers for the mocker and each backend's worker."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

import pytest

from cluster.provision import preflight
from mock_platform.images import Images, ensure_images, image_size
from project.processes import run
from project.progress import Progress
from project.versions import version

pytestmark = pytest.mark.image

MODEL = "Qwen/Qwen3-0.6B"
WORKERS = {
    # The name that each is to register, and its command.
    MODEL: ("dynamo.mocker", "--model-path", MODEL),
    "on-vllm": (
        *("dynamo.vllm", "--model", MODEL, "--served-model-name", "on-vllm", "--max-model-len", "4096"),
        *("--gpu-memory-utilization", "0.9", "--no-such-flag", "7", "--enforce-eager"),
    ),
    "on-sglang": ("dynamo.sglang", "--model-path", MODEL, "--served-model-name", "on-sglang", "--page-size", "16"),
    "on-trtllm": ("dynamo.trtllm", "--model", MODEL, "--served-model-name", "on-trtllm", "--max-batch-size", "16"),
}
PROTOTYPE_BYTES = 1.0e9
"""Of packages alone; the prototype's image was larger."""


@pytest.fixture(scope="session")
def images() -> Images:
    preflight()
    return ensure_images(Progress())


@dataclass
class Stage:
    """Containers of one Dynamo: they find each other through files on a volume."""

    image: str
    name: str
    port: int = 0
    containers: dict[str, str] = field(default_factory=dict)

    def start(self, model: str, *words: str, publish: bool = False) -> None:
        command = ["docker", "run", "--detach", "--network", self.name, "--volume", f"{self.name}:/workspace"]
        command += ["--env", "DYN_DISCOVERY_BACKEND=file", "--env", "DYN_FILE_KV=/workspace/discovery"]
        # An endpoint serves one model: each worker has a namespace of its own, as each graph has in a cluster.
        command += ["--env", f"DYN_NAMESPACE=test-{len(self.containers)}"] if not publish else []
        command += ["--publish", "127.0.0.1::8000"] if publish else []
        self.containers[model] = run([*command, self.image, "python3", "-m", *words]).split()[-1]

    def logs(self, model: str) -> str:
        return run(["docker", "logs", self.containers[model]])

    def get(self, path: str, body: dict[str, object] | None = None) -> dict:
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - http, above
            return json.load(answer)

    def served(self) -> set[str]:
        with contextlib.suppress(urllib.error.URLError, OSError, http.client.HTTPException):
            return {model["id"] for model in self.get("/v1/models")["data"]}
        return set()


def running(container: str) -> bool:
    return run(["docker", "inspect", "--format", "{{.State.Running}}", container]) == "true"


@pytest.fixture(scope="module")
def dynamo(images):
    """A frontend and one worker of each kind, all registered."""
    stage = Stage(images.runtime, f"dynamo-docs-test-images-{os.getpid()}")
    run(["docker", "network", "create", stage.name])
    try:
        stage.start("frontend", "dynamo.frontend", publish=True)
        stage.port = int(run(["docker", "port", stage.containers["frontend"], "8000/tcp"]).rpartition(":")[2])
        for model, words in WORKERS.items():
            stage.start(model, *words)
        deadline = time.monotonic() + 120
        while stage.served() != set(WORKERS):
            ended = [model for model, container in stage.containers.items() if not running(container)]
            assert not ended, stage.logs(ended[0])[-3000:]
            assert time.monotonic() < deadline, f"registered within 120 s: {stage.served()} of {set(WORKERS)}"
            time.sleep(0.2)
        yield stage
    finally:
        for container in stage.containers.values():
            run(["docker", "rm", "--force", "--volumes", container])
        run(["docker", "network", "rm", stage.name])
        run(["docker", "volume", "rm", "--force", stage.name])


@pytest.mark.parametrize("model", WORKERS)
def test_a_chat_is_answered_with_words(dynamo, model):
    messages = [{"role": "user", "content": "What is Dynamo?"}]
    answer = dynamo.get("/v1/chat/completions", {"model": model, "messages": messages, "max_tokens": 12})
    text = answer["choices"][0]["message"]["content"]
    assert len(text.split()) == 12
    assert all(word.isalpha() and word.islower() for word in text.split())
    assert answer["usage"]["completion_tokens"] == 12


def test_the_mock_says_so_first_and_names_each_flag_without_effect(dynamo):
    lines = dynamo.logs("on-vllm").splitlines()
    assert lines[0].startswith("mock: dynamo.vllm runs on the mocker engine")
    mocks = [line for line in lines if line.startswith("mock: ")]
    for flag in (
        "--gpu-memory-utilization 0.9 has no effect",
        "--no-such-flag 7 is not known",
        "--enforce-eager has",
    ):
        assert sum(f"mock: {flag}" in line for line in mocks) == 1


def test_translated_flags_reach_the_engine(dynamo):
    (model,) = [model for model in dynamo.get("/v1/models")["data"] if model["id"] == "on-vllm"]
    assert model["context_window"] == 4096
    assert "engine_type: Sglang" in dynamo.logs("on-sglang")
    assert "page_size: 16" in dynamo.logs("on-sglang").replace("Some(16)", "16")
    assert "max_num_seqs: Some(16)" in dynamo.logs("on-trtllm")


@pytest.mark.parametrize("model", WORKERS)
def test_workers_start_without_a_warning_of_their_configuration(dynamo, model):
    # The mocker goes on without what it cannot read, so a module pruned by mistake would show here alone.
    assert "Could not" not in dynamo.logs(model)


def in_image(image: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["docker", "run", "--rm", "--network", "none", image, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_the_shape_of_the_model_is_read(images):
    script = f"from dynamo.mocker.utils.kv_cache import compute_kv_bytes_per_token as size; print(size('{MODEL}'))"
    done = in_image(images.runtime, "python3", "-c", script)
    # Layers, K and V, heads, width (for the mocker: hidden size / attention heads), bytes of bfloat16.
    assert int(done.stdout) == 28 * 2 * 8 * (1024 // 16) * 2, done.stderr


def test_a_wrong_worker_command_ends_with_one_line(images):
    done = in_image(images.runtime, "python", "-m", "dynamo.vllm", "--model", MODEL, "--max-num-seqs", "many")
    assert done.returncode == 2
    assert done.stderr == (
        "mock: python3 -m dynamo.vllm: error: argument --max-num-seqs: 'many' is not a whole number\n"
    )


def test_the_model_is_made_the_same_each_time(images):
    sums = "find . -type f -exec sha256sum {} + | sort"
    script = f"cd /opt/huggingface && {sums} && python3 /opt/make_model.py /tmp/again && cd /tmp/again && {sums}"
    done = in_image(images.runtime, "sh", "-c", script)
    baked, again = done.stdout.splitlines()[:5], done.stdout.splitlines()[5:]
    assert len(baked) == 5
    assert baked == again, done.stderr


def test_the_runtime_image_is_the_real_dynamo_and_marked_as_a_mock(images):
    script = "import importlib.metadata as m, os; "
    script += "print(m.version('ai-dynamo'), os.environ['DYNAMO_DOCS_MOCK'], os.getuid())"
    done = in_image(images.runtime, "python3", "-c", script)
    assert done.stdout.split() == [version("dynamo.runtime"), "1", "1000"], done.stderr
    label = '{{index .Config.Labels "dev.dynamo-docs.mock"}}'
    assert run(["docker", "image", "inspect", "--format", label, images.runtime]) == "true"


def test_the_operator_image_imports_what_the_operator_needs(images):
    script = "import kubernetes.client, kubernetes.watch, yaml, mock_platform.operator, project.versions as v; "
    script += "print(v.version('dynamo.operator'))"
    done = in_image(images.operator, "python3", "-c", script)
    assert done.stdout.strip() == version("dynamo.operator"), done.stderr


def test_the_images_share_their_base_and_stay_small(images):
    layers = [
        json.loads(run(["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image]))
        for image in (images.runtime, images.operator)
    ]
    assert layers[0][:2] == layers[1][:2]
    assert image_size(images.runtime) < 0.6 * PROTOTYPE_BYTES
    assert image_size(images.operator) < 0.2 * PROTOTYPE_BYTES

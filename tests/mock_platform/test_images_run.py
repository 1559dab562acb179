"""The built images at work in containers: the real frontend answers for the mocker and each backend's worker."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from dynamo_api import releases
from groundwork.base.errors import ExitStatus
from groundwork.base.versions import version
from groundwork.system.processes import run
from mock_platform.image.dynamo_mock.model import MODELS
from mock_platform.image.dynamo_mock.timing import Setup
from mock_platform.image.dynamo_mock.worker import translate
from mock_platform.images import image_size

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.image

MODEL = "Qwen/Qwen3-0.6B"
WORKERS = {
    # The name that each is to register, and its command.
    MODEL: ("dynamo.mocker", "--model-path", MODEL),
    "on-vllm": (
        *("dynamo.vllm", "--model", MODEL, "--served-model-name", "on-vllm", "--max-model-len", "4096"),
        *("--gpu-memory-utilization", "0.5", "--no-such-flag", "7", "--enforce-eager", "--seed", "3"),
    ),
    "on-sglang": ("dynamo.sglang", "--model-path", MODEL, "--served-model-name", "on-sglang", "--page-size", "16"),
    "on-trtllm": ("dynamo.trtllm", "--model", MODEL, "--served-model-name", "on-trtllm", "--max-batch-size", "16"),
}
PROTOTYPE_BYTES = 1.0e9
"""Of packages alone; the prototype's image was larger."""


@pytest.fixture(scope="module")
def dynamo(images, running_dynamo):
    """A frontend and one worker of each kind, all registered."""
    with running_dynamo(images.runtime, WORKERS) as stage:
        yield stage


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
        "--seed 3 has no effect",
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
    blocks = re.search(r"num_gpu_blocks: (\d+)", dynamo.logs("on-vllm"))
    assert blocks, "the size of the cache, from the share of the GPU's memory"
    assert 1000 < int(blocks[1]) < 8000


@pytest.mark.parametrize("model", WORKERS)
def test_workers_start_without_a_warning_of_their_configuration(dynamo, model):
    # The mocker goes on without what it cannot read, so a module pruned by mistake would show here alone.
    assert "Could not" not in dynamo.logs(model)


def in_image(image: str, *words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = ["docker", "run", "--rm", "--network", "none"]
    # As a Job's emptyDir with fsGroup: the image's user may write there.
    command += ["--volume", f"{folder}:/data"] if folder else []
    return subprocess.run([*command, image, *words], capture_output=True, text=True, check=False, timeout=300)


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
    files = 5 * len(MODELS)
    baked, again = done.stdout.splitlines()[:files], done.stdout.splitlines()[files:]
    assert len(baked) == files
    assert baked == again, done.stderr


def test_the_runtime_image_is_the_real_dynamo_and_marked_as_a_mock(images):
    script = "import importlib.metadata as m, os; "
    script += "print(m.version('ai-dynamo'), os.environ['DYNAMO_DOCS_MOCK'], os.getuid())"
    done = in_image(images.runtime, "python3", "-c", script)
    assert done.stdout.split() == [version("dynamo.runtime"), "1", "1000"], done.stderr
    label = '{{index .Config.Labels "dev.dynamo-docs.mock"}}'
    assert run(["docker", "image", "inspect", "--format", label, images.runtime]) == "true"


def test_the_operator_image_imports_what_the_operator_needs(images):
    script = "import kubernetes.client, kubernetes.watch, yaml, mock_platform.operator; "
    script += "import dynamo_api.releases as r; "
    script += "print(r.operator().name)"
    done = in_image(images.operator, "python3", "-c", script)
    assert done.stdout.strip() == version("dynamo.operator"), done.stderr


def test_the_operator_image_starts_the_operator_with_what_it_has(images):
    """Outside a Pod it gets as far as looking for its cluster: all that it imports by then is there."""
    script = "import os; import mock_platform.operator.__main__ as program; "
    script += "os.environ['OPERATOR_VERSION'] = '1.5.0'; raise SystemExit(program.main([]))"
    done = in_image(images.operator, "python3", "-c", script)
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert done.stderr == "no cluster: Service host/port is not set.\nhint: outside a Pod: --kubeconfig FILE\n"


REQUEST = {
    # The v1beta1 request of the observed run, as the operator hands it over.
    "model": MODEL,
    "backend": "vllm",
    "image": f"nvcr.io/nvidia/ai-dynamo/dynamo-planner:{releases.operator().number}",
    "hardware": {"gpuSku": "h100_sxm", "vramMb": 81559, "totalGpus": 8, "numGpusPerNode": 8, "rdma": False},
    "workload": {"isl": 2048, "osl": 256},
    "sla": {"ttft": 500, "itl": 50},
    "searchStrategy": "rapid",
    "autoApply": True,
}


def profile(images, folder: Path, **changes: object) -> tuple[dict, dict]:
    """The profiler's status, and the components of the graph that it made, by name."""
    folder.chmod(0o777)
    config = json.dumps({**REQUEST, **changes})
    command = ("python", "-m", "dynamo.profiler", "--config", config, "--output-dir", "/data")
    done = in_image(images.planner, *command, folder=folder)
    status = yaml.safe_load((folder / "profiler_status.yaml").read_text())
    if status["status"] != "success":
        return status, {}
    *_, graph = yaml.safe_load_all((folder / "final_config.yaml").read_text())
    assert (graph["apiVersion"], graph["kind"]) == ("nvidia.com/v1beta1", "DynamoGraphDeployment"), done.stdout
    return status, {component["name"]: component for component in graph["spec"]["components"]}


def main_container(component: dict) -> dict:
    (container,) = component["podTemplate"]["spec"]["containers"]
    return container


@pytest.mark.parametrize(
    ("backend", "runtime"), [("vllm", "vllm"), ("sglang", "sglang"), ("trtllm", "tensorrtllm")]
)
def test_the_real_profiler_fills_in_the_examples(images, tmp_path, backend, runtime):
    status, components = profile(images, tmp_path, backend=backend)
    (worker,) = [component for component in components.values() if component["type"] == "worker"]
    assert (status["phase"], status["message"]) == ("Done", "Profiler completed successfully")
    container = main_container(worker)
    assert container["image"] == f"nvcr.io/nvidia/ai-dynamo/{runtime}-runtime:{releases.operator().number}"
    assert container["command"] == ["python3", "-m", f"dynamo.{backend}"]
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    # What it writes is what these workers know.
    translated = translate(backend, container["args"], {})
    assert translated.setup == Setup(MODEL, backend, "h100_sxm", 1)
    assert not [note for note in translated.notes if "not known" in note]
    if backend == "vllm":
        # As many as upstream's operator was seen to make of this request.
        assert worker["replicas"] == 8
        assert container["args"][container["args"].index("--max-num-batched-tokens") + 1] == "4060"
        assert "--max-model-len" not in container["args"], "since 1.5.0"


@pytest.mark.parametrize(
    ("changes", "phase", "error"),
    [
        ({"sla": {"ttft": 0.5, "itl": 0.01}}, "GeneratingDGD", "Profiler did not produce a DGD config."),
        ({"workload": {"concurrency": 4, "requestRate": 2}}, "Initializing", "Only one of 'concurrency' or"),
        ({"searchStrategy": "thorough"}, "SweepingPrefill", "mock: searchStrategy thorough measures on real GPUs"),
    ],
)
def test_a_profile_that_fails_says_why_on_one_line(images, tmp_path, changes, phase, error):
    status, _ = profile(images, tmp_path, **changes)
    assert (status["status"], status["phase"]) == ("failed", phase)
    assert status["error"].startswith(error)
    # The Job's sidecar reads the line of `error:`, and no YAML.
    (line,) = [line for line in (tmp_path / "profiler_status.yaml").read_text().splitlines() if "error:" in line]
    assert line.removeprefix("error: ").strip("'\"").replace("''", "'") == status["error"]


def test_features_mocker_makes_a_command_that_the_image_answers(images, running_dynamo, tmp_path):
    features = {"mocker": {"enabled": True}, "planner": {"enable_throughput_scaling": True}}
    _, components = profile(images, tmp_path, features=features)
    container = main_container(components["decode"])
    assert container["command"] == ["python3", "-m", "dynamo.mocker"]
    args = container["args"]
    # Alone, a decode worker is not served.
    mode = args.index("--disaggregation-mode")
    alone = [*args[:mode], *args[mode + 2 :]]
    with running_dynamo(images.planner, {MODEL: ("dynamo.mocker", *alone)}) as stage:
        assert "AIC perf model: backend=vllm, gpu=h100_sxm" in stage.logs(MODEL)


PREDICT = """
import dynamo.planner.plugins.orchestrator.engine_adapter
import pandas, pmdarima
from prophet import Prophet
known = pandas.DataFrame({"ds": pandas.date_range("2026-01-01", periods=9), "y": range(9)})
model = Prophet().fit(known)
by_prophet = model.predict(model.make_future_dataframe(1))["yhat"].iloc[-1]
by_arima = pmdarima.auto_arima([float(number) for number in range(9)]).predict(1)[0]
print(round(by_prophet), round(by_arima))
"""
ESTIMATE = f"""
from dynamo.planner.core.perf_model.engine_query import AicCoreEnginePerfModel, EnginePerfLimits
unset = dict.fromkeys(("backend_version", "cp_size", "weight_dtype", "moe_dtype", "activation_dtype",
                       "kv_cache_dtype", "nextn"))
sizes = dict.fromkeys(("tp_size", "pp_size", "moe_tp_size", "moe_ep_size", "attention_dp_size"), 1)
worker = dict(schema_version=1, system_name="h100_sxm", backend="vllm", kv_block_size=64, extra={{}})
for name in {list(MODELS)}:
    for kind in ("prefill", "decode"):
        made = AicCoreEnginePerfModel.best_available(
            aic_config=dict(worker, **unset, **sizes, model_name=name), worker_type=kind, attention_dp_size=1,
            limits=EnginePerfLimits(max_num_batched_tokens=8192, max_num_seqs=256, max_kv_tokens=10**6),
            options=dict(max_observations=64, min_observations=5, bucket_count=16, max_num_tokens=8192,
                         max_batch_size=256, max_kv_tokens=10**6))
        print("made:", made.diagnostics()["source"], made.diagnostics()["readiness"])
"""


def test_the_planner_starts_from_the_planner_image(images):
    done = in_image(images.planner, "python3", "-m", "dynamo.planner", "--help")
    assert "--config" in done.stdout, done.stderr
    done = in_image(images.planner, "python3", "-c", PREDICT)
    assert done.stdout.splitlines()[-1:] == ["9 9"], done.stderr
    assert "generated new fontManager" not in done.stdout + done.stderr, "made once, in the image"


def test_the_planner_has_dynamo_s_own_model_of_each_mock_model(images):
    """Target `sla` decides by it; nothing stands in."""
    done = in_image(images.planner, "python3", "-c", ESTIMATE)
    made = [line for line in done.stdout.splitlines() if line.startswith("made: ")]
    assert made == ["made: aic ready"] * 2 * len(MODELS), done.stderr


def test_kubectl_s_stand_in_has_what_the_result_s_copier_calls(images):
    script = (
        "set -e; set -o pipefail; "
        "kubectl version --client -o json | grep gitVersion | sed 's/.*: //' | tr -d ',\"'; "
        "echo 'phase: Done' | awk '{print $2}'; date +%s > /tmp/now; sleep 0; id -u; cat <<EOF\nend\nEOF"
    )
    done = in_image(images.kubectl, "/bin/sh", "-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("v1.")
    assert done.stdout.splitlines()[1:] == ["Done", "1000", "end"]


def layers(image: str) -> list[str]:
    return json.loads(run(["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image]))


def test_the_images_share_their_base_and_stay_small(images):
    assert layers(images.runtime)[:2] == layers(images.operator)[:2] == layers(images.kubectl)[:2]
    # A node that has one of these two gets the other by its last layers.
    assert len(set(layers(images.runtime)) - set(layers(images.planner))) <= 2
    # With AIConfigurator's measurements, which the planner image alone had while workers followed tables.
    assert image_size(images.runtime) < 0.7 * PROTOTYPE_BYTES
    assert image_size(images.planner) < PROTOTYPE_BYTES
    assert image_size(images.operator) < 0.2 * PROTOTYPE_BYTES
    assert image_size(images.kubectl) < 0.2 * PROTOTYPE_BYTES

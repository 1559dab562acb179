"""Which flags of the mocker a worker's timing follows, and what its log says of it."""

from __future__ import annotations

import shlex

import pytest

from mock_platform.image.dynamo_mock import worker
from mock_platform.image.dynamo_mock.timing import DEFAULT_GPU, Setup, system, timing

MODEL = "Qwen/Qwen3-0.6B"
SOURCE = "AIConfigurator 0.12.0, vllm 0.24.0"


def figures(gpu: str, backend: str) -> str:
    """What AIConfigurator has figures of, in these tests: one engine on one GPU."""
    if (gpu, backend) != ("h100_sxm", "vllm"):
        raise LookupError(f"no versions of {backend} on {gpu}")
    return SOURCE


@pytest.mark.parametrize(
    ("backend", "given", "size"),
    [
        ("vllm", "--model m", 1),
        ("vllm", "--model m -tp 8", 8),
        ("vllm", "--model m --tensor-parallel-size=2", 2),
        ("sglang", "--model m --tp 4", 4),
        ("sglang", "--model m --tp-size 4", 4),
        ("trtllm", "--model m --tensor-parallel-size 8 --pipeline-parallel-size 1", 8),
    ],
)
def test_the_worker_s_command_says_over_how_many_gpus_it_is_spread(backend, given, size):
    done = worker.translate(backend, shlex.split(given), {})
    assert done.setup == Setup("m", backend, DEFAULT_GPU, size)
    assert not any("tensor" in note for note in done.notes)


def test_the_environment_names_the_gpu():
    done = worker.translate("vllm", ["--model", "m"], {"DYNAMO_DOCS_GPU": "b200_sxm"})
    assert done.setup.system == "b200_sxm"
    # `spec.hardware.gpuSku` and AIConfigurator differ in this one.
    assert system({"DYNAMO_DOCS_GPU": "gb200_sxm"}) == "gb200"
    assert system({"DYNAMO_DOCS_GPU": " "}) == DEFAULT_GPU


def test_a_prediction_is_asked_for_and_named():
    found = timing(Setup(MODEL, "vllm", "h100_sxm", 8), figures)
    assert shlex.join(found.arguments) == (
        "--aic-perf-model --aic-system h100_sxm --aic-backend vllm --aic-tp-size 8"
    )
    assert found.note == (f"timing: as predicted for {MODEL} on h100_sxm with vllm, tensor parallel 8 ({SOURCE})")


@pytest.mark.parametrize("setup", [Setup(MODEL, "vllm", "a30", 1), Setup(MODEL, "trtllm", "h100_sxm", 1)])
def test_without_figures_the_log_says_why(setup):
    found = timing(setup, figures)
    assert found.arguments == ()
    assert found.note == (
        "timing: the mocker's own formula, of no GPU in particular; AIConfigurator has no figures for"
        f" DYNAMO_DOCS_GPU={setup.system}: no versions of {setup.backend} on {setup.system}"
    )

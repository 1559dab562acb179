"""Which prediction a worker's timing follows, and what its log says of it."""

from __future__ import annotations

import json
import shlex

import pytest

from mock_platform.image.dynamo_mock import make_predictions, mocker, worker
from mock_platform.image.dynamo_mock.predictions import DEFAULT_GPU, Setup, system, timing

MODEL = "Qwen/Qwen3-0.6B"


@pytest.fixture
def home(tmp_path):
    """Tables of one model: vllm on two systems, in two sizes on the first."""
    engines = {"vllm h100_sxm": "0.24.0", "vllm gb200": "0.24.0"}
    for name, size in (("h100_sxm", 1), ("h100_sxm", 8), ("gb200", 1)):
        table = Setup(MODEL, "vllm", name, size).table(tmp_path)
        table.parent.mkdir(exist_ok=True)
        table.write_bytes(b"")
    (tmp_path / "index.json").write_text(json.dumps({"aiconfigurator": "0.12.0", "engines": engines}))
    return tmp_path


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


def test_a_prediction_is_followed_and_named(home):
    found = timing(Setup(MODEL, "vllm", "h100_sxm", 8), home)
    assert found.arguments == (
        "--planner-profile-data",
        str(home / "models--Qwen--Qwen3-0.6B/vllm-h100_sxm-tp8.npz"),
    )
    assert found.note == (
        "timing: as AIConfigurator 0.12.0 predicts for Qwen/Qwen3-0.6B on h100_sxm with vllm, tensor parallel 8"
        " (vllm 0.24.0)"
    )


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        (Setup("other/model", "vllm", "h100_sxm", 1), "models are Qwen/Qwen3-0.6B"),
        (Setup("/opt/model-cache/hub", "vllm", "h100_sxm", 1), "models are Qwen/Qwen3-0.6B"),
        (Setup(MODEL, "vllm", "a30", 1), "GPUs (DYNAMO_DOCS_GPU) are gb200, h100_sxm"),
        (Setup(MODEL, "vllm", "h100_sxm", 16), "sizes are 1, 8"),
    ],
)
def test_without_a_prediction_the_log_says_why(home, setup, said):
    found = timing(setup, home)
    assert found.arguments == ()
    assert found.note.startswith("timing: the mocker's own formula, of no GPU in particular; ")
    assert str(setup) in found.note
    assert said in found.note


def test_an_image_without_predictions_still_starts_workers(tmp_path):
    assert "no predictions" in timing(Setup(MODEL, "vllm", "h100_sxm", 1), tmp_path).note


def test_the_mocker_s_flag_becomes_the_same_table(home):
    # As the profiler writes it for features.mocker.
    given = f"--model-path {MODEL} --disaggregation-mode decode --model-name {MODEL} --aic-perf-model"
    given += " --aic-backend vllm --aic-backend-version 0.14.0 --aic-system h100_sxm --aic-tp-size 8"
    given += " --aic-moe-tp-size 1 --aic-moe-ep-size 2 --aic-attention-dp-size 1 --engine-type vllm"
    words, notes = mocker.rewrite(shlex.split(given), {}, home)
    kept = f"--model-path {MODEL} --disaggregation-mode decode --model-name {MODEL} --engine-type vllm"
    table = Setup(MODEL, "vllm", "h100_sxm", 8).table(home)
    assert words == [*shlex.split(kept), "--planner-profile-data", str(table)]
    assert "--aic-perf-model" in notes[0]
    assert "as AIConfigurator 0.12.0 predicts" in notes[1]
    assert notes[2:] == [
        "--aic-backend-version 0.14.0: the prediction is for 0.24.0",
        "--aic-moe-ep-size 2 has no effect on a mock",
    ]


def test_what_the_mocker_s_flag_leaves_open_is_taken_from_the_worker(home):
    words, _ = mocker.rewrite(["--model-path", MODEL, "--aic-perf-model"], {"DYNAMO_DOCS_GPU": "gb200_sxm"}, home)
    assert words[-1].endswith("vllm-gb200-tp1.npz")


def test_other_mocker_commands_are_left_alone(home):
    plain = ["--model-path", MODEL, "--aic-system", "h100_sxm", "--speedup-ratio", "2"]
    assert mocker.rewrite(plain, {}, home) == (plain, [])
    own = ["--planner-profile-data", "/data/own.npz"]
    words, (note,) = mocker.rewrite([*own, "--aic-perf-model"], {}, home)
    assert words == own
    assert "--planner-profile-data" in note


class FakeEngine:
    """A prefill of half a millisecond a token, a decode step of a hundredth a request and a thousandth a token."""

    def predict_prefill_latency(self, _batch: int, tokens: int) -> float:
        return tokens / 2

    def predict_decode_latency(self, batch: int, context: int) -> float:
        return batch / 100 + context / 1000


def test_a_table_holds_the_figures_of_one_request_on_its_diagonal():
    columns = make_predictions.grid(FakeEngine())
    assert columns["prefill_ttft_ms"][columns["prefill_isl"].index(2048)] == 1024
    contexts, active = columns["decode_context_length"], columns["decode_active_kv_tokens"]
    assert (len(columns["decode_itl"]), len(columns["decode_itl"][0])) == (len(active), len(contexts))
    assert columns["decode_itl"][active.index(2048)][contexts.index(2048)] == 0.01 + 2.048
    assert columns["decode_itl"][active.index(65536)][contexts.index(2048)] == 0.32 + 2.048
    assert [*contexts] == sorted(set(contexts))
    assert make_predictions.batch(2097152, 1) == make_predictions.LARGEST_BATCH

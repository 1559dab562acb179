"""A worker is as slow as AIConfigurator predicts: measured through the frontend, one request at a time."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from latency import Setup, Times, as_predicted, measure, predict, shortest, typical

MODEL = "Qwen/Qwen3-0.6B"
ANSWER = 64
RUNS, MOST_RUNS = 6, 40
"""Requests that are always made, and made at most where the machine is busy."""


@dataclass(frozen=True)
class Case:
    """A worker command, and the set-up that it stands for."""

    words: tuple[str, ...]
    system: str
    backend: str
    size: int
    prompt: int
    """Words of the prompt, a token each."""


CASES = {
    # The request of the Production Deploy page, as the profiler makes it.
    "vllm-h100": Case(
        (
            *("dynamo.vllm", "--model", MODEL, "--served-model-name", "vllm-h100", "--tensor-parallel-size", "1"),
            *("--pipeline-parallel-size", "1", "--data-parallel-size", "1", "--kv-cache-dtype", "auto"),
            *("--max-model-len", "3804", "--max-num-seqs", "512", "--max-num-batched-tokens", "4060"),
        ),
        *("h100_sxm", "vllm", 1, 2000),
    ),
    # Slow ones: here a worker that does not follow its table would be found out.
    "sglang-a100": Case(
        (
            *("DYNAMO_DOCS_GPU=a100_sxm", "dynamo.sglang", "--model-path", MODEL),
            *("--served-model-name", "sglang-a100", "--tp", "1", "--max-prefill-tokens", "16384"),
            *("--chunked-prefill-size", "16384"),
        ),
        *("a100_sxm", "sglang", 1, 8000),
    ),
    "trtllm-l40s": Case(
        (
            *("DYNAMO_DOCS_GPU=l40s", "dynamo.trtllm", "--model-path", MODEL, "--max-num-tokens", "8192"),
            *("--served-model-name", "trtllm-l40s", "--tensor-parallel-size", "2"),
        ),
        *("l40s", "trtllm", 2, 6000),
    ),
    "mocker-l40s": Case(
        (
            *("dynamo.mocker", "--model-path", MODEL, "--model-name", "mocker-l40s", "--aic-perf-model"),
            *("--aic-system", "l40s", "--aic-backend", "vllm", "--aic-backend-version", "0.14.0"),
            *("--aic-tp-size", "4", "--aic-moe-tp-size", "1", "--engine-type", "vllm"),
        ),
        *("l40s", "vllm", 4, 4000),
    ),
}


@pytest.fixture(scope="module")
def stage(images, running_dynamo):
    with running_dynamo(images.runtime, {name: case.words for name, case in CASES.items()}) as stage:
        yield stage


PREDICTED = Times(first=100, last=100 + 63 * 60, tokens=ANSWER)


@pytest.mark.parametrize(
    ("first", "between", "fits"),
    [
        (100, 60, True),
        (119, 71, True),
        (81, 49, True),
        (121, 60, False),
        (79, 60, False),
        (100, 73, False),
        (100, 47, False),
    ],
)
def test_a_fifth_is_allowed(first, between, fits):
    assert as_predicted(Times(first, first + between * 63, ANSWER), PREDICTED) is fits


@pytest.mark.parametrize(("first", "between", "fits"), [(19, 11, True), (21, 2, False), (10, 13, False)])
def test_ten_milliseconds_are_allowed(first, between, fits):
    predicted = Times(10, 10 + 2 * 63, ANSWER)
    assert as_predicted(Times(first, first + between * 63, ANSWER), predicted) is fits


def test_what_is_taken_of_several_requests():
    measured = [Times(*times, tokens=11) for times in ((10, 60), (12, 42), (30, 70))]
    assert typical(measured) == Times(12, 12 + 40, 11)
    assert shortest(measured) == Times(10, 42, 11)


@pytest.mark.image
@pytest.mark.parametrize("name", CASES)
def test_a_worker_is_as_slow_as_predicted(stage, images, name):
    case = CASES[name]
    best, prompt = measure(stage.port, name, case.prompt, ANSWER)
    predicted = predict(images.planner, Setup(MODEL, case.system, case.backend, case.size), prompt, ANSWER)
    for count in range(2, MOST_RUNS + 1):
        times, _ = measure(stage.port, name, case.prompt, ANSWER)
        best = shortest((best, times))
        good = as_predicted(best, predicted)
        if good and count >= RUNS:
            break
    said = f"{prompt} tokens: {best} in {count} runs, predicted {predicted}"
    print(f"{name}: {said}")
    assert good, said


@pytest.mark.image
@pytest.mark.parametrize(
    ("name", "said"), [("vllm-h100", "vllm 0.24.0"), ("mocker-l40s", "--aic-backend-version")]
)
def test_the_log_says_whose_timing_it_is(stage, name, said):
    lines = [line for line in stage.logs(name).splitlines() if line.startswith("mock: ")]
    assert any("timing: as AIConfigurator 0.12.0 predicts for Qwen/Qwen3-0.6B on" in line for line in lines)
    assert any(said in line for line in lines)
    assert not any("--tensor-parallel-size" in line and "no effect" in line for line in lines)

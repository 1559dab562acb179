"""A worker follows AIConfigurator's prediction, which the mocker asks for: no answer comes before its time.

Measured through the frontend, one request at a time. An engine waits by the clock, so that a busy machine can only
make it slower: how much slower is recorded, and held in the soak alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import pytest

from mock_platform.image.dynamo_mock import timing
from mock_platform.image.dynamo_mock.worker import translate
from support.latency import (
    Setup,
    Times,
    as_predicted,
    measure,
    not_sooner,
    predict,
    shortest,
    typical,
)

MODEL = "Qwen/Qwen3-0.6B"
ANSWER = 64
RUNS, MOST_RUNS = 6, 40
"""Requests that are always made, and made at most in the soak, until the machine is quiet."""
STRETCH = 40.0
"""So many times as slow: more than a machine adds, and far slower than all else that a worker might go by."""
SHORT_ANSWER = 16
FAR = 2.0
"""Predictions so many times apart are ordered on any machine: once stretched, seconds lie between them."""


@dataclass(frozen=True)
class Case:
    """A worker command, and the set-up that it stands for."""

    words: tuple[str, ...]
    system: str
    backend: str
    size: int
    prompt: int
    """Words of the prompt, a token each."""

    @property
    def setup(self) -> Setup:
        """What AIConfigurator is asked about."""
        return Setup(MODEL, self.system, self.backend, self.size)

    @property
    def worker(self) -> timing.Setup:
        """The same, as the image names it."""
        return timing.Setup(MODEL, self.backend, self.system, self.size)

    @property
    def mocker(self) -> tuple[str, ...]:
        """The mocker's command that the worker's becomes."""
        module, *flags = (word for word in self.words if not word.startswith(timing.GPU_VARIABLE))
        if module == "dynamo.mocker":
            return (module, *flags)
        done = translate(self.backend, flags, {timing.GPU_VARIABLE: self.system})
        return ("dynamo.mocker", *done.arguments, *timing.timing(done.setup, lambda *_: "").arguments)


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
            *("--aic-system", "l40s", "--aic-backend", "vllm", "--aic-backend-version", "current"),
            *("--aic-tp-size", "4", "--aic-moe-tp-size", "1", "--engine-type", "vllm"),
        ),
        *("l40s", "vllm", 4, 4000),
    ),
}


@pytest.fixture(scope="module")
def stage(images, running_dynamo):
    with running_dynamo(images.runtime, {name: case.words for name, case in CASES.items()}) as stage:
        yield stage


@pytest.fixture(scope="module")
def stretched(images, running_dynamo):
    """The same engines, with time stretched."""
    slow = ("--speedup-ratio", str(1 / STRETCH))
    with running_dynamo(images.runtime, {name: (*case.mocker, *slow) for name, case in CASES.items()}) as stage:
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


@pytest.mark.parametrize(
    ("first", "between", "fits"), [(81, 49, True), (1000, 600, True), (79, 60, False), (100, 47, False)]
)
def test_a_fifth_too_soon_is_allowed_and_any_delay(first, between, fits):
    assert not_sooner(Times(first, first + between * 63, ANSWER), PREDICTED) is fits


def test_what_is_taken_of_several_requests():
    measured = [Times(*times, tokens=11) for times in ((10, 60), (12, 42), (30, 70))]
    assert typical(measured) == Times(12, 12 + 40, 11)
    assert shortest(measured) == Times(10, 42, 11)


@pytest.mark.image
@pytest.mark.parametrize("name", CASES)
def test_no_answer_comes_before_its_time(stage, images, name, record_testsuite_property):
    case = CASES[name]
    measured = [measure(stage.port, name, case.prompt, ANSWER) for _ in range(RUNS)]
    best, (prompt,) = shortest([times for times, _ in measured]), {prompt for _, prompt in measured}
    predicted = predict(images.planner, case.setup, prompt, ANSWER)
    record_testsuite_property(f"{name}, {prompt} tokens: measured, predicted", f"{best}; {predicted}")
    assert not_sooner(best, predicted), f"{prompt} tokens: {best} in {RUNS} runs, predicted {predicted}"


@pytest.fixture(scope="module")
def answers(stretched, images):
    """By name: what one request took with time stretched, and what is predicted, stretched as much."""
    found = {}
    for name, case in CASES.items():
        times, prompt = measure(stretched.port, name, case.prompt, SHORT_ANSWER)
        found[name] = times, predict(images.planner, case.setup, prompt, SHORT_ANSWER).scaled(STRETCH)
    return found


@pytest.mark.image
@pytest.mark.soak(part="workers")
@pytest.mark.parametrize("name", CASES)
def test_a_worker_follows_its_prediction(answers, name):
    """Stretched: whatever else the worker might go by would be far faster, on any machine."""
    times, predicted = answers[name]
    assert not_sooner(times, predicted), f"{times}, predicted {predicted}"


@pytest.mark.image
@pytest.mark.soak(part="workers")
def test_workers_answer_in_the_order_of_their_predictions(answers):
    """One that followed a slower one's prediction would be found out."""
    far = [(one, other) for one, other in permutations(CASES, 2) if apart(answers[one][1], answers[other][1])]
    assert {name for pair in far for name in pair} == set(CASES), "each is compared with another"
    for one, other in far:
        sooner, later = answers[one][0], answers[other][0]
        assert sooner.first < later.first, f"{one}: {sooner}; {other}: {later}"


def apart(one: Times, other: Times) -> bool:
    """Whether the first token of one is predicted much before that of the other."""
    return one.first * FAR < other.first


@pytest.mark.image
@pytest.mark.soak(part="workers")
@pytest.mark.parametrize("name", CASES)
def test_a_worker_is_as_slow_as_predicted(stage, images, name):
    """In the soak alone: on a machine that is never quiet it would be slower."""
    case = CASES[name]
    best, prompt = measure(stage.port, name, case.prompt, ANSWER)
    predicted = predict(images.planner, case.setup, prompt, ANSWER)
    for count in range(2, MOST_RUNS + 1):
        times, _ = measure(stage.port, name, case.prompt, ANSWER)
        best = shortest((best, times))
        good = as_predicted(best, predicted)
        if good and count >= RUNS:
            break
    said = f"{prompt} tokens: {best} in {count} runs, predicted {predicted}"
    print(f"{name}: {said}")
    assert good, f"{said}; was the machine ever quiet?"


@pytest.mark.image
@pytest.mark.parametrize("name", ["vllm-h100", "sglang-a100", "trtllm-l40s"])
def test_the_log_says_whose_timing_it_is_and_what_is_started(stage, name):
    case, lines = CASES[name], stage.logs(name).splitlines()
    assert f"mock: starting -m {' '.join(case.mocker)}" in lines
    (said,) = [line for line in lines if line.startswith("mock: timing: ")]
    assert said.startswith(f"mock: timing: as predicted for {case.worker} (AIConfigurator 0.12.0, {case.backend} ")


@pytest.mark.image
@pytest.mark.parametrize("name", CASES)
def test_the_engine_says_what_it_asks(stage, name):
    case = CASES[name]
    (asked,) = [line for line in stage.logs(name).splitlines() if "AIC perf model: " in line]
    assert f"backend={case.backend}, gpu={case.system}, model={MODEL}," in asked

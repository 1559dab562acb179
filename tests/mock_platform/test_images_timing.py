"""A worker is as slow as AIConfigurator predicts: measured through the frontend, one request at a time.

The prediction is asked of AIConfigurator itself, in the planner image, and not read from the tables that workers
follow: the tables, the choice of one and the mocker are what is tested.
"""

from __future__ import annotations

import json
import random
import re
import time
from dataclasses import dataclass

import pytest

from project.processes import run

pytestmark = pytest.mark.image

MODEL = "Qwen/Qwen3-0.6B"
ANSWER = 64
SHARE, MILLISECONDS = 0.20, 10.0
"""A measurement may differ from the prediction by either."""
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


@dataclass(frozen=True)
class Times:
    """In milliseconds, from the request on."""

    first: float
    last: float

    @property
    def between(self) -> float:
        return (self.last - self.first) / (ANSWER - 1)

    def __str__(self) -> str:
        return f"TTFT {self.first:.2f} ms, ITL {self.between:.2f} ms"


def measure(stage, model: str, words: int) -> tuple[Times, int]:
    """When the first and the last token came, and how many tokens the prompt had, which no cache knows."""
    dice = random.Random()  # noqa: S311 - no secret
    text = " ".join(dice.choices(("the", "of", "value", "file", "object", "string", "name", "return"), k=words))
    body = {"model": model, "prompt": text, "max_tokens": ANSWER, "stream": True}
    body["stream_options"] = {"include_usage": True}
    arrivals, prompt = [], 0
    start = time.perf_counter()
    with stage.open("/v1/completions", body) as answer:
        for line in answer:
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            prompt = (event.get("usage") or {}).get("prompt_tokens", prompt)
            if event.get("choices") and event["choices"][0].get("text"):
                arrivals.append(time.perf_counter())
    return Times(*((arrivals[index] - start) * 1000 for index in (0, -1))), prompt


def predict(images, case: Case, prompt: int) -> Times:
    """What AIConfigurator says for a prompt of so many tokens, and no other request."""
    command = ["docker", "run", "--rm", "--network", "none", images.planner, "python3", "-W", "ignore"]
    command += ["-m", "aiconfigurator.main", "cli", "estimate", "--estimate-mode", "static", "--batch-size", "1"]
    command += ["--model-path", MODEL, "--system", case.system, "--backend", case.backend]
    command += ["--tp-size", str(case.size), "--isl", str(prompt), "--osl", str(ANSWER)]
    said = run(command, what="asking AIConfigurator")
    first, between = (float(re.search(rf"{what}: +([\d.]+) ms", said)[1]) for what in ("TTFT", "TPOT"))
    return Times(first, first + between * (ANSWER - 1))


def fits(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= max(SHARE * wanted, MILLISECONDS)


@pytest.mark.parametrize("name", CASES)
def test_a_worker_is_as_slow_as_predicted(stage, images, name):
    case = CASES[name]
    best, prompt = measure(stage, name, case.prompt)
    predicted = predict(images, case, prompt)
    # The engine waits by the clock, so that other work on this machine only adds: the shortest times count.
    for count in range(2, MOST_RUNS + 1):
        times, _ = measure(stage, name, case.prompt)
        best = Times(min(best.first, times.first), min(best.last, times.last))
        good = fits(best.first, predicted.first) and fits(best.between, predicted.between)
        if good and count >= RUNS:
            break
    said = f"{prompt} tokens: {best} in {count} runs, predicted {predicted}"
    print(f"{name}: {said}")
    assert good, said


@pytest.mark.parametrize(
    ("name", "said"), [("vllm-h100", "vllm 0.24.0"), ("mocker-l40s", "--aic-backend-version")]
)
def test_the_log_says_whose_timing_it_is(stage, name, said):
    lines = [line for line in stage.logs(name).splitlines() if line.startswith("mock: ")]
    assert any("timing: as AIConfigurator 0.12.0 predicts for Qwen/Qwen3-0.6B on" in line for line in lines)
    assert any(said in line for line in lines)
    assert not any("--tensor-parallel-size" in line and "no effect" in line for line in lines)

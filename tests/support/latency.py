"""What a request took, measured through a frontend, and what AIConfigurator predicts for it, in milliseconds.

The prediction is asked of AIConfigurator itself, in the planner image, and not read from the tables that workers
follow: the tables, the choice of one and the mocker are what is tested.
"""

from __future__ import annotations

import json
import random
import re
import time
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING

from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE = 0.20
"""A measurement may differ from the prediction by so much of it, up or down."""
MILLISECONDS = 10.0
"""What a quiet machine may add, where that is more."""
WORDS = ("the", "of", "value", "file", "object", "string", "name", "return")


@dataclass(frozen=True)
class Times:
    """From the request on to the first and to the last token of an answer."""

    first: float
    last: float
    tokens: int

    @property
    def between(self) -> float:
        return (self.last - self.first) / (self.tokens - 1)

    def scaled(self, factor: float) -> Times:
        """As many tokens, so many times as slow."""
        return Times(self.first * factor, self.last * factor, self.tokens)

    def __str__(self) -> str:
        return f"TTFT {self.first:.2f} ms, ITL {self.between:.2f} ms"


@dataclass(frozen=True)
class Setup:
    """What AIConfigurator is asked about; `system` and `backend` are its names."""

    model: str
    system: str
    backend: str
    size: int
    """GPUs that a worker is spread over: tensor parallelism."""


def measure(port: int, model: str, words: int, tokens: int, *, settle: float = 0) -> tuple[Times, int]:
    """An answer's times, and how many tokens the prompt had: a word each, and no cache knows them.

    Args:
        port: of this machine, on which the frontend answers.
        model: the name under which it is served.
        words: of the prompt.
        tokens: of the answer.
        settle: seconds between connection and request, where the connection is passed on by others.
    """
    text = " ".join(random.Random().choices(WORDS, k=words))  # noqa: S311 - no secret
    body = {"model": model, "prompt": text, "max_tokens": tokens, "stream": True}
    body["stream_options"] = {"include_usage": True}
    data = json.dumps(body).encode()
    arrivals, usage = [], {}
    # One for each request: on one that is used again, delayed acknowledgements hold the first token back 40 ms.
    with closing(HTTPConnection("127.0.0.1", port, timeout=300)) as frontend:
        frontend.connect()
        time.sleep(settle)
        start = time.perf_counter()
        frontend.request("POST", "/v1/completions", data, {"Content-Type": "application/json"})
        answer = frontend.getresponse()
        assert answer.status == 200, answer.read()
        for line in answer:
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            usage = event.get("usage") or usage
            if event.get("choices") and event["choices"][0].get("text"):
                arrivals.append(time.perf_counter())
    assert usage["completion_tokens"] == tokens
    return Times(*((arrivals[index] - start) * 1000 for index in (0, -1)), tokens), usage["prompt_tokens"]


@cache
def predict(planner: str, setup: Setup, prompt: int, tokens: int) -> Times:
    """What AIConfigurator says for a prompt and an answer of so many tokens, and no other request.

    Args:
        planner: the image that has AIConfigurator.
        setup: the worker.
        prompt: tokens of it.
        tokens: of the answer.
    """
    command = ["docker", "run", "--rm", "--network", "none", planner, "python3", "-W", "ignore"]
    command += ["-m", "aiconfigurator.main", "cli", "estimate", "--estimate-mode", "static", "--batch-size", "1"]
    command += ["--model-path", setup.model, "--system", setup.system, "--backend", setup.backend]
    command += ["--tp-size", str(setup.size), "--isl", str(prompt), "--osl", str(tokens)]
    said = run(command, what="asking AIConfigurator")
    first, between = (float(re.search(rf"{what}: +([\d.]+) ms", said)[1]) for what in ("TTFT", "TPOT"))
    return Times(first, first + between * (tokens - 1), tokens)


def fits(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= max(SHARE * wanted, MILLISECONDS)


def as_predicted(found: Times, predicted: Times) -> bool:
    """Whether both the first token and those after it came when they should; on a quiet machine only."""
    return fits(found.first, predicted.first) and fits(found.between, predicted.between)


def not_sooner(found: Times, predicted: Times) -> bool:
    """Whether neither the first token nor the last one came before it should; this holds on any machine.

    An engine waits by the clock, so that a busy machine only adds to what a request takes. The last token stands
    for those between: the time between two is what a client that reads late sees too short.
    """
    share = 1 - SHARE
    return found.first >= share * predicted.first and found.last >= share * predicted.last


def typical(measured: Sequence[Times]) -> Times:
    """The median TTFT and the median ITL of requests for answers of one length."""
    first, between = (median(getattr(times, what) for times in measured) for what in ("first", "between"))
    tokens = measured[0].tokens
    return Times(first, first + between * (tokens - 1), tokens)


def shortest(measured: Sequence[Times]) -> Times:
    """The shortest time to the first token, and the shortest to the last: not of the same request, perhaps.

    An engine waits by the clock, so that other work on the machine only adds to what a request takes.
    """
    first, last = (min(getattr(times, what) for times in measured) for what in ("first", "last"))
    return Times(first, last, measured[0].tokens)

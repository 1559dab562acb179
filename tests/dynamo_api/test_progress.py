"""The estimate of a profiling's progress: what it rests on, its bounds, and its words, which are read again."""

from __future__ import annotations

import pytest

from dynamo_api.facts.phases import PROFILING_PHASES
from dynamo_api.progress import BY_TIME, IS_DONE, Estimate, counted, estimate, in_words, proposed, rank

UNKNOWN = "time left unknown (no earlier run to go by)"
OVER = "time left unknown (an earlier run took 22 s, which is over)"
CASES = [
    ("Initializing", "", 3, [], f"0 % (phase 1 of 7), {UNKNOWN}"),
    ("SweepingPrefill", "Benchmarking prefill candidate 5/8: tp=2", 3, [], f"25 % (phase 2 of 7), {UNKNOWN}"),
    ("SweepingPrefill", "candidate 9/8", 3, [], f"33 % (phase 2 of 7), {UNKNOWN}"),
    ("SweepingPrefill", "candidate 1/0", 3, [], f"17 % (phase 2 of 7), {UNKNOWN}"),
    ("SweepingPrefill", "", 12, [20, 22, 40], "54 % (by time), about 10 s left (3 earlier runs took 22 s)"),
    ("GeneratingDGD", "", 1, [22], "83 % (phase 6 of 7), about 20 s left (an earlier run took 22 s)"),
    ("SweepingPrefill", "", 21.9, [22], "95 % (by time), about 5 s left (an earlier run took 22 s)"),
    ("SweepingPrefill", "", 60, [22], f"17 % (phase 2 of 7), {OVER}"),
    ("SweepingPrefill", "", None, [22], "17 % (phase 2 of 7), time left unknown (the Job has not started)"),
    ("SweepingPrefill", "", 2, [1, *[22] * 5], "17 % (phase 2 of 7), about 20 s left (5 earlier runs took 22 s)"),
    ("Done", "", 12, [22], "100 % (the profiler is done)"),
    ("Done", "", 30, [], "100 % (the profiler is done)"),
]


@pytest.mark.parametrize(("phase", "message", "elapsed", "earlier", "said"), CASES)
def test_what_is_known_and_what_is_not(
    phase: str, message: str, elapsed: float | None, earlier: list[float], said: str
) -> None:
    found = estimate(phase, counted(message), elapsed, earlier)
    assert in_words(found, started=elapsed is not None) == said


@pytest.mark.parametrize("said", [case[-1] for case in CASES])
def test_what_is_said_is_read_again(said: str) -> None:
    percent, left = proposed(f"SweepingPrefill: {said}")
    assert said.startswith(f"{percent} %")
    assert (f"about {left} s left" in said) is (left is not None)


@pytest.mark.parametrize("message", ["", "KV cache 90 % full, about 12 s each", "gpu_memory_utilization 90%"])
def test_a_per_cent_of_something_else_is_not_read(message: str) -> None:
    assert proposed(message) == (None, None)


def test_a_phase_that_nobody_knows_tells_nothing_and_time_still_does() -> None:
    assert rank("Levitating") == -1
    assert estimate("Levitating", 0.5, 3, []) == Estimate(None, "", None, "")
    assert estimate("Levitating", 0.5, 11, [22]) == Estimate(50, BY_TIME, 11, "an earlier run took 22 s")


def test_of_two_numbers_the_greater_counts_and_of_equal_ones_the_phase_s() -> None:
    assert estimate("SweepingPrefill", 0.0, 17, [100]).basis == "phase 2 of 7"
    assert estimate("SweepingPrefill", 0.0, 18, [100]).basis == BY_TIME


def test_phases_are_steps_up_to_the_last() -> None:
    percents = [estimate(phase, 0.0, None, []).percent for phase in PROFILING_PHASES]
    assert percents == [0, 17, 33, 50, 67, 83, 100]
    assert estimate("SweepingPrefill", 1.0, None, []).percent == percents[2]
    assert estimate("Done", 0.5, 3, [22]) == Estimate(100, IS_DONE, None, "")


def test_runs_of_no_length_divide_nothing() -> None:
    assert estimate("SweepingPrefill", 0.0, 0, [0.4]).over

"""Per cent and ETA: what they rest on, and that nothing is made up where nothing is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dynamo_api.views.model import Request, Sla
from dynamo_api.views.requests import read_request
from groundwork.kube.objects import Condition
from kubectl_dynamo.judging.history import History
from kubectl_dynamo.judging.profiler import predicted
from kubectl_dynamo.judging.progress import profiling_of
from kubectl_dynamo.reading.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kubectl_dynamo.judging.item import Profiling

    Run = Callable[..., tuple[int, str, str]]
    Load = Callable[[str], dict[str, Any]]

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def job(seconds: int, took: int | None = None) -> Job:
    started = NOW - timedelta(seconds=seconds)
    ended = started + timedelta(seconds=took) if took is not None else None
    return Job("demo", "profile-m", started, ended, failed=False)


@pytest.fixture
def request_(load_state: Load) -> Request:
    return read_request(load_state("sweeping")["objects"][0])


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return History.load()


def shown(request: Request, history: History, found: Job | None = None, **told: Any) -> Profiling:
    given = {"output": {}, "log": "", "blocked": False} | told
    result = profiling_of(request, found or job(11), history, NOW, **given)
    assert result
    return result


def says(request: Request, message: str) -> Request:
    others = [entry for entry in request.conditions if entry.type != "Profiling"]
    return replace(request, conditions=(*others, Condition("Profiling", "False", "SweepingPrefill", message)))


def test_the_profilers_own_phases(request_: Request, history: History) -> None:
    found = shown(request_, history)
    assert (found.percent, found.percent_from) == (17, "phase 2 of 7")
    assert (found.eta, found.eta_from) == (None, "")
    assert found.elapsed == 11


def test_the_config_map_is_ahead_of_the_request(request_: Request, history: History) -> None:
    found = shown(request_, history, output={"phase": "BuildingCurves"})
    assert (found.phase, found.percent) == ("BuildingCurves", 67)


def test_candidates_count_within_a_phase(request_: Request, history: History) -> None:
    asked = says(request_, "Benchmarking prefill candidate 5/8: tp=2 (2 GPUs)")
    assert shown(asked, history).percent == round((1 + 4 / 8) * 100 / 6)


def test_the_log_is_ahead_of_all(request_: Request, history: History) -> None:
    log = "Enumerated 4 prefill candidates, 2 decode candidates\n"
    log += "Profiling prefill candidate tp=1\n" * 4 + "Profiling decode candidate tp=1\n" * 2
    found = shown(request_, history, log=log)
    assert (found.phase, found.percent) == ("SweepingDecode", round(2.5 * 100 / 6))


def test_a_log_of_something_else_says_nothing(request_: Request, history: History) -> None:
    assert shown(request_, history, log="12% of candidates: 3/0\n").percent == 17


def test_earlier_runs_give_an_eta_and_a_finer_number(request_: Request, history: History) -> None:
    for index, took in enumerate((20, 22, 40)):
        history.learn([(replace(request_, uid=str(index)), job(1000 + index, took))])
    found = shown(request_, history)
    assert (found.eta, found.eta_from) == (11, "3 earlier runs took 22 s")
    assert (found.percent, found.percent_from) == (50, "3 earlier runs took 22 s")


def test_runs_of_other_models_count_for_nothing(request_: Request, history: History) -> None:
    for other in (
        replace(request_, model="other"),
        replace(request_, backend="sglang"),
        replace(request_, strategy="thorough"),
        replace(request_, hardware=replace(request_.hardware, total=16)),
    ):
        history.learn([(other, job(1000, 22))])
    assert shown(request_, history).eta is None


def test_when_earlier_runs_are_outdone_the_eta_is_unknown(request_: Request, history: History) -> None:
    history.learn([(request_, job(1000, 22))])
    found = shown(request_, history, job(60))
    assert (found.eta, found.eta_from) == (None, "an earlier run took 22 s, which is over")
    assert found.percent == 17, "time says nothing any more"


def test_what_is_blocked_makes_no_progress_by_time(request_: Request, history: History) -> None:
    history.learn([(request_, job(1000, 22))])
    found = shown(request_, history, blocked=True)
    assert (found.percent, found.eta) == (17, None)


def test_an_operator_that_tells_is_believed(request_: Request, history: History) -> None:
    message = "SweepingPrefill: 40 % (by time), about 12 s left (an earlier run took 20 s)"
    found = shown(says(request_, message), history)
    assert (found.percent, found.eta) == (40, 12)
    assert found.percent_from == found.eta_from == "the operator says so"


@pytest.mark.parametrize(
    "message",
    [
        "Sweeping prefill with gpu_memory_utilization 90%",
        "Sweeping prefill: KV cache 90 % full, about 12 s each",
        "ETA 12s for this candidate",
    ],
)
def test_a_per_cent_of_something_else_is_no_progress(message: str, request_: Request, history: History) -> None:
    found = shown(says(request_, message), history)
    assert (found.percent, found.percent_from, found.eta) == (17, "phase 2 of 7", None)


def test_an_operator_that_knows_no_time_left_is_believed(request_: Request, history: History) -> None:
    message = "SweepingPrefill: 28 % (phase 2 of 7), time left unknown (no earlier run)"
    found = shown(says(request_, message), history)
    assert (found.percent, found.percent_from, found.eta) == (28, "the operator says so", None)


def test_a_profiler_that_is_done_has_no_time_left(request_: Request, history: History) -> None:
    history.learn([(request_, job(1000, 22))])
    found = shown(replace(request_, profiling_phase="Done"), history)
    assert (found.percent, found.percent_from) == (100, "the profiler is done")
    assert (found.eta, found.eta_from) == (None, "")


def test_without_a_job_and_a_phase_there_is_nothing(request_: Request, history: History) -> None:
    fresh = replace(request_, phase="Pending", profiling_phase="")
    assert profiling_of(fresh, None, history, NOW, output={}, log="", blocked=False) is None


def test_a_phase_nobody_knows_is_unknown(request_: Request, history: History) -> None:
    found = shown(replace(request_, profiling_phase="Levitating"), history)
    assert (found.phase, found.percent, found.eta) == ("Levitating", None, None)


def test_runs_are_remembered_from_one_command_to_the_next(server: Any, load_state: Load, dynamo: Run) -> None:
    server.state = load_state("deployed")
    dynamo("status")
    server.state = load_state("sweeping")
    _, out, _ = dynamo("status", "sweeping")
    assert "profiling   SweepingPrefill, 48% (an earlier run took 25 s), for 12s" in out
    assert "ETA         13s left (an earlier run took 25 s)" in out


def test_a_run_is_remembered_once(server: Any, load_state: Load, dynamo: Run, tmp_path: Path) -> None:
    server.state = load_state("deployed")
    for _ in range(3):
        dynamo("status")
    (file,) = (tmp_path / "cache" / "kubectl-dynamo").iterdir()
    assert len(json.loads(file.read_text(encoding="utf-8"))) == 1


LIKE = "Qwen/Qwen3-0.6B vllm rapid 8xh100_sxm"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[1]",
        '[{"key": 1}]',
        "{}",
        "7",
        f'[{{"key": "k", "like": "{LIKE}", "seconds": "x"}}]',
        f'[{{"key": "k", "like": "{LIKE}", "seconds": null}}]',
        f'[{{"key": ["k"], "like": "{LIKE}", "seconds": 20}}]',
    ],
)
def test_a_broken_cache_is_no_cache(body: str, server: Any, load_state: Load, dynamo: Run, tmp_path: Path) -> None:
    file = tmp_path / "cache" / "kubectl-dynamo" / "profilings.json"
    file.parent.mkdir(parents=True)
    file.write_text(body, encoding="utf-8")
    server.state = load_state("sweeping")
    assert dynamo("status")[0] == 2


def test_a_cache_that_cannot_be_written_is_none(
    server: Any, load_state: Load, dynamo: Run, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file, where a folder is wanted", encoding="utf-8")
    server.state = load_state("deployed")
    assert dynamo("status")[0] == 0


def test_what_is_whole_in_a_broken_cache_counts(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file = tmp_path / "kubectl-dynamo" / "profilings.json"
    file.parent.mkdir()
    good = {"key": "k", "like": LIKE, "seconds": 20}
    file.write_text(json.dumps([{**good, "seconds": "x"}, good, 1]), encoding="utf-8")
    assert History.load().earlier(replace(request_, image="")) == [20]


def test_a_run_with_another_profiler_is_not_alike(request_: Request, history: History) -> None:
    history.learn([(request_, job(1000, 22))])
    assert history.earlier(request_) == [22]
    assert history.earlier(replace(request_, image="profiler:2")) == []


def test_the_profiler_is_read_in_either_version() -> None:
    beta = {"apiVersion": "nvidia.com/v1beta1", "spec": {"image": "a:1"}}
    alpha = {"apiVersion": "nvidia.com/v1alpha1", "spec": {"profilingConfig": {"profilerImage": "a:1"}}}
    assert [read_request(one).image for one in (beta, alpha)] == ["a:1", "a:1"]


def test_a_write_that_fails_leaves_nothing_behind(request_: Request, history: History) -> None:
    assert history.file
    history.file.mkdir(parents=True)  # No file can take its place.
    history.learn([(request_, job(1000, 22))])
    history.save()
    assert list(history.file.parent.iterdir()) == [history.file]


def test_without_a_home_nothing_is_remembered(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("kubectl_dynamo.judging.history.Path.home", homeless)
    history = History.load()
    history.learn([(request_, job(1000, 22))])
    history.save()
    assert history.earlier(request_) == [22]


def test_what_the_profiler_predicts(load_state: Load) -> None:
    (log,) = load_state("deployed")["logs"].values()
    assert predicted(log) == Sla(81.24, 8.53, 2256.61)


@pytest.mark.parametrize(
    "log", ["", "    - TTFT: 81.24ms\n", "Overall Best Configuration:\n    - Best Throughput: 0.00"]
)
def test_what_it_does_not_predict(log: str) -> None:
    assert predicted(log) is None

"""The proposal: requests that tell per cent, time left and a dashboard; by default they tell none of it."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dynamo_api.progress import estimate, in_words, like
from dynamo_api.views.requests import read_request
from groundwork.base.errors import UserError
from groundwork.base.paths import root
from mock_platform.__main__ import _proposal
from mock_platform.install import operator_objects
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.control.controller import Controller
from mock_platform.proposal import request_progress
from mock_platform.proposal.request_progress import Proposal
from mock_platform.proposal.settings import Settings, from_environment
from support.profiled import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable

Object = dict[str, Any]
DASHBOARD = "https://grafana.test/d/dynamo?ns={namespace}&graph={graph}"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Stopped(datetime):
    """A clock that stands: what is said does not depend on how long the test takes."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def _stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_progress, "datetime", Stopped)


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def proposed(asked: Any) -> Any:
    """The request of the facts, with an operator that is told to propose."""
    proposing(asked)
    return asked


def proposing(life: Any) -> None:
    """Let the life's operator propose."""
    parts = life.api, life.operator.controller.recorder, OperatorConfig("1.5.0")
    extension = Proposal(*parts, Settings(progress=True, dashboard=DASHBOARD))
    life.operator.controller = Controller(*parts, extension)


def job_status(asked: Any, name: str = "profile-my-model", **status: Any) -> None:
    job = asked.api.named("Job", name)
    asked.api.replace({**job, "status": status}, "status")


def earlier(asked: Any, seconds: float, name: str = "before", **spec: Any) -> None:
    """A request like this one (or not, by its spec), whose Job took so long."""
    request = copy.deepcopy(asked.now)
    api = asked.api
    api.create(
        {
            **request,
            "metadata": {"name": name, "namespace": "demo"},
            "spec": request["spec"] | spec,
            "status": {"phase": "Deployed"},
        }
    )
    job = {**api.named("Job", "profile-my-model"), "status": {}}
    job["metadata"] = {**job["metadata"], "name": f"profile-{name}", "ownerReferences": []}
    api.create(job)
    ended = [{"type": "Complete", "status": "True"}]
    job_status(asked, f"profile-{name}", startTime=ago(1000), completionTime=ago(1000 - seconds), conditions=ended)


def test_by_default_nothing_is_proposed(asked: Any) -> None:
    asked.settle()
    job_status(asked, startTime=ago(10))
    asked.report(phase="SweepingPrefill", message="Sweeping parallelization strategies")
    assert asked.message("Profiling") == "Sweeping parallelization strategies"
    deployed(asked)
    assert "Dashboard" not in {item["type"] for item in asked.now["status"]["conditions"]}
    assert not asked.told("ProfilingProgress")
    assert not asked.told("DashboardLinked")


def deployed(asked: Any) -> None:
    asked.report(phase="Done", profiler_status="success", final_config__yaml=yaml.safe_dump(GRAPH)).end("Complete")
    asked.api.run_pods()
    asked.settle()


def test_all_else_stays_as_it_is(play: Callable[..., Any], request_facts: Object) -> None:
    """Phases, conditions but the new one, reasons and events: with the proposal as without it."""

    def lived(*, proposes: bool) -> tuple[list[list[str]], list[str]]:
        life = play(request_facts["request"], request_facts["node_labels"])
        if proposes:
            proposing(life)
        says = [life.settle().says]
        job_status(life, startTime=ago(10))
        says += [life.report(phase=phase, message="x").says for phase in ("SweepingPrefill", "GeneratingDGD")]
        deployed(life)
        says.append([line for line in life.says if not line.startswith("Dashboard ")])
        own = ("ProfilingProgress", "DashboardLinked")
        return says, [event["reason"] for event in life.api.events if event["reason"] not in own]

    assert lived(proposes=True) == lived(proposes=False)


def test_progress_by_the_profilers_phases(proposed: Any) -> None:
    proposed.settle()
    assert proposed.message("Profiling").endswith(
        "0 % (phase 1 of 7), time left unknown (the Job has not started)"
    )
    job_status(proposed, startTime=ago(10))
    proposed.report(phase="SweepingPrefill", message="Sweeping parallelization strategies.")
    assert proposed.message("Profiling") == (
        "Sweeping parallelization strategies: 17 % (phase 2 of 7), time left unknown (no earlier run to go by)"
    )
    notes = [event["note"] for event in proposed.told("ProfilingProgress")]
    assert len(notes) == 2
    assert notes[1] == "SweepingPrefill: 17 % (phase 2 of 7), time left unknown (no earlier run to go by)"


def test_time_left_by_runs_that_are_alike(proposed: Any) -> None:
    proposed.settle()
    earlier(proposed, 40)
    earlier(proposed, 4000, "other", model="other/model")
    job_status(proposed, startTime=ago(10))
    proposed.report(phase="SweepingPrefill", message="Sweeping")
    told = "Sweeping: 25 % (by time), about 30 s left (an earlier run took 40 s)"
    assert proposed.message("Profiling") == told


def test_kubectl_dynamo_reads_it(proposed: Any) -> None:
    from kubectl_dynamo.judging.profiler import told  # noqa: PLC0415

    proposed.settle()
    earlier(proposed, 40)
    job_status(proposed, startTime=ago(10))
    proposed.report(phase="SweepingPrefill", message="Sweeping")
    found = told("SweepingPrefill", proposed.message("Profiling"), {}, "")
    assert (found.percent, found.left) == (25, 30)


def test_an_unchanged_message_is_not_written_again(proposed: Any) -> None:
    proposed.settle().report(phase="SweepingPrefill", message="Sweeping")
    before = proposed.now["metadata"]["resourceVersion"]
    proposed.step()
    proposed.step()
    assert proposed.now["metadata"]["resourceVersion"] == before
    assert len(proposed.told("ProfilingProgress")) == 2


def test_what_is_told_again_and_what_is_not(proposed: Any) -> None:
    """A per cent more is no news, the time left in its steps is a write, and the next ten per cent an event."""
    proposed.settle()
    earlier(proposed, 100)
    job_status(proposed, startTime=ago(40))
    proposed.report(phase="SweepingPrefill", message="Sweeping")
    versions, told = [], []
    for seconds in (40, 41, 47, 51):
        job_status(proposed, startTime=ago(seconds))
        proposed.step()
        versions.append(proposed.now["metadata"]["resourceVersion"])
        told.append(len(proposed.told("ProfilingProgress")))
    assert [before != after for before, after in pairwise(versions)] == [False, True, True]
    assert [after - before for before, after in pairwise(told)] == [0, 0, 1]


def test_the_dashboard_is_named_once_there_is_something_to_see(proposed: Any) -> None:
    proposed.settle()
    assert "Dashboard" not in {item["type"] for item in proposed.now["status"]["conditions"]}
    deployed(proposed)
    assert proposed.message("Dashboard") == "Metrics: https://grafana.test/d/dynamo?ns=demo&graph=my-model-dgd"
    assert len(proposed.told("DashboardLinked")) == 1
    assert proposed.now["status"]["phase"] == "Deployed"


def test_runs_that_are_not_alike(request_facts: Object) -> None:
    request = request_facts["request"]
    request["spec"]["hardware"] = {"gpuSku": "h100_sxm", "totalGpus": 8}

    def said(change: Object) -> str:
        return like(read_request(request | {"spec": request["spec"] | change}))

    for change in (
        {"model": "other"},
        {"backend": "sglang"},
        {"searchStrategy": "thorough"},
        {"image": "x:1.0.0"},
        {"hardware": {"gpuSku": "h100_sxm", "totalGpus": 16}},
    ):
        assert said(change) != said({})
    assert said({"sla": {"ttft": 1}}) == said({})


def test_the_switches_of_the_stand_in() -> None:
    assert from_environment({"OPERATOR_VERSION": "1.5.0"}) == Settings(progress=False, dashboard="")
    given = {"MOCK_OPERATOR_PROPOSE_PROGRESS": "true", "MOCK_OPERATOR_PROPOSE_DASHBOARD": DASHBOARD}
    assert from_environment({"OPERATOR_VERSION": "1.5.0", **given}) == Settings(progress=True, dashboard=DASHBOARD)


@pytest.mark.parametrize(
    ("name", "value", "fact"),
    [
        ("PROGRESS", "yes", "MOCK_OPERATOR_PROPOSE_PROGRESS is 'yes', neither true nor false"),
        (
            "DASHBOARD",
            "https://x.test/{pod}",
            "the dashboard 'https://x.test/{pod}' has a placeholder that nothing",
        ),
        ("DASHBOARD", "https://x.test/{", "the dashboard 'https://x.test/{' has a placeholder that nothing"),
        ("DASHBOARD", "grafana", "the dashboard 'grafana' is not a http or https address"),
    ],
)
def test_switches_that_say_something_else(name: str, value: str, fact: str) -> None:
    with pytest.raises(UserError) as error:
        from_environment({"OPERATOR_VERSION": "1.5.0", f"MOCK_OPERATOR_PROPOSE_{name}": value})
    assert error.value.fact.startswith(fact)


def test_the_install_sets_them_only_if_asked() -> None:
    from argparse import Namespace  # noqa: PLC0415

    def variables(settings: dict[str, str] | None) -> dict[str, str]:
        (deployment,) = [
            item for item in operator_objects("x.invalid/o:1", settings) if item["kind"] == "Deployment"
        ]
        listed = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
        return {entry["name"]: entry["value"] for entry in listed}

    plain = Namespace(propose_progress=False, propose_dashboard="")
    assert set(variables(_proposal(plain))) == set(variables(None)) == {"OPERATOR_VERSION", "MOCK_OPERATOR_IMAGE"}
    asked = variables(_proposal(Namespace(propose_progress=True, propose_dashboard=DASHBOARD)))
    assert from_environment(asked) == Settings(progress=True, dashboard=DASHBOARD)


def test_the_page_shows_messages_as_they_are_written() -> None:
    page = (root() / "docs" / "contribute" / "proposal-progress.md").read_text(encoding="utf-8")
    shown = re.findall(
        r": (\d+) % \(by time\), about (\d+) s left \(an earlier run took (\d+) s\)$", page, re.MULTILINE
    )
    assert len(shown) > 3
    for percent, left, took in shown:
        elapsed = int(took) * (int(percent) + 0.5) / 100
        written = in_words(estimate("Initializing", 0.0, elapsed, [int(took)]), started=True)
        assert written == f"{percent} % (by time), about {left} s left (an earlier run took {took} s)"

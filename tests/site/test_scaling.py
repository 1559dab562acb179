"""Pictures and lines of planners' runs: read from the logs that a run kept, drawn, and beside the steps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from docs_site.pages.planner_runs import MISSING, PlannerRuns
from docs_site.scaling import recording
from docs_site.scaling.__main__ import main
from docs_site.scaling.chart import Chart, Line, drawn, values_on_axis
from docs_site.scaling.pictures import PICTURES
from docs_site.scaling.reading import scaling_of
from docs_site.scaling.recording import Recorded
from docs_site.scaling.rules import BY_HAND, RULES, SLA, lines_of
from docs_test.page_results import Attachment
from docs_test.reporting.attachments import Store
from groundwork.base.errors import UserError
from groundwork.base.paths import root
from support.results import MOCK, page, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conftest import Build

COMMITTED = recording.newest(recording.read(root() / recording.FILE))
STAMP = "2026-11-30T12:00:{:02}.250000Z"
ROUND = "[summary] HOLD | current: prefill=1 decode={} | recommended: prefill=- decode=- (delta: +0 / +0) | {}"


def line(second: int, text: str) -> str:
    return f"{STAMP.format(second)}  INFO base._log: {text}"


def round_of(second: int, decode: int, itl: float, reason: str = "no_change") -> str:
    reasons = f"load_reason={reason} throughput_reason=n/a"
    text = f"{ROUND.format(decode, reasons)} | est_ttft=100.0ms est_itl={itl}ms"
    return line(second, text)


LOGS = {
    "planner.log": (
        round_of(1, 1, 6.5),
        line(2, "Load-based prefill TTFT: workers=1, sla=2000.0ms, estimates=['100.0']"),
        line(2, "Load-based decode ITL: workers=1, sla=10.0ms, estimates=['12.0']"),
        line(20, "Scaled DGDSA dgdr-planner-dgd-vllmdecodeworker to 2 replicas"),
        line(20, "Scaled DGDSA dgdr-planner-dgd-vllmprefillworker to 3 replicas"),
        round_of(20, 1, 12.0),
        round_of(25, 1, 0.0, "scaling_in_progress"),
        round_of(30, 2, 9.0),
    ),
    "load.log": (
        f"{STAMP.format(20)}    5 s: done 0, open 26, failed 0, TTFT - ms, ITL - ms",
        f"{STAMP.format(25)}   10 s: done 12, open 39, failed 0, TTFT 4917.5 ms, ITL 13.5 ms",
        f"{STAMP.format(26)} all: done 12, failed 0",
    ),
    "burst.log": (f"{STAMP.format(29)}    4 s: done 3, open 0, failed 0, TTFT 20.0 ms, ITL 30.0 ms",),
}
"""Logs of a run whose load began at second 15."""
RUN = Recorded(SLA, "SLA planner quickstart", "2026-11-30T11:59:00Z", MOCK, LOGS)


def test_figures_are_read_from_the_logs() -> None:
    found = scaling_of(RUN)
    assert found.asked == ((5.0, 1.0), (5.0, 2.0), (15.0, 2.0))
    assert found.available == ((5.0, 1.0), (10.0, 1.0), (15.0, 2.0))
    assert found.estimated_itl == ((5.0, 12.0), (15.0, 9.0)), "a round that only observes estimates nothing"
    assert found.client_itl == ((10.0, 13.5),), "of the first load alone"
    assert found.client_ttft == ((10.0, 4917.5),)
    assert (found.target_ttft, found.target_itl) == (2000.0, 10.0)
    assert (found.cache, found.threshold_up) == ((), None), "of a planner with thresholds alone"
    assert found.loads == (("load", 0.0, 10.0), ("burst", 10.0, 14.0))


def test_the_cache_is_that_of_the_fullest_worker_of_each_round() -> None:
    told = [(20, 0.297), (20, 0.1), (25, 0.05), (25, 0.07)]
    lines = [
        line(at, f"Easy decode 81:dp0: sched_kv=1, queued_kv=0, max_kv=9, util={value}") for at, value in told
    ]
    up = line(20, "Easy decode: engine(s) above scale-up threshold (0.06), scaling up to 2")
    down = line(30, "Easy decode: all engines below scale-down threshold (0.02), -> 1")
    found = scaling_of(replace(RUN, logs={**LOGS, "planner.log": (*LOGS["planner.log"], *lines, up, down)}))
    assert found.cache == ((5.0, pytest.approx(29.7)), (10.0, pytest.approx(7.0)))
    assert (found.threshold_up, found.threshold_down) == (6.0, 2.0)


WITHOUT_TARGETS = {**LOGS, "planner.log": (round_of(16, 1, 0.0),)}


@pytest.mark.parametrize(("name", "logs"), [("cache", LOGS), ("itl", WITHOUT_TARGETS)])
def test_a_picture_of_another_kind_of_planner(name: str, logs: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(UserError, match="a planner's log has no"):
        PlannerRuns({SLA: replace(RUN, logs=logs)}, {}).picture(name, SLA)


@pytest.mark.parametrize("missing", ["planner.log", "load.log"])
def test_logs_without_rounds_or_load_cannot_be_drawn(missing: str) -> None:
    logs = {**LOGS, missing: (), "burst.log": ()}
    with pytest.raises(UserError, match="have no round of a planner while there is load"):
        scaling_of(replace(RUN, logs=logs))


@pytest.mark.parametrize(
    ("most", "values"),
    [(2.1, [0, 1, 2, 3]), (3, [0, 1, 2, 3]), (10.5, [0, 5, 10, 15]), (8400, [0, 2000, 4000, 6000, 8000, 10000])],
)
def test_values_of_an_axis_are_round_and_reach_the_top(most: float, values: list[float]) -> None:
    assert values_on_axis(most) == values
    assert values_on_axis(values[-1]) == values


def test_a_line_goes_through_its_points() -> None:
    points = ((0.0, 0.0), (30.0, 1.9), (60.0, 0.95))
    lines = (Line("a <b>", "asked", points, stepped=True), Line("c", "client", points))
    text = drawn(Chart("What is <shown>.", "workers", lines, [("load", 15.0, 45.0)]))
    picture = BeautifulSoup(text, "html.parser")
    stepped, straight = (path["d"] for path in picture.select("path"))
    assert stepped == "M0 1000H500V50H1000V525"
    assert straight == "M0 1000L500 50L1000 525"
    assert picture.svg is not None
    assert picture.svg["aria-label"] == "What is <shown>."
    assert [text.get_text() for text in picture.select(".chart-text--time")] == ["0 s", "30 s", "60 s"]
    assert [text.get_text() for text in picture.select(".chart-text--value")] == ["0", "1", "2"]
    assert (picture.rect["x"], picture.rect["width"]) == ("25.0%", "50.0%")  # type: ignore[index]


def test_a_picture_says_its_facts_and_where_they_are_from() -> None:
    found = BeautifulSoup(PlannerRuns({SLA: RUN}, {}).picture("replicas", SLA), "html.parser")
    facts = "Asked for: 1 at first, 2 from 5 s on. Ready: 1 at first, 2 from 15 s on."
    assert found.svg is not None
    assert found.svg["aria-label"] == f"Decode workers over time. {facts}"
    caption = found.select("figcaption")[0].get_text()
    assert f"{facts} Run of 30 November 2026, 11:59 UTC. On a mock platform" in caption
    assert "Dynamo runtime 1.4.2" in caption


def test_without_a_run_the_page_says_so() -> None:
    none = PlannerRuns({}, {})
    assert MISSING in none.picture("replicas", SLA)
    assert none.lines("budget", "docs/planner") == MISSING


UNKNOWN = {"picture": "there is no picture 'x'", "lines": "there is no rule 'x'"}


@pytest.mark.parametrize(("call", "fact"), UNKNOWN.items())
def test_names_that_do_not_exist(call: str, fact: str) -> None:
    with pytest.raises(UserError, match=fact):
        getattr(PlannerRuns({SLA: RUN}, {}), call)("x", SLA)


def test_a_rule_that_the_newest_run_does_not_show_is_taken_from_the_recording() -> None:
    text = "GPU budget band [min=-1, max=4] clamped (1P + 3D = 5) -> (1P + 2D = 4)"
    older = replace(RUN, started_at="2026-11-29T08:00:00Z", logs={"planner.log": (line(1, text),)})
    found = PlannerRuns({SLA: RUN}, {SLA: older}).lines("budget", "docs/planner")
    assert found.startswith(f"```text\n12:00:01 {text}\n```\n")
    assert "[SLA planner quickstart](sla-planner-quickstart.md), run of 29 November 2026, 08:00 UTC" in found
    with pytest.raises(UserError, match="shows the rule 'floor'"):
        PlannerRuns({SLA: RUN}, {SLA: older}).lines("floor", "docs/planner")


def test_lines_of_a_rule_are_of_one_round() -> None:
    texts = ("decode ITL: workers=1", "decode ITL: workers=1, later", "Discovery", "decode ITL: ALL above SLA")
    lines = [line(at, f"Load-based {text}") for at, text in enumerate(texts)]
    run = replace(RUN, logs={"planner.log": (*lines, "no line of a planner")})
    later = "12:00:01 Load-based decode ITL: workers=1, later"
    assert lines_of(RULES["load-up"], run) == (later, "12:00:03 Load-based decode ITL: ALL above SLA")
    assert lines_of(RULES["load-up"], replace(run, logs={"planner.log": tuple(lines[:3])})) == ()


def kept_run(folder: Path, started_at: str, logs: Mapping[str, tuple[str, ...]] = LOGS) -> Path:
    """A results file of a run that kept logs, with colours, and lines that nobody needs."""
    file = folder / "results.json"
    coloured = [f"\x1b[2m{text[:27]}\x1b[0m{text[27:]}" for text in logs["planner.log"]]
    texts = {name: "\n".join(lines) for name, lines in logs.items()}
    texts["planner.log"] = "\n".join([line(0, "Discovery daemon started"), *coloured])
    kept = [Store(file).keep(name, text.encode()) for name, text in texts.items()]
    others = (Attachment("planner.html", left_out="too large"),)
    write(file, page(SLA, title=RUN.title, started_at=started_at, attachments=(*kept, *others)))
    return file


def test_what_a_run_kept_is_read_from_its_results(tmp_path: Path) -> None:
    file = kept_run(tmp_path, RUN.started_at)
    assert recording.of_results(file) == (replace(RUN, logs=dict(sorted(LOGS.items()))),)
    for kept in (tmp_path / "results.files").iterdir():
        kept.unlink()
    assert recording.of_results(file) == (), "the results alone, without the files beside them"


def test_a_newer_run_wins_over_the_recording(tmp_path: Path) -> None:
    (tmp_path / "docs/planner").mkdir(parents=True)
    recording.write(tmp_path / recording.FILE, [RUN])
    for started_at, day in (("2026-12-01T09:00:00Z", "1 December"), ("2026-11-01T09:00:00Z", "30 November")):
        found = PlannerRuns.of(tmp_path, kept_run(tmp_path, started_at))
        assert f"Run of {day} 2026" in found.picture("itl", SLA)


def test_the_command_writes_the_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "runs.json"
    recording.write(target, [replace(RUN, page=BY_HAND)])
    file = kept_run(tmp_path, RUN.started_at, COMMITTED[SLA].logs)
    assert main([str(file), "--write", str(target)]) == 0
    assert [run.page for run in recording.read(target)] == [BY_HAND, SLA]
    assert f"{target}: {SLA}, run of {RUN.started_at}" in capsys.readouterr().out


def test_the_command_refuses_a_run_that_shows_less(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "runs.json"
    assert main([str(kept_run(tmp_path, RUN.started_at)), "--write", str(target)]) == 2
    missing = "load-up, prediction, floor, in-progress, budget"
    assert f"the run of {SLA} has no line that shows {missing}" in capsys.readouterr().err
    assert not target.exists()


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "results.json", page(SLA))
    assert main([str(file), "--write", str(tmp_path / "runs.json")]) == 2
    error = capsys.readouterr().err
    assert f"{file}: no page that passed has kept the log of a planner" in error
    assert "hint: ./nox -s docs-test" in error
    assert not (tmp_path / "runs.json").exists()


@pytest.mark.parametrize("text", ["{", '{"page": 1}', '[{"page": "docs/a.md"}]'])
def test_a_recording_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "runs.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        recording.read(file)
    assert str(error.value.where) == str(file)


# What is committed.


def test_the_recording_has_both_pages_and_says_how_they_went() -> None:
    assert set(COMMITTED) == {SLA, BY_HAND}
    for run in COMMITTED.values():
        found = scaling_of(run)
        assert {value for _, value in found.available} >= {1.0, 2.0}
        assert found.available[-1][1] == 2.0 or found.asked[-1][1] == 1.0
        assert run.environment.tier == "mock"


@pytest.mark.parametrize("rule", RULES)
def test_the_recording_shows_every_rule(rule: str) -> None:
    assert len(lines_of(RULES[rule], COMMITTED[RULES[rule].page])) == len(RULES[rule].patterns)


def test_the_rounds_that_show_the_interval_follow_each_other() -> None:
    first, second = (line.split()[0] for line in lines_of(RULES["interval"], COMMITTED[SLA]))
    between = datetime.strptime(second, "%H:%M:%S") - datetime.strptime(first, "%H:%M:%S")  # noqa: DTZ007
    assert 4 <= between.seconds <= 7, "every five seconds"


@pytest.mark.parametrize("name", ["how-it-works", "using"])
def test_pages_show_the_lines_of_the_recording(name: str, site: Build) -> None:
    built = site.soup(f"planner/{name}.html").get_text()
    source = (root() / f"docs/planner/{name}.md").read_text(encoding="utf-8")
    asked = [rule for rule in RULES if f'logged("{rule}")' in source]
    assert asked
    for rule in asked:
        assert "\n".join(lines_of(RULES[rule], COMMITTED[RULES[rule].page])) in built


@pytest.mark.parametrize(("name", "pictures"), [("sla-planner-quickstart", 3), ("by-hand", 2)])
def test_pages_have_their_pictures(name: str, pictures: int, site: Build) -> None:
    built = site.soup(f"planner/{name}.html")
    found = built.select("figure.chart-figure")
    assert len(found) == pictures <= len(PICTURES)
    for one in found:
        (picture,) = one.select(".chart > svg[role=img]")
        assert str(picture["aria-label"]).endswith(".")
        assert "On a mock platform" in one.select("figcaption")[0].get_text()


def test_the_recording_is_small() -> None:
    assert len(json.dumps((root() / recording.FILE).read_text(encoding="utf-8"))) < 100_000

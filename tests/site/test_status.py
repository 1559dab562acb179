"""The status line: on built pages where it passed and where it was not run; every state as its macro writes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

from docs_site.pages.runs import load_runs, results_path
from docs_site.pages.status import status_block, summary
from docs_test.inventory import Fact
from docs_test.model import SkipKind
from docs_test.outcomes import Outcome
from docs_test.page_results import SkippedBlock
from docs_test.reporting.results import write
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from support.results import failed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Build
    from docs_test.page_results import RanOn, Results

TUTORIAL = "docs/kubernetes/quick-deploy.md"
EXAMPLE = "examples/quickstart/dgd-quickstart-v1beta1.yaml"


def landing(build: Build) -> list[str]:
    """What the landing page says of Quick Deploy: a few words a run."""
    (item,) = [
        item
        for item in build.soup("kubernetes/index.html").select("li:has(.tested-word)")
        if item.select('a[href*="quick-deploy"]')
    ]
    return [word.get_text() for word in item.select(".tested-word")]


def changed(results: Results, number: int, **changes: Any) -> Results:
    """The results with another page in the place of one of them."""
    pages = list(results.pages)
    pages[number] = replace(pages[number], **changes)
    return replace(results, pages=tuple(pages))


def on(results: Results, operator: str = "", **changes: Any) -> Results:
    """The results of another environment; `operator`: the version of a real one."""
    environment: RanOn = replace(results.environment, **changes)
    if operator:
        facts = (environment.facts[0], Fact("operator", "operator", operator))
        environment = replace(environment, facts=facts)
    return replace(results, environment=environment)


BOTH = "api v1beta1 and api v1alpha1"


def test_passed(build_with: Callable[[Results | str], Build], results: Results) -> None:
    built = build_with(results)
    assert built.status == 0, built.log
    (line,) = built.tested()
    assert "tested--passed" in line["class"]
    assert not line.has_attr("open"), "what is good is told in one line"
    where = "on a mock platform: no real GPU, engine or operator"
    assert line.summary.get_text() == f"Tested: passed ({BOTH}) 24 November 2026, {where}"
    for part in (
        "api v1beta1: 24 November 2026, 01:12 UTC: 11 commands and 6 checks run, 1 skipped, in 1 min 12 s",
        "api v1alpha1: 24 November 2026, 01:12 UTC: 11 commands and 6 checks run, 1 skipped, in 31 s",
        "Dynamo runtime 1.4.2",
        "On a mock platform",
        "mock operator, modelled on 1.5.0-dev",
        "Kubernetes 1.35.4",
        "8 x NVIDIA-H100-80GB-HBM3 (mock)",
        "line 40, needs a <real> GPU",
    ):
        assert line.get_text().count(part) == 1
    assert landing(built) == [f"Tested: passed ({BOTH}), 24 November 2026, on a mock platform"]


def test_landing_page_lists_tutorials_in_a_reader_s_order(site: Build) -> None:
    items = site.soup("kubernetes/index.html").select("li:has(.tested-word) > a:first-child")
    assert [item.get_text() for item in items][:2] == ["Quick Deploy", "Production Deploy"]


def said(results: Results, folder: Path, root: Path) -> tuple[list[Any], list[str]]:
    """The status lines of Quick Deploy and what the landing page says of it, as test_passed saw them get there."""
    found = load_runs(_written(folder, results))
    lines = BeautifulSoup(status_block(found, TUTORIAL, root), "html.parser").select(".tested")
    words = BeautifulSoup(summary(found, TUTORIAL, root), "html.parser").select(".tested-word")
    return list(lines), [word.get_text() for word in words]


def test_failed(results: Results, tmp_path: Path, root: Path) -> None:
    bad = changed(results, 0, outcome=Outcome.FAILED, steps=(failed("no"),))
    (line,), landing_page = said(bad, tmp_path, root)
    assert "tested--failed" in line["class"], "the worst run gives the colour"
    assert line.has_attr("open")
    both = "Tested: failed (api v1beta1) 24 November 2026, passed (api v1alpha1) 24 November 2026, on a mock"
    assert line.summary.get_text().startswith(both)
    assert [words.split(",")[0] for words in landing_page] == [
        "Tested: failed (api v1beta1)",
        "Tested: passed (api v1alpha1)",
    ]


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_changed_since(results: Results, tmp_path: Path, root: Path, outcome: str) -> None:
    inputs = {**results.pages[0].inputs, EXAMPLE: "0" * 64, "examples/gone.yaml": "1" * 64}
    older = changed(results, 0, outcome=Outcome(outcome), inputs=inputs)
    (line,), landing_page = said(older, tmp_path, root)
    text = line.get_text(" ")
    assert "tested--changed" in line["class"]
    assert "passed (api v1alpha1)" in text, "its manifest is as it was"
    assert f"{outcome} then" in text
    assert f"api v1beta1: Changed since:  examples/gone.yaml ,  {EXAMPLE}" in text
    assert TUTORIAL not in text
    assert landing_page[0].startswith("Changed since its last test (api v1beta1)")


def test_not_yet_run(site: Build) -> None:
    (line,) = site.tested()
    assert "tested--not-run" in line["class"]
    assert "Not yet run" in line.get_text()
    assert landing(site) == ["Not yet run"]


def test_page_that_the_results_do_not_name_was_not_run(results: Results, tmp_path: Path, root: Path) -> None:
    found = load_runs(_written(tmp_path, results))
    assert "Not yet run" in status_block(found, "docs/kubernetes/other.md", root)


def test_a_variant_that_did_not_run_is_said_to_be_so(results: Results, tmp_path: Path, root: Path) -> None:
    """A run of the first variants alone must not read like a run of all."""
    first = replace(results, pages=results.pages[:1])
    assert first.pages[0].variant == {"api": "v1beta1"}
    found = load_runs(_written(tmp_path, first))
    variants = {"api": ("v1beta1", "v1alpha1")}
    (line,) = BeautifulSoup(status_block(found, TUTORIAL, root, variants), "html.parser").select(".tested")
    text = line.summary.get_text()
    assert "Tested: passed (api v1beta1)" in text
    assert text.endswith("; not yet run (api v1alpha1)")
    assert line.select_one(".tested-word--not-run") is not None
    assert summary(found, TUTORIAL, root, variants).endswith(">Not yet run (api v1alpha1)</span>")
    both = load_runs(_written(tmp_path, results))
    assert "yet run" not in status_block(both, TUTORIAL, root, variants)
    assert status_block(load_runs(None), TUTORIAL, root, variants).count("Not yet run") == 1


def test_runs_of_two_days_each_have_theirs(results: Results, tmp_path: Path, root: Path) -> None:
    later = changed(results, 1, started_at="2026-11-26T01:12:00Z")
    (line,), landing_page = said(later, tmp_path, root)
    days = (
        "Tested: passed (api v1beta1) 24 November 2026, passed (api v1alpha1) 26 November 2026, on a mock platform"
    )
    assert line.summary.get_text().startswith(days)
    assert len(landing_page) == 2


def test_a_page_without_variants_has_one_line_that_names_none(
    results: Results, tmp_path: Path, root: Path
) -> None:
    one = replace(results, pages=(replace(results.pages[0], variant={}),))
    found = load_runs(_written(tmp_path, one))
    assert status_block(found, TUTORIAL, root).count('class="tested ') == 1
    assert "Tested: passed</strong>" in status_block(found, TUTORIAL, root)
    assert summary(found, TUTORIAL, root).endswith(">Tested: passed, 24 November 2026, on a mock platform</span>")


def test_real_gpus_are_not_called_mock(results: Results, tmp_path: Path, root: Path) -> None:
    real = on(results, "1.4.0", platform="cluster", tier="gpu", gpus="8 x NVIDIA H200")
    found = load_runs(_written(tmp_path, real))
    text = status_block(found, TUTORIAL, root) + summary(found, TUTORIAL, root)
    assert "real cluster" in text
    assert "mock" not in text


def test_a_page_without_a_cluster_says_so_and_names_none(results: Results, tmp_path: Path, root: Path) -> None:
    alone = on(results, platform="none", tier="none", kubernetes="", gpus="", facts=())
    text = status_block(load_runs(_written(tmp_path, alone)), TUTORIAL, root)
    assert "without a cluster</span></summary>" in text
    assert "<span>Without a cluster</span>" in text
    assert "Kubernetes" not in text


BROKEN = {
    "not JSON": "{",
    "not an object": "[]",
    "another version": '{"version": 3, "pages": []}',
    "no environment": '{"version": 2, "pages": []}',
    "no environment of version 1": '{"version": 1, "pages": []}',
    "a page of text": '{"version": 1, "started_at": "", "finished_at": "", "stages": [], "environment": '
    '{"platform": "", "runtime": "", "operator": "", "kubernetes": "", "gpus": "", "tier": "mock"}, '
    '"pages": ["x"]}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_results_that_cannot_be_understood_are_an_error_with_the_path(tmp_path: Path, content: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_runs(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert "DOCS_TEST_RESULTS" in caught.value.hint


def test_a_tier_that_the_site_has_no_words_for_is_an_error(results: Results, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the tier 'perhaps', allowed: 'none', 'mock', 'operator', 'gpu'"):
        load_runs(_written(tmp_path, on(results, tier="perhaps")))


def test_build_stops_at_a_results_file_it_cannot_understand(build_with: Callable[[Results | str], Build]) -> None:
    built = build_with("{")
    assert built.status != 0
    assert "results.json: no results file of docs-test" in built.log
    assert "Traceback" not in built.log


def test_where_the_results_file_is_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DOCS_TEST_RESULTS", raising=False)
    assert results_path(tmp_path) == tmp_path / "build/docs-test/results.json"
    monkeypatch.setenv("DOCS_TEST_RESULTS", "elsewhere.json")
    assert results_path(tmp_path) == tmp_path / "elsewhere.json"
    monkeypatch.setenv("DOCS_TEST_RESULTS", "")
    assert results_path(tmp_path) is None


def _written(folder: Path, results: Results) -> Path:
    file = folder / "results.json"
    write(file, results)
    return file


def test_each_tier_has_a_line_with_its_date(results: Results, tmp_path: Path, root: Path) -> None:
    file = _written(tmp_path, results)
    for name, day, where in (
        ("cluster", 26, {"platform": "cluster", "tier": "gpu", "gpus": "8 x NVIDIA-H100"}),
        ("helm", 25, {"platform": "helm", "tier": "operator"}),
    ):
        page = replace(results.pages[0], started_at=f"2026-11-{day}T01:12:00Z")
        more = replace(on(results, "1.4.0", **where), pages=(page,))
        write(file.with_name(f"results-{name}.json"), more)
    write(file, replace(results, pages=results.pages[:1]))
    found = load_runs(file)
    lines = status_block(found, TUTORIAL, root).splitlines()
    wanted = [
        ("24 November 2026", "On a mock platform", "modelled on 1.5.0-dev"),
        ("25 November 2026", "With the real operator, mock GPUs", "operator 1.4.0"),
        ("26 November 2026", "On a real cluster", "8 x NVIDIA-H100"),
    ]
    for line, parts in zip(lines, wanted, strict=True):
        for part in parts:
            assert part in line
    assert "mock" not in lines[-1]
    words = summary(found, TUTORIAL, root)
    for part in (
        "24 November 2026, on a mock platform",
        "25 November 2026, with the real operator",
        "26 November 2026, on real GPUs",
    ):
        assert part in words


def test_a_cluster_with_the_stand_in_is_no_real_one(results: Results, tmp_path: Path, root: Path) -> None:
    found = load_runs(_written(tmp_path, on(results, platform="cluster", tier="mock")))
    assert "On a mock platform" in status_block(found, TUTORIAL, root)
    assert "on a mock platform" in summary(found, TUTORIAL, root)


def test_tabs_of_the_other_variant_are_not_called_skipped(results: Results, tmp_path: Path, root: Path) -> None:
    reason = "for api=v1alpha1; this run is for api=v1beta1"
    more = (*results.pages[0].skipped, SkippedBlock(Position(TUTORIAL, 62), SkipKind.NOT_SELECTED, reason))
    one = replace(results, pages=(replace(results.pages[0], skipped=more),))
    text = status_block(load_runs(_written(tmp_path, one)), TUTORIAL, root)
    assert "1 skipped" in text
    assert "line 40" in text
    assert "line 62" not in text
    assert "this run is for" not in text


def test_a_page_that_was_skipped_says_why(results: Results, tmp_path: Path, root: Path) -> None:
    lacks = "the environment has no real-gpu"
    one = replace(results.pages[0], outcome=Outcome.SKIPPED, lacks=lacks, steps=())
    text = status_block(load_runs(_written(tmp_path, replace(results, pages=(one,)))), TUTORIAL, root)
    assert "tested--not-run" in text
    assert "Skipped there: the environment has no real-gpu" in text
    assert "step" not in text


def test_a_page_that_needs_one_that_failed_says_so(results: Results, tmp_path: Path, root: Path) -> None:
    one = replace(results.pages[0], outcome=Outcome.NOT_RUN, lacks="docs/x.md failed", steps=())
    found = load_runs(_written(tmp_path, replace(results, pages=(one,))))
    text = status_block(found, TUTORIAL, root)
    assert "tested--not-run" in text
    assert "Not run then: docs/x.md failed" in text
    assert ">Not yet run</span>" in summary(found, TUTORIAL, root)


def test_a_page_names_what_set_it_up(results: Results, tmp_path: Path, root: Path) -> None:
    one = replace(results.pages[0], set_up_by=("docs/x.md (api=v1)",))
    text = status_block(load_runs(_written(tmp_path, replace(results, pages=(one,)))), TUTORIAL, root)
    assert "<span>Started from the set-up of <code>docs/x.md (api=v1)</code></span>" in text
    assert "set-up" not in status_block(load_runs(_written(tmp_path, results)), TUTORIAL, root)

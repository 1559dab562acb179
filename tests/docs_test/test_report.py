"""Results of several runs, put together, and told to GitHub."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.outcomes import Failure, FailureKind, Outcome, Output
from docs_test.page_results import Differing, Repeats
from docs_test.reporting import results
from docs_test.reporting.attachments import Store
from docs_test.reporting.github import MOST_BYTES, markdown
from docs_test.reporting.text import ConsoleReporter
from groundwork.base.positions import Position
from groundwork.system.progress import Progress
from support.results import MOCK, failed, of, page, step, write

if TYPE_CHECKING:
    from pathlib import Path

BETA, ALPHA = {"api": "v1beta1"}, {"api": "v1alpha1"}


def report(*words: object) -> int:
    return main(["report", *map(str, words)])


def test_shards_become_one(tmp_path: Path) -> None:
    one = write(tmp_path / "1.json", page("docs/b.md", variant=BETA))
    others = (page("docs/a.md"), page("docs/b.md", variant=ALPHA))
    two = write(tmp_path / "2.json", *others, started="2026-11-24T02:00:00Z")
    assert report(one, two, "--write", tmp_path / "all.json") == 0
    found = results.read(tmp_path / "all.json")
    assert found is not None
    assert [(one.path, one.variant) for one in found.pages] == [
        ("docs/a.md", {}),
        ("docs/b.md", BETA),
        ("docs/b.md", ALPHA),
    ]


def test_each_page_names_the_run_that_it_is_of(tmp_path: Path) -> None:
    early = write(tmp_path / "1.json", page("docs/a.md", run="early"), page("docs/b.md", run="early"))
    late = write(tmp_path / "2.json", page("docs/b.md", run="late"), started="2026-11-24T02:00:00Z")
    assert report(late, early, "--write", tmp_path / "all.json") == 0
    found = results.read(tmp_path / "all.json")
    assert found is not None
    assert [(one.path, one.run) for one in found.pages] == [("docs/a.md", "early"), ("docs/b.md", "late")]
    assert [run.id for run in found.runs] == ["early", "late"]
    assert report(late, tmp_path / "2.json", "--write", tmp_path / "all.json") == 0
    found = results.read(tmp_path / "all.json")
    assert found is not None
    assert [run.id for run in found.runs] == ["late"], "a run without pages goes"


def test_the_later_run_counts(tmp_path: Path) -> None:
    bad = page(steps=(failed("no"),), run="late")
    late = write(tmp_path / "1.json", bad, started="2026-11-24T02:00:00Z")
    early = write(tmp_path / "2.json", page())
    assert report(late, early, "--write", tmp_path / "all.json") == 0
    found = results.read(tmp_path / "all.json")
    assert found is not None
    assert found.pages == (bad,)


def test_environments_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = replace(MOCK, platform="cluster")
    files = (
        write(tmp_path / "1.json", page()),
        write(tmp_path / "2.json", page("docs/b.md"), environment=other, started="2026-11-24T02:00:00Z"),
    )
    assert report(*files) == 2
    said = capsys.readouterr().err
    assert f"{tmp_path}/2.json: ran in another environment than {tmp_path}/1.json: Platform cluster, tier " in said


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path / "none.json") == 2
    assert f"{tmp_path}/none.json: not there" in capsys.readouterr().err


def test_a_run_that_had_nothing_to_run_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none, written = tmp_path / "none.json", tmp_path / "all.json"
    assert report(none, "--allow-none", "--annotations", "--write", written) == 0
    assert capsys.readouterr().out == "### Tutorials: nothing was run\n\n"
    assert not written.exists()
    there = write(tmp_path / "1.json", page())
    assert report(none, there, "--allow-none") == 0
    assert "Tutorials: 1 passed, 0 failed" in capsys.readouterr().out
    there.write_text("{}")
    assert report(there, "--allow-none") == 2


def test_the_summary(tmp_path: Path) -> None:
    bad = failed("<b>no</b>", "do", code="echo '```'", output=Output("x" * 10_000 + "\n", 1))
    file = write(tmp_path / "1.json", page(steps=(bad,)), page("docs/b.md", variant=BETA))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    assert report(file, "--summary", summary) == 0
    text = summary.read_text()
    assert text.startswith("before\n### Tutorials: 1 passed, 1 failed\n")
    where = "Platform mock: Dynamo runtime 1.4.2, operator as of 1.5.0-dev, Kubernetes 1.35.4, 8 x H100 (mock)."
    assert where in text
    assert "| docs/b.md (api v1beta1) | passed | 1 | 0 | 2 |" in text
    assert "<summary>docs/a.md:7: &lt;b&gt;no&lt;/b&gt;</summary>" in text
    assert "\n      $ echo '```'\n" in text, "indented: the output cannot end the block"
    assert "x" * 10_000 in text, "whole"
    assert "\n    hint: do\n" in text


def test_a_summary_is_no_larger_than_github_takes(tmp_path: Path) -> None:
    """Of a hundred failures with much output the last ones are named without details."""
    much = Output("x" * 60_000 + "\n", 1)
    steps = tuple(failed(f"failure {number}", output=much) for number in range(100))
    summary = tmp_path / "summary.md"
    assert report(write(tmp_path / "1.json", page(steps=steps)), "--summary", summary) == 0
    text = summary.read_text()
    assert MOST_BYTES * 0.9 < len(text.encode()) < 1024 * 1024
    assert "<summary>docs/a.md:7: failure 0</summary>" in text
    assert "\n- docs/a.md:7: failure 99 (details: the results file)\n" in text


def test_the_summary_of_a_given_cluster_says_what_it_proves_and_what_was_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skipped = page("docs/b.md", outcome=Outcome.SKIPPED, steps=(), lacks="no GPU")
    where = replace(MOCK, platform="cluster")
    assert report(write(tmp_path / "1.json", page(), skipped, environment=where)) == 0
    text = capsys.readouterr().out
    assert "Tutorials: 1 passed, 0 failed, 1 skipped\n" in text
    assert "Platform cluster, tier mock: Dynamo runtime" in text


def test_annotations_stand_at_the_line_that_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cleanup = Failure(FailureKind.INTERRUPTED, Position("docs/a.md"), "interrupted during clean-up")
    mine = replace(failed("x"), failure=Failure(FailureKind.FILE, Position("docs/a.md", 9), "100% no", "do"))
    data = (page(steps=(mine,), failures=(cleanup,)), page("docs/b,c.md", leftovers=("pod/x",)))
    assert report(write(tmp_path / "1.json", *data), "--annotations") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert lines == [
        "::error file=docs/a.md,line=9::docs/a.md:9: 100%25 no%0Ahint: do",
        "::error file=docs/a.md,line=1::docs/a.md: interrupted during clean-up",
        "::error file=docs/b%2Cc.md,line=1::left in the cluster: pod/x",
    ]


def test_files_that_pages_kept_go_along(tmp_path: Path) -> None:
    shards = []
    for number, name in enumerate(("a", "b"), 1):
        path = tmp_path / name / "results.json"
        kept = Store(path).keep("logs/x.txt", f"of {name}".encode())
        one = page(f"docs/{name}.md", attachments=(kept,), run=name)
        shards.append(write(path, one, started=f"2026-11-24T0{number}:00:00Z"))
    target = tmp_path / "all" / "results.json"
    assert report(*shards, "--write", target) == 0
    found = results.read(target)
    assert found is not None
    texts = {one.path: (target.parent / one.attachments[0].file).read_text() for one in found.pages}
    assert texts == {"docs/a.md": "of a", "docs/b.md": "of b"}
    for file in (tmp_path / "b" / "results.files").iterdir():
        file.unlink()
    assert report(*shards, "--write", target) == 0
    found = results.read(target)
    assert found is not None
    assert found.pages[1].attachments[0].left_out == "it is not in the folder of results.json"
    assert [file.read_text() for file in (target.parent / "results.files").iterdir()] == ["of a"], "pruned"


@pytest.mark.parametrize(
    ("session", "command"),
    [("", "docs-test run"), ("docs-test", "./nox -s docs-test --")],
    ids=["alone", "under nox"],
)
def test_a_failed_page_names_a_command_that_its_reader_can_type(
    monkeypatch: pytest.MonkeyPatch, session: str, command: str
) -> None:
    monkeypatch.setenv("NOX_CURRENT_SESSION", session)
    stream = io.StringIO()
    result = page(variant=BETA, outcome=Outcome.FAILED, steps=(step(),))
    ConsoleReporter(Progress(stream)).summary([result], [], MOCK)
    assert f"run it again: {command} docs/a.md --when api=v1beta1\n" in stream.getvalue()


def test_a_results_file_cannot_have_other_files_copied(tmp_path: Path) -> None:
    data = json.loads(write(tmp_path / "1.json", page()).read_text())
    wrong = {"name": "x", "file": "../../etc/passwd", "sha256": "0" * 64, "size": 1, "left_out": ""}
    data["pages"][0]["attachments"] = [wrong]
    (tmp_path / "1.json").write_text(json.dumps(data))
    assert report(tmp_path / "1.json", "--write", tmp_path / "all.json") == 2


def test_the_summary_says_why_a_page_was_not_run_and_which_ones_are_flaky() -> None:
    flaky = page(
        "docs/b.md", steps=(failed("no"),), repeats=Repeats(3, 2, (Differing(Position("docs/b.md", 6), 1),))
    )
    steady = page("docs/c.md", repeats=Repeats(3, 3))
    unmet = page("docs/d.md", outcome=Outcome.NOT_RUN, lacks="docs/b.md failed", steps=())
    said = markdown(of(page(), flaky, steady, unmet))
    assert said.startswith("### Tutorials: 2 passed, 1 failed, 1 not run, 1 of the failed flaky\n")
    assert "| docs/a.md | passed |" in said
    assert "| docs/b.md | failed, flaky: passed 2 of 3 times |" in said
    assert "| docs/c.md | passed, passed 3 of 3 times |" in said
    assert "| docs/d.md | not run: docs/b.md failed |" in said

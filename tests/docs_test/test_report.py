"""Results of several runs, put together, and told to GitHub."""

from __future__ import annotations

import copy
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.cli.main import main
from docs_test.model import Environment, Outcome, PageResult, Tutorial
from docs_test.reporting.github import SHOWN
from docs_test.reporting.text import ConsoleReporter
from groundwork.system.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

STEP = {
    "location": "docs/a.md:7",
    "kind": "run",
    "outcome": "passed",
    "seconds": 1.0,
    "started": 0.0,
    "attempts": 1,
    "exit_status": 0,
    "error": "",
}


def page(path: str, **changes: Any) -> dict[str, Any]:
    return {
        "path": path,
        "title": path,
        "variant": {},
        "outcome": "passed",
        "started_at": "2026-11-24T01:00:00Z",
        "seconds": 2.0,
        "counts": {"run": 1, "failed": 0, "not_run": 0, "skipped": []},
        "steps": [dict(STEP)],
        "cleanup_errors": [],
        "leftovers": [],
        "inputs": {},
        **changes,
    }


def document(*pages: dict[str, Any], started: str = "2026-11-24T01:00:00Z") -> dict[str, Any]:
    return {
        "version": 1,
        "started_at": started,
        "finished_at": started,
        "environment": {
            "platform": "mock",
            "runtime": "1.4.2",
            "operator": "1.5.0-dev",
            "kubernetes": "1.35.4",
            "gpus": "8 x H100 (mock)",
        },
        "stages": [],
        "pages": list(pages),
    }


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["docs-test", "report", *map(str, words)])
    return main()


def write(path: Path, data: dict[str, Any]) -> Path:
    path.write_text(json.dumps(data))
    return path


def failed(error: str) -> dict[str, Any]:
    return page("docs/a.md", outcome="failed", steps=[{**STEP, "outcome": "failed", "error": error}])


def test_shards_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "1.json", document(page("docs/b.md", variant={"api": "v1beta1"})))
    two = write(tmp_path / "2.json", document(page("docs/a.md"), page("docs/b.md", variant={"api": "v1alpha1"})))
    assert run(monkeypatch, one, two, "--write", tmp_path / "all.json") == 0
    pages = json.loads((tmp_path / "all.json").read_text())["pages"]
    assert [(one["path"], one["variant"]) for one in pages] == [
        ("docs/a.md", {}),
        ("docs/b.md", {"api": "v1beta1"}),
        ("docs/b.md", {"api": "v1alpha1"}),
    ]


def test_the_later_run_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = write(tmp_path / "1.json", document(failed("docs/a.md:7: no"), started="2026-11-24T02:00:00Z"))
    early = write(tmp_path / "2.json", document(page("docs/a.md")))
    assert run(monkeypatch, late, early, "--write", tmp_path / "all.json") == 0
    (only,) = json.loads((tmp_path / "all.json").read_text())["pages"]
    assert only["outcome"] == "failed"


def test_environments_are_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copy.deepcopy(document(page("docs/b.md")))
    other["environment"]["platform"] = "cluster"
    files = (write(tmp_path / "1.json", document(page("docs/a.md"))), write(tmp_path / "2.json", other))
    assert run(monkeypatch, *files) == 2
    assert "ran in another environment" in capsys.readouterr().err


def test_a_file_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path / "none.json") == 2
    assert f"{tmp_path}/none.json: not there" in capsys.readouterr().err


def test_a_run_that_had_nothing_to_run_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    none, written = tmp_path / "none.json", tmp_path / "all.json"
    assert run(monkeypatch, none, "--allow-none", "--annotations", "--write", written) == 0
    assert capsys.readouterr().out == "### Tutorials: nothing was run\n\n"
    assert not written.exists()
    there = write(tmp_path / "1.json", document(page("docs/a.md")))
    assert run(monkeypatch, none, there, "--allow-none") == 0
    assert "Tutorials: 1 passed, 0 failed" in capsys.readouterr().out
    there.write_text("{}")
    assert run(monkeypatch, there, "--allow-none") == 2


def test_the_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = "docs/a.md:7: <b>no</b>\ncommand:\n  $ echo '```'\n" + "x" * 2 * SHOWN
    file = write(tmp_path / "1.json", document(failed(error), page("docs/b.md", variant={"api": "v1beta1"})))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    assert run(monkeypatch, file, "--summary", summary) == 0
    text = summary.read_text()
    assert text.startswith("before\n### Tutorials: 1 passed, 1 failed\n")
    assert "Platform mock: Dynamo runtime 1.4.2, operator 1.5.0-dev, Kubernetes 1.35.4, 8 x H100 (mock)." in text
    assert "| docs/b.md (api v1beta1) | passed | 1 | 0 | 2 |" in text
    assert "<summary>docs/a.md:7: &lt;b&gt;no&lt;/b&gt;</summary>" in text
    assert "\n      $ echo '```'\n" in text, "indented: the output cannot end the block"
    assert len(text) < 2 * SHOWN
    assert "[shortened]" in text


def test_the_summary_of_a_given_cluster_says_what_it_proves_and_what_was_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = document(page("docs/a.md"), page("docs/b.md", outcome="skipped", steps=[]))
    data["environment"] |= {"platform": "cluster", "tier": "mock"}
    assert run(monkeypatch, write(tmp_path / "1.json", data)) == 0
    text = capsys.readouterr().out
    assert "Tutorials: 1 passed, 0 failed, 1 skipped\n" in text
    assert "Platform cluster, tier mock: Dynamo runtime" in text


def test_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = document(failed("docs/a.md:7: 100% no\nhint: do"), page("docs/b,c.md", leftovers=["pod/x"]))
    assert run(monkeypatch, write(tmp_path / "1.json", data), "--annotations") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert lines == [
        "::error file=docs/a.md,line=7::docs/a.md:7: 100%25 no%0Ahint: do",
        "::error file=docs/b%2Cc.md,line=1::left in the cluster: pod/x",
    ]


@pytest.mark.parametrize(
    ("session", "command"), [("", "docs-test"), ("docs-test", "./nox -s docs-test --")], ids=["alone", "under nox"]
)
def test_a_failed_page_names_a_command_that_its_reader_can_type(
    monkeypatch: pytest.MonkeyPatch, session: str, command: str
) -> None:
    monkeypatch.setenv("NOX_CURRENT_SESSION", session)
    stream = io.StringIO()
    tutorial = Tutorial("docs/a.md", "A", (), variant={"api": "v1beta1"})
    result = PageResult(tutorial, Outcome.FAILED, "2026-11-24T01:00:00Z", 1.0, ())
    ConsoleReporter(Progress(stream)).summary([result], [], Environment(""))
    assert f"run it again: {command} docs/a.md --when api=v1beta1 --keep-cluster" in stream.getvalue()

"""The file of verdicts: what is recorded of results, what takes whose place, and what goes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.inventory import Fact
from docs_test.outcomes import Outcome
from docs_test.reporting import verdicts
from docs_test.reporting.results import write as write_results
from groundwork.base.errors import UserError
from support.results import MOCK, of, page

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.page_results import Results

NEWER = replace(MOCK, facts=(Fact("runtime", "Dynamo runtime", "1.6.1"), Fact("operator", "operator", "")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        file = tmp_path / "docs" / f"{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text("")
    return tmp_path


def on(results: Results, day: str, environment: object = MOCK) -> Results:
    pages = tuple(replace(one, started_at=f"{day}T10:00:00Z") for one in results.pages)
    return replace(results, pages=pages, environment=environment)


def test_each_environment_has_a_row_of_its_own_and_a_later_run_takes_its_place(root: Path) -> None:
    first = on(of(page("docs/a.md")), "2026-11-01")
    other = on(of(page("docs/a.md", outcome=Outcome.SKIPPED, lacks="no profiler")), "2026-11-02", NEWER)
    rows = verdicts.added((), [first, other], root)
    assert [(one.day, one.outcome, one.why) for one in rows] == [
        ("2026-11-01", "passed", ""),
        ("2026-11-02", "skipped", "no profiler"),
    ]
    assert rows[1].facts == {"runtime": "1.6.1"}, "what is not known is no fact"
    later = on(of(page("docs/a.md", outcome=Outcome.FAILED)), "2026-11-03")
    again = verdicts.added(rows, [later], root)
    assert [(one.day, one.outcome) for one in again] == [("2026-11-03", "failed"), ("2026-11-02", "skipped")]
    assert verdicts.added(again, [first], root) == again, "an earlier run says nothing new"


def test_what_has_no_verdict_is_not_recorded(root: Path) -> None:
    found = of(page("docs/a.md", outcome=Outcome.NOT_RUN), page("docs/b.md", outcome=Outcome.PARTIAL))
    assert verdicts.added((), [found], root) == ()


def test_a_page_that_is_gone_and_variants_of_before_go(root: Path) -> None:
    old = on(of(page("docs/a.md"), page("docs/b.md")), "2026-11-01")
    rows = verdicts.added((), [old], root)
    (root / "docs" / "b.md").unlink()
    new = on(of(page("docs/a.md", variant={"api": "v1"})), "2026-11-02", NEWER)
    (row,) = verdicts.added(rows, [new], root)
    assert (row.page, row.variant) == ("docs/a.md", {"api": "v1"})


def test_what_is_written_is_read_and_has_a_line_for_each(root: Path) -> None:
    rows = verdicts.added((), [of(page("docs/a.md"), page("docs/b.md", variant={"x": "y"}))], root)
    file = root / "runs.json"
    verdicts.write(file, rows)
    assert verdicts.read(file) == rows
    assert file.read_text().count("\n") == 4
    assert verdicts.read(root / "absent.json") == ()


TEXTS = {"page": "a", "platform": "", "tier": "", "day": "", "outcome": "passed", "why": ""}
ROW = {**TEXTS, "variant": {}, "facts": {}}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "Expecting property name"),
        ([], "'version' is None, allowed: 1"),
        ({"version": 2}, "'version' is 2, allowed: 1"),
        ({"version": 1}, "'verdicts' is not a list"),
        ({"version": 1, "verdicts": [{"page": "a"}]}, 'no verdict: {"page": "a"}'),
        ({"version": 1, "verdicts": [{**ROW, "outcome": "good"}]}, "'good' is not a valid Outcome"),
        ({"version": 1, "verdicts": [{**ROW, "facts": []}]}, "no verdict"),
    ],
)
def test_a_file_of_another_form_is_refused(root: Path, data: object, said: str) -> None:
    file = root / "runs.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    with pytest.raises(UserError) as caught:
        verdicts.read(file)
    assert said in caught.value.fact
    assert str(file) in str(caught.value)


def test_the_command_records_results_of_several_environments(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for environment in (MOCK, NEWER):
        files.append(root / f"{len(files)}.json")
        write_results(files[-1], on(of(page("docs/a.md")), "2026-11-01", environment))
    record = root / "runs.json"
    assert main(["report", *map(str, files), "--matrix", str(record), "--root", str(root)]) == 0
    assert capsys.readouterr().out == f"{record}: 2 verdicts\n"
    assert len(verdicts.read(record)) == 2
    assert main(["report", str(files[0]), "--matrix", str(root / "no" / "folder"), "--root", str(root)]) != 0
    assert "--matrix" in capsys.readouterr().err

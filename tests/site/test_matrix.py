"""The matrix of tutorials and releases on the page of versions."""

from __future__ import annotations

from typing import Any

from docs_site.pages.matrix import FILE, matrix
from docs_test.outcomes import Outcome
from docs_test.reporting.verdicts import Verdict, read
from docs_test.tutorials.index import IndexedPage
from dynamo_api.releases import run_here
from groundwork.base.paths import root

NAMES = [row.name for row in run_here()]
_REST: dict[str, Any] = {"kind": "tutorial", "tutorial": True, "inputs": {}, "headings": (), "blocks": ()}
PAGES = [
    IndexedPage(path="docs/k/a.md", title="A", variants={"api": ("v1", "v2")}, **_REST),
    IndexedPage(path="docs/k/b.md", title="B", variants={}, **_REST),
]


def verdict(page: str, runtime: str, **more: Any) -> Verdict:
    facts = {"runtime": runtime, "operator": "1.5.1", **more.pop("facts", {})}
    given = {"variant": {}, "day": "2026-11-05", "outcome": Outcome.PASSED, "tier": "mock", **more}
    return Verdict(page=page, platform="mock", facts=facts, **given)


def rows(*verdicts: Verdict) -> list[list[str]]:
    text = matrix(PAGES, verdicts, "docs/reference").partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in text.splitlines() if " --- " not in line]


def test_what_was_never_run_says_so() -> None:
    head, *body = rows()
    assert head == ["Tutorial", *NAMES]
    assert [row[0] for row in body] == ["[A](../k/a.md), `v1`", "[A](../k/a.md), `v2`", "[B](../k/b.md)"]
    assert {cell for row in body for cell in row[1:]} == {"not run"}


def test_a_verdict_stands_with_its_day_in_the_column_of_its_runtime() -> None:
    failed = verdict("docs/k/a.md", "1.6.1", variant={"api": "v2"}, outcome=Outcome.FAILED)
    skipped = verdict("docs/k/b.md", "1.6.1", outcome=Outcome.SKIPPED)
    first = verdict("docs/k/b.md", "1.5.1", day="2026-11-04", facts={"operator": "1.4.0"})
    head, one, two, three = rows(failed, verdict("docs/k/b.md", "1.5.1", outcome=Outcome.FAILED), first, skipped)
    assert (one[head.index("1.6.1")], two[head.index("1.6.1")]) == ("not run", "failed, 5 November 2026")
    assert (three[head.index("1.5.1")], three[head.index("1.6.1")]) == ("failed, 5 November 2026", "not run")


def test_feature_gates_have_a_column_beside_their_runtime() -> None:
    gated = verdict("docs/k/b.md", "1.5.1", facts={"gates": "DGDRV1Beta2"})
    head, *_, last = rows(gated)
    at = head.index("1.5.1, `DGDRV1Beta2`")
    assert head[at - 1] == "1.5.1"
    assert last[at - 1 : at + 1] == ["not run", "passed, 5 November 2026"]


def test_another_tier_and_an_unknown_runtime_are_left_out() -> None:
    assert rows(verdict("docs/k/b.md", "1.5.1", tier="gpu"), verdict("docs/k/b.md", "0.1.0")) == rows()


def test_what_is_not_run_of_a_release_is_told_below() -> None:
    said = matrix(PAGES, (), "docs/reference").partition("\n\n")[2]
    for row in run_here():
        assert (f"- {row.name}: {' and '.join(row.runs)} are run; {row.not_run}." in said) is bool(row.not_run)


def test_the_record_of_this_site_is_of_pages_that_there_are() -> None:
    for one in read(root() / FILE):
        assert (root() / one.page).is_file(), f"docs-test report RESULTS... --matrix {FILE}"

"""The results file: what is written is read, its schema says what is in it, and older files are read."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from docs_test.model import Match, SkipKind
from docs_test.outcomes import (
    Diagnosis,
    EventSeen,
    Expected,
    Failure,
    FailureKind,
    NotCreated,
    Outcome,
    Output,
    PodSeen,
)
from docs_test.page_results import Attachment, Differing, Repeats, Results, SkippedBlock, StageTime
from docs_test.reporting import results
from docs_test.reporting.attachments import Store
from docs_test.reporting.failures import failure_text
from docs_test.reporting.results import SCHEMA, merge, read
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from support.results import MOCK, failed, of, page, step, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BETA, ALPHA = {"api": "v1beta1"}, {"api": "v1alpha1"}
BAD = (failed("no"),)
AT = Position("docs/a.md", 9)
FULL = page(
    variant=BETA,
    interrupted=True,
    lacks="no GPU",
    steps=(
        step(
            expected=Expected(AT, 12, Match.K8S, "NAME AGE"),
            output=Output("x\n[9 bytes are left out]\ny\n", 4, 9),
            identifier="apply",
            cleanup=True,
        ),
        failed(
            "differs",
            failure=Failure(
                *(FailureKind.MISMATCH, AT, "differs", "look"),
                diff=("- a", "+ b"),
                diagnosis=Diagnosis(
                    (PodSeen("demo", "web", "Pending", "It waits.", "kubectl get pods", "log"),),
                    (EventSeen("2026-11-24T01:00:00Z", "Failed", "Pod", "web", "no"),),
                    (NotCreated("No room.", "kubectl describe replicaset web"),),
                ),
            ),
        ),
        step(outcome=Outcome.NOT_RUN, attempts=0, exit_status=None),
    ),
    skipped=(SkippedBlock(AT, SkipKind.DECLARED, "a diagram"),),
    failures=(Failure(FailureKind.NOT_LOOKED, AT, "unknown"),),
    leftovers=("pods/demo/left",),
    inputs={"docs/a.md": "0" * 64},
    set_up_by=("docs/set-up.md",),
    repeats=Repeats(3, 2, (Differing(AT, 1),)),
    attachments=(Attachment("x.txt", f"r.files/{'0' * 64}.txt", "0" * 64, 3), Attachment("y", left_out="none")),
)
"""A page that has something in each field."""


def test_what_is_written_is_read(tmp_path: Path) -> None:
    whole = of(FULL, page("docs/b.md"))
    stages = (StageTime("run", 1.5, ok=True, note="passed"),)
    whole = replace(whole, runs=tuple(replace(run, stages=stages) for run in whole.runs))
    results.write(tmp_path / "new" / "r.json", whole)
    assert read(tmp_path / "new" / "r.json") == whole
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["r.json"]
    assert read(tmp_path / "none.json") is None


def test_seconds_are_rounded(tmp_path: Path) -> None:
    path = write(tmp_path / "r.json", page(seconds=1.23456, steps=(step(started=0.123456),)))
    data = json.loads(path.read_text())["pages"][0]
    assert (data["seconds"], data["steps"][0]["started"]) == (1.235, 0.123)


def objects(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas of objects in a schema."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    if "properties" in schema:
        yield schema
    for part in (*schema.get("oneOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from objects(part, whole)


_OF_FAILURES = ("$.pages.failures.diagnosis", "$.pages.steps.failure.diagnosis")
ADDED = {
    "$.pages": {"set_up_by", "repeats"},
    "$.runs": {"options"},
    **{place: {"refused"} for place in _OF_FAILURES},
}
"""Fields that files of version 2 lack which were written before there were such fields."""


def differences(kind: type, schema: dict[str, Any], whole: dict[str, Any], at: str) -> Iterator[str]:
    """Where a dataclass and the schema of what is written of it have other fields."""
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind) if field.compare}  # type: ignore[arg-type]
    known = set(schema["properties"]) - ({"version"} if at == "$" else set())
    required = set(schema["required"]) - {"version"}
    if known != names or required != names - ADDED.get(at, set()) or schema["additionalProperties"]:
        yield f"{at}: {sorted(known ^ names)}"
    for name in names & known:
        inner = [one for one in (hints[name], *get_args(hints[name])) if is_dataclass(one)]
        found = list(objects(schema["properties"][name], whole))
        for one in inner:
            (part,) = found
            yield from differences(one, part, whole, f"{at}.{name}")  # type: ignore[arg-type]


def test_the_schema_has_the_fields_of_what_is_written() -> None:
    schema = json.loads(SCHEMA.read_text())
    assert list(differences(Results, schema, schema, "$")) == []
    wrong = copy.deepcopy(schema)
    del wrong["$defs"]["step"]["properties"]["output"]
    wrong["$defs"]["pod"]["required"].remove("log")
    assert sorted(differences(Results, wrong, wrong, "$")) == [
        "$.pages.failures.diagnosis.pods: []",
        "$.pages.steps.failure.diagnosis.pods: []",
        "$.pages.steps: ['output']",
    ]


def test_a_file_that_lacks_what_was_added_later_is_read(tmp_path: Path) -> None:
    written = write(tmp_path / "r.json", FULL, page("docs/b.md"))
    data = json.loads(written.read_text())
    for one in data["pages"]:
        del one["set_up_by"], one["repeats"]
    del data["pages"][0]["steps"][1]["failure"]["diagnosis"]["refused"]
    for one in data["runs"]:
        del one["options"]
    written.write_text(json.dumps(data))
    found = read(written)
    assert found is not None
    assert [(one.set_up_by, one.repeats) for one in found.pages] == [((), None)] * len(found.pages)
    assert [one.options for one in found.runs] == [()] * len(found.runs)
    del data["pages"][0]["lacks"]
    written.write_text(json.dumps(data))
    with pytest.raises(UserError, match="'lacks' is a required property"):
        read(written)


def test_each_kind_of_failure_and_outcome_is_in_the_schema() -> None:
    defined = json.loads(SCHEMA.read_text())["$defs"]
    assert defined["failure"]["properties"]["kind"]["enum"] == [kind.value for kind in FailureKind]
    both = {*defined["page"]["properties"]["outcome"]["enum"], *defined["step"]["properties"]["outcome"]["enum"]}
    assert both == {outcome.value for outcome in Outcome} - {Outcome.PARTIAL.value}, (
        "a part of a page is no result"
    )


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda data: data["pages"][0].update(colour="red"), "$.pages[0]: Additional properties"),
        (lambda data: data["pages"][0].pop("title"), "$.pages[0]: 'title' is a required property"),
        (lambda data: data["pages"][0].update(outcome="perhaps"), "$.pages[0].outcome: 'perhaps' is not one of"),
        (lambda data: data["pages"][0]["steps"][0].update(seconds=-1), "$.pages[0].steps[0].seconds: -1 is less"),
        (lambda data: data.update(version=3), "'version' is 3, allowed: 1, 2"),
    ],
)
def test_what_breaks_the_form_is_said_with_its_place(tmp_path: Path, change: Any, fact: str) -> None:
    path = write(tmp_path / "r.json", page())
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(UserError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: no results file of docs-test: {fact}")
    assert caught.value.hint == "run docs-test to write it again, or remove it"


def test_what_breaks_the_form_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"pages\[0\]\.started_at"):
        write(tmp_path / "r.json", page(started_at="yesterday"))
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_some_pages_keeps_the_results_of_the_others() -> None:
    old = of(page("a.md", steps=BAD), page("b.md", variant=BETA), page("b.md", variant=ALPHA))
    new = of(page("b.md", variant=BETA, steps=BAD))
    merged = [(page.path, page.variant, page.outcome) for page in merge(old, new).pages]
    assert merged == [("a.md", {}, "failed"), ("b.md", ALPHA, "passed"), ("b.md", BETA, "failed")]
    elsewhere = of(page("a.md", steps=BAD), environment=replace(MOCK, platform="cluster"))
    assert merge(elsewhere, new) == new, "nothing is mixed"
    assert merge(None, new) == new


def test_the_result_of_a_page_from_before_it_had_variants_goes() -> None:
    new = of(page("b.md", variant=BETA))
    assert merge(of(page("b.md")), new) == new


TEXT = "docs/a.md:7: the command ended with status 1\ncommand:\n  $ false\nhint: look"
VERSION_1 = {
    "version": 1,
    "started_at": "2026-11-24T01:00:00Z",
    "finished_at": "2026-11-24T01:01:00Z",
    "environment": {
        "platform": "mock",
        "runtime": "1.4.2",
        "operator": "1.5.0-dev",
        "kubernetes": "1.35.4",
        "gpus": "8 x H100 (mock)",
        "tier": "mock",
    },
    "stages": [{"name": "run docs/a.md", "seconds": 2.0, "ok": True, "note": "failed"}],
    "pages": [
        {
            "path": "docs/a.md",
            "title": "A",
            "variant": BETA,
            "outcome": "failed",
            "lacks": "",
            "started_at": "2026-11-24T01:00:10Z",
            "seconds": 2.0,
            "counts": {
                "run": 1,
                "failed": 1,
                "not_run": 1,
                "skipped": [{"location": "docs/a.md:3", "kind": "declared", "reason": "a diagram"}],
            },
            "steps": [
                {
                    "location": "docs/a.md:6",
                    "kind": "run",
                    "outcome": "failed",
                    "seconds": 1.0,
                    "started": 0.0,
                    "attempts": 1,
                    "exit_status": 1,
                    "error": TEXT,
                },
                {
                    "location": "docs/a.md:9",
                    "kind": "file",
                    "outcome": "not-run",
                    "seconds": 0.0,
                    "started": 1.0,
                    "attempts": 1,
                    "exit_status": None,
                    "error": "",
                },
            ],
            "cleanup_errors": [TEXT, "docs/a.md: interrupted during clean-up; the next run finishes it"],
            "leftovers": ["pods/demo/left"],
            "inputs": {"docs/a.md": "0" * 64},
        }
    ],
}
"""What docs-test wrote before version 2, tier and all."""


def test_a_file_of_version_1_is_read_and_written_as_one_of_today(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(VERSION_1))
    found = read(path)
    assert found is not None
    assert found.environment == replace(MOCK, title="")
    (one,) = found.pages
    assert (one.path, one.variant, one.outcome, one.seconds) == ("docs/a.md", BETA, Outcome.FAILED, 2.0)
    first, second = one.steps
    assert first.failure is not None
    assert (first.failure.position, first.failure.fact) == (Position("docs/a.md", 7), TEXT[13:44])
    assert failure_text(first.failure, first) == TEXT
    assert (second.outcome, second.attempts, second.failure) == (Outcome.NOT_RUN, 0, None)
    (failure,) = one.failures
    assert failure_text(failure) == "docs/a.md: interrupted during clean-up; the next run finishes it"
    assert [skip.position.line for skip in one.skipped] == [3]
    assert one.leftovers == ("pods/demo/left",)
    assert [run.stages[0].name for run in found.runs] == ["run docs/a.md"]
    results.write(path, found)
    assert json.loads(path.read_text())["version"] == 2
    assert read(path) == found


@pytest.mark.parametrize("missing", ["stages", "pages", "environment"])
def test_a_file_of_version_1_that_lacks_something(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps({name: value for name, value in VERSION_1.items() if name != missing}))
    with pytest.raises(UserError, match=f"the key '{missing}' is missing"):
        read(path)


def test_files_lie_beside_the_results_once_for_each_content(tmp_path: Path) -> None:
    store = Store(tmp_path / "results.json")
    one, two = store.keep("a/x.txt", b"same"), store.keep("y.txt", b"same")
    odd = store.keep("x.not a suffix!", b"other")
    assert one.file == two.file
    assert (tmp_path / one.file).read_bytes() == b"same"
    assert (one.name, one.size, one.sha256[:4]) == ("a/x.txt", 4, "0967")
    assert "." not in odd.file.rpartition("/")[2]
    store.prune(of(page(attachments=(one,))))
    assert [file.name for file in store.folder.iterdir()] == [one.file.rpartition("/")[2]]
    store.prune(of(page()))
    assert not store.folder.exists()

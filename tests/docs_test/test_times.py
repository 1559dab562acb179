"""Times against their own history: what is kept, what counts as slower, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.outcomes import Outcome
from docs_test.times import history
from docs_test.times.history import KEPT, Entry, bounded, entries_of, environment_of, read, write
from docs_test.times.trends import LEAST, bound, slower, trends
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from support.results import MOCK, page, step
from support.runs import run, tutorial

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

USUAL = (30.0, 31.0, 29.5, 30.5, 30.0, 30.2)


def entry(seconds: float, number: int = 0, **changes: object) -> Entry:
    made = Entry(f"2026-11-24T01:{number // 60:02}:{number % 60:02}Z", "here", "docs/a.md", {}, seconds)
    return replace(made, **changes)  # type: ignore[arg-type]


def past(*seconds: float, **changes: object) -> list[Entry]:
    return [entry(one, number, **changes) for number, one in enumerate(seconds)]


@pytest.mark.parametrize(
    ("times", "now", "is_slower"),
    [
        (USUAL, 30.9, False),
        (USUAL, 35.9, False),  # A fifth more is nothing.
        (USUAL, 36.2, True),
        (USUAL, 20.0, False),
        ((10.0,) * 5, 12.5, True),
        ((10.0,) * 5, 11.9, False),
        ((10.0,) * 4, 100.0, False),  # Four runs are too few to know what is usual.
        ((0.1,) * 5, 1.0, False),  # Less than a second more is no matter.
        ((0.1,) * 5, 1.2, True),
        ((10.0, 20.0, 30.0, 20.0, 10.0, 30.0), 50.0, False),  # It has always been spread.
        ((10.0, 10.1, 9.9, 10.0, 10.0, 300.0), 12.5, True),  # One that was far off raises no bound.
    ],
)
def test_what_is_slower_than_usual(times: tuple[float, ...], now: float, *, is_slower: bool) -> None:
    assert bool(list(slower(past(*times), [entry(now)]))) is is_slower


def test_a_page_and_its_steps_are_named_with_what_is_usual() -> None:
    def timed(*seconds: float) -> dict[str, float]:
        return {f"docs/a.md:{10 + number} code{number}": one for number, one in enumerate(seconds)}

    before = past(*USUAL, steps=timed(5.0, 20.0, 5.0))
    now = entry(50.0, steps=timed(5.0, 40.0, 9.0))
    assert list(map(str, slower(before, [now]))) == [
        "docs/a.md: 50.0 s, usually 30.1 s (6 runs)",
        "  docs/a.md:11: 40.0 s, usually 20.0 s (6 runs)",
        "  docs/a.md:12: 9.0 s, usually 5.0 s (6 runs)",
    ]
    moved = replace(now, steps={"docs/a.md:99 code1": 40.0, "docs/a.md:11 new": 40.0})
    assert [str(one) for one in slower(before, [moved])][1:] == ["  docs/a.md:99: 40.0 s, usually 20.0 s (6 runs)"]


@pytest.mark.parametrize(
    "other", [{"environment": "there"}, {"variant": {"api": "v1alpha1"}}, {"page": "docs/b.md"}]
)
def test_only_the_same_page_variant_and_environment_count(other: dict[str, object]) -> None:
    assert list(slower(past(*USUAL, **other), [entry(99.0)])) == []


def test_the_past_is_the_latest_runs() -> None:
    assert list(slower(past(*(10.0,) * 30, *(50.0,) * 20), [entry(52.0)])) == []
    assert len(list(slower(past(*(50.0,) * 30, *(10.0,) * 20), [entry(52.0)]))) == 1


def test_the_bound_is_at_least_a_fifth_and_a_second_above_the_median() -> None:
    assert bound([10.0] * LEAST) == 12.0
    assert bound([1.0] * LEAST) == 2.0
    assert bound([10.0, 12.0, 14.0, 16.0, 18.0]) == pytest.approx(14 + 4 * 1.4826 * 2)


def test_only_pages_that_passed_have_an_entry() -> None:
    good = page(seconds=3.14159, steps=(step(5, code="a"), step(7, code="b"), step(9, code="a")))
    (one,) = entries_of(
        [good, replace(good, outcome=Outcome.FAILED), replace(good, outcome=Outcome.PARTIAL)], "here"
    )
    assert one.seconds == 3.142
    places, codes = zip(*(name.split() for name in one.steps), strict=True)
    assert places == ("docs/a.md:5", "docs/a.md:7", "docs/a.md:9")
    assert codes[2] == f"{codes[0]}-2"
    assert one.by_code() == dict.fromkeys(codes, 1.0)


def test_environments_whose_times_cannot_be_compared_differ() -> None:
    mine = environment_of(MOCK, 1)
    assert mine.startswith("mock, Kubernetes 1.35.4, 8 x H100 (mock), runtime 1.4.2, operator 1.5.0-dev, ")
    others = [environment_of(MOCK, 2), environment_of(replace(MOCK, kubernetes="1.36.0"), 1)]
    assert len({mine, *others}) == 3


def test_what_is_written_is_read_and_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "new" / history.NAME
    assert read(path) == []
    whole = past(*map(float, range(KEPT + 20))) + past(1.0, 2.0, page="docs/b.md")
    write(path, whole)
    found = read(path)
    assert found == bounded(whole)
    assert sorted(one.seconds for one in found if one.page == "docs/a.md") == list(
        map(float, range(20, KEPT + 20))
    )
    assert sum(one.page == "docs/b.md" for one in found) == 2


def test_the_whole_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 10)
    many = [entry(1.0, number, page=f"docs/{number}.md") for number in range(25)]
    assert bounded(many) == many[-10:]


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("nonsense", "no entry of a history: JSONDecodeError"),
        ("[]", "no entry of a history: TypeError"),
        ("{}", "no entry of a history: KeyError: 'at'"),
        (json.dumps(history._data(entry(1.0)) | {"seconds": "1"}), "'1' where seconds are expected"),
        (json.dumps(history._data(entry(1.0)) | {"seconds": float("nan")}), "nan where seconds are expected"),
        (json.dumps(history._data(entry(1.0)) | {"page": 3}), "3 where a text is expected"),
    ],
)
def test_a_history_that_cannot_be_read_is_an_error_at_its_line(
    tmp_path: Path, line: str, fact: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / history.NAME
    write(path, [entry(1.0)])
    path.write_text(f"{path.read_text()}\n{line}\n")
    with pytest.raises(UserError) as caught:
        read(path)
    assert caught.value.where == Position(str(path), 3)
    assert fact in caught.value.fact
    assert caught.value.hint
    assert main(["report", "--history", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}:3: no entry of a history: ")


def test_trends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / history.NAME
    write(path, [*past(*USUAL, 50.0), *past(1.0, 3.0, page="docs/b.md", variant={"api": "v1"})])
    assert list(trends(read(path))) == [
        "here",
        "  page                runs  fastest  median  slowest  latest",
        "  docs/a.md              7   29.5 s  30.2 s   50.0 s  50.0 s  slower than usual",
        "  docs/b.md (api=v1)     2    1.0 s   2.0 s    3.0 s   3.0 s",
    ]
    assert main(["report", "--history", str(path)]) == 0
    assert capsys.readouterr().out.startswith("here\n  page ")
    assert main(["report", "--history", str(tmp_path / "none")]) == 0
    assert "no page has passed yet" in capsys.readouterr().out
    assert main(["report"]) == 2
    assert "no results file is named" in capsys.readouterr().err


def test_a_run_adds_to_the_history_and_says_what_is_slower(site_with: Callable[..., Path], tmp_path: Path) -> None:
    root = site_with({"a.md": tutorial("sleep 2"), "b.md": tutorial("false")})
    path = root / "build" / "docs-test" / history.NAME
    assert run(root, tmp_path, "--repeat", "2").returncode == 1
    first, second = read(path)
    assert [one.page for one in (first, second)] == ["docs/a.md"] * 2
    # As if it had always been fast.
    write(path, [replace(first, seconds=0.1, steps=dict.fromkeys(first.steps, 0.1)) for _ in range(LEAST)])
    done = run(root, tmp_path, "docs/a.md")
    assert done.returncode == 0, "a note fails nothing"
    said = done.stderr.partition("slower than usual, which fails nothing:\n")[2].splitlines()
    assert said[0].startswith("  docs/a.md: ")
    assert said[0].endswith(" s, usually 0.1 s (5 runs)")
    assert said[1].startswith("    docs/a.md:7: ")
    assert len(read(path)) == LEAST + 1


def test_a_history_that_is_broken_fails_no_run_and_stays(site_with: Callable[..., Path], tmp_path: Path) -> None:
    root = site_with({"a.md": tutorial("true")})
    path = root / "build" / "docs-test" / history.NAME
    path.parent.mkdir(parents=True)
    path.write_text("nonsense\n")
    done = run(root, tmp_path)
    assert done.returncode == 0
    assert f"{path}:1: no entry of a history" in done.stderr
    assert path.read_text() == "nonsense\n"

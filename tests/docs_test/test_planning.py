"""Which runs need which, which stay together, and in which order they come."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.model import Step, StepKind, Tutorial
from docs_test.planning.graph import units, with_set_ups
from docs_test.planning.plan import planned, seed_of
from docs_test.planning.shared_steps import with_shared_steps
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SHARED = "snippets/shared.md"


def run(name: str, *, uses: str = "", after: str = "", api: str = "") -> Tutorial:
    """A run of the page docs/NAME.md; what it uses and comes after are names as well."""
    paths = {"uses": tuple(f"docs/{one}.md" for one in uses), "after": tuple(f"docs/{one}.md" for one in after)}
    return Tutorial(f"docs/{name}.md", name, (), variant={"api": api} if api else {}, **paths)


def names(runs: Sequence[Tutorial]) -> str:
    return " ".join(f"{one.title}{'/' if one.variant else ''}{one.variant.get('api', '')}" for one in runs)


def together(runs: Sequence[Tutorial]) -> list[str]:
    return [names(unit.runs) for unit in units(runs)]


def test_each_run_alone_is_a_unit_in_the_given_order() -> None:
    assert together([run("b"), run("a"), run("c")]) == ["b", "a", "c"]


def test_units_come_after_those_that_they_need() -> None:
    assert together([run("a", after="c"), run("b"), run("c", after="d"), run("d")]) == ["b", "d", "c", "a"]


def test_runs_that_start_from_the_same_set_up_are_one_unit_behind_it() -> None:
    assert together([run("a", uses="s"), run("x"), run("b", uses="s", after="x"), run("s")]) == ["x", "s a b"]


@pytest.mark.parametrize(
    ("runs", "inside"),
    [
        ([run("s"), run("a", uses="s"), run("b", uses="s")], [2, 0, 0]),
        ([run("s"), run("t", uses="s"), run("a", uses="t")], [2, 1, 0]),
        ([run("s"), run("t"), run("a", uses="st")], [2, 1, 0]),
        # The clean-up of s waits for b, which starts from t, which was set up inside of s.
        ([run("s"), run("a", uses="s"), run("t"), run("c", uses="st"), run("b", uses="t")], [4, 0, 2, 0, 0]),
    ],
)
def test_a_set_up_is_open_until_the_last_that_starts_from_it(runs: list[Tutorial], inside: list[int]) -> None:
    (unit,) = units(runs)
    assert [unit.inside(number) for number in range(len(unit.runs))] == inside


def test_runs_start_from_the_set_up_of_their_own_variant() -> None:
    runs = [run(name, uses=uses, api=api) for api in ("v1", "v2") for name, uses in (("s", ""), ("a", "s"))]
    assert together([*runs, run("b", uses="s")]) == ["s/v1 a/v1 b", "s/v2 a/v2"]


def test_pages_come_after_all_variants_of_a_page_that_shares_none() -> None:
    runs = [run("a", after="s"), run("s", api="v1"), run("s", api="v2")]
    assert together(runs) == ["s/v1", "s/v2", "a"]


def test_what_is_used_is_run_although_it_was_not_asked_for() -> None:
    every = [run("a", uses="s"), run("b"), run("s", uses="t", api="v1"), run("s", api="v2"), run("t")]
    assert names(with_set_ups(every[:1], every)) == "t s/v1 a"
    assert names(with_set_ups(every[1:2], every)) == "b"


def test_a_page_between_a_set_up_and_those_that_start_from_it_is_an_error() -> None:
    with pytest.raises(UserError, match=r"docs/x.md comes between docs/s.md and docs/a.md") as caught:
        units([run("s"), run("x", after="s"), run("a", uses="s", after="x")])
    assert caught.value.hint
    assert together([run("s"), run("x", uses="s"), run("a", uses="s", after="x")]) == ["s x a"]


def test_the_same_seed_gives_the_same_order_and_the_graph_holds_in_each() -> None:
    runs = [run("a", after="f"), *map(run, "bcde"), run("f"), run("g", uses="h"), run("h")]
    orders = []
    for seed in range(40):
        plan = planned(runs, seed=seed)
        assert plan == planned(runs, seed=seed)
        order = [one.title for one in plan.runs]
        assert sorted(order) == list("abcdefgh")
        assert order.index("f") < order.index("a")
        assert order.index("h") + 1 == order.index("g")
        orders.append(order)
    assert len(set(map(tuple, orders))) > 30
    first, second = planned(runs, seed=1, repeat=2).rounds
    assert first != second, "each round has an order of its own"
    assert planned(runs).runs == planned(runs, repeat=2).runs


def test_the_seed_is_printed_and_taken() -> None:
    said: list[str] = []
    assert seed_of(None, said.append) is None
    assert said == []
    drawn = seed_of("", said.append)
    assert said == [f"shuffled; the same order again: --shuffle={drawn}"]
    assert seed_of("7", said.append) == 7
    with pytest.raises(UserError, match=r"--shuffle 'docs/a.md', allowed: a whole number") as caught:
        seed_of("docs/a.md", said.append)
    assert caught.value.hint == "name pages before --shuffle, or write --shuffle=SEED"


def step(file: str, line: int, code: str, via: str = "", **more: object) -> Step:
    at = Position(file, line, 0, (Position(via, 3),) if via else ())
    return Step(StepKind.RUN, at, code, **more)


def sharing(name: str, code: str = "make", **more: object) -> Tutorial:
    """A page that includes shared set-up, each at a line of its own."""
    page = f"docs/{name}.md"
    steps = (
        step(SHARED, 1, code, page, identifier="made"),
        step(page, 9, f"use {name}"),
        step(SHARED, 5, "unmake", page, cleanup=True),
    )
    tutorial = Tutorial(page, name, steps, uses=(SHARED,), inputs={page: "1", SHARED: "2"}, variables={"A": "a"})
    return replace(tutorial, **more)


def test_shared_steps_become_one_run_and_are_in_no_other() -> None:
    made, a, b = with_shared_steps([sharing("a"), sharing("b", variables={"A": "a", "B": "b"})])
    assert (made.path, made.variant, made.inputs, made.variables) == (SHARED, {}, {SHARED: "2"}, {"A": "a"})
    assert [one.code for one in made.steps] == ["make", "unmake"]
    assert [[one.code for one in run.steps] for run in (a, b)] == [["use a"], ["use b"]]
    (unit,) = planned([sharing("a"), sharing("b")]).rounds[0]
    assert [one.path for one in unit.runs] == [SHARED, "docs/a.md", "docs/b.md"]
    assert unit.inside(0) == 2


def test_steps_that_differ_by_variant_are_a_set_up_for_each() -> None:
    runs = [sharing("a", f"make {api}", variant={"api": api}) for api in ("v1", "v2")]
    first, _, second, _ = with_shared_steps(runs)
    assert [dict(one.variant) for one in (first, second)] == [{"api": "v1"}, {"api": "v2"}]


def test_steps_that_differ_otherwise_are_an_error() -> None:
    with pytest.raises(UserError, match=r"has other steps in docs/b.md than in docs/a.md") as caught:
        with_shared_steps([sharing("a"), sharing("b", "make more")])
    assert str(caught.value.where) == f"{SHARED}:1"


def test_a_promise_counted_from_a_shared_step_is_an_error() -> None:
    page = sharing("a")
    late = replace(page.steps[1], since="made", within=1.0)
    with pytest.raises(UserError, match="data-since names 'made', a step of shared set-up"):
        with_shared_steps([replace(page, steps=(page.steps[0], late))])


def test_a_page_that_is_skipped_shares_nothing() -> None:
    made, a, b = with_shared_steps([sharing("a"), sharing("b", lacks="no gpu")])
    assert made.title == "Set-up of docs/a.md"
    assert (len(a.steps), len(b.steps)) == (1, 3)
    assert [one.path for one in with_shared_steps([sharing("b", lacks="no gpu")])] == ["docs/b.md"]


def page(front: str = "{}", body: str = "") -> str:
    return f"---\ntutorial: {front}\n---\n# X\n\n```bash {{ .run }}\ntrue\n```\n{body}"


def test_graph_on_the_command_line(site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    root = site_with(
        {
            "a.md": page("{uses: s.md, after: [docs/b.md]}"),
            "b.md": page("{variants: {api: [v1, v2]}}"),
            "s.md": page(),
            "t.md": page("{uses: docs/s.md}"),
        }
    )
    assert main(["list", "--graph", "--root", str(root)]) == 0
    assert capsys.readouterr().out == (
        "docs/b.md (api=v1)\n"
        "docs/b.md (api=v2)\n"
        "docs/s.md\n"
        "  docs/a.md; uses docs/s.md; after docs/b.md (api=v1), docs/b.md (api=v2)\n"
        "  docs/t.md; uses docs/s.md\n"
    )
    assert main(["list", "--graph", "--root", str(root), "docs/a.md"]) == 0
    said = capsys.readouterr()
    assert said.out == "docs/s.md\n  docs/a.md; uses docs/s.md; after docs/b.md, not in this run\n"
    assert said.err == "also run: docs/s.md, because others start from its set-up\n"


def test_a_shard_has_the_set_up_of_its_pages(
    site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = site_with({"a.md": page("{uses: s.md}"), "b.md": page(), "s.md": page(), "t.md": page("{uses: s.md}")})
    parts = []
    for shard in ("1/2", "2/2"):
        assert main(["list", "--graph", "--root", str(root), "--shard", shard]) == 0
        parts.append(capsys.readouterr().out)
    assert parts == ["docs/b.md\n", "docs/s.md\n  docs/a.md; uses docs/s.md\n  docs/t.md; uses docs/s.md\n"]


@pytest.mark.parametrize(
    ("uses", "fact"),
    [
        (
            "docs/bb.md",
            "which is neither a page nor a file that this page includes\nhint: did you mean 'docs/b.md'?",
        ),
        ("docs/a.md", "which is this page\nhint: drop it"),
        ("docs/plain.md", "which is not a tutorial\nhint: only pages with `tutorial:`"),
        ("snippets/other.md", "which is neither a page nor a file that this page includes"),
        ("snippets/words.md", "of which this page shows no step\nhint: shared set-up is a file with fences"),
    ],
)
def test_what_a_page_cannot_start_from(site_with: Callable[..., Path], uses: str, fact: str) -> None:
    include = '\n{% include "words.md" %}\n'
    root = site_with({"a.md": page(f"\n  uses: {uses}", include), "b.md": page(), "plain.md": "# No tutorial\n"})
    (root / "snippets" / "words.md").write_text("Words.\n")
    with pytest.raises(UserError) as caught:
        read_tutorials(root)
    assert str(caught.value).startswith(f"docs/a.md:3:3: 'uses' names '{uses}', {fact}")


def test_a_circle_through_uses(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": page("\n  uses: b.md"), "b.md": page("\n  after: a.md")})
    with pytest.raises(UserError, match=r"in a circle: (docs/..md) after docs/..md after \1") as caught:
        read_tutorials(root)
    assert str(caught.value.where).endswith(".md:3:3")


def test_lint_finds_what_a_page_cannot_start_from(
    site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    front = "\n  uses: [docs/s.md, docs/bb.md]\n  after: docs/plain.md"
    root = site_with({"a.md": page(front), "b.md": page("{after: c.md}"), "s.md": page() + "{{ nothing }}\n"})
    (root / "docs" / "plain.md").write_text("# No tutorial\n")
    assert main(["lint", "--root", str(root)]) == 2
    said = capsys.readouterr().out
    assert "docs/a.md:3:3: 'uses' names 'docs/bb.md', which is neither a page nor a file" in said
    assert "docs/b.md:2:12: 'after' names 'c.md', which is not a page" in said
    assert "names 'docs/s.md'" not in said, "that it cannot be read is another mistake"
    assert main(["lint", "--root", str(root), "docs/b.md"]) == 0, "of one page nothing else is known"


def test_show_names_what_a_page_starts_from(
    site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = site_with({"a.md": page("{uses: s.md}"), "s.md": page()})
    assert main(["show", "--root", str(root), "docs/a.md"]) == 0
    assert re.search(r"uses:? +s.md", capsys.readouterr().out)
    assert main(["show", "--root", str(root), "docs/s.md"]) == 0
    assert "uses" not in capsys.readouterr().out

"""Pages rewritten from what their commands printed: tests/cases/updates/NAME.md, NAME.txt -> NAME.after.md."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint
from docs_test.outcomes import Outcome
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.structure import lint_page
from docs_test.updating.diff import GREEN, unified
from docs_test.updating.drafting import parts
from docs_test.updating.observed import Ran, observed
from docs_test.updating.writing import write
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from support.updates import outputs_of, ran, updated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docs_test.model import Tutorial
    from docs_test.pages.source import PageSource
    from docs_test.tutorials.structure import LintedPage
    from docs_test.updating.drafting import Draft

CASES = Path(__file__).parents[1] / "cases" / "updates"
SHARED = {"snippets/shown.md": "```console { .output }\na\nb\n```\n", "examples/shown.txt": "a\nb\n"}
"""Files that pages of the cases include, or insert."""
OTHERS = {
    "included": {"snippets/shown.md": SHARED["snippets/shown.md"].replace("b", "c")},
    "inserted": {"examples/shown.txt": "a\nc\n"},
}
"""Files of cases that are changed beside the page, or in its place."""
HEAD = "---\nkind: tutorial\ntutorial: {platform: none}\n---\n# Page\n\n"
RUN = "```bash { .run }\nmake\n```\n\n"
PAGE = f"{HEAD}{RUN}```console {{ .output }}\na\n...\nb\n```\n"
VARIANTS = HEAD.replace("{platform: none}", "{platform: none, variants: {api: [v1, v2]}}")


def names() -> list[str]:
    found = sorted(file.name.removesuffix(".after.md") for file in CASES.glob("*.after.md"))
    assert len(found) > 40
    return found


@pytest.fixture
def site(site_with: Callable[..., Path]) -> Callable[..., Path]:
    """Make a site of pages, and of what they may include."""

    def make(pages: dict[str, str]) -> Path:
        root = site_with(pages)
        for name, text in SHARED.items():
            (root / name).write_text(text)
        return root

    return make


def contents(made: Draft) -> dict[str, str]:
    return {change.file.name: change.data.decode() for change in made.changes}


def printed(tutorial: Tutorial) -> Sequence[str]:
    """What the page of a case printed."""
    return outputs_of((CASES / f"{Path(tutorial.path).stem}.txt").read_text())(tutorial)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of all cases, as they are before an update."""
    root = tmp_path_factory.mktemp("updates") / "site"
    shutil.copytree(CASES.parent / "site", root)
    (root / "docs").mkdir()
    for name in names():
        shutil.copy(CASES / f"{name}.md", root / "docs")
    for name, text in SHARED.items():
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def changed(cases: Path) -> dict[str, str]:
    """The files that an update of all cases changed."""
    found, made = updated(cases, printed)
    assert [str(left) for left in (*found.left, *found.blocked.values(), *made.left)] == []
    for part in parts(made):
        write(cases, part.changes)
    return contents(made)


@pytest.mark.parametrize("name", names())
def test_an_edited_page_is_made_right(changed: dict[str, str], name: str) -> None:
    before, after = (CASES / f"{name}.md").read_text(), (CASES / f"{name}.after.md").read_text()
    assert changed.get(f"docs/{name}.md", before) == after
    for other, text in OTHERS.get(name, {}).items():
        assert changed[other] == text


def test_nothing_else_is_changed(changed: dict[str, str]) -> None:
    pages = {f"docs/{name}.md" for name in names()}
    assert set(changed) - pages == {other for others in OTHERS.values() for other in others}


@pytest.mark.usefixtures("changed")
def test_pages_made_right_need_no_update(cases: Path) -> None:
    found, made = updated(cases, printed)
    assert (found.proposals, found.left, made.changes) == ([], [], [])


def test_cases_have_no_file_that_is_not_read() -> None:
    assert {file.name for file in CASES.iterdir()} == {
        f"{name}{end}" for name in names() for end in (".md", ".txt", ".after.md")
    }


def test_of_a_page_whose_step_failed_nothing_is_written(site: Callable[..., Path]) -> None:
    page = PAGE + "\n" + RUN.replace("make", "make install") + "```console { .output }\nx\n```\n"
    root = site({"page.md": page, "other.md": PAGE})
    found, made = updated(root, {"docs/page.md": ["a\nc\n", "y\n"], "docs/other.md": ["a\nc\n"]}, fails="install")
    assert list(contents(made)) == ["docs/other.md"]
    (left,) = found.blocked.values()
    assert str(left).splitlines() == [
        "docs/page.md:18: the command ended with status 1; nothing of docs/page.md is written",
        "command:",
        "  $ make install",
        "output:",
        "  | y",
        "hint: if it is to fail, say so with `data-exit`",
    ]


def test_what_a_page_with_a_failed_step_shows_too_is_not_written(site: Callable[..., Path]) -> None:
    page = f"{HEAD}{RUN}{{% include 'shown.md' %}}\n"
    failing = f"{page}\n{RUN.replace('make', 'make install')}"
    root = site({"page.md": page, "other.md": failing})
    found, made = updated(root, lambda _: ["a\nc\n"], fails="install")
    assert made.changes == []
    assert [str(left) for left in found.left] == [
        "snippets/shown.md:1: the output differs, but docs/other.md shows it too, and a step of it failed"
    ]


def test_two_pages_that_print_different_things_into_one_fence_are_refused(site: Callable[..., Path]) -> None:
    page = f"{HEAD}{RUN}{{% include 'shown.md' %}}\n"
    root = site({"one.md": page, "two.md": page})
    found, made = updated(root, {"docs/one.md": ["a\nc\n"], "docs/two.md": ["a\nd\n"]})
    assert made.changes == []
    assert [str(left).splitlines() for left in found.left] == [
        [
            "snippets/shown.md:1: docs/two.md and docs/one.md print different things here, and the fence is one",
            'hint: give each variant a fence of its own, with data-when="NAME=VALUE"',
        ]
    ]


def test_two_pages_that_print_the_same_into_one_fence_are_one_part(site: Callable[..., Path]) -> None:
    page = f"{HEAD}{RUN}{{% include 'shown.md' %}}\n"
    root = site({"one.md": page, "two.md": f"{page}\n{RUN}```console {{ .output }}\nx\n```\n", "three.md": PAGE})
    printed = {"docs/one.md": ["a\n7s\n"], "docs/two.md": ["a\n8s\n", "y\n"], "docs/three.md": ["a\nc\n"]}
    found, made = updated(root, printed)
    assert found.left == []
    assert "a\n...\n" in contents(made)["snippets/shown.md"]
    files = [[change.file.name for change in part.changes] for part in parts(made)]
    assert files == [["docs/three.md"], ["docs/two.md", "snippets/shown.md"]]


def test_variants_that_print_different_things_are_refused(site: Callable[..., Path]) -> None:
    root = site({"page.md": f"{VARIANTS}{RUN}```console {{ .output }}\na\n```\n"})
    found, made = updated(root, lambda tutorial: [f"{tutorial.variant['api']}\n"])
    assert made.changes == []
    assert str(found.left[0]).startswith("docs/page.md:11: docs/page.md (api=v2) and docs/page.md (api=v1) print")
    found, made = updated(root, lambda tutorial: [f"took {tutorial.variant['api'][1]}s\n"])
    assert "\ntook ...\n" in contents(made)["docs/page.md"]


@pytest.mark.parametrize(
    ("fence", "output", "why"),
    [
        ('```json { .output data-match="json" }\n{"a": 1}\n```\n', "no\n", "what came is not JSON"),
        (
            '```console { .output data-match="regex" }\n(a|b\nc)\n```\n',
            "d\n",
            "its pattern cannot be taken line by line: '(a|b' is not one on its own",
        ),
        (
            '```console { .output data-match="regex" }\n(a) \\1\n```\n',
            "d\n",
            "its pattern cannot be taken line by line: '(a) \\\\1' refers to a group",
        ),
        (
            '```console { .output data-match="regex" }\n(?x) a\n b\n```\n',
            "d\n",
            "its pattern is written with (?x), where lines mean nothing",
        ),
        ('{{ "```console { .output }\\na\\n```" }}\n', "d\n", "the line that opens the fence comes from a macro"),
    ],
)
def test_what_cannot_be_rewritten_is_left_and_said(
    site: Callable[..., Path], fence: str, output: str, why: str
) -> None:
    root = site({"page.md": f"{HEAD}{RUN}{fence}"})
    found, made = updated(root, lambda _: [output])
    assert made.changes == []
    (left,) = (*found.left, *made.left)
    assert left.fact == f"the output differs, but {why}"


def test_a_fence_that_a_loop_makes_twice_is_left(site: Callable[..., Path]) -> None:
    loop = f"{{% for n in [1, 2] %}}\n{RUN}```console {{ .output }}\na\n```\n\n{{% endfor %}}\n"
    root = site({"page.md": HEAD + loop})
    found, made = updated(root, lambda _: ["a\n", "b\n"])
    assert made.changes == []
    assert [left.fact for left in found.left] == [
        "the output differs, but a loop or macro makes several fences here"
    ]


def test_other_bytes_of_a_file_stay(site: Callable[..., Path]) -> None:
    root = site({"page.md": PAGE})
    page = PAGE.replace("...\n", "")
    text = f"\ufeff{page.removesuffix(chr(10))}  \n\n\n\nend\t \n".replace("\n", "\r\n") + "no newline at the end"
    (root / "docs" / "page.md").write_bytes(text.encode())
    _, made = updated(root, lambda _: ["a\nc\nd\n"])
    assert [change.data.decode() for change in made.changes] == [text.replace("\r\nb\r\n", "\r\nc\r\nd\r\n")]
    (root / "docs" / "page.md").write_bytes(page.removesuffix("\n").encode())
    _, made = updated(root, lambda _: ["a\nc\nd\n"])
    assert contents(made) == {"docs/page.md": page.removesuffix("\n").replace("\nb\n", "\nc\nd\n")}


def test_permissions_and_links_stay(site: Callable[..., Path]) -> None:
    root = site({"page.md": PAGE})
    real = root / "pages" / "real.md"
    real.parent.mkdir()
    (root / "docs" / "page.md").rename(real)
    (root / "docs" / "page.md").symlink_to("../pages/real.md")
    real.chmod(0o640)
    _, made = updated(root, lambda _: ["a\nc\n"])
    (part,) = parts(made)
    write(root, part.changes)
    assert (root / "docs" / "page.md").is_symlink()
    assert real.read_text() == PAGE.replace("\nb\n", "\nc\n")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_file_that_changed_while_the_page_ran_is_left(site: Callable[..., Path]) -> None:
    root = site({"page.md": PAGE})

    def edited(_: object) -> Sequence[str]:
        (root / "docs" / "page.md").write_text(PAGE + "\nmore\n")
        return ["a\nc\n"]

    _, made = updated(root, edited)
    assert made.changes == []
    assert [left.fact for left in made.left] == [
        "the output differs, but docs/page.md has changed since the page was read"
    ]


def test_a_file_outside_of_the_site_is_left(site: Callable[..., Path], tmp_path: Path) -> None:
    root = site({"page.md": f"{HEAD}{RUN}{{% include 'outside.md' %}}\n"})
    outside = tmp_path / "outside.md"
    outside.write_text(SHARED["snippets/shown.md"])
    (root / "snippets" / "outside.md").symlink_to(outside)
    _, made = updated(root, lambda _: ["a\nc\n"])
    assert made.changes == []
    assert [left.fact for left in made.left] == [
        "the output differs, but snippets/outside.md lies outside of the site's folder"
    ]
    assert outside.read_text() == SHARED["snippets/shown.md"]


def test_an_empty_json_fence_is_a_mistake_that_says_who_fills_it(site: Callable[..., Path]) -> None:
    root = site({"page.md": f'{HEAD}{RUN}```json {{ .output data-match="json" }}\n```\n'})
    (problem,) = lint(root, ["docs/page.md"]).problems
    assert str(problem).splitlines() == [
        "docs/page.md:11: the expected output is empty, and so is not JSON",
        "hint: `docs-test update` writes what came",
    ]


def test_what_looks_like_a_snippet_in_a_quote_and_jinja_beside_it_are_written(site: Callable[..., Path]) -> None:
    quoted = "> ```bash { .run }\n> make\n> ```\n>\n> ```console { .output }\n> a\n> ```\n"
    root = site({"page.md": HEAD + quoted})
    _, made = updated(root, lambda _: ['--8<-- "x.md"\n{% raw %}\n'])
    shown = '> --8<-- "x.md"\n> {% raw %}{% raw %}{% endraw %}\n'
    assert contents(made) == {"docs/page.md": HEAD + quoted.replace("> a\n", shown)}


def test_a_fence_that_stays_empty_keeps_no_other_from_being_written(site: Callable[..., Path]) -> None:
    empty = f'{RUN}```json {{ .output data-match="json" }}\n```\n\n'
    root = site({"page.md": f"{HEAD}{empty}{RUN}```console {{ .output }}\na\n```\n"})
    found, made = updated(root, lambda _: ["no\n", "b\n"])
    assert [left.fact for left in found.left] == ["the output differs, but what came is not JSON"]
    assert contents(made) == {"docs/page.md": f"{HEAD}{empty}{RUN}```console {{ .output }}\nb\n```\n"}


def test_what_lint_would_not_accept_is_left(site: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = site({"page.md": PAGE})
    checked = lint_page
    problem = Problem(Position("docs/page.md", 1), "x")

    def lint_copy(source: PageSource, path: str) -> LintedPage:
        page = checked(source, path)
        return page if source.root == root.resolve() else replace(page, problems=(problem,))

    monkeypatch.setattr("docs_test.updating.drafting.lint_page", lint_copy)
    _, made = updated(root, lambda _: ["a\nc\n"])
    assert made.changes == []
    assert [left.fact for left in made.left] == ["the output differs, but the page would have a mistake then: x"]


def test_a_diff_shows_what_a_terminal_would_obey(site: Callable[..., Path]) -> None:
    root = site({"page.md": PAGE})
    _, made = updated(root, lambda _: ["a\nc\n"])
    (change,) = made.changes
    change = replace(change, data=change.data.replace(b"\nc\n", b"\nc\x1b[2J\n"))
    lines = list(unified(change, colour=False))
    assert lines[:2] == ["--- a/docs/page.md", "+++ b/docs/page.md"]
    assert "+c [2J" in lines
    assert any(line.startswith(f"{GREEN}+c") for line in unified(change, colour=True))


def test_a_step_that_was_not_run_keeps_a_page_as_it_is(site: Callable[..., Path]) -> None:
    root = site({"page.md": PAGE + "\n" + RUN})
    pages = read_tutorials(root, ["docs/page.md"])
    (tutorial,) = pages.tutorials()
    result = ran(tutorial, ["a\nc\n"])
    missing = replace(result, steps=(result.steps[0], replace(result.steps[1], outcome=Outcome.NOT_RUN)))
    one = Ran(pages.pages[0].page, tutorial, missing)
    assert [left.fact for left in observed([one]).blocked.values()] == [
        "the step was not run; nothing of docs/page.md is written"
    ]
    assert len(observed([one], may_be_partial=True).proposals) == 1

"""`docs-test update`: pages that run, a diff, a question, and what is written."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from groundwork.base.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Update = Callable[..., tuple[int, str, str]]

HEAD = "---\nkind: tutorial\ntutorial: {platform: none}\n---\n# Page\n\n"


def step(command: str, shown: str, attributes: str = "") -> str:
    return f"```bash {{ .run }}\n{command}\n```\n\n```console {{ .output{attributes} }}\n{shown}```\n\n"


PAGE = HEAD + step("echo first", "1st\n") + step("echo second; echo took 3s", "2nd\ntook ...\n")
AFTER = PAGE.replace("1st", "first").replace("2nd", "second")


class Typed(io.TextIOWrapper):
    """Standard input of somebody who types this."""

    def __init__(self, text: str = "") -> None:
        super().__init__(io.BytesIO(text.encode()))

    def isatty(self) -> bool:
        return True


class Pipe(Typed):
    """Standard input that is not a terminal."""

    def isatty(self) -> bool:
        return False


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "stdin", Pipe())


@pytest.fixture
def update(site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> Update:
    """Update a site; returns the exit status and what is printed."""
    root = site_with({})

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["update", "--root", str(root), "--no-sandbox", "--debug", *words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def page(site_with: Callable[..., Path]) -> Path:
    """The page of a site."""
    file = site_with({}) / "docs" / "page.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(PAGE)
    return file


def test_a_page_is_run_past_what_differs_and_written(update: Update, page: Path) -> None:
    status, out, err = update("--yes")
    assert (status, page.read_text()) == (ExitStatus.OK, AFTER)
    assert [line for line in out.splitlines() if line[:1] in "+-"] == [
        *("--- a/docs/page.md", "+++ b/docs/page.md", "-1st", "+first", "-2nd", "+second")
    ]
    assert err.splitlines()[-1] == "2 fences in 1 file differ: written"
    assert "FAILED" not in err, "nothing failed: the page is written"
    assert err.count(": prints something else than the page shows ") == 2
    assert "run docs/page.md: done in " in err
    assert " s (prints something else than the page shows)\n" in err
    status, out, err = update("--yes", "docs/page.md")
    assert (status, out) == (ExitStatus.OK, "")
    assert err.splitlines()[-1] == "every page shows what its commands print"


def test_check_writes_nothing(update: Update, page: Path) -> None:
    status, out, _ = update("--check")
    assert (status, page.read_text()) == (ExitStatus.FAILED, PAGE)
    assert "+first" in out
    page.write_text(AFTER)
    assert update("--check")[:2] == (ExitStatus.OK, "")


def test_without_a_terminal_one_says_what_to_do(update: Update, page: Path) -> None:
    status, out, err = update()
    assert (status, out, page.read_text()) == (ExitStatus.USAGE, "", PAGE)
    assert "standard input is not a terminal, so the question cannot be asked" in err
    assert "hint: --yes writes without asking; --check writes nothing" in err


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("y\ny\n", ["page.md", "two.md"]),
        ("n\ny\n", ["two.md"]),
        ("what?\n\nyes\nn\n", ["page.md"]),
        ("a\n", ["page.md", "two.md"]),
        ("q\n", []),
        ("y\nq\n", ["page.md"]),
        ("", []),
    ],
)
def test_each_page_is_asked_for(
    update: Update,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    written: list[str],
) -> None:
    (page.parent / "two.md").write_text(PAGE)
    monkeypatch.setattr(sys, "stdin", Typed(typed))
    status, _, err = update("--no-color")
    assert [file.name for file in sorted(page.parent.iterdir()) if file.read_text() == AFTER] == written
    assert status == (ExitStatus.OK if len(written) == 2 else ExitStatus.FAILED)
    assert "write docs/page.md? [y]es, [n]o, [a]ll, [q]uit: " in err


def test_of_a_page_whose_step_failed_nothing_is_written(update: Update, page: Path) -> None:
    failing = PAGE + step("echo third; false", "x\n") + step("echo fourth", "y\n")
    (page.parent / "two.md").write_text(failing)
    status, _, err = update("--yes")
    assert status == ExitStatus.FAILED
    assert page.read_text() == AFTER
    assert (page.parent / "two.md").read_text() == failing
    assert "docs/two.md:25: the command ended with status 1; nothing of docs/two.md is written" in err


def test_an_empty_fence_is_filled(update: Update, page: Path) -> None:
    first = step("echo pod/web-6c8f9d7b5f-zx2kl created", "")
    json_step = step("""echo '{"a": 1}'""", "", ' data-match="json"').replace("console", "json")
    page.write_text(HEAD + first + json_step)
    assert update("--yes")[0] == ExitStatus.OK
    filled = first.replace(".output }\n", '.output data-match="k8s" }\npod/web-6c8f9d7b5f-zx2kl created\n')
    filled += json_step.replace('"json" }\n', '"json" }\n{\n  "a": 1\n}\n')
    assert page.read_text() == HEAD + filled


def test_results_of_an_earlier_run_are_used(
    update: Update, page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results.json"
    root = page.parents[1]
    main(["run", "--root", str(root), "--no-sandbox", "--results", str(results)])
    capsys.readouterr()
    status, _, err = update("--yes", "--from-results", str(results))
    assert (status, page.read_text()) == (ExitStatus.OK, PAGE.replace("1st", "first")), "the run ended there"
    status, _, err = update("--yes", "--from-results", str(results))
    assert status == ExitStatus.USAGE
    assert "docs/page.md:1: 'docs/page.md' has changed since docs/page.md ran for" in err
    status, _, err = update("--yes", "--from-results", str(tmp_path / "none.json"))
    assert status == ExitStatus.USAGE
    assert "no such file" in err
    data = json.loads(results.read_text())
    results.write_text(json.dumps(data | {"pages": []}))
    assert "has no result of these pages" in update("--yes", "--from-results", str(results))[2]


def test_pages_that_show_a_changed_file_and_did_not_run_are_named(update: Update, page: Path) -> None:
    (page.parents[1] / "snippets" / "shown.md").write_text(step("echo a", "b\n"))
    for name in ("page.md", "two.md"):
        (page.parent / name).write_text(HEAD + "{% include 'shown.md' %}\n")
    status, _, err = update("--yes", "docs/page.md")
    assert status == ExitStatus.OK
    assert "note: docs/two.md shows snippets/shown.md, too, and did not run" in err


def test_pages_that_start_from_wrong_output_are_run_all_the_same(update: Update, page: Path) -> None:
    set_up = page.parents[1] / "snippets" / "setup.md"
    set_up.write_text(step("echo set up", "old\n"))
    uses = HEAD.replace("{platform: none}", "{platform: none, uses: snippets/setup.md}")
    for name in ("page.md", "two.md"):
        text = uses + "{% include 'setup.md' %}\n\n" + step(f"echo {name}", "x\n")
        (page.parent / name).write_text(text)
    (page.parent / "three.md").write_text(HEAD.replace("none}", "none, after: page.md}") + step("echo 3", "x\n"))
    assert update("--yes")[0] == ExitStatus.OK
    assert set_up.read_text() == step("echo set up", "set up\n")
    for name, shown in (("page.md", "page.md"), ("two.md", "two.md"), ("three.md", "3")):
        assert f".output }}\n{shown}\n```" in (page.parent / name).read_text()
    assert update("--check")[0] == ExitStatus.OK

"""`--step`: a person at a terminal is asked before each step, looks around, retries, leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.cli.stepper import ASK_AFTER, ASK_BEFORE
from support.person import Person
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = """\
---
tutorial: {platform: none}
---
# A page

```bash { .run }
greet() { echo "hello $1"; }
count=1
```

```bash { .run }
greet $count
```

```console { .output }
hello 1
```

```bash { .run }
count=2; greet $count >out
wrong
```

```bash { .run .cleanup }
echo "clean ${count-}" >TRACE
```
"""
SANDBOXES = [
    pytest.param(("--no-sandbox",), id="without a sandbox"),
    pytest.param((), id="in a sandbox", marks=pytest.mark.skipif(shutil.which("bwrap") is None, reason="bwrap")),
]


class Stepped:
    """A site with a page, and a person who runs it step by step."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.page, self.trace = root, root / "docs" / "a.md", folder / "trace"
        # In a sandbox it cannot write there: it goes on all the same.
        self.page.write_text(PAGE.replace(">TRACE", f">{self.trace} || true"))
        (folder / "tmp").mkdir()
        self.folder = folder
        env = {"TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "cache"), "TERM": "xterm"}
        self.env = {**os.environ, **env}

    def person(self, *words: str, sandbox: tuple[str, ...] = ("--no-sandbox",)) -> Person:
        command = [sys.executable, "-m", "docs_test", "run", "--root", str(self.root), "--platform", "none"]
        return Person([*command, "docs/a.md", "--step", *sandbox, *words], self.env)

    def edit(self, old: str, new: str) -> None:
        text = self.page.read_text()
        assert old in text
        self.page.write_text(text.replace(old, new))

    @property
    def results(self) -> list[str]:
        file = self.root / "build" / "docs-test" / "results-none.json"
        return [page["outcome"] for page in json.loads(file.read_text())["pages"]] if file.exists() else []

    @property
    def left(self) -> list[str]:
        records = self.folder / "cache" / "dynamo-docs" / "runs"
        return [str(path) for path in (*(self.folder / "tmp").iterdir(), *records.glob("*"))]


@pytest.fixture
def site(site_with: Callable[..., Path], tmp_path: Path) -> Iterator[Stepped]:
    yield (made := Stepped(site_with({"a.md": ""}), tmp_path))
    assert made.left == []


def test_each_step_is_shown_and_run_when_asked(site: Stepped) -> None:
    site.edit("wrong\n", "")
    with site.person() as person:
        shown = person.sees(ASK_BEFORE)
        assert '[1/4] docs/a.md:6 command\n  $ greet() { echo "hello $1"; }\n  $ count=1\n' in shown
        person.types("\n")
        assert "[2/4] docs/a.md:11 command\n  $ greet $count\n" in person.sees(ASK_BEFORE)
        assert "  | hello 1\n" in person.seen
        person.types("nonsense\n")
        person.sees("'nonsense': not understood")
        person.sees(ASK_BEFORE)
        person.types("run\n")
        person.sees(ASK_BEFORE)
        person.types("r\n")
        assert person.ends() == 0, person.seen
        assert "Runs of pages: 1 passed, 0 failed. Blocks: 0 skipped." in person.seen
    assert site.results == ["passed"]
    assert site.trace.read_text() == "clean 2\n"


def test_after_a_failure_the_page_is_read_again_and_the_step_retried(site: Stepped) -> None:
    with site.person() as person:
        person.sees(ASK_BEFORE)
        person.types("c\n")
        shown = person.sees(ASK_AFTER)
        assert "docs/a.md:21: the command ended with status 127" in shown
        assert "[3/4]" in shown
        site.edit("greet $count\n```", "greet $count # again\n```")
        person.types("\n")
        assert "docs/a.md:12: edited after it ran: the command has the line" in person.sees(ASK_AFTER)
        site.edit("greet $count # again\n```", "greet $count\n```")
        site.edit("wrong\n", "test $count = 2\n")
        person.types("r\n")
        assert person.ends() == 0, person.seen
        assert "docs/a.md: passed" in person.seen
    assert site.results == ["passed"]


def test_a_page_of_which_a_step_was_skipped_has_not_passed(site: Stepped) -> None:
    with site.person() as person:
        for answer in ("\n", "\n", "s\n"):
            person.sees(ASK_BEFORE)
            person.types(answer)
        assert person.ends() == 0, person.seen
        assert "without docs/a.md:19, skipped by hand: no test of the page" in person.seen
        assert "Runs of pages: 0 passed, 0 failed, 1 run in part. Blocks: 0 skipped." in person.seen
    assert site.results == []


def test_a_failed_step_that_is_skipped_has_failed(site: Stepped) -> None:
    site.edit("```bash { .run .cleanup", "```bash { .run }\ngreet on\n```\n\n```bash { .run .cleanup")
    with site.person() as person:
        person.sees(ASK_BEFORE)
        person.types("c\n")
        person.sees(ASK_AFTER)
        person.types("s\n")
        person.sees(ASK_BEFORE)
        person.types("c\n")
        assert person.ends() == 1
        assert "greet on: ok" in person.seen
    assert site.results == []


def test_leaving_cleans_up_and_is_no_result(site: Stepped) -> None:
    with site.person() as person:
        person.sees(ASK_BEFORE)
        person.types("\n")
        person.sees(ASK_BEFORE)
        person.types("q\n")
        assert person.ends() == 0, person.seen
        assert "ended by hand before docs/a.md:11: no test of the page" in person.seen
    assert site.trace.read_text() == "clean 1\n"
    assert site.results == []


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_a_shell_has_what_the_steps_have_set_and_gives_back_what_it_sets(
    site: Stepped, sandbox: tuple[str, ...]
) -> None:
    site.edit("wrong\n", "cat here; alias hi; pwd | grep -o sub; hi\n")
    with site.person(sandbox=sandbox) as person:
        person.sees(ASK_BEFORE)
        person.types("\n")
        person.sees(ASK_BEFORE)
        person.types("b\n")
        person.sees("[before docs/a.md:11]")
        person.types("greet you-$count; false; echo $?; test -t 0 && echo tty\n")
        person.sees("\nhello you-1\n1\ntty\n")
        person.sees("[before docs/a.md:11]")  # What is typed before bash asks may be lost.
        person.types("alias hi='echo hi there'; mkdir sub; cd sub; echo file >here; added=3\n")
        person.sees("[before docs/a.md:11]")
        person.types("exit\n")
        person.sees(ASK_BEFORE)
        person.types("\n")
        person.sees(ASK_BEFORE)
        person.types("b\n")
        person.sees("[before docs/a.md:19]")
        person.types("echo $added $count; echo $TERM; shopt expand_aliases\n")
        person.sees("\n3 1\nxterm\nexpand_aliases \ton\n")
        person.sees("[before docs/a.md:19]")
        person.types("\x04")
        person.sees(ASK_BEFORE)
        person.types("s\n")
        assert person.ends() == 0, person.seen


def test_a_shell_after_a_failure_is_as_before_the_step_and_the_retry_goes_on_from_it(site: Stepped) -> None:
    site.edit("wrong\n", 'test -n "$given"\n')
    with site.person() as person:
        person.sees(ASK_BEFORE)
        person.types("c\n")
        person.sees(ASK_AFTER)
        person.types("b\n")
        person.sees("[before docs/a.md:19]")
        person.types("echo is-$count; given=yes\n")
        person.sees("\nis-1\n")
        person.sees("[before docs/a.md:19]")
        person.types("exit\n")
        person.sees(ASK_AFTER)
        person.types("\n")
        assert person.ends() == 0, person.seen
    assert site.results == ["passed"]


def test_ctrl_c_in_the_shell_is_the_shells_and_elsewhere_ends_the_page(site: Stepped) -> None:
    with site.person() as person:
        person.sees(ASK_BEFORE)
        person.types("b\n")
        person.sees("[before docs/a.md:6]")
        person.types("python3 -c 'import time; print(\"begun\", flush=True); time.sleep(987)'\n")
        person.sees("\nbegun\n")
        person.types("\x03")
        person.sees("[before docs/a.md:6]")
        person.types("echo still-$((40 + 2))\n")
        person.sees("\nstill-42\n")
        person.sees("[before docs/a.md:6]")
        person.types("exit\n")
        person.sees(ASK_BEFORE)
        person.types("\x03")
        assert person.ends() == 130
        assert "interrupted; everything that was started has ended" in person.seen


def test_a_page_that_was_kept_goes_on_step_by_step(site: Stepped) -> None:
    command = [sys.executable, "-m", "docs_test"]
    words = ["--root", str(site.root)]
    where = ["--platform", "none", "--no-sandbox"]
    run = [*command, "run", *words, *where, "docs/a.md", "--keep"]
    done = subprocess.run(run, env=site.env, capture_output=True, text=True, check=False, timeout=LONG)
    assert done.returncode == 1, done.stderr
    site.edit("wrong\n", "true\n")
    with Person([*command, "resume", *words, "--step"], site.env) as person:
        shown = person.sees(ASK_BEFORE)
        assert "[3/4] docs/a.md:19 command\n" in shown
        person.types("\n")
        assert person.ends() == 0, person.seen
    assert site.results == ["passed"]


def test_the_end_of_what_is_typed_leaves(site: Stepped) -> None:
    with site.person() as person:
        person.sees(ASK_BEFORE)
        person.types("\x04")
        assert person.ends() == 0, person.seen


def test_without_a_terminal_nobody_can_be_asked(site: Stepped, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--root", str(site.root), "--platform", "none", "docs/a.md", "--step"]) == 2
    assert capsys.readouterr().err == (
        "--step: needs a terminal\nhint: without --step the page runs without asking\n"
    )

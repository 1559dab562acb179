"""Scripts of pages that start from other pages, and what ends a step that takes too long in a script."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from docs_test.model import Environment, Step, Tutorial
from docs_test.orchestration.in_turn import How, InTurn
from docs_test.planning.plan import planned
from docs_test.running.conduct import WHOLE
from docs_test.scripting.pages import scripts
from docs_test.scripting.script import About, Part, script
from docs_test.tutorials.build import read_tutorials
from groundwork.system.progress import Progress
from support.page_runs import Quiet, step
from support.scripts import made, run, shellcheck
from support.waiting import LONG, has_ended, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = """\
---
tutorial: {platform: none, vars: {WHERE: first}}
---
# The first

```bash { .run }
SECRET=first; cd /; set -- other words
echo "made $WHERE" >>"$TRACE"
```

```bash { .run .cleanup }
echo "first is gone $SECRET" >>"$TRACE"
```
"""
SECOND = """\
---
tutorial: {platform: none, uses: [docs/first.md]}
---
# The second

```text { .file title="own.txt" }
second
```

```bash { .run }
echo "second $(ls) ${SECRET-knows nothing} ${WHERE-of it}" >>"$TRACE"
```

```bash { .run .cleanup }
echo "second is gone" >>"$TRACE"
```
"""
THIRD = """\
---
tutorial: {platform: none, uses: [docs/second.md]}
---
# The third

{% include "served.md" %}

## On { #on }

```bash { .run data-timeout="30s" }
echo "third $(find . -type f)" >>"$TRACE"
test ! -e "$TRACE.fail"
```

```bash { .run .cleanup }
echo "third is gone" >>"$TRACE"
```
"""
SERVED = '```bash { .run }\necho served >>"$TRACE"\n```\n'
EXPECTED = [
    "made first",
    "second own.txt knows nothing of it",
    "served",
    "third ",
    "third is gone",
    "second is gone",
    "first is gone first",
]


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    root = site_with({"first.md": FIRST, "second.md": SECOND, "third.md": THIRD})
    (root / "snippets" / "served.md").write_text(SERVED)
    return root


def text_of(root: Path, page: str = "docs/third.md") -> str:
    (text,) = (one.text for one in scripts(root, [page], program="docs-test 0"))
    return text


def trace(root: Path, tmp_path: Path) -> list[str]:
    """What a run of docs-test leaves."""
    for name, text in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        vars_ = f'vars: {{TRACE: "{tmp_path}/run"' + (", WHERE: first}" if name == "first" else "}")
        page = text.replace(", vars: {WHERE: first}", "").replace("platform: none", f"platform: none, {vars_}")
        (root / "docs" / f"{name}.md").write_text(page)
    plan = planned(read_tutorials(root, ["docs/third.md"]).tutorials(), share=False)
    pages: list = []
    how = How("run", None, lambda _: WHOLE)
    InTurn(Environment(""), Quiet(), Progress(), how, pages).go(plan)
    assert [page.outcome.value for page in pages] == ["passed"] * 3
    return (tmp_path / "run").read_text().splitlines()


def test_the_script_of_a_page_runs_what_it_starts_from_as_a_run_does(root: Path, tmp_path: Path) -> None:
    text = text_of(root)
    assert shellcheck(text) == ""
    assert "it starts from, which is cleaned up after it: docs/first.md, docs/second.md.\n" in text
    done = run(text, tmp_path, tmp_path / "work", TRACE=str(tmp_path / "trace"))
    assert done.status == 0, done.said
    assert (tmp_path / "trace").read_text().splitlines() == EXPECTED
    assert trace(root, tmp_path) == EXPECTED
    assert list((tmp_path / "tmp").iterdir()) == [], "the folders of the set-ups are gone"
    assert list((tmp_path / "work").iterdir()) == [], "the folder that is named is the page's"


def test_a_page_that_starts_from_nothing_has_no_parts(root: Path) -> None:
    text = text_of(root, "docs/first.md")
    assert "_page_part" not in text
    assert "starts from" not in text


def test_the_set_up_is_cleaned_up_where_a_page_fails(root: Path, tmp_path: Path) -> None:
    (tmp_path / "trace.fail").touch()
    done = run(text_of(root), tmp_path, TRACE=str(tmp_path / "trace"))
    assert done.status == 1
    assert (tmp_path / "trace").read_text().splitlines() == EXPECTED


def test_what_starts_from_a_set_up_that_fails_is_not_run(root: Path, tmp_path: Path) -> None:
    (root / "docs" / "second.md").write_text(SECOND.replace("knows nothing}", "}; false"))
    page = (root / "docs" / "second.md").read_text().replace("; false", "}").replace("of it}", "of it}; false")
    (root / "docs" / "second.md").write_text(page.replace('of it}; false"', 'of it}"; false;'))
    done = run(text_of(root), tmp_path, TRACE=str(tmp_path / "trace"))
    assert done.status == 1, done.said
    lines = (tmp_path / "trace").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["made", "second", "first"]


def test_an_interruption_cleans_up_the_page_and_its_set_ups(root: Path, tmp_path: Path) -> None:
    slow = THIRD.replace('test ! -e "$TRACE.fail"', 'sh -c "touch \\"$TRACE.here\\"; exec sleep 600"')
    (root / "docs" / "third.md").write_text(slow)
    file = tmp_path / "page.sh"
    file.write_text(text_of(root))
    env = {**os.environ, "TRACE": str(tmp_path / "trace"), "TMPDIR": str(made(tmp_path / "tmp"))}
    process = subprocess.Popen(["bash", file], env=env, start_new_session=True)
    try:
        wait_until((tmp_path / "trace.here").exists, "the last page runs")
        os.killpg(process.pid, signal.SIGINT)  # As a terminal does.
        assert process.wait(timeout=LONG) == 130
    finally:
        process.kill()
    assert (tmp_path / "trace").read_text().splitlines() == EXPECTED
    assert list((tmp_path / "tmp").iterdir()) == []


def test_only_the_pages_that_are_asked_for_have_scripts(root: Path) -> None:
    assert [one.page for one in scripts(root, ["docs/third.md"], program="x")] == ["docs/third.md"]
    pages = [one.page for one in scripts(root, program="x")]
    assert {"docs/first.md", "docs/second.md", "docs/third.md"} <= set(pages)
    assert len(pages) == len(set(pages))


# What takes too long.


def of(*steps: Step, timeout: float = 600.0) -> str:
    return script(
        Part(Tutorial("docs/x.md", "X", steps, cluster=False, timeout=timeout), ()), About("docs-test 0")
    )


@pytest.mark.parametrize(
    "code",
    [
        "echo $$ >pid; sleep 600",
        "while true; do echo $$ >pid; sleep 0.05 || true; done",
        "while true; do echo $$ >pid; done",
        "sleep 600 | cat",
        "bash -c 'trap \"\" TERM; sleep 600; sleep 600' & wait",
        "sleep 600 & wait",
        "X=$(sleep 600) || true; echo never",
    ],
)
def test_a_step_that_takes_too_long_ends_the_script_after_its_clean_up(tmp_path: Path, code: str) -> None:
    text = of(
        step(1, "sleep 600 & echo $! >child"), step(3, code, timeout=1.0), step(9, "cp child ..", cleanup=True)
    )
    assert shellcheck(text).count("SC") == shellcheck(code_alone(code)).count("SC")
    done = run(text, tmp_path, tmp_path / "work")
    assert done.status == 124, done.said
    assert "docs/x.md:3: still running after 1 s\n" in done.said
    assert "never" not in done.said
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: has_ended(child), "what the step has started has ended")


def code_alone(code: str) -> str:
    return f"#!/bin/bash\nset -e\n{code}\n"


def test_all_tries_together_have_the_time_of_the_step(tmp_path: Path) -> None:
    done = run(of(step(1, "echo try; false", timeout=3.0, until=600.0)), tmp_path)
    assert done.status == 124
    assert "docs/x.md:1: still running after 3 s\n" in done.said
    assert done.said.count("try\n") >= 1


def test_a_part_of_the_clean_up_that_takes_too_long_ends_alone(tmp_path: Path) -> None:
    slow = step(3, "trap '' TERM; echo slow; sleep 600; sleep 600", cleanup=True, timeout=3.0)
    done = run(of(step(1, "echo last", cleanup=True), slow, step(5, "echo first", cleanup=True)), tmp_path)
    assert done.status == 1, done.said
    assert [line for line in done.said.splitlines() if line in ("first", "slow", "last")] == [
        "first",
        "slow",
        "last",
    ]
    assert "docs/x.md:3: still running after 3 s\n" in done.said


def test_the_time_of_the_page_ends_a_step_too(tmp_path: Path) -> None:
    done = run(of(step(3, "sleep 600"), timeout=2.0), tmp_path)
    assert done.status == 124
    assert "docs/x.md:3: still running after" in done.said


def test_what_ends_in_time_is_not_ended_later(tmp_path: Path) -> None:
    waits = step(3, "sleep 0.1 & wait; jobs", timeout=60.0)  # For its own jobs alone.
    done = run(of(step(1, "true", timeout=5.0), waits, step(5, "sleep 7; echo here")), tmp_path)
    assert (done.status, done.said) == (0, "here\n")


@pytest.mark.parametrize(("limits", "status", "said"), [
    ("0", 0, "ended\n"),
    ("600", 0, "ended\n"),
    ("fast", 2, "PAGE_LIMITS 'fast', allowed: a whole number\n"),
])  # fmt: skip
def test_who_runs_a_script_may_give_it_more_time(tmp_path: Path, limits: str, status: int, said: str) -> None:
    done = run(of(step(1, "sleep 3; echo ended", timeout=1.0)), tmp_path, PAGE_LIMITS=limits)
    assert (done.status, done.said) == (status, said)


def test_nothing_watches_a_script_that_has_ended(tmp_path: Path) -> None:
    text = of(step(1, "echo ended", timeout=600.0))
    assert "_page_limit 600 docs/x.md:1\n" in text
    done = run(text, tmp_path)
    assert done.said == "ended\n", "its output is at its end, too"

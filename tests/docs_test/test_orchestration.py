"""Pages that need others: set-up runs once and is cleaned up last, and what failed keeps others from running."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs_test.orchestration.repeats import together
from docs_test.outcomes import Outcome
from docs_test.page_results import Differing, Repeats
from groundwork.base.positions import Position
from support.results import failed, page, step
from support.runs import command, results, run, tutorial, words
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def trace(tmp_path: Path) -> Callable[[str], str]:
    """Shell code that writes a word into a file; `words` reads them."""
    return lambda word: f"echo {word} >>{tmp_path}/trace"


USES = "  uses: docs/s.md\n"


def test_a_set_up_runs_once_and_its_clean_up_after_the_last_page_that_starts_from_it(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    root = site_with(
        {
            "a.md": tutorial(trace("a"), front=USES, cleanup=trace("a-end")),
            "b.md": tutorial(trace("b"), front=USES, cleanup=trace("b-end")),
            "c.md": tutorial(trace("c")),
            "s.md": tutorial(trace("s"), cleanup=trace("s-end")),
        }
    )
    done = run(root, tmp_path)
    assert done.returncode == 0, done.stderr
    assert words(tmp_path) == ["c", "s", "a", "a-end", "b", "b-end", "s-end"]
    assert {path: one["set_up_by"] for path, one in results(root).items()} == {
        "docs/a.md": ["docs/s.md"],
        "docs/b.md": ["docs/s.md"],
        "docs/c.md": [],
        "docs/s.md": [],
    }
    assert "docs/a.md: passed in " in done.stderr
    assert "\n  started from the set-up of docs/s.md\n" in done.stderr


def test_naming_a_page_runs_what_it_starts_from_first(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    root = site_with(
        {"a.md": tutorial(trace("a"), front=USES), "b.md": tutorial(trace("b")), "s.md": tutorial(trace("s"))}
    )
    done = run(root, tmp_path, "docs/a.md")
    assert done.returncode == 0, done.stderr
    assert words(tmp_path) == ["s", "a"]
    assert "also run: docs/s.md, because others start from its set-up\n" in done.stderr


@pytest.mark.parametrize("link", ["after", "uses"])
def test_what_needs_a_page_that_failed_is_not_run_and_says_so(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str], link: str
) -> None:
    root = site_with(
        {
            "a.md": tutorial(trace("a"), front=f"  {link}: docs/s.md\n"),
            "b.md": tutorial(trace("b"), front=f"  {link}: docs/a.md\n"),
            "c.md": tutorial(trace("c")),
            "s.md": tutorial("false", cleanup=trace("s-end")),
        }
    )
    done = run(root, tmp_path, "--junit", tmp_path / "junit.xml")
    assert done.returncode == 1
    assert words(tmp_path) == ["c", "s-end"]
    assert "\ndocs/a.md: not run: docs/s.md failed\n" in done.stderr
    assert "\ndocs/b.md: not run: docs/a.md was not run\n" in done.stderr
    assert "\nRuns of pages: 1 passed, 1 failed, 2 not run. Blocks: 0 skipped.\n" in done.stderr
    found = results(root)
    assert (found["docs/a.md"]["outcome"], found["docs/a.md"]["lacks"]) == ("not-run", "docs/s.md failed")
    assert '<skipped message="not run: docs/s.md failed"' in (tmp_path / "junit.xml").read_text()


def test_a_clean_up_that_fails_comes_too_late_to_keep_others_from_running(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    root = site_with({"a.md": tutorial(trace("a"), front=USES), "s.md": tutorial("true", cleanup="false")})
    done = run(root, tmp_path)
    assert done.returncode == 1
    assert {path: one["outcome"] for path, one in results(root).items()} == {
        "docs/a.md": "passed",
        "docs/s.md": "failed",
    }


def test_what_starts_from_a_page_that_is_skipped_is_skipped(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    needy = tutorial("true").replace("platform: none", "needs: [storage]")
    root = site_with({"a.md": tutorial(trace("a"), front=USES), "c.md": tutorial(trace("c")), "s.md": needy})
    done = run(root, tmp_path, "--platform", "none")
    assert done.returncode == 0, done.stderr
    assert words(tmp_path) == ["c"]
    assert "it starts from docs/s.md, which is skipped\n" in done.stderr


def test_a_page_that_was_run_in_part_has_set_nothing_up(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    root = site_with({"a.md": tutorial(trace("a"), front=USES), "s.md": tutorial(trace("s"), trace("t"))})
    done = run(root, tmp_path, "docs/s.md:8", "docs/a.md")
    assert "docs/a.md: not run: docs/s.md was run in part\n" in done.stderr
    assert words(tmp_path) == ["s"]
    assert done.returncode == 1


def test_a_set_up_sees_what_it_left_itself_and_not_what_others_left(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    objects = tmp_path / "objects"
    objects.write_text("")
    on_cluster = {"platform: none": "timeout: 5m"}

    def leaving(name: str, front: str = "") -> str:
        return tutorial(f"echo 'v1 Pod own {name}' >>{objects}", front=front).replace(*on_cluster.popitem())

    pages = {"s.md": tutorial("true").replace("platform: none", "timeout: 5m")}
    pages["a.md"] = leaving("left", USES)
    root = site_with(pages)
    code = "import sys; from docs_test.running import killed_runs; killed_runs.SETTLE_SECONDS = 0.0; "
    code += "from docs_test.cli.main import main; sys.exit(main(sys.argv[1:]))"
    more, env = command(root, tmp_path, "--kubeconfig", objects)
    more[1:3] = ["-c", code]
    done = subprocess.run(more, env=env, capture_output=True, text=True, check=False, timeout=LONG)
    assert done.returncode == 1, done.stderr
    data = json.loads((root / "build" / "docs-test" / "results-cluster.json").read_text())
    found = {one["path"]: (one["outcome"], one["leftovers"]) for one in data["pages"]}
    assert found == {"docs/a.md": ("failed", ["pods/own/left"]), "docs/s.md": ("passed", [])}


def test_shared_steps_run_once_for_all_pages_that_include_them(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    front = "  uses: [snippets/made.md, snippets/unmade.md]\n"
    text = '\n{{% include "made.md" %}}\n\n```bash {{ .run }}\n{}\n```\n\n{{% include "unmade.md" %}}\n'
    pages = {f"{name}.md": tutorial(front=front) + text.format(trace(name)) for name in "ab"}
    root = site_with(pages)
    block = "```bash {{ .run {}}}\n{}\n```\n"
    (root / "snippets" / "made.md").write_text(block.format("", trace("made")))
    (root / "snippets" / "unmade.md").write_text(block.format(".cleanup ", trace("unmade")))
    done = run(root, tmp_path)
    assert done.returncode == 0, done.stderr
    assert words(tmp_path) == ["made", "a", "b", "unmade"]
    assert results(root)["docs/a.md"]["set_up_by"] == ["snippets/made.md", "snippets/unmade.md"]
    assert len(results(root)["docs/a.md"]["steps"]) == 1


def test_an_interruption_cleans_up_the_page_and_then_what_it_started_from(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    root = site_with(
        {
            "a.md": tutorial(
                trace("a") + "; sleep 60", front=USES, cleanup=trace("a-end"), attributes='data-timeout="2m" '
            ),
            "b.md": tutorial(trace("b"), front=USES),
            "s.md": tutorial(trace("s"), cleanup=trace("s-end")),
        }
    )
    words_, env = command(root, tmp_path)
    with subprocess.Popen(words_, env=env, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: (tmp_path / "trace").exists() and "a" in words(tmp_path), "the page runs")
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LONG)[1]
    assert process.returncode == 130, said
    assert words(tmp_path) == ["s", "a", "a-end", "s-end"]
    assert [results(root)[path]["interrupted"] for path in ("docs/a.md", "docs/s.md")] == [True, True]
    assert "docs/b.md: not run to its end\n" in said


FLAKY = "test -e {0} && touch {0}.again || {{ touch {0}; false; }}"
"""Fails the first time."""


def test_a_page_that_passes_and_fails_is_flaky_and_the_run_fails(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    root = site_with(
        {
            "a.md": tutorial("true", FLAKY.format(tmp_path / "x"), "true"),
            "b.md": tutorial("true"),
            "c.md": tutorial("false"),
        }
    )
    done = run(root, tmp_path, "--repeat", "3")
    assert done.returncode == 1
    assert "docs/a.md: failed in " in done.stderr
    assert "\n  flaky: passed 2 of 3 times\n    docs/a.md:11: failed 1 of 3 times\n" in done.stderr
    assert "\n  passed 3 of 3 times\n" in done.stderr
    assert "\n  passed 0 of 3 times\n" in done.stderr
    assert "\nRuns of pages: 1 passed, 2 failed, 1 of the failed flaky. Blocks: 0 skipped.\n" in done.stderr
    found = results(root)
    assert found["docs/a.md"]["outcome"] == "failed"
    assert found["docs/a.md"]["repeats"]["passed"] == 2
    assert found["docs/c.md"]["repeats"] == {"count": 3, "passed": 0, "differing": []}
    again = run(root, tmp_path, "--repeat", "2", "docs/a.md")
    assert again.returncode == 0, again.stderr


def test_a_later_success_hides_no_failure_whichever_comes_first() -> None:
    good, bad = page(steps=(step(5), step(6))), page(steps=(step(5), failed("no")))
    for order in ([good, bad, good], [bad, good, good], [good, good, bad]):
        (one,) = together(order)
        assert one.outcome is Outcome.FAILED
        assert one.repeats == Repeats(3, 2, (Differing(Position("docs/a.md", 6), 1),))
        assert one.repeats.flaky
    assert together([good, page("docs/b.md")]) == [good, page("docs/b.md")]
    (unmet,) = together([good, replace(good, outcome=Outcome.NOT_RUN, steps=())])
    assert (unmet.outcome, unmet.repeats) == (Outcome.NOT_RUN, Repeats(2, 1))


def test_a_shuffled_run_can_be_repeated(
    site_with: Callable[..., Path], tmp_path: Path, trace: Callable[[str], str]
) -> None:
    root = site_with({f"{name}.md": tutorial(trace(name)) for name in "abcdef"})
    done = run(root, tmp_path, "--shuffle")
    (seed,) = re.findall(r"--shuffle=(\d+)\n", done.stderr)
    first = words(tmp_path)
    assert sorted(first) == list("abcdef")
    assert run(root, tmp_path, f"--shuffle={seed}").returncode == 0
    assert words(tmp_path) == first * 2
    wrong = run(root, tmp_path, "--shuffle", "docs/a.md")
    assert wrong.returncode == 2
    assert "hint: name pages before --shuffle" in wrong.stderr


@pytest.mark.parametrize("count", ["0", "-1", "x", "1001"])
def test_how_often_is_a_number(site_with: Callable[..., Path], tmp_path: Path, count: str) -> None:
    done = run(site_with({"a.md": tutorial("true")}), tmp_path, f"--repeat={count}")
    assert done.returncode == 2
    assert f"argument --repeat: '{count}', allowed: 1 to 1000" in done.stderr

"""The commands of docs-test, the spellings of before, and how it ends where nobody reads or a disk is full."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from docs_test.cli.main import COMMANDS, main
from docs_test.cli.older import todays
from docs_test.commands import listing
from groundwork.base.errors import ExitStatus
from groundwork.base.program import HINT
from support.results import page, write
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Callable

FAKES = Path(__file__).with_name("fakes")
NEEDS_BUBBLEWRAP = pytest.mark.skipif(shutil.which("bwrap") is None, reason="--provision installs bubblewrap")
PAGE = "---\ntutorial: {variants: {api: [v1beta1, v1alpha1]}}\n---\n# X\n\n```bash { .run }\ntrue\n```\n\n"
PAGE += "```bash { .run data-when='api=v1alpha1' }\nfalse\n```\n"


def docs_test(
    *words: object, stdout: int = subprocess.PIPE, within: tuple[str, ...] = (), **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*within, sys.executable, "-m", "docs_test", *map(str, words)],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LONG,
    )


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    """A site with one page, in two variants, of which the second one fails."""
    return site_with({"a.md": PAGE})


def small(folder: Path) -> tuple[str, ...]:
    """Words before a command that let it see a disk of 4 KiB at a folder."""
    return ("bwrap", "--dev-bind", "/", "/", "--size", "4096", "--tmpfs", str(folder))


@pytest.mark.parametrize(
    ("words", "today", "hint"),
    [
        (["run", "a.md"], ["run", "a.md"], ""),
        (["lint", "--root", "x"], ["lint", "--root", "x"], ""),
        (["report", "run.json"], ["report", "run.json"], ""),
        (["--help"], ["--help"], ""),
        (["--version"], ["--version"], ""),
        (["lnit"], ["lnit"], ""),
        ([], ["run"], "docs-test run"),
        (["a.md"], ["run", "a.md"], "docs-test run"),
        (["--provision", "--yes"], ["run", "--provision", "--yes"], "docs-test run"),
        (["--lint"], ["lint"], "docs-test lint"),
        (["--root", "x", "--lint", "a.md"], ["lint", "--root", "x", "a.md"], "docs-test lint"),
        (["a.md", "--list"], ["list", "a.md"], "docs-test list"),
        (["run", "--lint", "a.md"], ["lint", "a.md"], "docs-test lint"),
    ],
)
def test_older_spellings_work_and_name_the_new_one(
    words: list[str],
    today: list[str],
    hint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert todays(words, COMMANDS) == today
    said = capsys.readouterr().err
    assert said.startswith(f"hint: write `{hint}`; " if hint else "")
    assert said.count("\n") == bool(hint), "one line"


def test_under_nox_the_hint_is_what_one_types_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOX_CURRENT_SESSION", "docs-test")
    todays(["run", "--lint"], COMMANDS)
    said = "hint: write `./nox -s docs-test -- lint`; './nox -s docs-test -- --lint' goes with the next release\n"
    assert capsys.readouterr().err == said


def test_older_spellings_do_what_they_did(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lint", "--root", str(root), "docs/a.md"]) == 0
    assert (
        capsys.readouterr().out == "Checked against the rules of pages.\n1 page: 1 passed, 0 failed. No error.\n"
    )
    assert main(["--list", "--root", str(root), "--when", "api=v1beta1"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("docs/a.md (api=v1beta1): 1 steps, ")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: docs-test {command} ")
    # What watches goes on until somebody ends it.
    assert ("exit status: 130 " if command == "watch" else "exit status: 0 ") in said
    assert "--debug" in said


def test_a_misspelled_command_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["lnit"])
    assert ended.value.code == ExitStatus.USAGE
    said, hint = capsys.readouterr().err.splitlines()
    assert "invalid choice: 'lnit'" in said
    assert hint == "hint: did you mean 'lint'?"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["run", "--kep", "docs/a.md"],
            "docs-test run: unrecognized arguments: --kep\nhint: did you mean '--keep'?",
        ),
        (["run", "-keep"], "docs-test run: unrecognized arguments: -keep\nhint: did you mean '--keep'?"),
        (
            ["lint", "--fromat=json"],
            "docs-test lint: unrecognized arguments: --fromat=json\nhint: did you mean '--format'?",
        ),
        (
            ["list", "--zzz"],
            "docs-test list: unrecognized arguments: --zzz\nhint: `docs-test list --help` shows what is allowed",
        ),
        (
            ["validate", "--product", "dynamo", "--enigne=x"],
            "docs-test validate: unrecognized arguments: --enigne=x\nhint: did you mean '--engine'?",
        ),
    ],
)
def test_an_option_that_was_meant_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert (ended.value.code, capsys.readouterr().err) == (ExitStatus.USAGE, f"{said}\n")


def test_a_value_that_was_meant_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lint", "--format", "jsno"])
    assert capsys.readouterr().err.splitlines()[1] == "hint: did you mean 'json'?"


def test_help_loads_nothing_that_it_does_not_need() -> None:
    """It is there at once; tests/bench/start.py measures it."""
    code = "import sys\nfrom docs_test.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n"
    code += "    print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stderr.split() if name.partition(".")[0] in {"docs_test", "groundwork"}}
    assert {name for name in loaded if not name.startswith(("docs_test.cli", "groundwork.base"))} == {
        "docs_test",
        "groundwork",
    }
    heavy = {"yaml", "json", "subprocess", "importlib.metadata", "xml.etree", "jsonschema", "mkdocs", "email"}
    assert heavy & set(done.stderr.split()) == set()


CI = """\
run docs/a.md (api=v1beta1) ...
  [1/1] docs/a.md:6 true: ok T s
  looking for what the page left in the cluster
run docs/a.md (api=v1beta1): done in T s (passed)
run docs/a.md (api=v1alpha1) ...
  [1/2] docs/a.md:6 true: ok T s
  [2/2] docs/a.md:10 false: FAILED T s
  looking for what the page left in the cluster
run docs/a.md (api=v1alpha1): done in T s (failed)
removing namespace NS, and waiting until it is gone

docs/a.md:11:1: the command ended with status 1
command:
  $ false
output:
  | (nothing)
hint: if it is to fail, say so with `data-exit`
run it again: docs-test run docs/a.md --when api=v1alpha1 --root ROOT --kubeconfig FILE --no-sandbox
with --keep the page is kept after a failure, and `resume` continues from there after an edit

ran on: the given cluster, Dynamo runtime V, Kubernetes 1.35.4
docs/a.md (api=v1beta1): passed in T s, 1 steps passed, 0 failed, 0 not run, 1 blocks skipped
  not selected: 1 blocks of other variants
docs/a.md (api=v1alpha1): failed in T s, 1 steps passed, 1 failed, 0 not run, 0 blocks skipped
time of each stage:
  run docs/a.md (api=v1beta1) T s  passed
  run docs/a.md (api=v1alpha1) T s  failed
Runs of pages: 1 passed, 1 failed. Blocks: 1 skipped.
"""


def test_a_log_in_ci_names_the_variant_and_has_a_line_a_step(root: Path, tmp_path: Path) -> None:
    (tmp_path / "objects").write_text("")
    env = {
        "PATH": f"{FAKES}:{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    words = [
        "--root",
        root,
        "--kubeconfig",
        tmp_path / "objects",
        "--no-sandbox",
        "--variants",
        "all",
        "--junit",
        tmp_path / "junit.xml",
    ]
    done = docs_test("run", *words, **env)
    assert done.returncode == ExitStatus.FAILED
    said = re.sub(r" +\d+\.\d s", " T s", done.stderr)
    said = re.sub(r"runtime [\d.]+", "runtime V", said)
    said = re.sub(r"docs-test-[0-9a-f]{8},", "NS,", said)
    said = said.replace(str(root), "ROOT").replace(str(tmp_path / "objects"), "FILE")
    assert said[said.index("run docs/") :] == CI
    suites = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - our own words
    assert [suite.get("name") for suite in suites] == ["docs/a.md (api=v1beta1)", "docs/a.md (api=v1alpha1)"]


def closed() -> int:
    """A pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("words", [("list",), ("lint",), ("lint", "--format", "json")])
def test_nobody_reads(root: Path, words: tuple[str, ...]) -> None:
    done = docs_test(*words, "--root", root, stdout=closed())
    assert (done.returncode, done.stderr) == (ExitStatus.CLOSED_PIPE, "")


def test_head_has_read_enough(root: Path) -> None:
    code = f"{sys.executable} -m docs_test list --root {root} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False, timeout=LONG)
    first, status = done.stdout.splitlines()
    assert first.startswith("docs/a.md (api=v1beta1): ")
    assert status in ("0", "141")
    assert done.stderr == ""


def test_a_disk_that_is_full_is_said_in_a_line(root: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = docs_test("list", "--root", root, stdout=full.fileno())
    said = f"docs-test: cannot write: No space left on device\nhint: {HINT}\n"
    assert (done.returncode, done.stderr) == (ExitStatus.ENVIRONMENT, said)


@NEEDS_BUBBLEWRAP
def test_a_report_that_a_full_disk_does_not_take(root: Path, tmp_path: Path) -> None:
    for number in range(200):
        (root / "docs" / f"{number}.md").write_text("```bash\nx\n```\n")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = docs_test("lint", "--root", root, "-o", disk / "lint.txt", within=small(disk))
    said = f"--output '{disk}/lint.txt': cannot be written: No space left on device\nhint: {HINT}\n"
    assert (done.returncode, done.stderr) == (ExitStatus.ENVIRONMENT, said)
    results = write(tmp_path / "r.json", *(page(f"docs/{number}.md") for number in range(500)))
    done = docs_test("report", results, "--summary", disk / "summary.md", within=small(disk))
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert done.stderr.startswith(f"--summary '{disk}/summary.md': cannot be written: No space left on device\n")
    done = docs_test("report", results, "--write", disk / "all.json", within=small(disk))
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert done.stderr.startswith(f"--write '{disk}/all.json': cannot be written: No space left on device\n")


@NEEDS_BUBBLEWRAP
def test_a_run_whose_results_a_full_disk_does_not_take_says_its_verdict(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    root = site_with({"a.md": PAGE.replace("true", "seq 2000")})
    (tmp_path / "objects").write_text("")
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["--root", root, "--kubeconfig", tmp_path / "objects", "--no-sandbox", "--variants", "all"]
    words += ["--results", disk / "r.json"]
    env = {"PATH": f"{FAKES}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = docs_test("run", *words, within=small(disk), **env)
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert "Runs of pages: 1 passed, 1 failed. Blocks: 1 skipped.\n" in done.stderr
    assert done.stderr.endswith(f"'{disk}/r.json': cannot be written: No space left on device\n")


@pytest.mark.parametrize("words", [[], ["--debug"]])
def test_a_bug_is_said_in_a_line_and_shown_with_debug(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(listing, "read_runs", lambda *_: 1 / 0)
    assert main(["list", *words]) == ExitStatus.BUG
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "docs-test: a bug, please report it: ZeroDivisionError: division by zero"
    assert second == ("Traceback (most recent call last):" if words else "hint: --debug shows where")


def test_ctrl_c(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(listing, "read_runs", interrupted)
    assert main(["list"]) == ExitStatus.INTERRUPTED
    assert capsys.readouterr().err == ""

"""A full disk, closed streams, an odd locale, no cache: said in a line, with the right status; nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from groundwork.base.content import write_whole
from groundwork.base.program import CACHE_HINT, TEMPORARY_HINT, program
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEEDS_BUBBLEWRAP = pytest.mark.skipif(shutil.which("bwrap") is None, reason="--provision installs bubblewrap")
PAGE = """\
---
tutorial: {platform: none}
---
# \u00dc\u2026

```bash { .run }
echo '\u00e4\u2026\U0001f600'
```

```console { .output }
\u00e4\u2026\U0001f600
```
"""
CLOSED_OUTPUT = "docs-test: cannot write: standard output is closed\n"
ASCII = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    return site_with({"x.md": PAGE, "bad.md": PAGE.replace(".run", ".rum")})


@pytest.fixture
def docs_test(root: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run docs-test in a shell, so that its streams can be what they like."""

    def run(words: str, streams: str = "", before: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
        command, *rest = words.split()
        line = f"{before} {sys.executable} -m docs_test {command} --root {root} {' '.join(rest)} {streams}"
        around = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONUNBUFFERED": "", **env}
        return subprocess.run(["bash", "-c", line], env=around, capture_output=True, check=False, timeout=LONG)

    return run


def results(folder: Path) -> str:
    return str(json.loads((folder / "r.json").read_text())["pages"][0]["outcome"])


@pytest.mark.parametrize("words", ["lint docs/x.md", "list docs/x.md", "show docs/x.md", "script docs/x.md"])
def test_a_closed_output_is_told(words: str, docs_test: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    done = docs_test(words, ">&-")
    assert (done.returncode, done.stderr.decode()) == (3, CLOSED_OUTPUT)
    done = docs_test(words, "<&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"", b"")
    done = docs_test(words, ">/dev/full")
    assert (done.returncode, done.stderr.decode().splitlines()[0]) == (
        3,
        "docs-test: cannot write: No space left on device",
    )


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full", ">/dev/full 2>/dev/full"])
def test_a_run_that_nobody_can_hear_keeps_its_results(
    streams: str, tmp_path: Path, docs_test: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    done = docs_test(f"run --no-sandbox --results {tmp_path}/r.json docs/x.md", streams)
    assert done.returncode == 0
    assert results(tmp_path) == "passed"


def test_a_run_that_fails_unheard_fails(
    root: Path, docs_test: Callable[..., subprocess.CompletedProcess[bytes]], tmp_path: Path
) -> None:
    (root / "docs" / "x.md").write_text(PAGE.replace("echo", "false;"), encoding="utf-8")
    assert docs_test(f"run --no-sandbox --results {tmp_path}/r.json docs/x.md", "<&- >&- 2>&-").returncode == 1
    assert results(tmp_path) == "failed"


def test_letters_that_an_encoding_lacks_are_escapes(
    docs_test: Callable[..., subprocess.CompletedProcess[bytes]], tmp_path: Path
) -> None:
    shown = docs_test("show docs/x.md", **ASCII)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"  | \\u00e4\\u2026\\ud83d\\ude00" in shown.stdout
    latin = docs_test("show docs/x.md", PYTHONIOENCODING="latin-1")
    assert b"  | \xe4\\u2026\\ud83d\\ude00" in latin.stdout
    ran = docs_test(f"run --no-sandbox --results {tmp_path}/r.json docs/x.md", **ASCII)
    assert ran.returncode == 0
    assert b"\\u00e4" in ran.stderr
    found = docs_test("lint docs/bad.md", **ASCII)
    assert (found.returncode, found.stderr) == (2, b"")


def test_what_programs_read_is_utf_8_everywhere(
    docs_test: Callable[..., subprocess.CompletedProcess[bytes]],
) -> None:
    script = docs_test("script docs/x.md", **ASCII)
    assert script.returncode == 0
    assert "echo '\u00e4\u2026\U0001f600'" in script.stdout.decode()
    assert docs_test("lint --format junit docs/bad.md", **ASCII).stdout.decode()
    assert json.loads(docs_test("lint --format json docs/bad.md", **ASCII).stdout)["errors"] == 1


@pytest.mark.parametrize("cache", ["FILE", "/proc/none"])
def test_a_cache_that_cannot_be_made_is_told(
    cache: str, tmp_path: Path, docs_test: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    (tmp_path / "file").write_text("")
    place = cache.replace("FILE", str(tmp_path / "file"))
    done = docs_test(f"run --no-sandbox --results {tmp_path}/r.json docs/x.md", XDG_CACHE_HOME=place)
    first, hint = done.stderr.decode().splitlines()[-2:]
    assert done.returncode == 3
    assert first.startswith(f"docs-test: the cache '{place}")
    assert hint == f"hint: {CACHE_HINT}"
    assert docs_test("lint docs/x.md", XDG_CACHE_HOME=place).returncode == 0, "it does without"


@pytest.mark.parametrize(
    "env",
    [
        *({"HOME": "/none"}, {"TMPDIR": "/none"}, {"TMPDIR": "/proc"}),
        *(
            {"TERM": ""},
            {"TERM": "dumb"},
            {"COLUMNS": "0"},
            {"COLUMNS": "-5"},
            {"COLUMNS": "wide"},
            {"LINES": "x"},
        ),
    ],
    ids=str,
)
def test_odd_surroundings_do_no_harm(
    env: dict[str, str], tmp_path: Path, docs_test: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    done = docs_test(f"run --no-sandbox --results {tmp_path}/r.json docs/x.md", **env)
    assert (done.returncode, results(tmp_path)) == (0, "passed"), done.stderr
    assert docs_test("lint --help", **env).returncode == 0


def test_no_folder_for_temporary_files(capsys: pytest.CaptureFixture[str]) -> None:
    def main(_: object) -> int:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    assert program("p", main, []) == 3
    assert capsys.readouterr().err == f"p: there is no folder for temporary files\nhint: {TEMPORARY_HINT}\n"


def test_another_file_that_is_not_there_is_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    def main(_: object) -> int:
        raise FileNotFoundError(2, "No such file or directory", "/none/x")

    assert program("p", main, []) == 70
    assert "a bug, please report it" in capsys.readouterr().err


def test_devices_are_no_files(
    tmp_path: Path, docs_test: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    done = docs_test("run --no-sandbox --results /dev/full docs/x.md")
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "--results '/dev/full': is a device or a pipe, expected a file\n",
    )
    done = docs_test(f"run --no-sandbox --results {tmp_path}/r.json --junit /dev/full docs/x.md")
    assert (done.returncode, results(tmp_path)) == (3, "passed")
    assert done.stderr.decode().splitlines()[-1] == "'/dev/full': cannot be written: No space left on device"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"x")
    assert (os.read(reader, 9), pipe.is_fifo()) == (b"x", True)
    os.close(reader)


@NEEDS_BUBBLEWRAP
def test_a_disk_that_fills_up_while_a_page_runs(
    root: Path, tmp_path: Path, docs_test: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    """Of a quarter of a MiB: the first page passes, the second one fills it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    small = f"bwrap --dev-bind / / --size 262144 --tmpfs {disk}"
    fill = f"{PAGE.partition('echo')[0]}head -c 400000 /dev/zero >fill || true\n```\n\n"
    step = f"true # {'x' * 20_000}"  # A small one finds room in what is already open.
    (root / "docs" / "y.md").write_text(f"{fill}```bash {{ .run }}\n{step}\n```\n", encoding="utf-8")
    words = f"run --no-sandbox --results {tmp_path}/r.json docs/x.md docs/y.md"
    done = docs_test(words, before=small, TMPDIR=str(disk))
    assert done.returncode == 3, done.stderr
    assert b"No space left on device" in done.stderr.splitlines()[-2]
    assert b"bug" not in done.stderr
    assert results(tmp_path) == "passed"

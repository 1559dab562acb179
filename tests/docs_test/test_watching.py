"""`docs-test watch`: a save is checked, and what it changes runs: from where the page stands, or anew."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from docs_test.watching import files
from docs_test.watching.files import watched
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = """\
---
tutorial: {platform: none}
---
# A page

{% include "start.md" %}

```bash { .run }
echo second >>TRACE; word=hello
```

```bash { .run }
echo third >>TRACE
test "$word" = hello
fail
```

```bash { .run .cleanup }
echo clean >>TRACE
```
"""
INCLUDED = "```bash { .run }\necho first >>TRACE\n```\n"
OTHER = "---\ntutorial: {platform: none}\n---\n# B\n\n```bash { .run }\necho other >>TRACE\n```\n"
WAITING = "waiting for a save; Ctrl-C cleans up and ends"


class Watching:
    """A docs-test that watches pages of a site."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder, self.trace = root, folder, folder / "trace"
        self.said = ""
        self._read = 0
        (folder / "tmp").mkdir()
        self.save("snippets/start.md", INCLUDED)
        self.save("docs/a.md", PAGE)
        self.save("docs/b.md", OTHER)
        self.process: subprocess.Popen[str] | None = None

    def save(self, name: str, text: str) -> None:
        """Write over what is there: a file that is emptied first might be read before it is written."""
        file, content = self.root / name, text.replace("TRACE", str(self.trace)).encode()
        file.touch()
        with file.open("r+b", buffering=0) as stream:
            stream.write(content)
            stream.truncate()

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text, old
        self.save(name, text.replace(old, new))

    def rename(self, name: str, old: str, new: str) -> None:
        """Save as editors do it: beside, then in its place."""
        text = (self.root / name).read_text()
        assert old in text, old
        beside = self.root / f"{name}~"
        beside.write_text(text.replace(old, new).replace("TRACE", str(self.trace)))
        beside.replace(self.root / name)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }

    def command(self, *words: str) -> list[str]:
        where = ["--root", str(self.root), "--platform", "none", "--no-sandbox"]
        return [sys.executable, "-m", "docs_test", words[0], *where, *words[1:]]

    def start(self, *pages: str) -> None:
        quiet, command = subprocess.DEVNULL, self.command("watch", *pages)
        self.process = subprocess.Popen(command, env=self.env, stdin=quiet, stderr=subprocess.PIPE, text=True)
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                self.said += line

    def end(self) -> None:
        """End it whatever it does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self._listener.join()

    @property
    def under_way(self) -> bool:
        """Whether the page's last step runs."""
        return self.trace.exists() and "third" in self.trace.read_text()

    def hears(self, words: str = WAITING) -> str:
        """What is said until these words come, after those of the last time."""
        start = self._read
        wait_until(lambda: words in self.said[start:], f"{words!r} in:\n{self.said[start:]}")
        self._read = self.said.index(words, start) + len(words)
        return self.said[start : self._read]

    def ended(self, number: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(LONG)
        self._listener.join()
        return status

    @property
    def ran(self) -> list[str]:
        """What ran since it was last asked."""
        words = self.trace.read_text().split() if self.trace.exists() else []
        self.trace.write_text("")
        return words

    @property
    def results(self) -> dict[str, str]:
        file = self.root / "build" / "docs-test" / "results-none.json"
        return {page["path"]: page["outcome"] for page in json.loads(file.read_text())["pages"]}

    @property
    def left(self) -> list[str]:
        records = self.folder / "cache" / "dynamo-docs" / "runs"
        return [path.name for path in (*(self.folder / "tmp").iterdir(), *records.glob("*"))]


@pytest.fixture
def site(site_with: Callable[..., Path], tmp_path: Path) -> Iterator[Watching]:
    made = Watching(site_with({"a.md": ""}), tmp_path)
    yield made
    made.end()


def test_a_save_lets_the_page_go_on_from_the_step_that_failed(site: Watching) -> None:
    site.start("docs/a.md")
    assert "fail: command not found" in site.hears()
    assert site.ran == ["first", "second", "third"]

    site.edit("docs/a.md", "fail\n", "true\n")
    assert "docs/a.md: all 3 steps passed; clean-up is yet to run" in site.hears()
    assert site.ran == ["third"]

    site.rename(
        "docs/a.md", "```bash { .run .cleanup", "```bash { .run }\necho 4 >>TRACE\n```\n\n```bash { .run .cleanup"
    )
    assert "all 4 steps passed" in site.hears()
    assert site.ran == ["4"], "an appended step alone"

    assert site.ended() == 130
    assert site.ran == ["clean"]
    assert "docs/a.md: passed in " in site.said
    assert "ended; everything that was started has ended" in site.said
    assert site.results == {"docs/a.md": "passed"}
    assert site.left == []


def test_an_edit_of_what_has_run_cleans_up_and_runs_the_page_anew(site: Watching) -> None:
    site.start("docs/a.md")
    site.hears()
    assert site.ran == ["first", "second", "third"]
    site.rename("docs/a.md", "word=hello", "word=hello; true")
    said = site.hears()
    assert "docs/a.md:9: the command has the line" in said
    assert ": docs/a.md runs anew" in said
    assert site.ran == ["clean", "first", "second", "third"]
    assert site.results == {"docs/a.md": "failed"}
    assert site.ended() == 130
    assert site.left == []


def test_a_mistake_is_said_and_nothing_runs(site: Watching) -> None:
    site.start("docs/a.md")
    site.hears()
    assert site.ran
    site.edit("docs/a.md", "```bash { .run }\necho third", "```bash { .rum }\necho third")
    said = site.hears()
    assert "docs/a.md:12:11: unknown role '.rum'" in said
    assert site.ran == []
    site.edit("docs/a.md", ".rum", ".run")
    site.hears()
    assert site.ran == ["third"], "the page stands where it stood"
    site.ended()


def test_an_included_file_concerns_the_pages_that_are_made_of_it(site: Watching) -> None:
    site.edit("docs/a.md", "fail\n", "true\n")
    site.start("docs/b.md", "docs/a.md")
    site.hears()
    assert site.ran == ["other", "first", "second", "third"]
    site.edit("snippets/start.md", "echo first", "echo FIRST")
    said = site.hears()
    assert "snippets/start.md:2: the command has the line" in said
    assert site.ran == ["clean", "FIRST", "second", "third"]
    site.save("examples/unrelated.yaml", "a: 1\n")
    site.save("docs/b.md", OTHER.replace("echo other", "echo OTHER"))
    site.hears()
    assert site.ran == ["clean", "OTHER"]
    site.ended()
    assert site.results == {"docs/a.md": "passed", "docs/b.md": "passed"}
    assert site.left == []


def test_a_page_that_failed_waits_while_another_one_is_saved(site: Watching) -> None:
    site.start("docs/a.md", "docs/b.md")
    site.hears()
    assert site.ran == ["first", "second", "third"], "the other one comes when this one has passed"
    site.edit("docs/b.md", "echo other", "echo OTHER")
    said = site.hears()
    assert site.ran == ["clean", "OTHER", "first", "second", "third"]
    assert "docs/b.md: passed" in said
    site.edit("docs/a.md", "fail\n", "true\n")
    assert "all 3 steps passed" in site.hears()
    site.ended()


def test_a_set_up_stays_open_while_the_page_that_uses_it_is_written(site: Watching) -> None:
    site.save("docs/c.md", PAGE.replace("{platform: none}", "{platform: none, uses: [docs/b.md]}"))
    site.start("docs/c.md")
    site.hears()
    assert site.ran == ["other", "first", "second", "third"]
    site.edit("docs/c.md", "word=hello", "word=hello; true")
    site.hears()
    assert site.ran == ["clean", "first", "second", "third"], "its own steps alone"
    site.edit("docs/b.md", "echo other", "echo OTHER")
    site.hears()
    assert site.ran == ["clean", "OTHER", "first", "second", "third"]
    site.ended()
    assert site.left == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_a_step_runs_cleans_up(site: Watching, number: int) -> None:
    site.edit("docs/a.md", "fail\n", "sleep 987\n")
    site.start("docs/a.md")
    wait_until(lambda: site.under_way, "the last step runs")
    assert site.ended(number) == 130
    assert site.ran == ["first", "second", "third", "clean"]
    assert site.left == []


@pytest.mark.parametrize("at", ["a step", "rest"])
def test_what_a_killed_watch_left_the_next_run_removes(site: Watching, at: str) -> None:
    if at == "a step":
        site.edit("docs/a.md", "fail\n", "sleep 987\n")
    site.start("docs/a.md")
    if at == "rest":
        site.hears()
    else:
        wait_until(
            lambda: "third" in (site.trace.read_text() if site.trace.exists() else ""), "the last step runs"
        )
    site.ended(signal.SIGKILL)
    assert site.left
    done = subprocess.run(
        site.command("run", "docs/b.md"), env=site.env, capture_output=True, text=True, check=False, timeout=LONG
    )
    assert done.returncode == 0, done.stderr
    assert "a run of docs/a.md was killed: ended" in done.stderr
    assert site.left == []


def test_a_page_that_does_not_exist_is_one_mistake(site: Watching) -> None:
    site.start("docs/none.md")
    assert site.process is not None
    assert site.process.wait(LONG) == 2
    wait_until(lambda: "docs/none.md" in site.said, "it is named")


def test_events_of_one_save_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "QUIET_SECONDS", 1.0)  # As long as a busy machine may stop in the middle of a save.
    monkeypatch.setattr(files, "MOST_SECONDS", LONG)
    (tmp_path / "docs").mkdir()
    file = tmp_path / "docs" / "a.md"
    file.write_text("1")
    with watched(tmp_path.resolve(), ["", "docs", "absent"]) as saved:
        beside = tmp_path / "docs" / ".a.md.swp"
        beside.write_text("2")
        file.write_text("2")
        beside.replace(file)
        assert saved.wait(LONG) == {"docs/a.md", "docs/.a.md.swp"}
        assert saved.wait(0.5) == frozenset()
        (tmp_path / "mkdocs.yml").write_text("")
        assert saved.wait(LONG) == {"mkdocs.yml"}

"""What a page that means ill finds of the machine it runs on: its own folder, programs, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.model import Environment, Step, StepKind, Tutorial
from docs_test.outcomes import Outcome
from docs_test.running import killed_runs
from docs_test.running.page_run import run_page
from docs_test.shell import sandbox
from docs_test.shell.sandbox import require_sandbox
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import root
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docs_test.page_results import PageResult

FAKES = Path(__file__).with_name("fakes")
NEEDED = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="there is no bubblewrap; --provision installs it"
)
PAGE_KUBECONFIG = '{"kind": "Config", "users": [{"name": "docs-test", "user": {"token": "of-the-page"}}]}'


class Quiet:
    """A reporter that hears nothing."""

    def step_started(self, *_: object) -> None: ...

    def step_ended(self, *_: object) -> None: ...

    def said(self, _: str) -> None: ...


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PageResult]:
    """Runs code as a page whose runner has secrets in its home."""
    monkeypatch.setattr(killed_runs, "SETTLE_SECONDS", 0.0)
    admin = tmp_path / "home" / "kubeconfig"
    admin.parent.mkdir()
    admin.write_text("v1 Pod demo of-the-runner\n")  # Of the fake cluster, too.

    def run(*parts: str | Step, sandboxed: bool = True) -> PageResult:
        environment = Environment(
            str(admin), path_prefix=(str(FAKES),), page_kubeconfig=PAGE_KUBECONFIG, sandboxed=sandboxed
        )
        steps = [
            part if isinstance(part, Step) else Step(StepKind.RUN, Position("docs/x.md", 3 * number), part)
            for number, part in enumerate(parts, 1)
        ]
        return run_page(Tutorial("docs/x.md", "X", tuple(steps)), environment, Quiet())

    return run


@pytest.fixture
def said(page: Callable[..., PageResult]) -> Callable[..., list[str]]:
    """Runs code as such a page, which passes; returns what it printed."""

    def run(*codes: str, sandboxed: bool = True) -> list[str]:
        result = page(*codes, sandboxed=sandboxed)
        assert result.outcome is Outcome.PASSED, [step.failure for step in result.steps]
        return [step.output.text for step in result.steps]

    return run


def python_in_home() -> str:
    """The names in the home below which Python itself lies, perhaps, as a pattern."""
    home = Path.home()
    places = [Path(place) for place in (sys.prefix, sys.base_prefix, root())]
    names = [place.relative_to(home).parts[0] for place in places if place.is_relative_to(home)]
    return "|".join(["^$", *map(re.escape, names)])


@pytest.fixture
def process() -> Iterator[int]:
    """A process like the runner's, with a secret in its environment; its number.

    Not the runner's own: what /proc shows of that is what its parent gave it, whoever that is.
    """
    env = {**os.environ, "AWS_SECRET_ACCESS_KEY": "in-the-environment"}
    command = [sys.executable, "-c", "print(flush=True); input()", "as-the-runner"]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdout
        started.stdout.readline()  # Until then it is this process, copied.
        yield started.pid
        started.kill()


def attacks(tmp_path: Path, process: int) -> dict[str, str]:
    """Each prints something only if it gets somewhere."""
    return {
        "environment of the runner": "cat /proc/[0-9]*/environ 2>/dev/null | grep -ao in-the-env || true",
        "its process": f"grep -ao as-the-runner /proc/{process}/cmdline 2>/dev/null || true",
        "its kubeconfig": f"cat {tmp_path}/home/kubeconfig 2>/dev/null || true",
        "its home": f"ls -A {Path.home()} 2>/dev/null | grep -vxE '{python_in_home()}' || true",
        "Docker": "ls /var/run/docker.sock /run/docker.sock 2>/dev/null || true",
        "what Docker's containers have": "ls /var/lib/docker 2>/dev/null || true",
        "the checkout's credentials": f"ls -d {root()}/.git 2>/dev/null || true",
        "keys and passwords": "ls /etc/shadow /etc/ssh /etc/ssl/private 2>/dev/null || true",
        "mounting": "mount -t tmpfs none /mnt 2>/dev/null && echo mounted || true",
        "writing outside its folder": "for f in /usr/x /etc/x /x; do touch $f 2>/dev/null && ls $f; done; true",
    }


@NEEDED
def test_a_page_gets_nothing_of_its_runner(tmp_path: Path, process: int, said: Callable[..., list[str]]) -> None:
    tried = attacks(tmp_path, process)
    found = dict(zip(tried, said(*tried.values()), strict=True))
    assert {name: text for name, text in found.items() if text.strip()} == {}


def test_the_attacks_would_succeed_without_it(
    tmp_path: Path, process: int, said: Callable[..., list[str]]
) -> None:
    """Those that succeed on any machine: not each has Docker, or something in the home."""
    tried = attacks(tmp_path, process)
    names = ("environment of the runner", "its process", "its kubeconfig")
    found = dict(zip(names, said(*(tried[name] for name in names), sandboxed=False), strict=True))
    assert all(text.strip() for text in found.values()), found


@NEEDED
def test_what_pages_need_is_there(said: Callable[..., list[str]]) -> None:
    code = (
        'pwd >here; [ "$PWD" = "$(cat here)" ]; grep -c of-the-page "$KUBECONFIG"; kubectl create token x; id -u'
    )
    (output,) = said(code)
    assert output.split()[:2] == ["1", "token"]
    python = (
        f"{sys.executable} -c 'import docs_test.model, yaml; print(1)'; curl --version | head -c 4; bash -c true"
    )
    assert said(python) == ["1\ncurl"]


@NEEDED
def test_what_docs_test_opens_for_a_page_is_never_a_link_of_its_own(
    tmp_path: Path, page: Callable[..., PageResult]
) -> None:
    """Outside the sandbox, a link leads to the runner's files: `.file` would write them, a report show them."""
    theirs = tmp_path / "theirs"
    theirs.write_text("of the host")
    folder = tmp_path / "folder"
    folder.mkdir()
    for code, name in (
        (f"ln -s {theirs} a.yaml", "a.yaml"),
        (f"ln -s {folder} sub", "sub/a.yaml"),
        ("mkfifo a.yaml", "a.yaml"),
        ("mkdir a.yaml", "a.yaml"),
        ("touch sub", "sub/a.yaml"),
        ("true", "n" * 300),
    ):
        saved = Step(StepKind.FILE, Position("docs/x.md", 9), "pwned: true\n", file_name=name)
        steps = page(code, saved).steps
        assert [result.outcome for result in steps] == [Outcome.PASSED, Outcome.FAILED], code
        assert steps[1].failure is not None
        assert steps[1].failure.headline.startswith(f"docs/x.md:9: {name!r} cannot be saved: ")
    assert theirs.read_text() == "of the host"
    assert list(folder.iterdir()) == []
    peek = f'for f in "$HOME"/../outputs/*; do ln -sf {theirs} "$f"; done; false'
    assert "of the host" not in page(peek).steps[0].output.text


@NEEDED
def test_a_page_cannot_say_what_the_next_run_does_after_it_was_killed(page: Callable[..., PageResult]) -> None:
    """Its plan of clean-up is run by docs-test, in a sandbox that docs-test chooses."""
    tried = ("cd $HOME/..", "ls", "cat clean-up.json", "echo {} >clean-up.json", "mv work gone", "touch scripts/x")
    (result,) = page("; ".join(f"{words} || true" for words in tried)).steps
    listed = result.output.text.splitlines()
    assert "clean-up.json" not in listed
    assert {"home", "outputs", "scripts", "state", "tmp", "work"} <= set(listed)
    assert [line for line in listed if "work" in line and "busy" in line.lower()]
    assert [line for line in listed if "scripts/x" in line and "Read-only" in line]


@NEEDED
def test_variables_carry_over_and_the_background_ends(said: Callable[..., list[str]]) -> None:
    mark = f"{1e6 + os.getpid():.0f}"
    assert said(f"NAME=x; sleep {mark} & true", 'echo "$NAME"') == ["", "x\n"]
    assert subprocess.run(["pgrep", "-f", f"sleep {mark}"], capture_output=True, check=False).returncode == 1


def test_a_machine_that_cannot_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PROGRAM", "/nonexistent/bwrap")
    with pytest.raises(EnvironmentFault, match=r"which pages are run in: .*No such file") as caught:
        require_sandbox()
    assert caught.value.hint.startswith("add --provision")
    monkeypatch.setattr(sandbox, "PROGRAM", "false")
    with pytest.raises(EnvironmentFault, match="false, which pages are run in: status 1"):
        require_sandbox()

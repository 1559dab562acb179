"""`docs-test cluster`: a cluster for a person's own commands, and the lines by which a shell reaches it."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.commands import cluster as command
from docs_test.ports.platform import OpenCluster, Platform
from groundwork.base.errors import EnvironmentFault, ExitStatus
from groundwork.base.paths import root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docs_test.ports.platform import Wanted
    from groundwork.system.progress import Progress

WORDS = ["cluster", "try", "--root", str(root())]


class Made(Platform):
    """A platform that only writes down what it is asked for."""

    name = "made"

    def __init__(self, folder: Path) -> None:
        self.done: list[str] = []
        self.kubectl = folder / "it's here" / "kubectl"

    def provision(self, progress: Progress, *, assume_yes: bool) -> None:
        del progress
        self.done.append(f"provision {assume_yes}")

    def require(self) -> None:
        self.done.append("require")

    @contextmanager
    def open(self, wanted: Wanted, progress: Progress) -> Iterator[OpenCluster]:
        del progress
        self.done.append(f"open {wanted.name} keep={wanted.keep} prepared={sorted(wanted.prepared)}")
        yield OpenCluster(self.kubectl.parent.parent / "a kubeconfig", self.kubectl, "1.35.4")
        self.done.append("closed")

    def remove(self, name: str, progress: Progress) -> None:
        del progress
        self.done.append(f"remove {name}")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    platform = Made(tmp_path)
    monkeypatch.setattr(command, "chosen_platform", lambda *_: platform)
    monkeypatch.setattr(command, "handle_signals", lambda: None)
    return platform


@pytest.mark.parametrize(
    ("session", "program"), [("", "docs-test"), ("docs-test", "./nox -s docs-test --")], ids=["alone", "under nox"]
)
def test_what_it_prints_is_what_a_shell_needs(
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    session: str,
    program: str,
) -> None:
    monkeypatch.setenv("NOX_CURRENT_SESSION", session)
    assert main([*WORDS, "--provision", "--yes"]) == ExitStatus.OK
    assert made.done == ["provision True", "require", "open try keep=True prepared=[]", "closed"]
    printed = capfd.readouterr().out
    assert printed.endswith(f"\n# to remove it: {program} cluster try --remove\n")
    asked = f'{printed}printf "%s\\n" "$KUBECONFIG" "${{PATH%%:*}}"'
    done = subprocess.run(["bash", "-eu", "-c", asked], capture_output=True, text=True, check=True)
    folder = made.kubectl.parent
    assert done.stdout.splitlines() == [str(folder.parent / "a kubeconfig"), str(folder)]
    monkeypatch.setenv("PATH", f"/usr/bin:{folder}")
    assert main(WORDS) == ExitStatus.OK
    assert "PATH" not in capfd.readouterr().out, "it is there"


def test_it_is_removed_by_its_name(made: Made, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--remove"]) == ExitStatus.OK
    assert made.done == ["require", "remove try"]
    assert capfd.readouterr().out == ""


def test_where_it_cannot_be_had_nothing_is_printed_for_a_shell(
    made: Made, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def lacking() -> None:
        raise EnvironmentFault("docker: not found on PATH", hint="add --provision")

    monkeypatch.setattr(made, "require", lacking)
    assert main(WORDS) == ExitStatus.ENVIRONMENT
    printed = capfd.readouterr()
    assert (printed.out, "hint: add --provision" in printed.err) == ("", True)
    monkeypatch.setattr(command, "chosen_platform", lambda *_: None)
    assert main(WORDS) == ExitStatus.USAGE
    assert "this site has no platform, which makes clusters" in capfd.readouterr().err


def test_a_platform_that_keeps_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plain = Platform()
    plain.name = "plain"
    monkeypatch.setattr(command, "chosen_platform", lambda *_: plain)
    monkeypatch.setattr(command, "handle_signals", lambda: None)
    assert main([*WORDS, "--remove"]) == ExitStatus.USAGE
    assert "platform plain: it keeps no clusters that could be removed by name" in capfd.readouterr().err


def test_another_runtime_takes_no_cluster_that_stays(capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--dynamo", "1.6.1"]) == ExitStatus.USAGE
    assert "nodes keep images by their tags" in capfd.readouterr().err

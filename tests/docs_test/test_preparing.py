"""What a platform installs only if a page asks: said before a run, passed to the platform, never done unasked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from dynamo_docs.platforms.mock import MockPlatform
from groundwork.base.errors import EnvironmentFault, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.ports.platform import Wanted

FAKES = Path(__file__).with_name("fakes")
PAGE = """\
---
tutorial:
  needs: {needs}
---
# Page

```bash {{ .run }}
true
```

```bash {{ .run data-needs="prometheus" }}
echo asked
```
"""
ASKS, DOES_NOT = PAGE.format(needs="{gpu: 1, monitoring: prometheus}"), PAGE.format(needs="{gpu: 1}")
PREPARED = MockPlatform.prepares["prometheus"]


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    return site_with({"asks.md": ASKS, "plain.md": DOES_NOT})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """What the platform was asked to prepare, each time that a run opened it; it opens nothing."""
    found: list[frozenset[str]] = []

    def open_nothing(_: MockPlatform, wanted: Wanted, __: object) -> None:
        found.append(wanted.prepared)
        raise EnvironmentFault("enough")

    monkeypatch.setattr(MockPlatform, "open", open_nothing)
    monkeypatch.setattr(MockPlatform, "require", lambda _: None)
    return found


def out_of(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> str:
    command, *rest = words
    assert main([command, "--root", str(root), *rest]) == 0
    return capsys.readouterr().out


def test_show_says_what_a_run_prepares(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = out_of(capsys, root, "show", "docs/asks.md")
    assert "  needs      1 x GPU, monitoring prometheus\n" in said
    assert f"  prepared   {PREPARED}\n" in said
    assert "$ echo asked" in said
    assert "it is not run" not in said
    assert "prepared" not in out_of(capsys, root, "show", "docs/plain.md")


def test_a_fence_alone_asks_for_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = out_of(capsys, root, "show", "docs/plain.md")
    assert "$ echo asked" not in said
    assert "the environment has no prometheus" in said


def test_in_a_given_cluster_nothing_is_prepared(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = out_of(capsys, root, "show", "docs/asks.md", "--kubeconfig", "any")
    assert "prepared" not in said
    assert "it is not run: the environment has no prometheus" in said


def test_list_says_it_of_each_page(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = out_of(capsys, root, "list")
    assert said.count("prepared by a run") == 1
    first, _, second = said.partition("docs/plain.md: ")
    assert first.startswith("docs/asks.md: 2 steps")
    assert f"  prepared by a run: {PREPARED}\n" in first
    assert second
    given = out_of(capsys, root, "list", "--kubeconfig", "any")
    assert "prepared by" not in given


def test_a_script_names_it_in_its_head(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\n# Needs: 1 x GPU, monitoring prometheus\n" in out_of(capsys, root, "script", "docs/asks.md")


@pytest.mark.parametrize(
    ("pages", "prepared"),
    [
        (["docs/asks.md"], {"prometheus"}),
        (["docs/plain.md"], set()),
        (["docs/plain.md", "docs/asks.md"], {"prometheus"}),
    ],
)
def test_a_run_asks_its_platform_for_what_its_pages_need(
    root: Path, opened: list[frozenset[str]], tmp_path: Path, pages: list[str], prepared: set[str]
) -> None:
    words = ["run", "--root", str(root), "--no-sandbox", "--results", str(tmp_path / "r.json"), *pages]
    assert main(words) == ExitStatus.ENVIRONMENT
    assert opened == [prepared]


def test_a_given_cluster_gets_nothing_and_the_page_is_skipped(
    root: Path,
    opened: list[frozenset[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", f"{FAKES}:{os.environ['PATH']}")
    given = tmp_path / "kubeconfig"
    given.write_text("")
    results = str(tmp_path / "r.json")
    words = ["--kubeconfig", str(given), "--no-sandbox", "--results", results, "docs/asks.md"]
    assert main(["run", "--root", str(root), *words]) == ExitStatus.ENVIRONMENT
    assert opened == []
    said = capsys.readouterr()
    assert "the environment has no gpu or prometheus" in said.out + said.err


@pytest.mark.parametrize(
    ("needs", "fact", "hint"),
    [
        ("[gpu, prometheus]", "'needs' names the unknown 'prometheus'", "write monitoring: prometheus"),
        ("{grafana: true}", "'needs' names the unknown 'grafana'", "write monitoring: grafana"),
        ("[monitorin]", "'needs' names the unknown 'monitorin'", "did you mean 'monitoring'?"),
        ("{monitoring: prometeus}", "monitoring: 'prometeus' is not", "write monitoring: prometheus"),
    ],
)
def test_an_unknown_word_is_said_with_its_place(
    site_with: Callable[..., Path], capsys: pytest.CaptureFixture[str], needs: str, fact: str, hint: str
) -> None:
    root = site_with({"asks.md": PAGE.format(needs=needs)})
    assert main(["list", "--root", str(root)]) == ExitStatus.USAGE
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first.startswith(f"docs/asks.md:3:3: {fact}")
    assert second == f"hint: {hint}"

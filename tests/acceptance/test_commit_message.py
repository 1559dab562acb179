"""The hook that reads a commit's message (.ci/commit-message)."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from support.rooms import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOOK = ROOT / ".ci" / "commit-message"
SUBJECT = "docs-test: a page is rendered once"


def checked(tmp_path: Path, message: str) -> tuple[int, str]:
    """Exit status and errors of the hook, without the folder of the message."""
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text(message, encoding="utf-8")
    ended = subprocess.run([HOOK, file], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr.replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    "message",
    [
        f"{SUBJECT}\n",
        f"{SUBJECT}\n\nIt was rendered twice.\n",
        f"# Please enter a message.\n\n{SUBJECT}\n# On branch main\n",
        "kubectl-dynamo, conversion: ignore NaN\n",
        f"tests: {'x' * 65}\n",
        f"Merge branch {'x' * 80}\n",
        f'Revert "{SUBJECT} {"x" * 60}"\n',
        f"fixup! {SUBJECT}\n",
    ],
)
def test_a_subject_with_a_scope_is_accepted(tmp_path: Path, message: str) -> None:
    assert checked(tmp_path, message) == (0, "")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (f"tests: {'x' * 66}\n", "COMMIT_EDITMSG:1: the subject has 73 characters, at most 72 are allowed\n"),
        (
            "Shorter\n",
            "COMMIT_EDITMSG:1: the subject 'Shorter' has no scope, such as `docs-test: ` or `tests: `\n",
        ),
        ("# A comment.\nShorter: \n", "COMMIT_EDITMSG:2: the subject 'Shorter:' has no scope"),
        (f"{SUBJECT}\nIt was rendered twice.\n", "COMMIT_EDITMSG:2: the line after the subject must be blank\n"),
    ],
)
def test_any_other_message_is_refused_with_its_line(tmp_path: Path, message: str, said: str) -> None:
    status, errors = checked(tmp_path, message)
    assert status == 1
    assert errors.startswith(said)
    assert errors.splitlines()[1].startswith("  hint: ")


def test_pre_commit_installs_the_hook() -> None:
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (hook,) = [hook for repo in settings["repos"] for hook in repo["hooks"] if hook["id"] == "commit-message"]
    assert "commit-msg" in settings["default_install_hook_types"]
    assert hook["stages"] == ["commit-msg"]
    assert (ROOT / hook["entry"]) == HOOK

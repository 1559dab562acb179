"""A step that fails although a reader would not expect it is explained: what bash counts as a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.page_runs import fake_cluster, run, step

if TYPE_CHECKING:
    from pathlib import Path

EXPLAINED = {
    "a pipe that is read in part": ("true\nseq 1 200000 | head -1", 141, 7, "141 is SIGPIPE"),
    "in a substitution": ("X=$(seq 1 200000 | head -1)", 141, 6, "141 is SIGPIPE"),
    "a timeout": ("timeout 0.1 sleep 60", 124, 6, "`timeout` ended it"),
    "killed": ("bash -c 'kill -9 $$'", 137, 6, "it was killed (SIGKILL)"),
    "arithmetic": ("I=0\n((I++))\necho end", 1, 7, "arithmetic whose value is 0 has status 1"),
    "let": ("let I=0", 1, 6, "arithmetic whose value is 0"),
    "a list at the end": ('true\n[[ -n "" ]] && echo set\n', 1, 7, "a line `A && B` has A's status"),
    "nobody types": ("read -r NAME\necho hello", 1, 6, "standard input is empty"),
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_it_is_explained_at_its_line(name: str, tmp_path: Path) -> None:
    code, status, line, hint = EXPLAINED[name]
    (result,) = run(fake_cluster(tmp_path), step(5, code)).steps
    assert result.failure
    assert result.failure.fact == f"the command ended with status {status}"
    assert result.failure.position.line == line
    assert result.failure.hint.startswith(hint)


@pytest.mark.parametrize("code", ["[[ -n x ]] && false || (exit 1)", "false", "(exit 2)\n((0))"])
def test_another_failure_is_not(code: str, tmp_path: Path) -> None:
    (result,) = run(fake_cluster(tmp_path), step(5, code)).steps
    assert result.failure
    assert result.failure.hint == "if it is to fail, say so with `data-exit`"

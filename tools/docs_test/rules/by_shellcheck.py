"""`shellcheck`: the steps of each page as one script, and each script that it saves, through shellcheck."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.known.finding import Finding
from docs_test.model import Role
from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docs_test.known.page_code import Block, PageCode

PROGRAM = "shellcheck"
HEAD = ("#!/bin/bash", "set -euo pipefail")
"""Lines before the first step: how steps run."""
EXCLUDED = {
    "SC1090": "a file that a page sources is there only when the page runs",
    "SC1091": "the same, of a name that is known",
    "SC2034": "a variable may be for the reader, or for a program that a step starts",
    "SC2153": "this project's own check, undefined-variable, has such hints, too",
    "SC2154": "this project's own check, undefined-variable, knows the front matter",
    "SC2164": "a step ends at the first command that fails",
    "SC2317": "a page continues after a step that must fail",
}
"""Codes that make no sense across the blocks of a page, and why."""
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Joined:
    """Blocks as one script."""

    text: str
    starts: tuple[tuple[int, Block], ...]
    """Line, from 1, at which each block begins."""

    def place(self, line: int, column: int) -> tuple[Block, int] | None:
        """The block of a line and column, both from 1, and the offset in its code; None for a line of no block."""
        found = [(start, block) for start, block in self.starts if start <= line]
        if not found:
            return None
        start, block = found[-1]
        lines = block.code.split("\n")
        number = min(line - start, len(lines) - 1)
        return block, sum(len(one) + 1 for one in lines[:number]) + min(column - 1, len(lines[number]))


def program() -> str:
    """The program, beside this Python or on PATH; "": it is not installed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return shutil.which(PROGRAM, path=path) or ""


def scripts(page: PageCode) -> Iterator[Joined]:
    """What shellcheck gets of a page."""
    if page.steps:
        exports = (f"export {name}={shlex.quote(value)}" for name, value in page.front.variables.items())
        lines = [*HEAD, *"\n".join(exports).split("\n")] if page.front.variables else [*HEAD]
        starts: list[tuple[int, Block]] = []
        for step in page.steps:
            starts.append((len(lines) + 1, step))
            lines += step.code.split("\n")
        yield Joined("\n".join(lines) + "\n", tuple(starts))
    for block in page.blocks:
        if block.role is Role.FILE and block.is_shell:
            head = [] if block.code.startswith("#!") else [HEAD[0]]
            yield Joined("\n".join([*head, block.code]) + "\n", ((len(head) + 1, block),))


def check(found: Sequence[Joined], shellcheck: str) -> list[list[Finding]]:
    """What shellcheck finds in each script; one process looks at all of them.

    Raises:
        EnvironmentFault: it cannot be run.
    """
    if not found:
        return []
    findings: list[list[Finding]] = [[] for _ in found]
    with tempfile.TemporaryDirectory(prefix="docs-test-shellcheck-") as folder:
        names = [f"{number}.sh" for number in range(len(found))]
        for name, one in zip(names, found, strict=True):
            Path(folder, name).write_text(one.text, encoding="utf-8", errors="replace")
        for comment in _comments(shellcheck, folder, names):
            number = int(Path(comment["file"]).stem)
            place = found[number].place(comment["line"], comment["column"])
            if place is not None:
                findings[number].append(_finding(*place, comment))
    return findings


def _comments(shellcheck: str, folder: str, names: Iterable[str]) -> list[dict[str, Any]]:
    options = ("--format=json1", "--norc", "--shell=bash", f"--exclude={','.join(EXCLUDED)}")
    try:
        done = subprocess.run(
            [shellcheck, *options, *names],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        comments: list[dict[str, Any]] = json.loads(done.stdout)["comments"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        raise EnvironmentFault(f"{PROGRAM}, {shellcheck}: {error}", hint="is it whole?") from error
    return comments


def _finding(block: Block, offset: int, comment: dict[str, Any]) -> Finding:
    code = f"SC{comment['code']}"
    hint = f"https://www.shellcheck.net/wiki/{code}"
    return Finding(block, offset, f"{PROGRAM}/{code}", f"{comment['message']} [{code}]", hint)

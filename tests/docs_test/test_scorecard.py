"""What is said of each way in which a page can be broken: a scorecard of the messages.

A case is a page of tests/cases/scorecard and a file that names, for each column, what the message must have, or
why the column is not applicable; then the message has nothing of the kind. `-s` prints the card.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groundwork.base.errors import ExitStatus
from support.ports import own_port
from support.waiting import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parents[1] / "cases"
FAKES = Path(__file__).with_name("fakes")
PROGRAM = Path(__file__).with_name("scorecard.py")
NAMES = sorted(file.stem for file in (CASES / "scorecard").glob("*.toml"))
COLUMNS = ("file", "line", "column", "command", "diff", "logs", "cause", "again")
PARTS = {
    "command:": "command",
    "expected (-) and came (+):": "diff",
    "output": "logs",
    "Pod ": "logs",
    "run it again: ": "again",
    "edit the page and continue": "again",
}
"""The first words of a part of a message; what stands below is indented."""
LOGGED = "  | "


@dataclass(frozen=True)
class Message:
    """What docs-test said of a page, part by part; "" where it said nothing of the kind."""

    status: int
    file: str
    line: str
    column: str
    command: str
    diff: str
    logs: str
    cause: str
    again: str

    @classmethod
    def read(cls, status: int, said: str) -> Message:
        """Read it from all that a run printed."""
        head = next(re.finditer(r"^(\S+?\.md):(\d+)(?::(\d+))?: (.*)$", said, re.MULTILINE))
        lines = said[head.start() :].partition("\n\n")[0].splitlines()[1:]
        parts: dict[str, list[str]] = {"command": [], "diff": [], "logs": [], "cause": [head[4]], "again": []}
        part = "cause"
        for line in lines:
            if line.startswith("  "):
                # Between a Pod's name and its log stands what keeps it from running.
                parts[part if part != "logs" or line.startswith(LOGGED) else "cause"].append(line)
            else:
                part = next((name for start, name in PARTS.items() if line.startswith(start)), "cause")
                parts[part].append("" if line.endswith(":") else line)
        text = {name: "\n".join(found) for name, found in parts.items()}
        return cls(status, head[1], head[2], head[3] or "", **text)


def wanted(name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a case's message must have, and why it has nothing else."""
    data = tomllib.loads((CASES / "scorecard" / f"{name}.toml").read_text(encoding="utf-8"))
    return data["has"], data.get("not_applicable", {})


def wrong(name: str, message: Message) -> dict[str, str]:
    """The columns that are not as the case says, and what is there instead."""
    has, absent = wanted(name)
    found = {column: getattr(message, column) for column in COLUMNS}
    found["logs"] = found["logs"].replace("  | (nothing)", "")
    exact = ("file", "line", "column")
    bad = {
        column: found[column]
        for column, text in has.items()
        if (str(text) != found[column] if column in exact else str(text) not in found[column])
    }
    said = {column: found[column] for column in absent}
    return bad | {column: text for column, text in said.items() if text.strip()}


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Message]:
    """What is said of each page; all pages stand in one site."""
    folder = tmp_path_factory.mktemp("scorecard")
    root = folder / "site"
    shutil.copytree(CASES / "site", root)
    shutil.copy(CASES / "scorecard" / "snippet.md", root / "snippets" / "scorecard.md")
    (root / "docs").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken, free = str(server.getsockname()[1]), str(own_port())
        for name in NAMES:
            text = (CASES / "scorecard" / f"{name}.md").read_text(encoding="utf-8")
            (root / "docs" / f"{name}.md").write_text(text.replace("TAKEN", taken).replace("FREE", free))
        asked = {"root": str(root), "runs": [run_of(name, folder / name) for name in NAMES]}
        done = subprocess.run(
            [sys.executable, PROGRAM],
            input=json.dumps(asked),
            env={**os.environ, "PATH": f"{FAKES}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=4 * LONG,
        )
    assert done.returncode == 0, done.stderr
    return {name: Message.read(*said) for name, said in zip(NAMES, json.loads(done.stdout), strict=True)}


def run_of(name: str, folder: Path) -> dict[str, Any]:
    """A run of a page: in the fake cluster, if it needs one."""
    shutil.copytree(CASES / "scorecard" / "bin", folder / "bin")
    objects = folder / "bin" / "objects"
    objects.touch()
    text = (CASES / "scorecard" / f"{name}.md").read_text(encoding="utf-8")
    where = [] if "platform: none" in text else ["--kubeconfig", str(objects)]
    # What stands in for programs lies in the caller's folders.
    words = ["run", f"docs/{name}.md", "--no-sandbox", "--results", str(folder / "results.json"), *where]
    return {"folder": str(folder), "words": words}


@pytest.mark.parametrize("name", NAMES)
def test_a_message_has_all_that_helps(messages: dict[str, Message], name: str) -> None:
    has, absent = wanted(name)
    assert sorted([*has, *absent]) == sorted(COLUMNS), "each column is expected, or says why it is not"
    assert all(len(reason) > 10 for reason in absent.values())
    message = messages[name]
    assert message.status in {ExitStatus.FAILED, ExitStatus.USAGE, ExitStatus.ENVIRONMENT}
    assert wrong(name, message) == {}


def test_the_card(messages: dict[str, Message]) -> None:
    assert len(NAMES) >= 30
    card = list(lines_of(messages))
    print("\n" + "\n".join(card))
    assert not [line for line in card if "NO" in line.split()]


def lines_of(messages: dict[str, Message]) -> Iterator[str]:
    """A line a case: whether each column is as it should be, `-` where it is not applicable."""
    width = max(map(len, NAMES))
    yield f"{'':{width}}  {'  '.join(COLUMNS)}"
    for name, message in messages.items():
        bad, (_, absent) = wrong(name, message), wanted(name)
        marks = ("NO" if column in bad else "-" if column in absent else "ok" for column in COLUMNS)
        cells = (f"{mark:{len(column)}}" for mark, column in zip(marks, COLUMNS, strict=True))
        yield f"{name:{width}}  {'  '.join(cells)}".rstrip()


def test_a_message_that_lacks_something_is_found() -> None:
    lacking = Message(1, "docs/wait.md", "7", "", "", "- a", "", "", "")
    assert set(wrong("wait", lacking)) == {"column", "command", "diff", "logs", "cause", "again"}

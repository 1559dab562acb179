"""Each rule of the style guide finds what it is for, and leaves what is right."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundwork.base.paths import root
from groundwork.base.versions import version
from groundwork.system.progress import Progress
from kind_cluster.tools import ensure_vale
from plain_english.vale import Finding, find

RULES = sorted(file.stem for file in (root() / ".vale/Plain").glob("*.yml"))
CASES: dict[str, dict[str, list[str]]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text())
SENTENCES = {
    f"{rule}/{kind}/{number}": sentence
    for rule, kinds in CASES.items()
    for kind, sentences in kinds.items()
    for number, sentence in enumerate(sentences)
}


@pytest.fixture(scope="module")
def program() -> Path:
    return ensure_vale(Progress())


@pytest.fixture(scope="module")
def found(program: Path) -> list[Finding]:
    return find(program, {path: f"{sentence}\n" for path, sentence in SENTENCES.items()})


def test_every_rule_has_sentences_of_both_kinds() -> None:
    assert sorted(CASES) == RULES
    assert all(kinds.keys() == {"finds", "leaves"} and all(kinds.values()) for kinds in CASES.values())


@pytest.mark.parametrize("path", SENTENCES)
def test_a_rule_finds_its_sentences_and_no_others(path: str, found: list[Finding]) -> None:
    rule, kind, _ = path.split("/")
    rules = {one.rule for one in found if one.path == path}
    assert (f"Plain.{rule}" in rules) is (kind == "finds"), SENTENCES[path]


def test_every_message_says_what_to_write() -> None:
    for rule in RULES:
        text = (root() / ".vale/Plain" / f"{rule}.yml").read_text()
        message: Any = yaml.safe_load(text)["message"]
        assert len(message) > 20, rule


def test_what_is_found_has_the_line_of_the_page(program: Path) -> None:
    page = "# A title\n\nIt is right.\n\n- One point.\n- Mend it.\n\n| a | b |\n| --- | --- |\n| c | Mend it. |\n"
    lines = [one.line for one in find(program, {"docs/a.md": page}) if one.rule == "Plain.Fix"]
    assert lines == [6, 10]


def test_the_version_is_the_pinned_one(program: Path) -> None:
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stdout
    assert re.search(rf"\b{re.escape(version('tools.vale'))}$", said.strip())

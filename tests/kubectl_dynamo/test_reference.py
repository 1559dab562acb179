"""The page of the command line: what the program, its exit statuses and its schema say."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from docs_reference import kubectl_dynamo_options
from kubectl_dynamo.judging.outcome import EXIT_STATUSES, Outcome

FILE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "kubectl-dynamo.md"


def test_every_option_of_help_is_there(dynamo: Any) -> None:
    for verb in ("status", "explain"):
        _, said, _ = dynamo(verb, "--help")
        options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", said.partition("exit status")[0], re.IGNORECASE))
        section = FILE.read_text(encoding="utf-8").partition(f"## {verb} ")[2].partition("\n## ")[0]
        assert len(options) >= 2
        assert {option for option in options if f"`{option}" not in section} == set()


def test_every_exit_status_is_there(dynamo: Any) -> None:
    page = FILE.read_text(encoding="utf-8")
    _, said, _ = dynamo("status", "--help")
    assert set(Outcome) <= set(EXIT_STATUSES)
    for status, meaning in EXIT_STATUSES.items():
        assert f"| {status} | {meaning} |" in page
        assert f"  {status:<4} {meaning}\n" in said


def test_every_field_of_the_schema_is_there() -> None:
    schema = json.loads(files("kubectl_dynamo.showing").joinpath("status.schema.json").read_text(encoding="utf-8"))
    page = FILE.read_text(encoding="utf-8")

    def names(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(names, node))
        if not isinstance(node, dict):
            return set()
        below = set().union(*map(names, node.values())) if node else set()
        own = node.get("properties")
        return below | (set(own) if isinstance(own, dict) else set())

    found = names(schema)
    assert len(found) > 40
    assert {
        name for name in found if not re.search(rf"^\| `(?:[\w.\[\]]+\.)?{name}` ", page, re.MULTILINE)
    } == set()


def test_a_field_without_a_row_is_found() -> None:
    row = ("`items[].pods[].restarts`", "integer", "")
    schema = {"properties": {"items": {"items": {"properties": {"pods": {"items": {"properties": {"restarts": {
        "type": "integer"}}}}}}}}}  # fmt: skip
    assert row in list(kubectl_dynamo_options._fields(schema, schema, ""))

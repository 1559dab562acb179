"""Fields that pages show and an older release lacks: each block has its mark, `since("NAME")`, right above it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from docs_test.cli.main import main
from dynamo_api.release_table.rows import numbers
from dynamo_api.releases import named, table
from groundwork.base.paths import root
from groundwork.base.positions import Position

MARK = re.compile(r'\{\{ since\("(\w+)"')
UNKNOWN = ("unknown field", "has no field")
NOT_SERVED = "is not served in version"
"""Fact of a whole version that a release lacks: the switch reads it from the block itself."""


def above(lines: list[str], line: int) -> str:
    """The paragraph right above the fence in which a line stands; "" if something else is there."""
    index = line - 1
    while not lines[index].lstrip().startswith("```"):
        index -= 1
    end = index - 1
    while end >= 0 and not lines[end].strip():
        end -= 1
    start = end
    while start > 0 and lines[start - 1].strip():
        start -= 1
    return "\n".join(lines[start : end + 1]) if end >= 0 else ""


def shown_at(finding: dict[str, Any]) -> list[Position]:
    """Where pages show what a finding is about: in themselves, or by including a file."""
    included = [Position.read(text) for text in finding["included_at"]]
    return included or [Position(finding["file"], finding["line"])]


def marked(paragraph: str, release: str) -> bool:
    """Whether a paragraph marks something as newer than a release, or than the one that it is held to."""
    checked = numbers(named(release).source.number)
    return any(numbers(table().since[name]) > checked for name in MARK.findall(paragraph))


@pytest.mark.parametrize("release", ["0.9.1", "1.0.2", "1.1.0", "1.4.2"])
def test_a_field_that_a_release_lacks_is_marked(release: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["validate", "--no-advice", "--dynamo", release, "--format", "json", "docs/kubernetes", "docs/planner"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    lacking = [one for one in findings if any(word in one["fact"] for word in UNKNOWN)]
    wrong = {at for one in lacking for at in shown_at(one)}
    others = [one["fact"] for one in findings if not any(word in one["fact"] for word in (*UNKNOWN, NOT_SERVED))]
    pages = {at.file: (root() / at.file).read_text(encoding="utf-8").splitlines() for at in wrong}
    unmarked = [str(at) for at in sorted(wrong) if not marked(above(pages[at.file], at.line), release)]
    assert wrong
    assert (unmarked, others) == ([], [])


def test_a_block_without_a_mark_is_found() -> None:
    page = [
        'Known {{ since("kv_router") }}.',
        "",
        "```yaml { .fragment }",
        "kvRouter:",
        "```",
        "",
        "```yaml",
        "a: 1",
    ]
    assert marked(above(page, 4), "1.4.2")
    assert not marked(above(page, 4), "1.5.1")
    assert not marked(above(page, 8), "1.4.2")
    assert above(["```yaml", "a: 1"], 2) == ""

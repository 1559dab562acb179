"""Fields that pages show and an older release lacks: each block has its mark, `since("NAME")`, right above it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from docs_site.pages.releases import deprecations
from docs_test.cli.main import main
from dynamo_api.release_table.rows import numbers
from dynamo_api.releases import named, table
from groundwork.base.paths import root
from groundwork.base.positions import Position

MARK = re.compile(r'\{\{ since\("(\w+)"')
UNKNOWN = ("unknown field", "has no field", "is none of")
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


def test_what_a_line_of_releases_deprecates_comes_from_the_table() -> None:
    of_1_5, of_1_6 = deprecations("1.5").splitlines(), deprecations("1.6").splitlines()
    assert "| Gone: the planner's `aic_perf_model` | use `ais_perf_model.roles` |" in of_1_6
    assert any(row.startswith("| Deprecated: `gpuSku: gb200_sxm` | use `gb200` |") for row in of_1_6)
    assert any("`eppConfig`; announced for removal: later | nothing: " in row for row in of_1_5)
    assert not set(of_1_5) & set(of_1_6)
    told = {row.what for row in table().deprecated if (row.gone or row.since).startswith(("1.5.", "1.6."))}
    assert all(any(what in row for row in (*of_1_5, *of_1_6)) for what in told)
    with pytest.raises(KeyError):
        deprecations("0.1")


def test_the_upgrade_page_tells_of_every_line_that_deprecates() -> None:
    page = (root() / "docs/kubernetes/upgrade.md").read_text(encoding="utf-8")
    newest = {".".join((row.gone or row.since).split(".")[:2]) for row in table().deprecated}
    lines = {line for line in newest if numbers(line) > numbers("1.4")}  # It begins with a step from 1.4.
    assert lines == set(re.findall(r'\{\{ deprecated\("([\d.]+)"\) \}\}', page))

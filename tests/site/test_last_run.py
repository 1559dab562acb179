"""An output unfolds to what came in the last run, if the page shows it shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from docs_site.build.last_run import write
from docs_test.model import Match
from docs_test.outcomes import Expected, Output
from groundwork.base.positions import Position
from support.results import failed, page, step

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.outcomes import StepResult

BLOCK = """<div class="language-console output highlight"><pre><span></span><code><span class="go">{}</span>
</code></pre></div>"""


def printed(shown: str, came: str, seconds: float = 0.06) -> StepResult:
    expected = Expected(Position("docs/a.md", 9), 11, Match.LINES, shown)
    return step(expected=expected, output=Output(came, came.count("\n")), seconds=seconds)


def unfolded(folder: Path, *shown: str) -> list[tuple[str, str]]:
    """The output that each folded block follows, and the block's text."""
    soup = BeautifulSoup((folder / "a.html").read_text(encoding="utf-8"), "html.parser")
    assert [block.get_text().strip() for block in soup.select(".output")] == list(shown)
    return [
        (fold.find_previous(class_="output").get_text().strip(), fold.get_text())
        for fold in soup.select("details.last-run")
    ]


def test_output_unfolds_to_what_came(tmp_path: Path) -> None:
    shown = ["v...", "pod &lt;1&gt;", "v...", "gone"]
    (tmp_path / "a.html").write_text("<article>" + "".join(map(BLOCK.format, shown)) + "</article>")
    steps = (
        printed("v...", "v1 <a>\n"),
        printed("pod <1>", "pod <1>\n"),
        printed("v...", "v2\n", seconds=24.41),
    )
    assert write(tmp_path, [page(steps=steps)]) == 2
    when = "What the last run printed: 24 November 2026, after"
    assert unfolded(tmp_path, "v...", "pod <1>", "v...", "gone") == [
        ("v...", f"{when} less than a secondv1 <a>\n"),
        ("v...", f"{when} 24 sv2\n"),
    ]


def test_variant_that_prints_the_same_adds_nothing_and_one_that_does_not_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("".join(map(BLOCK.format, ["v...", "w..."])))
    pages = [
        page(variant={"api": "one"}, steps=(printed("v...", "v1\n"),)),
        page(variant={"api": "two"}, steps=(printed("v...", "v2\n"), printed("w...", "w2\n"))),
    ]
    assert write(tmp_path, pages) == 2
    assert [text.rpartition("a second")[2] for _, text in unfolded(tmp_path, "v...", "w...")] == ["v1\n", "w2\n"]


def test_nothing_is_shown_of_a_failed_step_a_long_output_or_a_page_that_is_gone(tmp_path: Path) -> None:
    html = BLOCK.format("v...")
    (tmp_path / "a.html").write_text(html)
    bad = failed("no", expected=printed("v...", "").expected, output=Output("v1\n", 1))
    assert write(tmp_path, [page(steps=(bad,))]) == 0
    assert write(tmp_path, [page(steps=(printed("v...", "x" * 9000),))]) == 0
    assert write(tmp_path, [page("docs/gone.md", steps=(printed("v...", "v1\n"),))]) == 0
    assert (tmp_path / "a.html").read_text() == html

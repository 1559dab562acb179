"""What the last run printed, behind the outputs of the built pages that show `...` in its place."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from docs_site.pages.navigation import Entry
from docs_test.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult

SHOWN = re.compile(r'<div class="(?=[^"]*\boutput\b)(?=[^"]*\bhighlight\b)[^"]*"[^>]*>.*?</div>', re.DOTALL)
"""An output in a built page. It has no other `div` inside."""
FOLDER = "docs/"
"""Folder of the pages, relative to the project's root."""
LONGEST = 8_000
"""Characters; a longer output, of a log for example, is not repeated in the page."""


def write(site: Path, results: Sequence[PageResult]) -> int:
    """Put what came in the last run behind each output that shows it shortened.

    Args:
        site: the built site.
        results: pages that ran. An output belongs to a step if its text is what the step was to print.

    Returns:
        The number of outputs that can be unfolded now.
    """
    count = 0
    for path in dict.fromkeys(page.path for page in results):
        file = site / Entry((), path.removeprefix(FOLDER)).built
        steps = _steps([page for page in results if page.path == path])
        if not steps or not file.is_file():
            continue
        added = 0

        def unfold(found: re.Match[str], steps: dict[str, Iterator[str]] = steps) -> str:
            nonlocal added
            text = BeautifulSoup(found[0], "html.parser").get_text().strip("\n")
            came = next(steps.get(text, iter(())), "")
            added += bool(came)
            return found[0] + came

        html = SHOWN.sub(unfold, file.read_text(encoding="utf-8"))
        if added:
            file.write_text(html, encoding="utf-8")
            count += added
    return count


def _steps(pages: Sequence[PageResult]) -> dict[str, Iterator[str]]:
    """What the steps of a page printed, as HTML, by what they were to print; in the order of the page.

    Of variants that print the same, the first is shown.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        own: dict[str, list[str]] = defaultdict(list)
        for step in page.steps:
            if step.outcome is Outcome.PASSED and step.expected is not None:
                own[step.expected.text.strip("\n")].append(_unfolded(step, page))
        for text, blocks in own.items():
            found.setdefault(text, blocks)
    return {text: iter(blocks) for text, blocks in found.items()}


def _unfolded(step: StepResult, page: PageResult) -> str:
    """A folded block; "" if the page shows all that came."""
    came = step.output.text.strip("\n")
    if step.expected is None or came == step.expected.text.strip("\n") or not came or len(came) > LONGEST:
        return ""
    at = datetime.fromisoformat(page.started_at)
    seconds = "less than a second" if step.seconds < 1 else f"{step.seconds:.0f} s"
    summary = f"What the last run printed: {at.day} {at:%B %Y}, after {seconds}"
    return (
        f'<details class="last-run"><summary>{summary}</summary>'
        f'<div class="highlight"><pre tabindex="0"><code>{escape(came)}\n</code></pre></div></details>'
    )

"""Text of anybody's as HTML: escaped, and with what a terminal would obey made visible."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from docs_test.outcomes import Outcome
from groundwork.base.printable import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Pattern of characters that no page needs."""
STATES = {
    Outcome.PASSED: "✓ passed",
    Outcome.FAILED: "✗ failed",
    Outcome.NOT_RUN: "○ not run",
    Outcome.SKIPPED: "⊘ skipped",
    Outcome.PARTIAL: "◐ run in part",
}
"""Words for outcomes, each with a sign of its own: not the colour alone tells them apart."""


def safe(text: str) -> str:
    """The text as HTML, for content and for attributes."""
    return escape(visible(text))


def prose(text: str) -> str:
    """A page's own text as HTML, whose spaces and joiners are meant."""
    return escape(CONTROLS.sub(lambda found: visible(found[0]), text))


def block(text: str, label: str, name: str = "") -> str:
    """Preformatted text, which is scrolled where it is too wide: by keyboard too, so it has a label."""
    kind = f' class="{name}"' if name else ""
    return f'<pre{kind} tabindex="0" role="group" aria-label="{safe(label)}">{safe(text)}</pre>'


def diff(rows: Iterable[str]) -> str:
    """The lines of a difference; each keeps its sign."""
    lines = (f"<{tag}>{safe(row)}</{tag}>" for row in rows for tag in [_tag(row)])
    text = "\n".join(lines)
    return f'<pre class="diff" tabindex="0" role="group" aria-label="expected (-) and came (+)">{text}</pre>'


def _tag(row: str) -> str:
    return "del" if row.startswith("- ") else "ins" if row.startswith("+ ") else "span"


def state(outcome: Outcome) -> str:
    """The outcome of a step or page, as a word with a sign."""
    return f'<strong class="state {outcome.value}">{STATES[outcome]}</strong>'


def seconds(spent: float) -> str:
    """`0.3 s`, `75 s`."""
    return f"{spent:.1f} s" if spent < 10 else f"{spent:.0f} s"  # noqa: PLR2004 - two digits are enough

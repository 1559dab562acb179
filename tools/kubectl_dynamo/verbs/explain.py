"""`kubectl dynamo explain`: what a phase, a reason or an event means, and what to do about it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from dynamo_api.words import entries, similar, words
from groundwork.base.errors import ExitStatus, UserError
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.showing.style import Style, columns

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from dynamo_api.words import Word

_WIDTH = 100


def explain(options: argparse.Namespace, stream: TextIO) -> int:
    """Print the entry of a word, or the list of all.

    Raises:
        UserError: there is no such word; its status is that of things not found.
    """
    style = Style.of(stream)
    if not options.word:
        print("\n".join(columns([(word.name, _what(word)) for word in words()])), file=stream)
        return Outcome.DEPLOYED
    asked = " ".join(options.word)
    found = entries(asked)
    if not found:
        near = similar(asked)
        hint = f"did you mean {', '.join(near)}?" if near else "kubectl dynamo explain lists all words"
        raise UserError(f"no phase, reason or event {asked!r} is known", hint=hint, status=ExitStatus.ENVIRONMENT)
    print("\n\n".join("\n".join(entry(word, style)) for word in found), file=stream)
    return Outcome.DEPLOYED


def entry(word: Word, style: Style) -> list[str]:
    """One entry as lines."""
    parts = [("meaning", word.means), ("fix", word.cure or "nothing to do")]
    lines = [f"{style.paint(word.name, 'bold')}: {_what(word)}", ""]
    for label, body in parts:
        lines += textwrap.wrap(
            body,
            _WIDTH,
            initial_indent=f"{label:9}",
            subsequent_indent=" " * 9,
            break_long_words=False,
            break_on_hyphens=False,
        )
    if word.look:
        lines.append(f"{'look':9}{word.look}")
    if word.guide:
        lines.append(f"{'guide':9}{word.guide}")
    return [*lines, f"{'page':9}{word.page}"]


def _what(word: Word) -> str:
    kinds = [
        "Kubernetes' word" if kind == "pod" else "status of this tool" if kind == "status" else kind
        for kind in word.kinds
    ]
    return f"{' and '.join(', '.join(kinds).rsplit(', ', 1))} of a {word.of}"

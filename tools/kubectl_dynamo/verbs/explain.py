"""`kubectl dynamo explain`: what a phase, a reason or an event means, and what to do about it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from dynamo_api.words import find, reasons, similar
from groundwork.base.errors import ExitStatus, UserError
from kubectl_dynamo.judging.outcome import Outcome
from kubectl_dynamo.showing.style import Style, columns

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from dynamo_api.words import Reason

_WIDTH = 100


def explain(options: argparse.Namespace, stream: TextIO) -> int:
    """Print the entry of a word, or the list of all.

    Raises:
        UserError: there is no such word; its status is that of things not found.
    """
    style = Style.of(stream)
    if not options.word:
        print("\n".join(columns([(reason.name, _what(reason)) for reason in reasons()])), file=stream)
        return Outcome.DEPLOYED
    word = " ".join(options.word)
    found = find(word)
    if found is None:
        near = similar(word)
        hint = f"did you mean {', '.join(near)}?" if near else "kubectl dynamo explain lists all words"
        raise UserError(f"no phase, reason or event {word!r} is known", hint=hint, status=ExitStatus.ENVIRONMENT)
    print("\n".join(entry(found, style)), file=stream)
    return Outcome.DEPLOYED


def entry(reason: Reason, style: Style) -> list[str]:
    """One entry as lines."""
    parts = [("meaning", reason.means), ("cure", reason.cure or "nothing to do")]
    lines = [f"{style.paint(reason.name, 'bold')}: {_what(reason)}", ""]
    for label, body in parts:
        lines += textwrap.wrap(
            body,
            _WIDTH,
            initial_indent=f"{label:9}",
            subsequent_indent=" " * 9,
            break_long_words=False,
            break_on_hyphens=False,
        )
    if reason.look:
        lines.append(f"{'look':9}{reason.look}")
    if reason.guide:
        lines.append(f"{'guide':9}{reason.guide}")
    return [*lines, f"{'page':9}{reason.page}"]


def _what(reason: Reason) -> str:
    kinds = [
        "Kubernetes' word" if kind == "pod" else "status of this tool" if kind == "status" else kind
        for kind in reason.kinds
    ]
    return f"{' and '.join(', '.join(kinds).rsplit(', ', 1))} of a {reason.of}"

"""`background`: a step that goes on is used, ready where it says, and the reader learns how to end it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs_test.known.finding import Finding
from docs_test.rules.local_ports import opens, port_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.known.finding import Context
    from docs_test.known.page_code import Block, PageCode

ENDED = re.compile(
    r"\b(?:Ctrl|Control)\s*(?:[-+]\s*)?C\b|\bkill\b|\bends? (?:it|the)\b|\bstops? (?:it|the)\b", re.IGNORECASE
)
"""Pattern of words by which a page says how to end what goes on."""
LOCAL = re.compile(r"//(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)")


def check(page: PageCode, context: Context) -> Iterator[Finding]:
    """Background steps of a page."""
    for index, step in enumerate(page.steps):
        if not step.background:
            continue
        ports = {opened.port for opened in opens(step, context)}
        yield from _ready(step, ports)
        later = page.steps[index + 1 :]
        if ports and not any(_uses(one, ports) for one in later):
            listed = ", ".join(map(str, sorted(ports)))
            hint = "check what it serves in a later step, or take it out"
            yield Finding(
                step, 0, "background", f"no later step uses port {listed}, which keeps running for it", hint
            )
        if not ENDED.search(page.text):
            fact = "the page does not say how to end its background step"
            yield Finding(
                step, 0, "background", fact, "docs-test ends it; write for the reader: stop it with Ctrl-C"
            )


def _ready(step: Block, ports: set[int]) -> Iterator[Finding]:
    address = str(step.values.get("data-ready", ""))
    if address and ports and LOCAL.search(address) and port_of(address) not in ports:
        listed = ", ".join(map(str, sorted(ports)))
        fact = f"ready at port {port_of(address)}, which the command does not open: it opens {listed}"
        hint = "of LOCAL:REMOTE, the local port answers here"
        yield Finding(step, 0, "background", fact, hint, word="data-ready")


def _uses(step: Block, ports: Sequence[int] | set[int]) -> bool:
    return any(re.search(rf"\b{port}\b", step.code) for port in ports)

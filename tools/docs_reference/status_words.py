"""The page of words, docs/reference/status-words.md: what the table of words says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_reference.templates import generated
from dynamo_api.facts import kinds
from dynamo_api.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_api.words import Word

_HEAD = f"""\
---
description: Every phase, condition, reason and event of Dynamo's requests and graphs, and what to do about it.
kind: reference
generated_from: tools/dynamo_api/words.yaml
search: {{boost: 0.4}}
---

{generated("tools/dynamo_api/words.yaml")}
# Phases, reasons and events {{ #status-words }}

What statuses, conditions and events say of requests (DGDR), graphs (DGD), their Pods, scaling adapters (DGDSA) and
models (DM).
`kubectl dynamo explain WORD` ([get it](get-the-tools.md)) shows the same entries.
If something is wrong and you have no such word, begin with [Troubleshooting](../kubernetes/troubleshooting.md).
"""
_TAIL = """\
## What next { #what-next }

- See these words where they come up: [Production Deploy](../kubernetes/production-deploy.md).
- [Check a manifest](../contribute/validating.md) before you apply it, and many of them never come up.
"""
_SECTIONS = (
    ("DGDR", "Requests", "requests", kinds.REQUEST),
    ("DGD", "Graphs", "graphs", kinds.GRAPH),
    ("DGDSA", "Scaling adapters", "scaling-adapters", kinds.ADAPTER),
    ("DM", "Models", "models", kinds.MODEL),
    ("Pod", "Pods and Jobs", "pods", "Kubernetes' own words, where they matter here"),
)
_KINDS = {"pod": "Kubernetes", "status": "`kubectl dynamo` only"}


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *_lines(), _TAIL]).rstrip() + "\n"


def _lines() -> Iterator[str]:
    for of, title, anchor, what in _SECTIONS:
        yield f"## {title} {{ #{anchor} }}\n"
        yield f"{what}.\n"
        for word in words():
            if word.of == of or (of == "Pod" and word.of == "Job"):
                yield from _entry(word)


def _entry(word: Word) -> Iterator[str]:
    yield f"### `{word.name}` {{ #{word.anchor} }}\n"
    yield f"*{', '.join(_KINDS.get(kind, kind) for kind in word.kinds)}*\n"
    yield f"{_sentences(word.means)}\n"
    if word.cure:
        yield f"**What to do:** {_sentences(word.cure)}\n"
    if word.look:
        yield f"Look here: `{word.look}`\n"
    if word.guide:
        yield f"[Step by step](../{word.guide.replace('.html', '.md')})\n"


def _sentences(text: str) -> str:
    """One sentence a line, as everywhere in this site's sources."""
    return text.replace(". ", ".\n")

"""A run as GitHub shows it: annotations at the lines of pages, and a summary in Markdown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from groundwork.base.github import annotation
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHOWN = 4000
"""Characters of a failure in the summary: GitHub refuses summaries beyond a mebibyte."""


def annotation_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """A workflow command for each failed step, at its line, and for each page whose clean-up left something.

    Args:
        data: a results file, as results.schema.json says.
    """
    for page in data["pages"]:
        for step in page["steps"]:
            if step["outcome"] == "failed":
                yield _annotation(step["location"], step["error"])
        for error in page["cleanup_errors"]:
            yield _annotation(f"{page['path']}:1", error)
        if page["leftovers"]:
            yield _annotation(f"{page['path']}:1", f"left in the cluster: {', '.join(page['leftovers'])}")


def markdown(data: Mapping[str, Any]) -> str:
    """A table of the pages, then each failure whole, folded."""
    lines = [
        f"### Tutorials: {_count(data['pages'])}",
        "",
        _where(data["environment"]),
        "",
        "| Page | Outcome | Steps run | Skipped | Seconds |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for page in data["pages"]:
        counts = page["counts"]
        lines.append(
            f"| {_cell(page['path'])}{_cell(_variant(page))} | {page['outcome']} | {counts['run']} "
            f"| {len(counts['skipped'])} | {page['seconds']:.0f} |"
        )
    for page in data["pages"]:
        errors = [step["error"] for step in page["steps"] if step["outcome"] == "failed"]
        for error in [*errors, *page["cleanup_errors"]]:
            lines += ["", *_folded(error)]
    return "\n".join([*lines, "", ""])


def _where(environment: Mapping[str, str]) -> str:
    known = {name: value or "unknown" for name, value in environment.items()}
    proves = environment.get(
        "tier", ""
    )  # A given cluster may hold stand-ins: that must not read like the real thing.
    tier = f", tier {proves}" if proves and proves != environment["platform"] else ""
    return (
        f"Platform {known['platform']}{tier}: Dynamo runtime {known['runtime']}, operator {known['operator']}, "
        f"Kubernetes {known['kubernetes']}, {environment['gpus'] or 'no GPUs'}."
    )


def _count(pages: list[Mapping[str, Any]]) -> str:
    counts = Counter(page["outcome"] for page in pages)
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def _variant(page: Mapping[str, Any]) -> str:
    return "".join(f" ({name} {value})" for name, value in sorted(page["variant"].items()))


def _folded(error: str) -> list[str]:
    head, _, rest = error.partition("\n")
    text = rest if len(rest) <= SHOWN else f"{rest[:SHOWN]}\n[shortened]"
    # Indented, not fenced: whatever a program printed, it cannot end the block.
    body = [f"    {line}" for line in text.splitlines()]
    return ["<details>", f"<summary>{_cell(head)}</summary>", "", *body, "", "</details>"]


def _cell(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;"), ("\n", " ")):
        text = text.replace(character, entity)
    return text


def _annotation(location: str, message: str) -> str:
    where = Position.read(location)
    return annotation("error", message, file=where.file, line=where.line)

"""The page of all kinds: who writes which, in which versions, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_reference import words
from docs_reference.templates import filled, generated
from dynamo_crd.schemas import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_reference.kinds import Kind


def page(kinds: Sequence[Kind]) -> str:
    """The page, in Markdown."""
    return filled(
        "api",
        generated=generated("tools/dynamo_crd/sources"),
        kinds="\n".join(_table(kinds)),
        releases=", ".join(map(words.release, registry.releases())),
    )


def _table(kinds: Sequence[Kind]) -> Iterator[str]:
    yield "| Kind | Short | Versions | First seen in | Who writes it |"
    yield "| --- | --- | --- | --- | --- |"
    for kind in kinds:
        versions = ", ".join(
            f"[{version}]({kind.file(version)}) ({words.release(served[0])})"
            for version, served in kind.served.items()
        )
        name, first = words.breakable(kind.name), words.release(kind.first)
        yield f"| {name} | `{kind.short}` | {versions} | {first} | {kind.writes} |"

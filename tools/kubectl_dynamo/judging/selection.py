"""What is chosen: `NAME`, `dgdr/NAME` or `dgd/NAME`."""

from __future__ import annotations

from dynamo_api.facts import kinds
from groundwork.base.errors import UserError

REQUEST, GRAPH = kinds.KINDS[kinds.REQUEST].short, kinds.KINDS[kinds.GRAPH].short
_KINDS = {
    name: kind.short
    for kind in (kinds.KINDS[kinds.REQUEST], kinds.KINDS[kinds.GRAPH])
    for name in (kind.short, kind.singular)
}


def kind_of(word: str) -> str:
    """The short name of a kind, by any that kubectl takes for it; "" for another word."""
    return _KINDS.get(word.partition(".")[0].lower().removesuffix("s"), "")


def parsed(selection: str) -> tuple[str, str]:
    """Kind and name; "" for what is not said.

    Raises:
        UserError: it is none.
    """
    kind, slash, name = selection.partition("/")
    if not slash:
        return "", selection
    known = kind_of(kind)
    if not known or not name:
        raise UserError(f"{selection!r} is not a request or a graph", hint="NAME, dgdr/NAME or dgd/NAME is meant")
    return known, name


def apart(words: list[str]) -> UserError | None:
    """The mistake of who writes a kind and a name as two words, as kubectl takes them; None if it is another."""
    if len(words) < 2 or not kind_of(words[0]) or any(word.startswith("-") for word in words):  # noqa: PLR2004
        return None
    kind, *names = words
    if len(names) == 1:
        return UserError(
            f"{kind} {names[0]}: write a slash between kind and name here",
            hint=f"kubectl dynamo status {kind}/{names[0]}",
        )
    hint = f"kubectl dynamo status {kind}/{names[0]}, one at a time; without a name all are listed"
    return UserError(f"{' '.join(words)}: one request or graph is shown, or all of them", hint=hint)

"""The page of errors: what refuses an object, which conditions and events there are, and what to do."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from docs_reference import fields, words
from docs_reference.refusals import Refusal, refusals
from docs_reference.templates import filled, generated
from dynamo_api.words import ERRORS, PAGE, conditions
from dynamo_api.words import words as all_words
from dynamo_crd.admission.rule import RELEASES, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_reference.kinds import Kind
    from dynamo_api.words import Condition, Word

_WORDS = posixpath.relpath(f"{PAGE}.md", "reference")


def page(kinds: Sequence[Kind]) -> str:
    """The page, in Markdown."""
    at_once, changes, later = _grouped()
    events = [word for word in all_words() if "event" in word.kinds]
    return filled(
        "errors",
        generated=generated("tools/docs_reference, dynamo_crd/admission/rules.py and dynamo_api/words.yaml"),
        words=_WORDS,
        schema="\n".join(_schema()),
        rules="\n".join(_rules(kinds)),
        at_once="\n".join(_refusals(at_once, kinds)),
        changes="\n".join(_refusals(changes, kinds)),
        later="\n".join(_refusals(later, kinds)),
        conditions="\n".join(_conditions(kinds)),
        cured="\n".join(_event(one) for one in events if one.cure or one.look),
        fine="\n".join(_event(one) for one in events if not (one.cure or one.look)),
    )


def _grouped() -> tuple[list[Refusal], list[Refusal], list[Refusal]]:
    """What is refused at once, what of a change, and what only later."""
    at_once = [one for one in refusals() if one.rule.source is Source.WEBHOOK]
    changes = [one for one in at_once if one.rule.update]
    return (
        [one for one in at_once if one not in changes],
        changes,
        [one for one in refusals() if one not in at_once],
    )


def _schema() -> Iterator[str]:
    rows = yaml.safe_load(Path(__file__).with_name("messages.yaml").read_text(encoding="utf-8"))
    for row in rows:
        yield f"{words.code(row['see'])} {{ #schema-{row['name']} }}"
        yield f":   {_lines(row['means'])}\n\n    **What to do:** {_lines(row['cure'])}\n"


def _rules(kinds: Sequence[Kind]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for kind in kinds:
        for version in kind.sources:
            for top in fields.read(kind.name, version):
                for field in top.walk():
                    for rule in field.rules:
                        since = rule.since or field.since or kind.served[version][0]
                        link = f"[{kind.short} {version}](api/{kind.file(version)}#{field.anchor})"
                        link += f" since {words.release(since)}" if since != RELEASES[0] else ""
                        found.setdefault(rule.message, []).append(link)
    for message, links in sorted(found.items()):
        yield f"- {words.escaped(message)}: {', '.join(dict.fromkeys(links))}"


def _refusals(those: Sequence[Refusal], kinds: Sequence[Kind]) -> Iterator[str]:
    short = {kind.name: kind.short for kind in kinds}
    for refusal in those:
        yield from _refusal(refusal, short)


def _refusal(refusal: Refusal, short: dict[str, str]) -> Iterator[str]:
    rule = refusal.rule
    yield f"{words.code(rule.name)} {{ #{refusal.anchor} }}"
    yield f":   {_lines(words.escaped(rule.says))}\n\n    **What to do:** {_lines(refusal.cure)}\n"
    facts = [", ".join(short[kind] for kind in rule.kinds), ", ".join(rule.versions)]
    if rule.source is not Source.WEBHOOK:
        facts.append(f"said by the {rule.source}")
    if refusal.where:
        facts.append(f"only {refusal.where}")
    if rule.since != RELEASES[0]:
        facts.append(f"since {words.release(rule.since)}")
    if rule.until:
        facts.append(f"up to {words.release(rule.until)}")
    yield f"    {' · '.join(facts)}\n"


def _conditions(kinds: Sequence[Kind]) -> Iterator[str]:
    short = {kind.name: kind.short.upper() for kind in kinds}
    for condition in conditions():
        yield f"### {words.code(condition.type.name)} of a {short[condition.kind]} {{ #{condition.anchor} }}\n"
        yield from _condition(condition)


def _condition(condition: Condition) -> Iterator[str]:
    yield f"{_lines(words.escaped(condition.type.means))}\n"
    if condition.type.cure:
        yield f"**What to do:** {_lines(words.escaped(condition.type.cure))}\n"
    own = [word for word in condition.reasons if word.page == f"{ERRORS}.html#{condition.anchor_of(word)}"]
    if linked := [_link(word) for word in condition.reasons if word not in own]:
        yield f"Reasons: {', '.join(linked)}.\n"
    for word in own:
        if word != condition.type:
            yield f"{words.code(word.name)} {{ #{word.anchor} }}"
            yield f":   {word.means}{' ' + word.cure if word.cure else ''}\n"


def _link(word: Word) -> str:
    return f"[{words.code(word.name)}]({_WORDS if word.page.startswith(PAGE) else ''}#{word.anchor})"


def _event(word: Word) -> str:
    first = word.means.partition(". ")[0].rstrip(".")
    return f"- {_link(word)} ({word.of}): {words.escaped(first)}."


def _lines(text: str) -> str:
    """One sentence a line, as everywhere in this site's sources."""
    return text.strip().replace(". ", ".\n    ") if text else ""

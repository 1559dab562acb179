"""The page of errors: what refuses an object, which conditions and events there are, and what to do."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from docs_reference import fields, words
from docs_reference.conditions import Condition, Word, conditions
from docs_reference.kinds import front_matter, generated
from docs_reference.refusals import Refusal, refusals
from dynamo_crd.validation.rules import RELEASES, Source
from kubectl_dynamo.reasons import PAGE, reasons

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_reference.kinds import Kind
    from kubectl_dynamo.reasons import Reason

_WORDS = posixpath.relpath(f"{PAGE}.md", "reference")
_GROUPS = (
    (
        "When you create or change it",
        "refused-at-once",
        "The API server asks Dynamo's webhook, and passes its answer on.",
        lambda one: one.rule.source is Source.WEBHOOK and not one.rule.update,
    ),
    (
        "When you change it",
        "refused-changes",
        "Nothing of the change is stored.",
        lambda one: one.rule.update,
    ),
    (
        "Later",
        "refused-later",
        "The object is stored; its status, the profiler's log or the planner's log says so.",
        lambda one: one.rule.source is not Source.WEBHOOK,
    ),
)


def page(kinds: Sequence[Kind]) -> str:
    """The page, in Markdown."""
    return "\n".join([*_head(), *_schema(), *_rules(kinds), *_refusals(kinds), *_conditions(), *_events(), *_next()])


def _head() -> Iterator[str]:
    yield front_matter(
        "Errors and conditions",
        "What refuses a manifest, which conditions and events there are, what each means and what to do.",
    )
    yield generated("the tables in tools/docs_reference, tools/dynamo_crd and tools/kubectl_dynamo/reasons.yaml")
    yield "# Errors and conditions { #errors }\n"
    yield "| What you see | Look under |"
    yield "| --- | --- |"
    yield "| `kubectl apply` fails with `unknown field`, `Unsupported value`, `Required value` | [the API server](#schema) |"
    yield "| `kubectl apply` fails with a sentence about several fields | [rules of the schema](#rules), [Dynamo](#refusals) |"
    yield "| `updates are forbidden` | [changes](#refused-changes) |"
    yield "| applied, and nothing happens or it fails | [conditions](#conditions), [events](#events) |"
    yield f"| a phase or reason in a status | [Words of a status]({_WORDS}) |\n"
    yield "`docs-test validate FILE` finds all of the first three [without a cluster](../contribute/validating.md)."
    yield "`kubectl dynamo status NAME` shows what blocks an object, and `kubectl dynamo explain WORD` what a word means.\n"


def _schema() -> Iterator[str]:
    yield "## The API server refuses it { #schema }\n"
    yield "The object breaks the schema of its kind; nothing is stored.\n"
    rows = yaml.safe_load(Path(__file__).with_name("messages.yaml").read_text(encoding="utf-8"))
    for row in rows:
        yield f"{words.code(row['see'])} {{ #schema-{row['name']} }}"
        yield f":   {_lines(row['means'])}\n\n    **What to do:** {_lines(row['cure'])}\n"


def _rules(kinds: Sequence[Kind]) -> Iterator[str]:
    yield "## Rules of the schema { #rules }\n"
    yield "The API server checks these, too (CEL)."
    yield "The words are this site's; the real CRDs say the same in other words.\n"
    found: dict[str, list[str]] = {}
    for kind in kinds:
        for version in kind.sources:
            for top in fields.read(kind.name, version):
                for field in top.walk():
                    for rule in field.rules:
                        link = f"[{kind.short} {version}](api/{kind.file(version)}#{field.anchor})"
                        found.setdefault(rule.message, []).append(link)
    for message, links in sorted(found.items()):
        yield f"- {words.escaped(message)}: {', '.join(dict.fromkeys(links))}"
    yield ""


def _refusals(kinds: Sequence[Kind]) -> Iterator[str]:
    yield "## Dynamo refuses it { #refusals }\n"
    yield "What no schema says: each with the name that `docs-test validate` gives it, after `admission/`."
    yield "Messages are in other words; the field that they name is the same."
    yield "*Since* is the first release known to refuse it; an older one may well have, too.\n"
    short = {kind.name: kind.short for kind in kinds}
    for title, anchor, says, belongs in _GROUPS:
        yield f"### {title} {{ #{anchor} }}\n"
        yield f"{says}\n"
        for refusal in refusals():
            if belongs(refusal):
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


def _conditions() -> Iterator[str]:
    yield "## Conditions { #conditions }\n"
    yield "`kubectl describe` and `kubectl dynamo status` show them."
    yield "Their reasons are links where they have an entry among the words of a status.\n"
    for condition in conditions():
        yield f"### {words.code(condition.type.name)} of {condition.kind} {{ #{condition.anchor} }}\n"
        yield from _condition(condition)


def _condition(condition: Condition) -> Iterator[str]:
    known = condition.type.known
    means, cure = (known.means, known.cure) if known else (condition.type.means, condition.type.cure)
    yield f"{_lines(words.escaped(means))}\n"
    if cure:
        yield f"**What to do:** {_lines(words.escaped(cure))}\n"
    yield "Reasons:\n"
    for word in condition.reasons:
        yield f"- {_reason(word)}"
    yield ""


def _reason(word: Word) -> str:
    if word.known:
        return _link(word.known)
    cure = f" {word.cure}" if word.cure else ""
    return f"{words.code(word.name)}: {word.means}{cure}"


def _link(reason: Reason) -> str:
    return f"[{words.code(reason.name)}]({_WORDS}#{reason.anchor})"


def _events() -> Iterator[str]:
    yield "## Events { #events }\n"
    yield "`kubectl events --for KIND/NAME` shows them for an hour.\n"
    found = [reason for reason in reasons() if "event" in reason.kinds]
    for title, anchor, those in (
        ("Something to do", "events-cure", [one for one in found if one.cure or one.look]),
        ("Nothing to do", "events-fine", [one for one in found if not (one.cure or one.look)]),
    ):
        yield f"### {title} {{ #{anchor} }}\n"
        for reason in those:
            yield f"- {_link(reason)} ({reason.of}): {words.escaped(reason.means.partition('. ')[0].rstrip('.'))}."
        yield ""
    yield "`Create` or `Update` with the name of a kind (`CreateService`, `UpdateDeployment`, ...): the operator made or changed an object of a graph; nothing to do.\n"


def _next() -> Iterator[str]:
    yield "## What next { #what-next }\n"
    yield f"- [Words of a status]({_WORDS})"
    yield "- [Checking a manifest without a cluster](../contribute/validating.md)"
    yield "- [All fields of all kinds](api/README.md)"
    yield ""


def _lines(text: str) -> str:
    """One sentence a line, as everywhere in this site's sources."""
    return text.strip().replace(". ", ".\n    ") if text else ""

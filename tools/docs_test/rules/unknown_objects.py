"""`unknown-object`: a command names an object that nothing on the page, before it, or in the cluster makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.known.finding import Finding
from docs_test.known.story import elsewhere, standing
from groundwork.base.suggest import near
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.known.finding import Context
    from docs_test.known.objects import Known
    from docs_test.known.story import Event, Story
    from docs_test.kubectl.table import Resource
    from docs_test.shellcode.model import Word

SELECTORS = {"job-name": "jobs", "batch.kubernetes.io/job-name": "jobs"}
"""Labels of Kubernetes whose value is the name of an object -> plural of its type."""


def check(told: Story, context: Context) -> Iterator[Finding]:
    """Names of objects in the commands of steps."""
    known: list[Known] = []
    for event in told.events:
        if event.unseen and event.verb != "delete":
            return  # From here on there may be any object.
        if not event.earlier and not _excused(event):
            for resource, word in _named(event, context):
                if not _is_known(resource, word.text, known):
                    yield _finding(event, resource, word, known)
        if event.makes:
            known += told.known(event.made)


def _excused(event: Event) -> bool:
    """Whether the command may name what is not there."""
    status = event.block.values.get("data-exit", 0)
    return bool(status) or event.command.tested or event.command.conditional or event.makes


def _named(event: Event, context: Context) -> Iterator[tuple[Resource, Word]]:
    """Types and names that are known, in the page's own namespace."""
    call = event.call
    if call is None or call.strays or elsewhere(call):
        return
    for target in event.targets:
        name, resource = target.name, target.resource
        if resource is None or name is None or not resource.namespaced or not name.known:
            continue
        if name.text and not set(name.text) & set("*?{}<>"):
            yield resource, name
    for selector in call.values("selector"):
        yield from _selected(selector, context)


def _selected(selector: Word, context: Context) -> Iterator[tuple[Resource, Word]]:
    at = 0
    for text in selector.text.split(","):
        key, equals, value = text.partition("=")
        plural = SELECTORS.get(key) or context.knowledge.selectors.get(key)
        start = at + len(key) + 1 + value.startswith("=")
        part = selector.part(start, at + len(text))
        resource = context.types.find(plural) if plural and equals and not key.endswith("!") else None
        if resource is not None and part.known and part.text:
            yield resource, part
        at += len(text) + 1


def _is_known(resource: Resource, name: str, known: Sequence[Known]) -> bool:
    if name in standing(resource.plural):
        return True
    return any(_same(one.resource, resource) and one.matches(name) for one in known)


def _same(one: Resource, other: Resource) -> bool:
    return (one.group, one.plural) == (other.group, other.plural)


def _finding(event: Event, resource: Resource, word: Word, known: Sequence[Known]) -> Finding:
    names = sorted({one.pattern for one in known if _same(one.resource, resource)})
    others = sorted({one.resource.kind for one in known if one.matches(word.text)})
    close = near(word.text, names)
    if close:
        hint = f"did you mean {close[0]!r}?"
    elif others:
        hint = f"the {either(others)} has that name"
    elif names:
        hint = f"known: {', '.join(names[:8])}"
    else:
        hint = f"make the {resource.kind} in a step before, or name the page that does under 'after'"
    return Finding(
        event.block, word.start, "unknown-object", f"nothing makes the {resource.kind} {word.text!r}", hint
    )

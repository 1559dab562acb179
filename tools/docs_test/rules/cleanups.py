"""`no-cleanup`: an object that a page makes, and that neither clean-up nor a later step removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.known.finding import Finding
from docs_test.known.story import elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.known.finding import Context
    from docs_test.known.objects import Known
    from docs_test.known.story import Event, Story
    from docs_test.kubectl.table import Resource


def check(told: Story, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """Objects that stay."""
    left: dict[Known, Event] = {}
    later: dict[Known, Event] = {}
    for event in told.events:
        if event.earlier:
            continue
        if event.makes and event.call is not None and not event.call.has("rm"):
            for known in told.known(event.made):
                if (known.resource, known.pattern) == (known.root.resource, known.root.name):
                    left.setdefault(known, event)
                elif known.outlives:
                    later.setdefault(known, event)
        elif event.verb == "delete" or (event.unseen and event.block.cleanup):
            left = {known: made for known, made in left.items() if not _removed(known, event, told)}
            later = {known: made for known, made in later.items() if not _removed(known, event, told)}
        else:
            left |= {known: made for known, made in later.items() if _is_there(known, event)}
    for known, event in left.items():
        yield _finding(known, event)


def _is_there(known: Known, event: Event) -> bool:
    """Whether the command shows that an operator has made an object: it names it, or waits until it is there."""
    for target in event.targets:
        if target.resource is None or target.name is None or not target.name.known:
            continue
        if _type(target.resource) == _type(known.resource) and known.matches(target.name.text):
            return True
        root = _type(target.resource) == _type(known.root.resource) and target.name.text == known.root.name
        if root and event.verb == "wait" and event.call is not None:
            values = [word.text.rpartition("=")[2] for word in event.call.values("for")]
            if known.states.intersection(values):
                return True
    return False


def _type(resource: Resource) -> tuple[str, str]:
    return resource.group, resource.plural


def _removed(known: Known, event: Event, told: Story) -> bool:
    call = event.call
    if call is None or event.unseen:
        return event.unseen
    roots = told.known(event.made)
    if any(_same(known, one) for one in roots if not one.outlives):
        return True
    for target in event.targets:
        if target.resource is None:
            continue
        if target.resource.plural == "namespaces" and known.resource.namespaced:
            return True
        if _type(target.resource) != _type(known.resource):
            continue
        name = target.name
        if name is None or not name.known or known.matches(name.text):
            return True
    return bool(elsewhere(call) and not event.targets)


def _same(one: Known, other: Known) -> bool:
    return _type(one.resource) == _type(other.resource) and (
        other.matches(one.pattern) or one.matches(other.pattern)
    )


def _finding(known: Known, event: Event) -> Finding:
    resource = known.resource
    fact = f"no clean-up removes the {resource.kind} {known.pattern!r}"
    if known.outlives:
        fact += f", which stays when the {known.root.resource.kind} {known.root.name!r} is deleted"
    short = (resource.short or (resource.singular,))[0]
    hint = f"add to a .cleanup: kubectl delete {short} {known.pattern} --ignore-not-found"
    return Finding(event.block, event.command.start, "no-cleanup", fact, hint)

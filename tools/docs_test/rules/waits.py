"""`no-wait` and `wait-passes-by`: what takes time is waited for, and for a state that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.known.finding import Finding
from docs_test.kubectl import jsonpath
from docs_test.rules.unknown_objects import SELECTORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.known.finding import Context
    from docs_test.known.objects import Known
    from docs_test.known.story import Event, Story
    from docs_test.kubectl.targets import Target
    from docs_test.ports.knowledge import Made
    from docs_test.shellcode.model import Word

SLOW = frozenset(("deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "pods"))
USING = frozenset({"exec", "logs", "port-forward", "attach", "cp"})
PASSING: dict[tuple[str, str], frozenset[str]] = {
    ("pods", "status.phase"): frozenset({"Pending"}),
    ("jobs", "status.active"): frozenset({"1"}),
    ("jobs", "status.ready"): frozenset({"1"}),
    ("persistentvolumeclaims", "status.phase"): frozenset({"Pending"}),
    ("namespaces", "status.phase"): frozenset({"Terminating"}),
}
"""States that pass by themselves, of Kubernetes' own types."""


def unwaited(told: Story, context: Context) -> Iterator[Finding]:
    """`no-wait`: commands that use what was made and not waited for."""
    slow = SLOW | context.knowledge.slow
    made: list[Known] = []
    waiting: dict[Made, Event] = {}
    for event in told.events:
        if event.makes:
            known = told.known(event.made)
            made += known
            waiting |= {one.root: event for one in known if one.resource.plural in slow}
        elif _waits(event):
            for root in _roots(event, made, context):
                waiting.pop(root, None)
        elif event.verb in USING and not event.earlier and not event.command.tested:
            for target in event.targets:
                late = next((one.root for one in made if one.root in waiting and _is(one, target)), None)
                if late is not None and target.name is not None:
                    yield _unwaited(event, target.name, late)
                    waiting.pop(late)


def _unwaited(event: Event, name: Word, root: Made) -> Finding:
    fact = f"no step waits for the {root.resource.kind} {root.name!r} before kubectl {event.verb}"
    short = (root.resource.short or (root.resource.singular,))[0]
    ready = "--for=condition=Available" if root.resource.plural == "deployments" else "--for=condition=Ready"
    hint = f'kubectl wait {ready} {short}/{root.name}, or data-until="1m" on this step'
    return Finding(event.block, name.start, "no-wait", fact, hint)


def _waits(event: Event) -> bool:
    """Whether the reader goes on only when something is so far."""
    call = event.call
    if event.block.values.get("data-until") or (event.command.repeated and event.command.tested):
        return True
    if call is None:
        return False
    plugin = call.command is None and any(word.text == "--wait" for word in call.words)
    return event.verb == "wait" or call.path[:2] == ("rollout", "status") or plugin


def _roots(event: Event, made: Sequence[Known], context: Context) -> list[Made]:
    """The objects that a wait is for; all that were made if it does not name one."""
    selected = [
        word.text.partition("=")[2].lstrip("=")
        for selector in (event.call.values("selector") if event.call is not None else ())
        for word in [selector]
        if word.text.partition("=")[0] in {*SELECTORS, *context.knowledge.selectors}
    ]
    named = [target for target in event.targets if target.name is not None]
    if not named and not selected:
        return [one.root for one in made]
    return [
        one.root
        for one in made
        if any(_is(one, target) for target in named) or any(one.matches(name) for name in selected)
    ]


def _is(known: Known, target: Target) -> bool:
    if target.resource is None or target.name is None:
        return False
    same = (known.resource.group, known.resource.plural) == (target.resource.group, target.resource.plural)
    if not same and target.resource.plural != "services":
        return False
    return known.matches(target.name.text) or not target.name.known


def passing(told: Story, context: Context) -> Iterator[Finding]:
    """`wait-passes-by`: waits for a state that may be over before kubectl looks."""
    states = {**PASSING, **context.knowledge.passing}
    known: list[Known] = []
    for event in told.events:
        if event.makes:
            known += told.known(event.made)
        if event.earlier or event.verb != "wait" or event.call is None:
            continue
        for word in event.call.values("for"):
            field, value = _state(word.text)
            for target in event.targets:
                plural = target.resource.plural if target.resource is not None else ""
                passes = value in states.get((plural, field), ())
                if passes or (value == "Running" and field == "status.phase" and _of_job(event, target, known)):
                    yield _passing(event, word, field, value)
                    break


def _passing(event: Event, word: Word, field: str, value: str) -> Finding:
    fact = f"the state {field}={value} passes by itself: if it is over before kubectl looks, the wait never ends"
    hint = "wait for a state that stays, or for what comes after"
    return Finding(event.block, word.start, "wait-passes-by", fact, hint)


def _state(text: str) -> tuple[str, str]:
    """Field and value of `jsonpath={.status.phase}=Running`."""
    if not text.startswith("jsonpath="):
        return "", ""
    path, _, value = text.removeprefix("jsonpath=").rpartition("=")
    found = jsonpath.path(path)
    return (".".join(step.name for step in found.steps), value) if found is not None else ("", "")


def _of_job(event: Event, target: Target, known: Sequence[Known]) -> bool:
    """Whether it is the Pod of a Job."""
    if target.resource is None or target.resource.plural != "pods":
        return False
    selectors = event.call.values("selector") if event.call is not None else []
    by_label = any(word.text.partition("=")[0] in SELECTORS for word in selectors)
    name = target.name.text if target.name is not None and target.name.known else ""
    jobs = [one for one in known if one.resource.plural == "jobs"]
    return by_label or any(name.startswith(f"{one.pattern}-") for one in jobs)

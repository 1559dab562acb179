"""What is refused of a restart that a graph asks for (`spec.restart`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import phases
from dynamo_crd.admission.faults import Fault, forbidden, invalid, unsupported
from groundwork.kube.values import Json, mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dynamo_crd.admission.components import Component
    from groundwork.base.field_paths import Path

_ORDER: Path = ("spec", "restart", "strategy", "order")


def restart_faults(spec: Json, found: Sequence[Component]) -> Iterator[Fault]:
    """Faults of the order in which components restart; no order is all of them by name."""
    strategy = mapping(spec, "restart", "strategy")
    order = sequence(strategy.get("order"))
    if not order:
        return
    if strategy.get("type") == "Parallel":
        yield forbidden("restart-order", _ORDER, "the strategy Parallel restarts all at once, in no order")
        return
    names = sorted({component.name for component in found})
    listed = list(map(str, order))
    if len(set(listed)) != len(listed):
        yield invalid("restart-order", _ORDER, order, "names a component twice")
    if len(set(listed)) != len(names):
        yield invalid("restart-order", _ORDER, order, f"does not name each component once: {', '.join(names)}")
    for index, name in enumerate(listed):
        if name not in names:
            yield unsupported("restart-order", (*_ORDER, index), name, names)


def restart_changes(new: Json, old: Json) -> Iterator[Fault]:
    """Faults of a change: no restart begins while a rolling update goes on; it makes new Pods anyhow."""
    phase = text(mapping(old, "status", "rollingUpdate").get("phase"))
    now, then = (text(mapping(item, "spec", "restart").get("id")) for item in (new, old))
    if phase in phases.UPDATING and now != then:
        says = f"does not change while a rolling update is {phase}"
        yield invalid("update-restart", ("spec", "restart", "id"), now, says, "wait until the update is Completed")

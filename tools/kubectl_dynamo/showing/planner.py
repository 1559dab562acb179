"""A planner's part in a graph, as lines and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kubectl_dynamo import words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kubectl_dynamo.judging.item import Asked, Planner, Scaled


def facts(planner: Planner, now: datetime) -> Iterator[tuple[str, str]]:
    """Labels and texts."""
    asked = ", ".join(filter(None, map(_asked, planner.asked)))
    yield "planner", f"asks for {asked}" if asked else "asks for nothing: no component has a scaling adapter"
    if planner.scaled:
        yield "last scale", _scaled(planner.scaled, now)
    if decision := planner.decision:
        said = decision.action or "not told"
        why = f" ({decision.why})" if decision.why else ""
        yield "decision", f"{said}{_ago(decision.at, now)}{why}"
    if planner.held:
        reason, means = planner.held
        yield "held back", f"{reason}: {means}"
    elif not planner.pod:
        yield "held back", "its Pod has not started"


def data(planner: Planner | None) -> dict[str, Any] | None:
    """The same for programs."""
    if planner is None:
        return None
    scaled, decision = planner.scaled, planner.decision
    return {
        "pod": planner.pod or None,
        "asked": [asdict(one) for one in planner.asked],
        "scaled": {
            "component": scaled.component,
            "from": scaled.before,
            "to": scaled.after,
            "at": scaled.at.isoformat(),
            "why": scaled.why or None,
        }
        if scaled
        else None,
        "decision": {
            "action": decision.action or None,
            "load": decision.load or None,
            "throughput": decision.throughput or None,
            "at": decision.at.isoformat() if decision.at else None,
        }
        if decision
        else None,
        "held": {"reason": planner.held[0], "sentence": planner.held[1]} if planner.held else None,
    }


def _asked(asked: Asked) -> str:
    if asked.replicas is None:
        return ""
    there = f" ({asked.ready} ready)" if asked.ready != asked.replicas else ""
    return f"{asked.component} {asked.replicas}{there}"


def _scaled(scaled: Scaled, now: datetime) -> str:
    numbers = f" from {scaled.before} to {scaled.after}" if scaled.after is not None else ""
    why = f" ({scaled.why})" if scaled.why else ""
    return f"{scaled.component}{numbers}{_ago(scaled.at, now)}{why}"


def _ago(at: datetime | None, now: datetime) -> str:
    return f", {words.duration((now - at).total_seconds())} ago" if at else ""

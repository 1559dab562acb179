"""What may run at the same time: units that want neither the same port nor more of a cluster than there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docs_test.inventory import Inventory
    from docs_test.language.needs import Vocabulary
    from docs_test.model import Tutorial
    from docs_test.planning.graph import Unit

PORTS = {"https": 443}
"""Port of a scheme whose address names none; 80 of any other one."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a unit has for itself while it runs."""

    alone: str = ""
    """Reason why nothing may run beside it; "" if something may."""
    ports: frozenset[int] = frozenset()
    """Ports of this machine on which its background steps listen."""
    amounts: Mapping[str, int] = field(default_factory=dict)
    """Need -> how much of it."""
    wanted: tuple[tuple[str, Any], ...] = ()
    """Needs with an amount, and what each page says of it."""


def claim_of(unit: Unit, vocabulary: Vocabulary) -> Claim:
    """What a unit has for itself."""
    takes = {need.name: need.amount for need in vocabulary.needs if need.amount}
    wanted = [(name, run.needs[name]) for run in unit.runs for name in takes if run.needs.get(name)]
    # A set-up keeps what it has while others start from it; the others come one after the other.
    kept = [run for number, run in enumerate(unit.runs) if unit.inside(number)]
    others = [run for run in unit.runs if run not in kept]

    def amount(name: str, run: Tutorial) -> int:
        return takes[name](run.needs[name]) if run.needs.get(name) else 0

    amounts = {
        name: sum(amount(name, run) for run in kept) + max((amount(name, run) for run in others), default=0)
        for name in takes
    }
    return Claim(_alone(unit.runs), frozenset(_ports(unit.runs)), amounts, tuple(wanted))


def beside(claim: Claim, running: Sequence[Claim], inventory: Inventory | None) -> str:
    """Why a unit must wait for those that run; "" if it need not."""
    if not running:
        return ""
    if alone := next((one.alone for one in (claim, *running) if one.alone), ""):
        return alone
    if taken := claim.ports.intersection(port for one in running for port in one.ports):
        return f"port {min(taken)} is in use"
    return _too_much((claim, *running), inventory) if inventory else ""


def _too_much(together: Sequence[Claim], inventory: Inventory) -> str:
    """What these claims take more of than there is, in words; "": nothing."""
    for name in dict.fromkeys(name for name, _ in together[0].wanted):
        total = sum(one.amounts.get(name, 0) for one in together)
        there = min(inventory.amount(need, said) for one in together for need, said in one.wanted if need == name)
        if total > there:
            return f"{name}: {total} wanted at the same time, {there} there"
    return ""


def _alone(runs: Iterable[Tutorial]) -> str:
    for run in runs:
        if run.alone:
            return f"{run.path} says alone"
        if run.cluster_scope:
            return f"{run.path} needs cluster-scope"
    return ""


def _ports(runs: Iterable[Tutorial]) -> Iterator[int]:
    for run in runs:
        for step in run.steps:
            if step.background:
                parts = urlsplit(step.ready)
                yield parts.port or PORTS.get(parts.scheme, 80)

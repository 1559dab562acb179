"""The plan of a run: its units in order, as often as they are to run."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.planning.graph import Unit, units
from docs_test.planning.shared_steps import with_shared_steps
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docs_test.model import Tutorial

SEEDS = 1_000_000
"""Seeds that are drawn are smaller than this: they are typed again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Units in order, once for each round."""

    rounds: tuple[tuple[Unit, ...], ...]

    @property
    def runs(self) -> tuple[Tutorial, ...]:
        """The runs of a round."""
        return tuple(run for unit in self.rounds[0] for run in unit.runs)

    def all(self) -> Iterator[tuple[int, Unit]]:
        """Each unit with the number of its round, from 1."""
        return ((number, unit) for number, round_ in enumerate(self.rounds, 1) for unit in round_)


def planned(runs: Sequence[Tutorial], *, repeat: int = 1, seed: int | None = None, share: bool = True) -> Plan:
    """The plan for some runs.

    Args:
        runs: in the order in which to run them, as far as what they need lets them.
        repeat: the number of rounds.
        seed: what the order of each round is drawn with; None: the order stays.
        share: whether steps that pages share are run once for all of them.

    Raises:
        UserError: the runs cannot be put in order (`graph.units`, `shared_steps`).
    """
    every = with_shared_steps(runs) if share else list(runs)
    dice = random.Random(seed)  # noqa: S311 - an order of pages is no secret
    rounds = []
    for _ in range(repeat):
        order = list(every)
        if seed is not None:
            dice.shuffle(order)
        rounds.append(tuple(units(order)))
    return Plan(tuple(rounds))


def seed_of(word: str | None, said: Callable[[str], None]) -> int | None:
    """The seed that `--shuffle` asks for; `said` hears how to get the same order again.

    Args:
        word: the option's value: None if it is not given, "" if it is given without a seed.
        said: called with the line.

    Raises:
        UserError: the seed is no number.
    """
    if word is None:
        return None
    if word and not (word.isascii() and word.isdecimal()):
        hint = "name pages before --shuffle, or write --shuffle=SEED"
        raise UserError(f"--shuffle {word!r}, allowed: a whole number", hint=hint)
    seed = int(word) if word else secrets.randbelow(SEEDS)
    said(f"shuffled; the same order again: --shuffle={seed}")
    return seed


def absent(plan: Plan, said: Callable[[str], None]) -> None:
    """Say which pages come after others that this run does not take."""
    here = {run.path for run in plan.runs}
    for run in plan.runs:
        if missing := [path for path in run.after if path not in here]:
            said(f"{run.path} comes after {', '.join(missing)}, not in this run")

"""The graph of runs: which run of a page another one needs, and which runs stay together.

A run is a tutorial: a page in one variant. Runs that start from the same set-up are one unit: they share its
namespace, and its clean-up comes after the last of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError
from typing import TYPE_CHECKING

from docs_test.names import named
from docs_test.tutorials.order import in_order
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docs_test.model import Tutorial

Key = tuple[str, tuple[tuple[str, str], ...]]
"""Key of a run (`Tutorial.key`)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Runs that stay together, in order: one run, or a set-up and those that start from it."""

    runs: tuple[Tutorial, ...]
    held: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    """Run -> the runs whose set-up it starts from."""
    behind: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    """Run -> the runs that it comes after."""

    @property
    def key(self) -> Key:
        """Key of the first run, which tells the unit from every other one."""
        return self.runs[0].key

    def before(self, run: Tutorial) -> tuple[Key, ...]:
        """The runs that must have passed before this one is run."""
        return (*self.held.get(run.key, ()), *self.behind.get(run.key, ()))

    def inside(self, number: int) -> int:
        """The number of runs after the one at `number` that are run before its clean-up; 0 if none starts from it.

        Where one of those is a set-up itself, all that start from that one are among them.
        """
        last = self._last(number)
        at = number
        while at < last:
            at += 1
            last = max(last, self._last(at))
        return last - number

    def _last(self, number: int) -> int:
        """The number of the last run that starts from the one at `number`."""
        key = self.runs[number].key
        users = [n for n, run in enumerate(self.runs) if key in self.held.get(run.key, ())]
        return max([number, *users])


def needed(run: Tutorial, path: str, runs: Iterable[Tutorial]) -> list[Tutorial]:
    """The runs of a page that another run needs: of variants that both have, those of its own."""
    there = [one for one in runs if one.path == path]
    alike = [
        one for one in there if all(run.variant.get(name, value) == value for name, value in one.variant.items())
    ]
    return alike or there


def with_set_ups(wanted: Sequence[Tutorial], every: Sequence[Tutorial]) -> list[Tutorial]:
    """The wanted runs, and those of `every` whose set-up they start from; each of these before the first such."""
    found: dict[Key, Tutorial] = {}

    def add(run: Tutorial) -> None:
        if run.key in found:
            return
        for path in run.uses:
            for one in needed(run, path, every)[:1]:
                add(one)
        found[run.key] = run

    for run in wanted:
        add(run)
    return list(found.values())


def units(runs: Sequence[Tutorial]) -> list[Unit]:
    """The units of runs, each after those that it needs; among the rest the given order stays.

    Raises:
        UserError: a page has to come between a set-up and those that start from it, and does not start from it.
    """
    held = {run.key: tuple(one.key for path in run.uses for one in needed(run, path, runs)[:1]) for run in runs}
    behind = {run.key: tuple(one.key for path in run.after for one in needed(run, path, runs)) for run in runs}
    groups = _groups(runs, held)
    number = {run.key: at for at, group in enumerate(groups) for run in group}
    waits: dict[str, list[str]] = {}
    for at, group in enumerate(groups):
        others = (number[key] for run in group for key in behind[run.key])
        waits[str(at)] = [str(other) for other in dict.fromkeys(others) if other != at]
    try:
        order = in_order(waits)
    except CycleError as error:
        between = [groups[int(one)] for one in error.args[1][:-1]]
        raise _torn(between) from None
    return [_unit(groups[int(at)], held, behind) for at in order]


def _unit(
    group: Sequence[Tutorial], held: Mapping[Key, tuple[Key, ...]], behind: Mapping[Key, tuple[Key, ...]]
) -> Unit:
    names = {str(at): run.key for at, run in enumerate(group)}
    at = {key: name for name, key in names.items()}
    graph = {at[run.key]: [at[key] for key in (*held[run.key], *behind[run.key]) if key in at] for run in group}
    runs = tuple(group[int(name)] for name in in_order(graph))
    kept = {run.key: held[run.key] for run in runs if held[run.key]}
    return Unit(runs, kept, {run.key: behind[run.key] for run in runs if behind[run.key]})


def _groups(runs: Sequence[Tutorial], held: Mapping[Key, tuple[Key, ...]]) -> list[list[Tutorial]]:
    """The runs that share a set-up, directly or by others, together; in the order of their first ones."""
    of: dict[Key, list[Tutorial]] = {run.key: [run] for run in runs}
    for run in runs:
        for key in held[run.key]:
            if of[key] is not of[run.key]:
                joined = [one for one in runs if one in of[key] or one in of[run.key]]
                of |= dict.fromkeys((one.key for one in joined), joined)
    once = {id(group): group for group in of.values()}
    return list(once.values())


def _torn(between: Sequence[Sequence[Tutorial]]) -> UserError:
    together = next(group for group in between if len(group) > 1)
    other = next((group[0] for group in between if group is not together), together[0])
    names = " and ".join(named(run.path, run.variant) for run in together)
    fact = f"{named(other.path, other.variant)} comes between {names}, which share a set-up"
    return UserError(fact, hint="let it use that set-up, too, or drop an `after`", where=Position(other.path, 1))

"""The graph of runs as text: `docs-test list --graph`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.names import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.model import Tutorial
    from docs_test.planning.graph import Key, Unit


def drawn(units: Sequence[Unit]) -> Iterator[str]:
    """A line a run, in the order in which they run; what starts from a set-up is indented below it."""
    names = {run.key: named(run.path, run.variant) for unit in units for run in unit.runs}
    here = {run.path for unit in units for run in unit.runs}
    for unit in units:
        open_until: list[int] = []
        for number, run in enumerate(unit.runs):
            open_until = [last for last in open_until if last >= number]
            yield f"{'  ' * len(open_until)}{names[run.key]}{_marks(unit, run, names, here)}"
            if inside := unit.inside(number):
                open_until.append(number + inside)


def _marks(unit: Unit, run: Tutorial, names: dict[Key, str], here: set[str]) -> str:
    uses = [names[key] for key in unit.held.get(run.key, ())]
    after = [names[key] for key in unit.behind.get(run.key, ())]
    absent = [path for path in run.after if path not in here]
    told = [f"uses {', '.join(uses)}" if uses else "", f"after {', '.join(after)}" if after else ""]
    told.append(f"after {', '.join(absent)}, not in this run" if absent else "")
    return "".join(f"; {words}" for words in told if words)

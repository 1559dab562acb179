"""Lines of a planner's log that show the rules which the pages state, as they came in a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_site.scaling.recording import PLANNER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_site.scaling.recording import Recorded

PREFIX = re.compile(r"^\d{4}-\d\d-\d\dT(?P<time>\d\d:\d\d:\d\d)\S*\s+[A-Z]+\s+\S+:\s+(?P<text>.*)$")
"""Time, level and module before what a line says."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a run shows."""

    page: str
    """Path of the tutorial whose run shows it, relative to the root."""
    patterns: Sequence[str]
    """Regular expressions of lines that follow each other, perhaps with others between them."""


SLA = "docs/planner/sla-planner-quickstart.md"
BY_HAND = "docs/planner/by-hand.md"
RULES: Mapping[str, Rule] = {
    "interval": Rule(SLA, (r"\[summary\]",) * 2),
    "load-up": Rule(SLA, (r"Load-based decode ITL: workers=", r"decode ITL: ALL above SLA")),
    "prediction": Rule(
        SLA, (r"Observed num_req: [1-9]", "Predicted load:", r"Decode: \S+ rps / \S+ = [2-9]", "lower bounds set")
    ),
    "floor": Rule(SLA, (r"scale_down_capped_by_throughput",)),
    "in-progress": Rule(SLA, (r"Scaling in progress",)),
    "budget": Rule(SLA, (r"GPU budget band .* clamped",)),
    "threshold-up": Rule(
        BY_HAND, (r"Easy decode \S+ .*util=0\.(?!0[0-6])", "Easy decode: .*above scale-up threshold")
    ),
    "threshold-down": Rule(BY_HAND, ("Easy decode: all engines below scale-down threshold",)),
    "carried-out": Rule(SLA, (r"Scaled DGDSA",)),
}
"""Rules by the names under which pages ask for them."""


def lines_of(rule: Rule, run: Recorded) -> tuple[str, ...]:
    """The first lines of a run that show a rule, each with its time; none where it did not happen there.

    Where the first of them comes once more before the others, it begins anew: they are of one round.
    """
    found: list[str] = []
    for line in run.logs[PLANNER]:
        if (told := PREFIX.match(line)) is None:
            continue
        if re.search(rule.patterns[len(found)], told["text"]):
            found.append(f"{told['time']} {told['text']}")
        elif re.search(rule.patterns[0], told["text"]):
            found = [f"{told['time']} {told['text']}"]
        if len(found) == len(rule.patterns):
            return tuple(found)
    return ()

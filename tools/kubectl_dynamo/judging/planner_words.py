"""What a planner itself tells: the rounds in its log, and the reasons in its metrics.

Line forms and reasons are those of dynamo.planner 1.5.1 (and 1.4.2). What does not match is not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

HOLD = "HOLD"
NOTHING = frozenset({"", "n/a", "unset", "disabled"})
"""Words for a loop that did not decide in a round."""
IN_PROGRESS = "scaling_in_progress"
BUDGET = "gpu_budget"
"""Word of this program: the planner has no reason for it, only a line in its log."""
HELD = {
    IN_PROGRESS: "its last change is under way, and it only watches until then",
    "no_fpm_data": "no data: the workers report nothing of their load",
    "worker_count_mismatch": "no data: not as many workers report as are ready",
    "insufficient_data": "no data: too few measurements to estimate latencies from",
    "no_traffic_data": "no data: Prometheus has no traffic of this graph",
    "predict_failed": "no data: the traffic could not be predicted",
    "model_not_ready": "no data: its model of the workers is not ready",
    "partner_not_ready": "no data: its model of the other kind of worker is not ready",
    "scale_down_capped_by_throughput": "fewer workers would not carry the traffic that it predicts",
    "scale_down_refused_consolidation": "fewer workers would miss the target",
    "reconcile_clamped_to_floor": "fewer workers than the least that is allowed",
    "reconcile_clamped_to_ceiling": "more workers than the most that is allowed",
    "rejected_by_plugin": "a plugin of the planner has refused it",
}
"""Reasons that keep a planner from scaling -> what they mean."""
_SUMMARY = re.compile(
    r"^(?P<at>\S+?)Z\s.*\[summary\] (?P<action>[A-Z_]+) \|.*"
    r" load_reason=(?P<load>\S+) throughput_reason=(?P<throughput>\S+)"
)
_CLAMPED = re.compile(r"GPU budget band \[min=-?\d+, max=(?P<most>\d+)\] clamped (?P<wish>.+?) -> ")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
"""Pattern of what Dynamo's logs are coloured with, also where nobody sees it."""
_FLOOR = "Throughput lower bounds set"
_GAUGE = re.compile(
    r"^dynamo_planner_(?P<loop>load|throughput)_scaling_decision\{[^}\"]*\"(?P<reason>\w+)\"\} 1(?:\.0)?$"
)


@dataclass(frozen=True, slots=True)
class Round:
    """One look of a planner at its workers, and what it decided."""

    action: str
    """Action in capitals, such as SCALE_UP or HOLD; "" where only metrics were read."""
    load: str
    """Reason of the loop that follows the load; "" if it did not decide."""
    throughput: str
    """The same of the loop that follows the predicted traffic."""
    at: datetime | None = None
    load_budget: str = ""
    """Sentence about a wish of that loop beyond the GPU budget; "" if there was none."""
    throughput_budget: str = ""
    """The same of the other loop."""

    @property
    def why(self) -> str:
        """The reasons, for people."""
        reasons = (("load", self.load), ("throughput", self.throughput))
        return ", ".join(f"{loop}: {reason}" for loop, reason in reasons if reason)


def rounds(log: str) -> list[Round]:
    """The rounds that a log tells of, the latest last."""
    found: list[Round] = []
    wish = floor = ""
    for line in _COLOURS.sub("", log).splitlines():
        if clamped := _CLAMPED.search(line):
            wish = f"the GPU budget of {clamped['most']}: it wanted {_gpus(clamped['wish'])}"
        elif _FLOOR in line:
            # What was clamped before it belongs to the loop by traffic, and what follows to the one by load.
            wish, floor = "", wish or floor
        elif told := _SUMMARY.match(line):
            load, throughput = (_reason(told[name]) for name in ("load", "throughput"))
            of_load, of_traffic = (wish, floor) if load else ("", wish or floor)
            found.append(Round(told["action"], load, throughput, _time(told["at"]), of_load, of_traffic))
            wish = floor = ""
    return found


def from_metrics(text: str) -> Round | None:
    """The last round by a planner's metrics, which tell its reasons; None if there are none."""
    found = {
        match["loop"]: _reason(match["reason"]) for line in text.splitlines() if (match := _GAUGE.match(line))
    }
    if not any(found.values()):
        return None
    return Round("", found.get("load", ""), found.get("throughput", ""))


def present(found: list[Round]) -> Round | None:
    """The last round, with what the other loop said last: it decides less often, and its word holds until then."""
    if not found:
        return None
    last = found[-1]
    load = next((one for one in reversed(found) if one.load), last)
    traffic = next((one for one in reversed(found) if one.throughput), last)
    return Round(last.action, load.load, traffic.throughput, last.at, load.load_budget, traffic.throughput_budget)


def held(found: Round) -> tuple[str, str] | None:
    """What keeps a planner from scaling: the reason and what it means; None if nothing does."""
    if found.load == IN_PROGRESS:
        return IN_PROGRESS, HELD[IN_PROGRESS]
    if budget := found.load_budget or found.throughput_budget:
        return BUDGET, budget
    return next(((reason, HELD[reason]) for reason in (found.load, found.throughput) if reason in HELD), None)


def _gpus(wish: str) -> str:
    """A wish as its line has it: `(1P + 3D = 5)`, or `5 replicas (= 5 GPUs)`; newer planners say GPUs in both."""
    bare = wish[1:-1] if wish.startswith("(") else wish
    return bare if "GPUs" in bare else f"{bare} GPUs"


def _reason(word: str) -> str:
    return "" if word in NOTHING else word


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None

"""What the profiler itself tells: in its log, its output ConfigMap, and the condition that repeats it.

Line forms are those of dynamo.profiler 1.5.1 (and 1.4.2) and of AIConfigurator's summary.
What does not match is not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts.phases import SWEEPING_DECODE, SWEEPING_PREFILL
from dynamo_api.progress import counted, proposed, rank
from dynamo_api.views.model import Sla

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENUMERATED = re.compile(r"Enumerated (\d+) prefill candidates, (\d+) decode candidates")
_BEGUN = {
    SWEEPING_PREFILL: re.compile(r"Profiling prefill candidate "),
    SWEEPING_DECODE: re.compile(r"Profiling decode candidate "),
}
_SUMMARY = "Overall Best Configuration:"
_PREDICTED = {
    "ttft": re.compile(r"- TTFT: ([\d.]+) ?ms"),
    "itl": re.compile(r"- TPOT: ([\d.]+) ?ms"),
    "e2e": re.compile(r"- Request Latency: ([\d.]+) ?ms"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """Progress in the profiler's (or the operator's) own words."""

    phase: str = ""
    within: float = 0.0
    """Share of the phase that is done, 0 to 1."""
    percent: int | None = None
    """Percentage of the whole, if somebody says so."""
    left: int | None = None
    """Seconds left, if somebody says so."""


def told(phase: str, message: str, output: Mapping[str, str], log: str) -> Told:
    """Put together what is said where.

    Args:
        phase: the request's profiling phase.
        message: of its condition Profiling.
        output: the data of the output ConfigMap, which is ahead of the request by one look of the operator.
        log: the profiler's, "" where it was not read; it is ahead of both.
    """
    reported = output.get("phase", "")
    if rank(reported) > rank(phase):
        phase, message = reported, output.get("message", "")
    percent, left = proposed(message)
    within = counted(message)
    logged = _from_log(log)
    if logged and rank(logged[0]) >= rank(phase):
        phase, within = logged[0], max(logged[1], within if logged[0] == phase else 0.0)
    return Told(
        phase=phase,
        within=min(within, 1.0),
        percent=percent,
        left=left,
    )


def _from_log(log: str) -> tuple[str, float] | None:
    """The thorough search's phase and how many of its candidates are done."""
    totals = _ENUMERATED.search(log)
    if not totals:
        return None
    for phase, total in ((SWEEPING_DECODE, int(totals[2])), (SWEEPING_PREFILL, int(totals[1]))):
        begun = len(_BEGUN[phase].findall(log))
        if begun and total:
            return phase, (begun - 1) / total
    return None


def predicted(log: str) -> Sla | None:
    """The latencies AIConfigurator expects of the configuration it chose; None where the log does not say."""
    _, found, summary = log.rpartition(_SUMMARY)
    if not found:
        return None
    values = {key: pattern.search(summary) for key, pattern in _PREDICTED.items()}
    result = Sla(**{key: float(match[1]) for key, match in values.items() if match})
    return result or None

"""The figures in the logs of a planner and of its load, by the time of each line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from docs_site.scaling.recording import HINT, PLANNER
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docs_site.scaling.recording import Recorded

Points = tuple[tuple[float, float], ...]
"""Seconds since the load began, and a value, in order."""
BEFORE = 10.0
"""Seconds before the load from which the planner's rounds are shown."""
ONE_ROUND = 1.0
"""Seconds within which lines belong to one round of the planner."""
STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?\d*Z\s+")
SUMMARY = re.compile(
    r"\[summary\] .*current: (?:prefill=\d+ )?decode=(?P<decode>\d+) "
    r".*est_ttft=(?P<ttft>[\d.]+)ms est_itl=(?P<itl>[\d.]+)ms"
)
SCALED = re.compile(r"Scaled DGDSA \S*decode\S* to (\d+) replicas")
TARGET = re.compile(r"Load-based (prefill TTFT|decode ITL): workers=\d+, sla=([\d.]+)ms")
CACHE = re.compile(r"Easy decode \S+ .*util=([\d.]+)")
THRESHOLD = re.compile(r"Easy decode: .*scale-(up|down) threshold \(([\d.]+)\)")
CLIENT = re.compile(
    r"(?P<after>\d+) s: done \d+, open \d+, failed \d+, TTFT (?P<ttft>[\d.]+|-) ms, ITL (?P<itl>[\d.]+|-)"
)


@dataclass(frozen=True, slots=True)
class Scaling:
    """The figures of one run; times are seconds since its first load began."""

    asked: Points
    """Number of decode workers that the planner set."""
    available: Points
    """Number of decode workers that were ready, as each round of the planner saw it."""
    estimated_ttft: Points
    estimated_itl: Points
    """Milliseconds that the workers' load of the moment amounts to, of each round that judged it."""
    client_ttft: Points
    client_itl: Points
    """Medians of five seconds, in milliseconds, of the first load."""
    target_ttft: float | None
    target_itl: float | None
    """Milliseconds; None of a planner without latency targets."""
    cache: Points
    """Share of the fullest decode worker's KV cache in use, in per cent, of each round that judged it."""
    threshold_up: float | None
    threshold_down: float | None
    """Limits in per cent, beyond which a worker is added, within which one goes; None of another planner."""
    loads: tuple[tuple[str, float, float], ...]
    """Name, start and end of each load, the first one first."""


@dataclass(frozen=True, slots=True)
class _Load:
    """A load of a run, from its log."""

    name: str
    began: float
    ended: float
    lines: tuple[tuple[float, re.Match[str]], ...]

    def points(self, what: str, began: float) -> Points:
        return tuple((at - began, float(line[what])) for at, line in self.lines if line[what] != "-")


def scaling_of(run: Recorded) -> Scaling:
    """The figures of a run.

    Raises:
        UserError: a log lacks what every run has: rounds of the planner, lines of a load.
    """
    loads = sorted(_loads(run.logs), key=lambda load: load.began)
    planner = list(_stamped(run.logs[PLANNER]))
    began = loads[0].began if loads else 0.0
    rounds = [(at - began, found) for at, found in _found(SUMMARY, planner) if at >= began - BEFORE]
    if not loads or not rounds:
        fact = f"the logs of {run.page} have no round of a planner while there is load"
        raise UserError(fact, hint=HINT)
    judged = [(at, found) for at, found in rounds if float(found["itl"]) > 0]
    targets = {found[1]: float(found[2]) for _, found in _found(TARGET, planner)}
    available = tuple((at, float(found["decode"])) for at, found in rounds)
    asked = [(at - began, float(found[1])) for at, found in _found(SCALED, planner) if at >= began]
    thresholds = {found[1]: 100 * float(found[2]) for _, found in _found(THRESHOLD, planner)}
    first, last = available[0], available[-1][0]
    return Scaling(
        asked=(first, *asked, (last, (asked or [first])[-1][1])),
        available=available,
        estimated_ttft=tuple((at, float(found["ttft"])) for at, found in judged),
        estimated_itl=tuple((at, float(found["itl"])) for at, found in judged),
        client_ttft=loads[0].points("ttft", began),
        client_itl=loads[0].points("itl", began),
        target_ttft=targets.get("prefill TTFT"),
        target_itl=targets.get("decode ITL"),
        cache=_fullest((at - began, found) for at, found in _found(CACHE, planner) if at >= began - BEFORE),
        threshold_up=thresholds.get("up"),
        threshold_down=thresholds.get("down"),
        loads=tuple((load.name, load.began - began, load.ended - began) for load in loads),
    )


def _fullest(workers: Iterable[tuple[float, re.Match[str]]]) -> Points:
    """Of each round, the fullest worker: the workers of one round are told within a moment."""
    rounds: list[tuple[float, float]] = []
    for at, found in workers:
        value = 100 * float(found[1])
        if rounds and at - rounds[-1][0] < ONE_ROUND:
            rounds[-1] = (rounds[-1][0], max(value, rounds[-1][1]))
        else:
            rounds.append((at, value))
    return tuple(rounds)


def _loads(logs: Mapping[str, Iterable[str]]) -> Iterator[_Load]:
    for name, lines in logs.items():
        if told := list(_found(CLIENT, _stamped(lines))):
            first, last = told[0], told[-1]
            yield _Load(name.removesuffix(".log"), first[0] - float(first[1]["after"]), last[0], tuple(told))


def _found(pattern: re.Pattern[str], lines: Iterable[tuple[float, str]]) -> Iterator[tuple[float, re.Match[str]]]:
    for at, text in lines:
        if found := pattern.search(text):
            yield at, found


def _stamped(lines: Iterable[str]) -> Iterator[tuple[float, str]]:
    """The lines that begin with a time: seconds, and the rest."""
    for line in lines:
        if found := STAMP.match(line):
            moment = datetime.fromisoformat(f"{found[1]}{found[2] or '.0'}+00:00")
            yield moment.timestamp(), line[found.end() :]

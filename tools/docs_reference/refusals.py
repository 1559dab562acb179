"""What Dynamo refuses though the schema allows it, as pages tell it: the rules of dynamo_crd, with the cures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from docs_reference.fields import plain
from dynamo_api.facts.kinds import ALPHA, COMPONENT
from dynamo_crd.admission.rule import Needs, Rule, Source
from dynamo_crd.admission.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

_WHO = {
    Source.WEBHOOK: "Otherwise Dynamo refuses it at once",
    Source.CONTROLLER: "Otherwise it is accepted, and the operator reports that it cannot be",
    Source.PROFILER: "Otherwise it is accepted, and the profiler fails",
    Source.PLANNER: "Otherwise it is accepted, and the planner fails",
}
_NEEDS = {
    Needs.GROVE: "where Grove is not there, or does not run it",
    Needs.ORCHESTRATOR: "where neither Grove nor LeaderWorkerSet is installed",
    Needs.INFERENCE_POOL: "where the Gateway API Inference Extension is not installed",
    Needs.CHECKPOINTS: "where the operator's configuration does not turn checkpoints on",
    Needs.GPU_DISCOVERY: "where the operator may not discover GPUs",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule, and what to do about it."""

    rule: Rule
    cure: str
    at: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """On the page of errors."""
        return f"refusal-{self.rule.name}"

    @property
    def says(self) -> str:
        """What has to hold."""
        return self.rule.says

    @property
    def who(self) -> str:
        """Who refuses, and when: `Otherwise Dynamo refuses it at once`, a sentence without its full stop."""
        when = "Otherwise Dynamo refuses the change" if self.rule.update else _WHO[self.rule.source]
        return f"{when}, {self.where}" if self.where else when

    @property
    def where(self) -> str:
        """In which clusters; "" in all."""
        return _NEEDS[self.rule.needs] if self.rule.needs else ""


@cache
def refusals() -> tuple[Refusal, ...]:
    """All of them, in the order of the rules.

    Raises:
        ValueError: refusals.yaml and the rules name different ones.
    """
    told = yaml.safe_load(Path(__file__).with_name("refusals.yaml").read_text(encoding="utf-8"))
    if wrong := told.keys() ^ RULES.keys():
        raise ValueError(f"refusals.yaml and dynamo_crd/admission/rules.py differ in {sorted(wrong)}")
    return tuple(Refusal(rule, told[name]["cure"], tuple(told[name]["at"])) for name, rule in RULES.items())


def by_field(kind: str, version: str, paths: Iterable[str]) -> dict[str, list[Refusal]]:
    """What is refused of each field of a version, by the field's path."""
    known = {plain(path): path for path in paths}
    component = "spec" if kind == COMPONENT else "spec.services" if version == ALPHA else "spec.components"
    found: dict[str, list[Refusal]] = {}
    for refusal in refusals():
        if kind not in refusal.rule.kinds or version not in refusal.rule.versions:
            continue
        for place in refusal.at:
            if path := known.get(place.replace("~", component)):
                found.setdefault(path, []).append(refusal)
    return found

"""What Dynamo asks of its objects beside their schemas, as of one release: admission, and advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import GROUP
from dynamo_crd.admission import admission
from dynamo_crd.admission.rule import UNKNOWN, Environment
from dynamo_crd.advice import advice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groundwork.text.model import FieldError


@dataclass(frozen=True, slots=True)
class DynamoRules:
    """`ProductRules` of Dynamo."""

    release: str
    """The release whose rules hold, one of `rule.RELEASES`."""
    environment: Environment = UNKNOWN
    """Facts about the cluster; UNKNOWN: what depends on them is advice."""
    group: str = GROUP

    def refused(self, item: Any) -> list[FieldError]:
        return admission.check(item, self.release, self.environment)

    def advice(self, items: Sequence[Any]) -> Iterable[tuple[int, FieldError]]:
        return advice.check(items, self.release, self.environment)

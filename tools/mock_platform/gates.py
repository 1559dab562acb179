"""Feature gates of upstream's operator that the mock platform knows, and what they change in a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.facts import kinds
from dynamo_api.facts.searches import ACCEPTED
from groundwork.base.errors import UserError
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

SEARCH_VERSION = "DGDRV1Beta2"
"""Gate with which upstream serves v1beta2 of a request beside v1beta1; off by default."""
GATES = (SEARCH_VERSION,)
VALUES = {"true": True, "false": False}
_ANY = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_COLUMNS = (
    ("Model", "string", ".spec.modelRef.name"),
    ("Active Run", "string", ".status.activeRunRef.name"),
    (ACCEPTED, "string", f'.status.conditions[?(@.type=="{ACCEPTED}")].status'),
    ("Age", "date", ".metadata.creationTimestamp"),
)


def switched_on(text: str) -> frozenset[str]:
    """The gates that `--feature-gates` switches on, as upstream's operator reads the option: `NAME=true,...`.

    Raises:
        UserError: an unknown gate, or a value other than true and false; both are errors upstream, too.
    """
    on: set[str] = set()
    for part in filter(None, (word.strip() for word in text.split(","))):
        name, _, value = part.partition("=")
        if name not in GATES:
            hint = did_you_mean(name, GATES) or f"known: {', '.join(GATES)}"
            raise UserError(f"--feature-gates {text!r}: unknown gate {name!r}", hint=hint)
        if value not in VALUES:
            hint = f"--feature-gates {name}=true"
            raise UserError(f"--feature-gates {text!r}: {name} is {value!r}, allowed: true, false", hint=hint)
        (on.add if VALUES[value] else on.discard)(name)
    return frozenset(on)


def with_search_version(definitions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Definitions in which requests are served in v1beta2, too.

    Its fields are not described: the stand-in shows requests of v1beta1 in it, and takes none that is written so.
    """
    return [_served(one) if one["spec"]["names"]["kind"] == kinds.REQUEST else one for one in definitions]


def _served(definition: dict[str, Any]) -> dict[str, Any]:
    version = {
        "name": kinds.SEARCH,
        "served": True,
        "storage": False,
        "additionalPrinterColumns": [{"name": n, "type": t, "jsonPath": path} for n, t, path in _COLUMNS],
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": _ANY, "status": _ANY}}},
    }
    spec = definition["spec"]
    return {**definition, "spec": {**spec, "versions": [*spec["versions"], version]}}

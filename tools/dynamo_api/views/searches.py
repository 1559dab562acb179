"""Requests that were written in v1beta2, which are searches, with their runs and candidates.

Field names follow upstream's design of August and September 2026: none was seen in a cluster. What is absent is
empty, as in all views.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import kinds
from dynamo_api.views.model import Hardware
from groundwork.kube.objects import conditions, group_version, is_current, key_of, name_of
from groundwork.kube.values import entries, integer, mapping, part, sequence, text, when

if TYPE_CHECKING:
    from datetime import datetime

    from groundwork.kube.objects import Condition, Object
    from groundwork.kube.values import Json


@dataclass(frozen=True, slots=True)
class Search:
    """A request that was written in v1beta2."""

    api_version: str
    """Version in which it was read; in one of the others its fields are under `spec.v1beta2`."""
    namespace: str
    name: str
    model: str
    backends: tuple[str, ...]
    hardware: Hardware
    objective: str
    """Objective in words, as in `optimize throughput`."""
    run: str
    """Name of the active run; "" where there is none."""
    runs: tuple[str, ...]
    """Names of the active and of recent runs."""
    created: datetime | None
    conditions: tuple[Condition, ...]
    current: bool
    """Whether the status is about the present spec."""

    @property
    def resource(self) -> str:
        """What `kubectl` takes to read it in its own version."""
        return kinds.KINDS[kinds.REQUEST].in_version(kinds.SEARCH)


@dataclass(frozen=True, slots=True)
class SearchRun:
    """A DynamoGraphDeploymentRun: one search."""

    namespace: str
    name: str
    owners: tuple[str, ...]
    """Names of the requests that own it."""
    phase: str
    job: str
    progress: tuple[tuple[str, int], ...]
    """Counts that it reports: branches, evaluations, candidates."""
    candidates: tuple[str, ...]
    """Names of the candidates that it lists."""
    created: datetime | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A DynamoGraphDeploymentCandidate: one deployment that a run found."""

    namespace: str
    name: str
    owners: tuple[str, ...]
    """Names of the runs that own it."""
    rank: int | None
    conditions: tuple[Condition, ...]


def is_search(item: Any) -> bool:
    """Whether a request was written in v1beta2, in whichever version it was read."""
    spec = mapping(item, "spec")
    if group_version(item)[1] == kinds.SEARCH:
        return kinds.BETA not in spec
    return isinstance(spec.get(kinds.SEARCH), dict)


def unwrapped(item: Object) -> Object:
    """A request of v1beta1 that was read in v1beta2, as it is in its own version; any other as it is."""
    if group_version(item)[1] != kinds.SEARCH or is_search(item):
        return item
    inner = {key: mapping(item, key, kinds.BETA) for key in ("spec", "status")}
    return {**item, **inner, "apiVersion": kinds.BETA_API}


def read_search(item: Any) -> Search:
    """A request for which `is_search` holds."""
    own = group_version(item)[1] == kinds.SEARCH
    spec, status = (mapping(item, key, *([] if own else [kinds.SEARCH])) for key in ("spec", "status"))
    seen: Json = {"metadata": part(item, "metadata"), "status": status}
    namespace, name = key_of(item)
    active = text(status, "activeRunRef", "name")
    recent = [name_ for entry in entries(status, "recentRunRefs") if (name_ := text(entry, "name"))]
    gpu = mapping(spec, "hardware", "gpu")
    return Search(
        api_version=text(item, "apiVersion"),
        namespace=namespace,
        name=name,
        model=text(spec, "modelRef", "name"),
        backends=_texts(spec, "backends"),
        hardware=Hardware(sku=text(gpu, "sku"), total=integer(gpu, "budget")),
        objective=_objective(mapping(spec, "objective")),
        run=active,
        runs=tuple(dict.fromkeys(filter(None, (active, *recent)))),
        created=when(item, "metadata", "creationTimestamp"),
        conditions=conditions(seen),
        current=is_current(seen),
    )


def read_run(item: Any) -> SearchRun:
    """A run."""
    namespace, name = key_of(item)
    status = mapping(item, "status")
    counts = mapping(status, "progress")
    listed = (text(entry, "name") for entry in entries(status, "candidateRefs"))
    return SearchRun(
        namespace=namespace,
        name=name,
        owners=_owners(item, kinds.REQUEST),
        phase=text(status, "phase"),
        job=text(status, "jobRef", "name"),
        progress=tuple((key, count) for key in counts if (count := integer(counts, key)) is not None),
        candidates=tuple(filter(None, listed)),
        created=when(item, "metadata", "creationTimestamp"),
        conditions=conditions(item),
    )


def read_candidate(item: Any) -> Candidate:
    """A candidate."""
    namespace, name = key_of(item)
    rank = integer(item, "status", "rank")
    return Candidate(namespace, name, _owners(item, kinds.SEARCH_RUN), rank, conditions(item))


def _owners(item: Any, kind: str) -> tuple[str, ...]:
    found = entries(item, "metadata", "ownerReferences")
    return tuple(name_of({"metadata": entry}) for entry in found if entry.get("kind") == kind)


def _objective(found: Json) -> str:
    metrics = [text(found, "metric"), *_texts(found, "metrics")]
    return " ".join(filter(None, (text(found, "mode"), " and ".join(filter(None, metrics)))))


def _texts(value: Any, *keys: str) -> tuple[str, ...]:
    return tuple(entry for entry in sequence(value, *keys) if isinstance(entry, str))

"""A rule of admission, who refuses by it, and the cluster that it is asked of."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dynamo_api.facts.kinds import ALPHA, BETA, COMPONENT, GRAPH
from dynamo_api.releases import states

RELEASES = states()
"""States whose CRDs were read, from old to new, as sources and rules call them (dynamo_api.releases)."""


class Source(enum.StrEnum):
    """Who refuses."""

    WEBHOOK = "webhook"
    """Webhook: refused at once; the API server asks it before it stores the object."""
    CONTROLLER = "controller"
    """Operator's controller: accepted; the object's status says so."""
    PROFILER = "profiler"
    """Profiler: accepted; the profiling Job fails, and with it the request."""
    PLANNER = "planner"
    """Planner: accepted; the planner's Pod fails at its start. Of a request, the profiler fails before it."""


class Needs(enum.StrEnum):
    """What a cluster may have or not; the name of a field of `Environment`."""

    GROVE = "grove"
    ORCHESTRATOR = "orchestrator"
    INFERENCE_POOL = "inference_pool"
    CHECKPOINTS = "checkpoints"
    GPU_DISCOVERY = "gpu_discovery"


@dataclass(frozen=True, slots=True)
class Environment:
    """The cluster that a manifest is for; None: not known, so that what it lacks is advice, not an error."""

    grove: bool | None = None
    lws: bool | None = None
    inference_pool: bool | None = None
    """Whether the Gateway API Inference Extension is installed."""
    checkpoints: bool | None = None
    """Whether the operator's configuration has checkpoint.enabled."""
    gpu_discovery: bool | None = True
    """Whether the operator finds out about GPUs itself; it does unless its configuration says otherwise."""

    @property
    def orchestrator(self) -> bool | None:
        """Whether something can run a component on several nodes."""
        if self.grove or self.lws:
            return True
        return False if self.grove is False and self.lws is False else None


UNKNOWN = Environment()


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is refused."""

    name: str
    """Name, which is stable; a problem's code is `admission/NAME`."""
    says: str
    """Requirement, as a sentence for a reference page."""
    source: Source = Source.WEBHOOK
    kinds: tuple[str, ...] = (GRAPH, COMPONENT)
    versions: tuple[str, ...] = (ALPHA, BETA)
    since: str = "main-1.4.0"
    until: str = ""
    needs: Needs | None = None
    """Need of the rule: only a cluster that lacks it refuses; None: every cluster refuses."""
    update: bool = False
    """Whether it is refused only when an object is changed; a manifest alone cannot break it."""

    @property
    def code(self) -> str:
        """As a problem carries it."""
        return f"admission/{self.name}"

    def applies(self, kind: str, version: str, release: str) -> bool:
        """Whether it is asked of this kind, in this version, by this release."""
        if kind not in self.kinds or version not in self.versions:
            return False
        return within(release, self.since, self.until)


def within(release: str, since: str = "", until: str = "") -> bool:
    """Whether a release is one from a first to a last one; "" for either: there is none before, or after, it."""
    index = RELEASES.index
    return index(since or RELEASES[0]) <= index(release) <= index(until or RELEASES[-1])

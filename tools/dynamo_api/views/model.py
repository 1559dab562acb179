"""What a graph and a request say, in one form for both API versions; nothing of it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import KINDS, REQUEST

if TYPE_CHECKING:
    from datetime import datetime

    from groundwork.kube.objects import Condition


@dataclass(frozen=True, slots=True)
class Component:
    """A component (v1beta1) or service (v1alpha1) of a graph."""

    name: str
    type: str
    replicas: int
    """Replicas as the spec asks; the status' count where the spec leaves it to a scaling adapter."""
    ready: int
    kind: str = ""
    """Kind that runs it: Deployment, LeaderWorkerSet, PodClique, PodCliqueScalingGroup; "" while unknown."""
    nodes: int = 1
    existing: int | None = None
    """Replicas there are, old and new ones; None where the status does not count them."""
    updated: int | None = None
    """Replicas of the present spec among them, ready or not."""


@dataclass(frozen=True, slots=True)
class Update:
    """Work of the operator on a graph that serves: a rolling update, or a restart that somebody asked for."""

    phase: str = ""
    """Phase of the rolling update; "" for a graph that never had one."""
    since: datetime | None = None
    """Time at which it began."""
    restarting: tuple[str, ...] = ()
    """Components that are being restarted."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A DynamoGraphDeployment."""

    api_version: str
    namespace: str
    name: str
    request: str
    """The name of the request it was generated for; "" for one that somebody wrote."""
    state: str
    created: datetime | None
    conditions: tuple[Condition, ...]
    components: tuple[Component, ...]
    current: bool
    """Whether the state is about the present spec."""
    annotations: dict[str, str] = field(default_factory=dict)
    update: Update = Update()
    changed: datetime | None = None
    """Time at which somebody wrote to it last, but for its status; None where it is not told."""

    @property
    def replicas(self) -> int:
        """Replicas of all components."""
        return sum(component.replicas for component in self.components)

    @property
    def ready(self) -> int:
        """Replicas that are ready, of those that are asked for: in an update there are more."""
        return sum(min(component.ready, component.replicas) for component in self.components)


@dataclass(frozen=True, slots=True)
class Sla:
    """Latencies in milliseconds, asked for or predicted; None where nothing is said."""

    ttft: float | None = None
    itl: float | None = None
    e2e: float | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in (self.ttft, self.itl, self.e2e))


@dataclass(frozen=True, slots=True)
class Workload:
    """The load a request is sized for."""

    isl: int | None = None
    osl: int | None = None
    concurrency: float | None = None
    request_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Hardware:
    """`spec.hardware`: given, or written there by the operator once it has looked at the nodes."""

    sku: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A DynamoGraphDeploymentRequest."""

    api_version: str
    namespace: str
    name: str
    uid: str
    model: str
    backend: str
    strategy: str
    image: str
    """Image of the profiler; "" where the operator chooses it."""
    apply: bool
    phase: str
    """Phase in v1beta1's words (`states`); "" before an operator has looked at it."""
    reported: str
    """Phase or state as the object has it."""
    profiling_phase: str
    created: datetime | None
    conditions: tuple[Condition, ...]
    job: str
    graph: str
    sla: Sla
    workload: Workload
    hardware: Hardware
    replicas: tuple[int, int] | None
    """Available and wanted replicas, as `deploymentInfo` counts them."""
    current: bool
    """Whether the phase is about the present spec."""
    annotations: dict[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """What `kubectl` takes to read it in the version that it was read in."""
        return KINDS[REQUEST].in_version(self.api_version.partition("/")[2])

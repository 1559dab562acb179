"""What lint knows of Dynamo without a cluster: its types, its plugin, how its operator works."""

from __future__ import annotations

import contextlib
import io
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from docs_test.kubectl.table import Resource
from docs_test.ports.knowledge import Derived, Knowledge, Made
from dynamo_api.facts import kinds, names, phases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kube_manifests.schemas.nodes import RawSchema
    from kube_manifests.schemas.schemas import SchemaSet
    from kube_manifests.schemas.sources import Index


PLUGIN = "dynamo"
REQUESTS, GRAPHS = kinds.KINDS[kinds.REQUEST].plural, kinds.KINDS[kinds.GRAPH].plural
OWN = tuple(
    Resource(kinds.GROUP, kind.versions[0], kind.name, kind.plural, kind.singular, (kind.short,))
    for kind in kinds.KINDS.values()
)
BESIDE = (
    Resource("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors", "podmonitor", ("pmon",)),
    Resource("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors", "servicemonitor", ("smon",)),
    Resource("grove.io", "v1alpha1", "PodCliqueSet", "podcliquesets", "podcliqueset", ("pcs",)),
    Resource("grove.io", "v1alpha1", "PodClique", "podcliques", "podclique", ("pclq",)),
    Resource("leaderworkerset.x-k8s.io", "v1", "LeaderWorkerSet", "leaderworkersets", "leaderworkerset", ("lws",)),
    Resource("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects", "scaledobject", ("so",)),
)
"""Types of other projects that a platform of Dynamo may have; their fields are not known."""


class DynamoKnowledge(Knowledge):
    """Dynamo's part in the checks of shell code."""

    name = "Dynamo"
    resources = (*OWN, *BESIDE)
    slow = frozenset({REQUESTS, GRAPHS, kinds.KINDS[kinds.COMPONENT].plural})
    passing = MappingProxyType(
        {
            (REQUESTS, "status.phase"): frozenset({phases.PENDING, phases.PROFILING, phases.DEPLOYING}),
            (REQUESTS, "status.state"): frozenset(
                {phases.NEW, phases.PENDING, phases.PROFILING, phases.DEPLOYING}
            ),
            (REQUESTS, "status.profilingPhase"): frozenset(phases.PROFILING_PHASES),
            (GRAPHS, "status.state"): frozenset({phases.GRAPH_INITIALIZING, phases.GRAPH_PENDING}),
            (GRAPHS, "status.rollingUpdate.phase"): frozenset({phases.UPDATE_PENDING, phases.UPDATE_IN_PROGRESS}),
        }
    )
    selectors = MappingProxyType({names.GRAPH_NAME: GRAPHS, names.REQUEST_NAME: REQUESTS})

    def derived(self, made: Made) -> Iterator[Derived]:
        """What Dynamo's operator makes of a request, a graph, a component."""
        if made.resource.group != kinds.GROUP:
            return
        if made.resource.plural == REQUESTS:
            yield Derived("jobs", names.profiling_job("{name}"))
            yield Derived("configmaps", names.profiling_output("{name}"))
            yield Derived("serviceaccounts", names.PROFILING_SERVICE_ACCOUNT)
            if _applies(made.value):
                yield Derived(GRAPHS, _graph_name(made.value), outlives=True, states=frozenset({phases.DEPLOYED}))
        elif made.resource.plural == GRAPHS:
            accounts = (names.PLANNER_SERVICE_ACCOUNT, names.service_discovery("{name}"))
            yield from (Derived("serviceaccounts", account) for account in accounts)
            for component in _components(made.value):
                yield Derived(kinds.KINDS[kinds.COMPONENT].plural, f"{{name}}-{component}")
                yield Derived("services", f"{{name}}-{component}")
            yield Derived(kinds.KINDS[kinds.ADAPTER].plural, "{name}-*")
        elif made.resource.plural == kinds.KINDS[kinds.COMPONENT].plural:
            yield Derived("deployments", "{name}")
            yield Derived("services", "{name}")

    def plugin(self, name: str, words: Sequence[str]) -> tuple[int, str, str] | None:
        """What the parser of `kubectl dynamo` would refuse."""
        if name != PLUGIN:
            raise KeyError(name)
        from kubectl_dynamo.verbs.command import command_line  # noqa: PLC0415 - only where the plugin is called

        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                command_line().parse_args(list(words))
        except SystemExit as end:
            if not end.code:  # --help
                return None
        else:
            return None
        message = next(line for line in said.getvalue().splitlines() if line.startswith(f"kubectl {PLUGIN}"))
        fact = message.partition(": ")[2]
        named = (number for number, word in enumerate(words) if word.partition("=")[0] in fact)
        return next(named, 0), fact, f"kubectl {PLUGIN} --help"

    def schemas(self) -> SchemaSet:
        """Those of the release that this site follows."""
        from kube_manifests.schemas import builtin  # noqa: PLC0415 - only where a field is named
        from kube_manifests.schemas.schemas import SchemaSet  # noqa: PLC0415

        return SchemaSet(_Sources(), builtin.Kubernetes())


def _applies(request: Mapping[str, Any]) -> bool:
    """Whether a request applies its graph itself: v1beta1 unless it says no, v1alpha1 if it says so."""
    spec = request.get("spec")
    alpha = request.get("apiVersion") == kinds.ALPHA_API
    said = spec.get("autoApply", not alpha) if isinstance(spec, dict) else not alpha
    return said is not False


def _graph_name(request: Mapping[str, Any]) -> str:
    """The name of a request's graph; `*` where it may be another."""
    spec = request.get("spec")
    named = isinstance(spec, dict) and ("overrides" in spec or "deploymentOverrides" in spec)
    return "*" if named else names.generated_graph("{name}")


def _components(graph: Mapping[str, Any]) -> list[str]:
    """The names of a graph's components in those of its objects: workers' end in a hash."""
    spec = graph.get("spec")
    listed = spec.get("components") if isinstance(spec, dict) else None
    services = spec.get("services") if isinstance(spec, dict) else None
    found = [one.get("name") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    found += list(services) if isinstance(services, dict) else []
    known = [str(name).lower() for name in found if isinstance(name, str)]
    return [part for name in known for part in (name, f"{name}-*")] or ["*"]


class _Sources:
    """The schema sources as they are: fields are looked up, and nothing is made ready for an API server."""

    name = "Dynamo"
    builtin = False

    def index(self) -> Index:
        named = (kind for kind in kinds.KINDS.values() if kind.name != kinds.CHECKPOINT)  # It has no source.
        return {(kinds.GROUP, kind.name): {version: {} for version in kind.versions} for kind in named}

    def root(self, group: str, version: str, kind: str) -> RawSchema:  # noqa: ARG002
        from dynamo_crd.schemas.compile import marked  # noqa: PLC0415

        return marked(kind, version)

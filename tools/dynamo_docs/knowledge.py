"""What lint knows of Dynamo without a cluster: its types, its plugin, how its operator works."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from docs_test.kubectl.table import Resource
from docs_test.ports.knowledge import Knowledge
from dynamo_api.facts import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kube_manifests.schemas.nodes import RawSchema
    from kube_manifests.schemas.schemas import SchemaSet
    from kube_manifests.schemas.sources import Index


PLUGIN = "dynamo"
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

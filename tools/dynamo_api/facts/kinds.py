"""The custom resources of Dynamo, their group and their versions."""

from __future__ import annotations

from dataclasses import dataclass

GROUP = "nvidia.com"
ALPHA, BETA = "v1alpha1", "v1beta1"
ALPHA_API, BETA_API = f"{GROUP}/{ALPHA}", f"{GROUP}/{BETA}"
"""The versions as `apiVersion` has them."""
SEARCH = "v1beta2"
SEARCH_API = f"{GROUP}/{SEARCH}"
"""Version of a request that 1.7 may serve beside the others (feature gate DGDRV1Beta2): a search."""

REQUEST = "DynamoGraphDeploymentRequest"
GRAPH = "DynamoGraphDeployment"
COMPONENT = "DynamoComponentDeployment"
ADAPTER = "DynamoGraphDeploymentScalingAdapter"
MODEL = "DynamoModel"
WORKER_METADATA = "DynamoWorkerMetadata"
CHECKPOINT = "DynamoCheckpoint"
SEARCH_RUN = "DynamoGraphDeploymentRun"
CANDIDATE = "DynamoGraphDeploymentCandidate"
"""Kinds that come with v1beta2 of a request: one search, and one deployment that it found."""
CHECKPOINT_STATES = ("v1.0.2", "main-1.5.0")
"""First and last state (`dynamo_api.releases`) with this kind, of which there are no schema sources here."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A custom resource."""

    name: str
    """Name in a manifest: `DynamoGraphDeployment`."""
    short: str
    """Name that people type: `dgd`."""
    versions: tuple[str, ...] = (BETA, ALPHA)
    """Versions of the newest release, the newest first."""

    @property
    def singular(self) -> str:
        """`dynamographdeployment`."""
        return self.name.lower()

    @property
    def plural(self) -> str:
        """`dynamographdeployments`, the resource's name in paths."""
        return f"{self.singular}s"

    def in_version(self, version: str) -> str:
        """The resource as `kubectl` takes it in one version: `dynamographdeployment.v1beta1.nvidia.com`.

        A version after the short name is dropped by kubectl: `dgdr` then means the newest that is served.
        """
        return f"{self.singular}.{version}.{GROUP}"

    @property
    def definition(self) -> str:
        """The name of its CustomResourceDefinition."""
        return f"{self.plural}.{GROUP}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(REQUEST, "dgdr"),
        Kind(GRAPH, "dgd"),
        Kind(COMPONENT, "dcd"),
        Kind(ADAPTER, "dgdsa"),
        Kind(MODEL, "dm", (ALPHA,)),
        Kind(WORKER_METADATA, "dwm", (ALPHA,)),
        Kind(CHECKPOINT, "dckpt", (ALPHA,)),
    )
}
"""All kinds by name, but for those of searches."""
SEARCH_KINDS = {
    kind.name: kind for kind in (Kind(SEARCH_RUN, "dgdrrun", (SEARCH,)), Kind(CANDIDATE, "dgdc", (SEARCH,)))
}
"""Kinds of searches by name. No release that was read serves them for certain."""
CONVERTED = tuple(kind for kind in KINDS.values() if len(kind.versions) > 1)
"""The kinds that have two versions: Dynamo's webhook converts their objects."""

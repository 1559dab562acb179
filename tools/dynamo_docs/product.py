"""Dynamo, as docs-test asks it: a product of `docs_test.ports`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.ports.product import HouseRules, Product
from dynamo_api.facts import kinds, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.inventory import Inventory
    from docs_test.language.needs import Vocabulary
    from docs_test.ports.knowledge import Knowledge
    from docs_test.ports.manifests import ManifestRules
    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object


class Dynamo(Product):
    """NVIDIA Dynamo on Kubernetes, and this site about it."""

    name = "dynamo"
    platform = "mock"
    assumed = frozenset({"gpu"})
    api_groups = (
        kinds.GROUP,
        # What Dynamo's objects may be made of, or stand beside.
        *("grove.io", "inference.networking.k8s.io", "inference.networking.x-k8s.io", "keda.sh"),
        *("leaderworkerset.x-k8s.io", "scheduling.run.ai", "scheduling.volcano.sh"),
    )
    left_behind = (
        # The operator makes these in each namespace with a graph, owned by none (FACTS: "always created").
        f"serviceaccounts/*/{names.PLANNER_SERVICE_ACCOUNT}",
        f"rolebindings.rbac.authorization.k8s.io/*/{names.binding(names.PLANNER_SERVICE_ACCOUNT)}",
        # The same, in each namespace with a request.
        f"serviceaccounts/*/{names.PROFILING_SERVICE_ACCOUNT}",
        f"rolebindings.rbac.authorization.k8s.io/*/{names.binding(names.PROFILING_SERVICE_ACCOUNT)}",
    )

    @property
    def release(self) -> str:
        """The release of which the pages' images are."""
        from groundwork.base.versions import version  # noqa: PLC0415 - only scripts name it

        return f"Dynamo {version('dynamo.runtime')}"

    @property
    def vocabulary(self) -> Vocabulary:
        """GPUs, the operator, Prometheus and the like."""
        from dynamo_docs.needs import VOCABULARY  # noqa: PLC0415 - only pages have them

        return VOCABULARY

    def look(self, kubectl: Kubectl, general: Inventory, nodes: Sequence[Object]) -> Inventory:
        """GPUs, the operator, the versions it serves, monitoring, network."""
        from dynamo_docs.inventory import look  # noqa: PLC0415 - only runs look

        return look(kubectl, general, nodes)

    @property
    def house(self) -> HouseRules:
        """Rules of the form of pages, and of examples/."""
        from dynamo_docs.house.rules import SiteRules  # noqa: PLC0415 - only lint asks

        return SiteRules()

    @property
    def knowledge(self) -> Knowledge:
        """Dynamo's types, schemas and plugin."""
        from dynamo_docs.knowledge import DynamoKnowledge  # noqa: PLC0415 - only lint asks

        return DynamoKnowledge()

    @property
    def manifests(self) -> ManifestRules:
        """Dynamo's CRDs, admission and advice."""
        from dynamo_docs.manifests import DynamoManifests  # noqa: PLC0415 - only validate asks

        return DynamoManifests()

"""What a cluster has, beside what each page needs, before anything runs: and what will be skipped, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.inventory import Inventory, StorageClass
from docs_test.language.needs import described
from docs_test.model import SkipKind
from groundwork.kube.objects import annotations_of, name_of
from groundwork.kube.values import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.language.needs import Vocabulary
    from docs_test.model import Tutorial
    from docs_test.ports.product import Product
    from groundwork.kube.kubectl import Kubectl

LISTED = "nodes,storageclasses.storage.k8s.io"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def look(kubectl: Kubectl, product: Product, *, cluster_scope: bool) -> Inventory:
    """Ask a cluster what it has; changes nothing.

    Args:
        kubectl: with the rights that the product's `look` needs.
        product: what else to look for.
        cluster_scope: as of `Inventory`.

    Raises:
        EnvironmentFault: it does not answer, or does not let this user look.
    """
    listed = entries(kubectl.json("get", LISTED, "-o", "json"), "items")
    nodes = [item for item in listed if item["kind"] == "Node"]
    classes = [item for item in listed if item["kind"] == "StorageClass"]
    general = Inventory(
        kubernetes=str(kubectl.json("get", "--raw", "/version")["gitVersion"]).removeprefix("v"),
        nodes=len(nodes),
        storage=tuple(
            StorageClass(name_of(item), annotations_of(item).get(DEFAULT_CLASS) == "true") for item in classes
        ),
        cluster_scope=cluster_scope,
    )
    return product.look(kubectl, general, nodes)


def report(inventory: Inventory, tutorials: Sequence[Tutorial], vocabulary: Vocabulary) -> Iterator[str]:
    """The lines to print."""
    yield "the cluster has:"
    for name, text in inventory.lines():
        yield f"  {name:12}  {text}"
    yield "the pages need:"
    for tutorial in tutorials:
        chosen = ", ".join(f"{key}={value}" for key, value in sorted(tutorial.variant.items()))
        name = f"{tutorial.path} ({chosen})" if chosen else tutorial.path
        needs = described(tutorial.needs, vocabulary) if tutorial.cluster else "no cluster"
        if tutorial.lacks:
            yield f"  {name}: {needs}; skipped: {tutorial.lacks}"
            continue
        yield f"  {name}: {needs}; runs"
        for skip in tutorial.skipped:
            if skip.kind is SkipKind.MISSING:
                yield f"    without {skip.location}: {skip.reason}"

"""What a cluster has, beside what each page needs, before anything runs: and what will be skipped, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs_test.clusters.inventory import Inventory, lines, read_inventory
from docs_test.language.needs import described
from docs_test.model import SkipKind
from dynamo_api.facts.kinds import GROUP
from groundwork.kube.values import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.model import Tutorial
    from groundwork.kube.kubectl import Kubectl

LISTED = "nodes,deployments.apps,services,storageclasses.storage.k8s.io"
KINDS = {"Node": "nodes", "Deployment": "deployments", "Service": "services", "StorageClass": "storageclasses"}


def look(kubectl: Kubectl, *, cluster_scope: bool) -> Inventory:
    """Ask a cluster what it has; changes nothing.

    Args:
        kubectl: with rights to list nodes, Deployments and Services in all namespaces.
        cluster_scope: as of `Inventory`.

    Raises:
        EnvironmentFault: it does not answer, or does not let this user look.
    """
    objects: dict[str, Any] = {name: {"items": []} for name in KINDS.values()}
    for item in entries(kubectl.json("get", LISTED, "-A", "-o", "json"), "items"):
        objects[KINDS[item["kind"]]]["items"].append(item)
    objects["version"] = kubectl.json("get", "--raw", "/version")
    groups = entries(kubectl.json("get", "--raw", "/apis"), "groups")
    ours = [group for group in groups if group["name"] == GROUP]
    served = [version["groupVersion"] for group in ours for version in group["versions"]]
    objects["served"] = [kubectl.json("get", "--raw", f"/apis/{version}") for version in served]
    return read_inventory(objects, cluster_scope=cluster_scope)


def report(inventory: Inventory, tutorials: Sequence[Tutorial]) -> Iterator[str]:
    """The lines to print."""
    yield "the cluster has:"
    for name, text in lines(inventory):
        yield f"  {name:12}  {text}"
    yield "the pages need:"
    for tutorial in tutorials:
        chosen = ", ".join(f"{key}={value}" for key, value in sorted(tutorial.variant.items()))
        name = f"{tutorial.path} ({chosen})" if chosen else tutorial.path
        if tutorial.lacks:
            yield f"  {name}: {described(tutorial.needs)}; skipped: {tutorial.lacks}"
            continue
        yield f"  {name}: {described(tutorial.needs)}; runs"
        for skip in tutorial.skipped:
            if skip.kind is SkipKind.MISSING:
                yield f"    without {skip.location}: {skip.reason}"

"""The volume claims that a graph made as v1alpha1 names for its services (`spec.pvcs`).

v1beta1 has no field for them: the conversion keeps them in an annotation, and the operator reads them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import kinds
from dynamo_api.views import kept
from groundwork.kube.objects import Object, namespace_of, owner_reference
from groundwork.kube.resources import CLAIMS
from groundwork.kube.values import mapping, sequence, text
from mock_platform.operator.kube.sync import BlockedError

if TYPE_CHECKING:
    from groundwork.kube.values import Json
    from mock_platform.operator.kube.api import Api


def ensure_claims(api: Api, graph: Object) -> None:
    """Make the claims that are not there; what is there is left as it is.

    Raises:
        BlockedError: one is not there, and the graph does not ask to make it.
        ApiError: the API server says no.
    """
    for wanted in sequence(kept.spec(graph, kinds.GRAPH).get("pvcs")):
        name = text(mapping(wanted).get("name"))
        if not name or api.get(CLAIMS, namespace_of(graph), name) is not None:
            continue
        if mapping(wanted).get("create") is not True:
            raise BlockedError(
                f"PersistentVolumeClaim {name} does not exist, and spec.pvcs does not say to create it"
            )
        api.create(claim(graph, mapping(wanted)))


def claim(graph: Object, wanted: Json) -> Object:
    """The claim, deleted with the graph."""
    spec: Object = {"resources": {"requests": {"storage": text(wanted.get("size")) or "0"}}}
    if mode := text(wanted.get("volumeAccessMode")):
        spec["accessModes"] = [mode]
    if (storage := wanted.get("storageClass")) is not None:
        spec["storageClassName"] = storage
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": text(wanted.get("name")),
            "namespace": namespace_of(graph),
            "ownerReferences": [owner_reference(graph)],
        },
        "spec": spec,
    }

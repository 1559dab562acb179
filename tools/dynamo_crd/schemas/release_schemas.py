"""Schemas to check manifests with: Dynamo's of a release, or a folder's or a cluster's beside Dynamo's rules."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import CHECKPOINT, CHECKPOINT_STATES, GROUP
from dynamo_api.release_table.kept import FILE as RELEASES
from dynamo_api.releases import named, states
from kube_manifests.schemas import builtin, schema_cache
from kube_manifests.schemas.schemas import Product, SchemaSet
from kube_manifests.schemas.sources import Cached, Cluster, CustomResources, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dynamo_api.releases import Held

DYNAMO = Product(GROUP, "Dynamo", frozenset({CHECKPOINT}))
"""DynamoCheckpoint: this project has no sources of it, so it is not checked, as the kinds of other projects."""
_NEAREST = "nearest.json"


class Release(Cached):
    """This project's own CRDs, as of a release of Dynamo."""

    def __init__(self, held: Held, name: str) -> None:
        key = schema_cache.key([held.state.encode(), *schema_cache.compiler(), *_sources()])
        super().__init__(name, key, self._own)
        self._state = held.state

    def _own(self) -> list[dict[str, Any]]:
        from dynamo_crd.schemas.compile import crds  # noqa: PLC0415 - only where the cache lacks them

        return crds(release=self._state)


def of_release(release: str = "") -> SchemaSet:
    """This project's own CRDs as of a release (by default the followed one), and Kubernetes' own kinds.

    Raises:
        UserError: there is no such release; it lists them.
    """
    held = named(release)
    name = f"Dynamo {held.release.name}" if release else "Dynamo"
    return SchemaSet(Release(held, name), builtin.Kubernetes(), product=_product(held))


def _product(held: Held) -> Product:
    """What else is known of the kinds of a release: which went, and which it may serve."""
    may_serve = [served.partition(" ") for served in held.release.may_serve]
    versions = frozenset((kind, version) for kind, _, version in may_serve)
    if states().index(held.state) <= states().index(CHECKPOINT_STATES[1]):
        return replace(DYNAMO, unchecked_versions=versions)
    gone = {CHECKPOINT: "it is gone since 1.5.0; PodSnapshot, of ai-dynamo/snapshot, takes its place"}
    return replace(DYNAMO, unchecked=frozenset(), unchecked_versions=versions, gone=gone)


def of_folder(folder: Path) -> SchemaSet:
    """The CRDs in a folder's YAML files, and Kubernetes' own kinds.

    Raises:
        UserError: no such folder, no CRD in it, or an invalid one; now, not when a schema is asked for.
    """
    return SchemaSet(Folder(folder), builtin.Kubernetes(), product=DYNAMO)


def of_cluster(crds: Mapping[str, Any], name: str = "the cluster") -> SchemaSet:
    """The CRDs that `kubectl get crd -o json` printed, and Kubernetes' own kinds.

    Raises:
        UserError: that is not a list of CRDs, or an empty one.
    """
    return SchemaSet(Cluster(crds, name), builtin.Kubernetes(), product=DYNAMO)


def of_crds(crds: list[dict[str, Any]], name: str = "") -> SchemaSet:
    """CRDs at hand, without a cache, and Kubernetes' own kinds."""
    return SchemaSet(CustomResources(crds, name), builtin.Kubernetes(), product=DYNAMO)


def nearest_release(schemas: SchemaSet) -> tuple[str, int]:
    """The release of Dynamo whose CRDs differ least from a folder's or a cluster's, and by how many facts."""
    source = next(source for source in schemas.sources if isinstance(source, Cached))
    kept = schema_cache.Folder(schema_cache.key([b"nearest", source.key.encode(), *_sources()]))
    cached = kept.read(_NEAREST)
    if cached is not None:
        release, apart = json.loads(cached)
        return str(release), int(apart)
    from dynamo_crd.schemas.recognise import nearest  # noqa: PLC0415 - only where the cache lacks it

    found = nearest(source.crds())
    kept.write(_NEAREST, json.dumps(found))
    return found


def _sources() -> Iterator[bytes]:
    """What this project's CRDs are made of."""
    package = Path(__file__).parents[1]
    for path in sorted([*(package / "schemas").glob("*.py"), *(package / "sources").glob("*.yaml"), RELEASES]):
        yield path.name.encode()
        yield path.read_bytes()
    yield from schema_cache.kubernetes()

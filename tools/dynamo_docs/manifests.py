"""What manifests of Dynamo are checked against: its CRDs, its admission and advice, as of one release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs_test.ports.manifests import Checks, ManifestRules
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas, releases

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from kube_manifests.schemas.schemas import SchemaSet


class DynamoManifests(ManifestRules):
    """The rules of a release of Dynamo: the one that the command line names, or the one nearest to given CRDs."""

    def add_options(self, group: argparse._ArgumentGroup) -> None:
        """Add `--dynamo`."""
        group.add_argument(
            "--dynamo",
            metavar="RELEASE",
            help="a release, such as 0.7.1 (default: the newest known, or the one nearest to given CRDs)",
        )

    def own(self, options: argparse.Namespace) -> Checks:
        """This project's CRDs, and the rules that go with them."""
        release = releases.named(options.dynamo or "")
        schemas = release_schemas.of_release(options.dynamo and release)
        return Checks(schemas, DynamoRules(release), f"Dynamo {release}")

    def of_folder(self, folder: Path, options: argparse.Namespace) -> Checks:
        """A folder's CRDs, and the rules of the release nearest to them."""
        return _beside(release_schemas.of_folder(folder), f"the CRDs in {folder}", options)

    def of_cluster(self, crds: Mapping[str, Any], options: argparse.Namespace) -> Checks:
        """A cluster's CRDs, and the rules of the release nearest to them."""
        return _beside(release_schemas.of_cluster(crds), "the cluster's CRDs", options)


def _beside(schemas: SchemaSet, name: str, options: argparse.Namespace) -> Checks:
    if options.dynamo:
        release, nearest = releases.named(options.dynamo), ""
    else:
        release, apart = release_schemas.nearest_release(schemas)
        nearest = f", the nearest release, {apart} facts apart" if apart else ""
    return Checks(schemas, DynamoRules(release), f"{name}, and what else Dynamo {release} asks for{nearest}")

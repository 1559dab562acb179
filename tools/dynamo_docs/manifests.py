"""What manifests of Dynamo are checked against: its CRDs, its admission and advice, as of one release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs_test.ports.manifests import Checks, ManifestRules
from dynamo_api import releases
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas

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
            help="a release, such as 1.6.2 (default: the one that this site follows, or nearest to given CRDs)",
        )

    def own(self, options: argparse.Namespace) -> Checks:
        """This project's CRDs, and the rules that go with them."""
        held = releases.named(options.dynamo or "")
        schemas = release_schemas.of_release(options.dynamo or "")
        return Checks(schemas, DynamoRules(held.state), f"Dynamo {held}")

    def of_folder(self, folder: Path, options: argparse.Namespace) -> Checks:
        """A folder's CRDs, and the rules of the release nearest to them."""
        return _beside(release_schemas.of_folder(folder), f"the CRDs in {folder}", options)

    def of_cluster(self, crds: Mapping[str, Any], options: argparse.Namespace) -> Checks:
        """A cluster's CRDs, and the rules of the release nearest to them."""
        return _beside(release_schemas.of_cluster(crds), "the cluster's CRDs", options)


def _beside(schemas: SchemaSet, name: str, options: argparse.Namespace) -> Checks:
    if options.dynamo:
        held, nearest = releases.named(options.dynamo), ""
    else:
        state, apart = release_schemas.nearest_release(schemas)
        held = releases.named(state)
        nearest = f", the nearest release, {apart} facts apart" if apart else ""
    return Checks(schemas, DynamoRules(held.state), f"{name}, and what else Dynamo {held} asks for{nearest}")

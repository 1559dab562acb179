"""Whether a cluster has the mock platform exactly as it is to be installed there: then nothing is applied again.

The namespace of the operator has a stamp: what was installed, and how each of its objects stood afterwards. An
object that anybody has changed or removed since, another image, or another setting is not what the stamp says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dynamo_api.facts import installation
from groundwork.base.content import digest
from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kind_cluster.kind import Cluster

ANNOTATION = "dynamo-docs/installed"
"""Annotation with the stamp."""
STATE = (
    "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation} "
    '{.metadata.resourceVersion}{"\\n"}{end}'
)
UNVERSIONED = "Namespace"
"""Kind whose version changes with the stamp."""


def wanted(objects: Sequence[Mapping[str, Any]], images: Mapping[str, Sequence[str]]) -> str:
    """The name of an installation: a digest of its objects, and of its images with the names that they get."""
    return digest(json.dumps([objects, images], sort_keys=True))


def is_installed(cluster: Cluster, name: str, objects: Sequence[Mapping[str, Any]]) -> bool:
    """Whether this installation was the last one, and each of its objects stands as it did then.

    Args:
        cluster: where.
        name: the name of the installation (`wanted`).
        objects: all that it applies.
    """
    path = ANNOTATION.replace(".", r"\.")
    words = ("get", "namespace", installation.NAMESPACE, "-o", f"jsonpath={{.metadata.annotations.{path}}}")
    try:
        return cluster.run_kubectl(*words) == _stamp(cluster, name, objects)
    except (
        EnvironmentFault
    ):  # Something of it is not there, or the cluster does not answer: the next call says so.
        return False


def stamp(cluster: Cluster, name: str, objects: Sequence[Mapping[str, Any]]) -> None:
    """Note that an installation is at its end; arguments as of `is_installed`."""
    text = f"{ANNOTATION}={_stamp(cluster, name, objects)}"
    cluster.run_kubectl("annotate", "--overwrite", "namespace", installation.NAMESPACE, text)


def _stamp(cluster: Cluster, name: str, objects: Sequence[Mapping[str, Any]]) -> str:
    return digest(name, *_states(cluster, objects))


def _states(cluster: Cluster, objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each object's uid, and the generation of its specification, or its version where it has none of these."""
    named = [
        {
            "apiVersion": item["apiVersion"],
            "kind": item["kind"],
            "metadata": {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]},
        }
        for item in objects
    ]
    content = json.dumps({"apiVersion": "v1", "kind": "List", "items": named}).encode()
    found = []
    for line in cluster.run_kubectl("get", "-f", "-", "-o", STATE, stdin=content).splitlines():
        kind, name, uid, *versions = line.split()
        found.append(f"{kind} {name} {uid} {'' if kind == UNVERSIONED else versions[0]}")
    return sorted(found)

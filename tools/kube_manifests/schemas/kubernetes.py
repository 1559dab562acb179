"""Kubernetes' own definitions, as the PyPI package `kubernetes-validate` has them: every version of Kubernetes."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

from groundwork.base.errors import EnvironmentFault
from groundwork.base.versions import version

Schema = dict[str, Any]


def newest() -> str:
    """The version of Kubernetes that versions.toml names (`kubernetes.schemas`)."""
    return version("kubernetes.schemas")


def definitions(wanted: str = "") -> dict[str, Schema]:
    """Kubernetes' definitions by full name (`io.k8s.api.core.v1.PodSpec`); shared, so not to be changed in place.

    Args:
        wanted: a version of Kubernetes such as `1.36.0`; by default the one that versions.toml names.

    Raises:
        EnvironmentFault: the package is not installed, or lacks the version.
    """
    return _definitions(wanted or newest())


@functools.cache
def _definitions(wanted: str) -> dict[str, Schema]:
    spec = importlib.util.find_spec("kubernetes_validate")  # found, not imported: it would cost 0.3 s
    hint = "install the project again: pip install -e ."
    if spec is None or spec.origin is None:
        raise EnvironmentFault("the Python package 'kubernetes-validate' is not installed", hint=hint)
    folder = Path(spec.origin).parent / "kubernetes-json-schema" / f"v{wanted}-local"
    if not folder.is_dir():
        has = ", ".join(sorted(found.name[1:].removesuffix("-local") for found in folder.parent.glob("v*-local")))
        raise EnvironmentFault(
            f"kubernetes-validate has no schemas of Kubernetes {wanted!r}, only {has}", hint=hint
        )
    found: dict[str, Schema] = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
    return found

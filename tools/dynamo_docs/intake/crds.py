"""The CRDs of a release: from a folder, a chart's archive, or a cluster."""

from __future__ import annotations

import io
import os
import tarfile
from typing import TYPE_CHECKING, Any

import yaml

from dynamo_crd.schemas import compare
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.positions import Position
from groundwork.kube.kubectl import Kubectl, KubectlFault
from kube_manifests.schemas import crd_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CRD = "CustomResourceDefinition"
ARCHIVES = (".tgz", ".tar.gz")
HINT = "name a folder of CRDs in YAML, a chart's .tgz that has them, or a kubeconfig"
_BEYOND = 8 << 20
"""Number of bytes beyond which a file of an archive is not read: CRDs are smaller."""


def read(path: Path) -> list[dict[str, Any]]:
    """The CRDs of Dynamo that a folder, an archive or the cluster of a kubeconfig has.

    Raises:
        UserError: there is no such file, or none of Dynamo's CRDs is in it; the file first.
        EnvironmentFault: the cluster does not answer.
    """
    if not path.exists():
        raise UserError("there is no such file or folder", hint=HINT, where=Position(str(path)))
    if path.is_dir():
        found = _of_folder(path)
    elif path.name.endswith(ARCHIVES):
        found = of_archive(path)
    else:
        found = _of_cluster(path)
    ours = compare.of_dynamo(found)
    if not ours:
        raise UserError(f"no {CRD} of Dynamo is in it", hint=HINT, where=Position(str(path)))
    return ours


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Names and texts of the YAML files of a chart's archive.

    Raises:
        UserError: it is no archive.
    """
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                wanted = member.isfile() and member.name.endswith((".yaml", ".yml")) and member.size < _BEYOND
                content = archive.extractfile(member) if wanted else None
                if content is not None:
                    yield member.name, io.TextIOWrapper(content, encoding="utf-8", errors="replace").read()
    except (tarfile.TarError, OSError, EOFError) as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise UserError(f"not an archive of a chart: {said}", hint=HINT, where=Position(str(path))) from None


def of_archive(path: Path) -> list[dict[str, Any]]:
    """The CRDs in a chart's archive; none in files that are templates, whose text is no YAML.

    Raises:
        UserError: it is no archive.
    """
    found: list[Any] = []
    for name, text in texts(path):
        if f"kind: {CRD}" not in text:
            continue
        try:
            found += yaml.safe_load_all(text)
        except yaml.YAMLError:
            if "{{" not in text:
                raise UserError(f"{name} is not YAML", where=Position(str(path))) from None
    return [one for one in found if isinstance(one, dict) and one.get("kind") == CRD]


def _of_folder(path: Path) -> list[dict[str, Any]]:
    try:
        return crd_files.read(path)
    except UserError as error:
        if error.where is not None:
            raise
        raise UserError(f"no {CRD} is in it", hint=HINT, where=Position(str(path))) from None


def _of_cluster(path: Path) -> list[dict[str, Any]]:
    kubectl = Kubectl(os.environ, kubeconfig=str(path))
    try:
        listed = kubectl.json("get", "crd", "-o", "json", "--request-timeout=30s", timeout=None)
    except KubectlFault as error:
        raise EnvironmentFault(f"{path}: {error.fact}", hint=error.hint or HINT) from None
    return [one for one in listed.get("items", []) if isinstance(one, dict)]

"""Where custom resources' schemas come from: CRDs at hand, of a folder, of a cluster; compiled once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from groundwork.base.errors import UserError
from kube_manifests.cel.rules import Rules, index
from kube_manifests.schemas import compiled, schema_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from kube_manifests.schemas.nodes import RawSchema

Entry = dict[str, Any]
"""Facts about a kind's version that are known before its schema is read: `served`, `namespaced`, `status`,
`replicas`, …"""
Index = dict[tuple[str, str], dict[str, Entry]]
"""Group and kind -> version -> entry."""

INDEX = "index.json"
RULES = "rules-"


class SchemaSource(Protocol):
    """Schemas of some kinds."""

    name: str
    builtin: bool

    def index(self) -> Index:
        """All kinds and versions."""

    def root(self, group: str, version: str, kind: str) -> RawSchema:
        """The linked schema of one of them."""


class CustomResources:
    """CRDs at hand."""

    builtin = False

    def __init__(self, crds: list[dict[str, Any]], name: str) -> None:
        """Compile them all.

        Raises:
            UserError: one of them is no CRD.
        """
        self.name = name
        self._index: Index = {}
        self._texts: dict[tuple[str, str, str], str] = {}
        for crd in crds:
            for version, entry, text in _compiled(crd):
                group, kind = crd["spec"]["group"], crd["spec"]["names"]["kind"]
                self._index.setdefault((group, kind), {})[version] = entry
                self._texts[group, version, kind] = text

    def index(self) -> Index:
        return self._index

    def root(self, group: str, version: str, kind: str) -> RawSchema:
        return compiled.load(self._texts[group, version, kind])

    def rules(self, group: str, version: str, kind: str) -> Rules:
        return index(self.root(group, version, kind))

    def texts(self) -> Iterator[tuple[tuple[str, str, str], str]]:
        """The compiled schemas, as JSON."""
        yield from self._texts.items()


class Cached:
    """CRDs that are compiled only if the cache lacks them."""

    builtin = False

    def __init__(self, name: str, key: str, crds: Callable[[], list[dict[str, Any]]]) -> None:
        self.name = name
        self.key = key
        self._folder = schema_cache.Folder(key)
        self.crds = crds
        self._index: Index | None = None
        self._compiled: CustomResources | None = None

    def index(self) -> Index:
        if self._index is None:
            cached = self._folder.read(INDEX)
            rows = [] if cached is None else json.loads(cached)
            self._index = {(group, kind): versions for group, kind, versions in rows} or self._all().index()
        return self._index

    def root(self, group: str, version: str, kind: str) -> RawSchema:
        cached = self._folder.read(schema_cache.file_name(group, version, kind))
        return self._all().root(group, version, kind) if cached is None else compiled.load(cached)

    def rules(self, group: str, version: str, kind: str) -> Rules:
        file = RULES + schema_cache.file_name(group, version, kind)
        cached = self._folder.read(file)
        if cached is not None:
            return Rules.from_json(json.loads(cached))
        made = index(self.root(group, version, kind))
        self._folder.write(file, json.dumps(made.to_json()))
        return made

    def _all(self) -> CustomResources:
        if self._compiled is None:
            self._compiled = CustomResources(self.crds(), self.name)
            for gvk, text in self._compiled.texts():
                self._folder.write(schema_cache.file_name(*gvk), text)
            rows = [[*key, versions] for key, versions in self._compiled.index().items()]
            self._folder.write(INDEX, json.dumps(rows))
        return self._compiled


class Folder(Cached):
    """The CRDs in a folder."""

    def __init__(self, folder: Path) -> None:
        """Read all its files.

        Raises:
            UserError: there is no such folder, no CRD in it, or a file that cannot be read.
        """
        from kube_manifests.schemas.crd_files import contents  # noqa: PLC0415 - for folders only

        if not folder.is_dir():
            raise UserError(f"there is no folder {str(folder)!r}", hint="name a folder of CRDs, as YAML files")
        files = [content for _, content in contents(folder)]
        super().__init__(
            str(folder),
            schema_cache.key([b"folder", *schema_cache.compiler(), *files]),
            lambda: _of_folder(folder),
        )
        self.index()


class Cluster(Cached):
    """The CRDs of a cluster."""

    def __init__(self, printed: Mapping[str, Any], name: str) -> None:
        """Take what `kubectl get crd -o json` printed.

        Raises:
            UserError: no list of CRDs, or an empty one.
        """
        listed = printed.get("items", [printed])
        crds = [one for one in listed if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition"]
        if not crds:
            hint = "kubectl get crd -o json"
            raise UserError(f"{name} has no CustomResourceDefinition: is Dynamo installed?", hint=hint)
        specs = json.dumps([one.get("spec") for one in crds], sort_keys=True).encode()
        super().__init__(name, schema_cache.key([b"cluster", *schema_cache.compiler(), specs]), lambda: crds)


def _compiled(crd: dict[str, Any]) -> Iterator[tuple[str, Entry, str]]:
    """Each version of a CRD: its name, what is known of it, its schema as JSON."""
    try:
        spec = crd["spec"]
        for version in spec["versions"]:
            subresources = version.get("subresources") or {}
            entry = {
                "served": bool(version["served"]),
                "namespaced": spec["scope"] == "Namespaced",
                "status": "status" in subresources,
                "replicas": _replicas(subresources),
            }
            if version.get("deprecated"):
                default = f"{spec['group']}/{version['name']} {spec['names']['kind']} is deprecated"
                entry["deprecated"] = version.get("deprecationWarning", default)
            yield version["name"], entry, compiled.dump(version["schema"]["openAPIV3Schema"])
    except (KeyError, TypeError, AttributeError) as error:
        name = (crd.get("metadata") or {}).get("name", "an object without a name")
        fact = f"{name} is not a valid CustomResourceDefinition: it lacks or misuses {error}"
        raise UserError(fact) from error


def _replicas(subresources: dict[str, Any]) -> list[list[str]]:
    """Where the scale subresource finds the wanted replicas; the status's are dropped with the status."""
    path = (subresources.get("scale") or {}).get("specReplicasPath")
    return [path.removeprefix(".").split(".")] if path else []


def _of_folder(folder: Path) -> list[dict[str, Any]]:
    from kube_manifests.schemas.crd_files import read  # noqa: PLC0415 - it imports YAML

    return read(folder)

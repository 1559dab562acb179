"""The kinds this project knows: group, names and versions, without compiling anything."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_crd import sources

if TYPE_CHECKING:
    from dynamo_crd.sources import Source


@dataclass(frozen=True, slots=True)
class Kind:
    """A custom resource."""

    name: str
    """As in a manifest: `DynamoGraphDeployment`."""
    plural: str
    short_names: tuple[str, ...]
    categories: tuple[str, ...]
    group: str
    versions: tuple[str, ...]
    """Every version with a source, by name."""
    storage: str
    """The version that the API server stores."""

    @property
    def crd_name(self) -> str:
        """Name of its CustomResourceDefinition."""
        return f"{self.plural}.{self.group}"


def table() -> Source:
    """`kinds.yaml`."""
    return _load("kinds.yaml")


def releases() -> tuple[str, ...]:
    """The releases of Dynamo whose CRDs were read, from old to new."""
    return tuple(table().data["releases"])


@functools.cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of `kinds.yaml`.

    Raises:
        UserError: a kind without versions, with none or two stored, or a version of no kind.
    """
    rows = table().data["kinds"]
    found: dict[str, dict[str, Source]] = {name: {} for name in rows}
    for source in version_sources():
        kind, version = source.data["kind"], source.data["version"]
        if kind not in found:
            raise source.error(
                ("kind",), f"kind {kind!r} is not in kinds.yaml", hint=f"add it; there are {', '.join(rows)}"
            )
        found[kind][version] = source
    return {name: _kind(name, row, found[name]) for name, row in rows.items()}


@functools.cache
def version_sources() -> tuple[Source, ...]:
    """The sources of all kinds and versions, by file name.

    Raises:
        UserError: one of them lacks `kind` or `version`, or is not named after them.
    """
    files = [
        path
        for path in sorted(sources.FOLDER.glob("*.yaml"))
        if path.name not in ("kinds.yaml", "kubernetes.yaml") and not path.name.startswith("types-")
    ]
    found = tuple(_load(path.name) for path in files)
    for source in found:
        for key in ("kind", "version", "since", "fields"):
            if key not in source.data:
                raise source.error((), f"a version's source needs {key!r}")
        wanted = f"{source.data['kind'].lower()}-{source.data['version']}.yaml"
        if source.path.name != wanted:
            raise source.error(("kind",), f"this kind and version belong in a file named {wanted!r}")
    return found


def types_sources(source: Source) -> list[Source]:
    """The sources of shared types that a version's `uses` names.

    Raises:
        UserError: there is no such file, or it holds more than types.
    """
    found = []
    for index, name in enumerate(source.data.get("uses", ())):
        if not (sources.FOLDER / f"{name}.yaml").is_file():
            there = ", ".join(path.stem for path in sorted(sources.FOLDER.glob("types-*.yaml")))
            raise source.error(("uses", str(index)), f"there is no {name}.yaml", hint=f"one of {there}")
        types = _load(f"{name}.yaml")
        for key in types.data:
            if key != "types":
                raise types.error(
                    (key,), f"unknown key {key!r}", hint="a file of shared types has the key 'types' only"
                )
        found.append(types)
    return found


@functools.cache
def _load(name: str) -> Source:
    return sources.load(sources.FOLDER / name)


def _kind(name: str, row: dict[str, list[str] | str], versions: dict[str, Source]) -> Kind:
    stored = [version for version, source in versions.items() if source.data.get("storage")]
    if len(stored) != 1:
        raise table().error(
            ("kinds", name),
            f"{name} has {len(versions)} versions, {len(stored)} of them with 'storage: true': one must be",
        )
    return Kind(
        name=name,
        plural=str(row["plural"]),
        short_names=tuple(row.get("shortNames", ())),
        categories=tuple(row.get("categories", ())),
        group=table().data["group"],
        versions=tuple(sorted(versions)),
        storage=stored[0],
    )

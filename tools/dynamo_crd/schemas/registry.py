"""The kinds this project knows: group, names and versions in each release, without compiling anything."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import CHECKPOINT, CHECKPOINT_STATES, KINDS
from dynamo_crd.schemas import releases as times
from dynamo_crd.schemas import source_files
from dynamo_crd.schemas.releases import table

if TYPE_CHECKING:
    from dynamo_crd.schemas.releases import AsOf
    from dynamo_crd.schemas.source_files import Source

_VERSION_NEEDS = ("kind", "version", "since", "fields")


@dataclass(frozen=True, slots=True)
class Kind:
    """A custom resource."""

    name: str
    """Name in a manifest: `DynamoGraphDeployment`."""
    plural: str
    short_names: tuple[str, ...]
    categories: tuple[str, ...]
    group: str
    versions: tuple[str, ...]
    """Every version that the release serves, by name."""
    storage: str
    """The version that the API server stores."""

    @property
    def crd_name(self) -> str:
        """Name of its CustomResourceDefinition."""
        return f"{self.plural}.{self.group}"


def releases() -> tuple[str, ...]:
    """The releases of Dynamo whose CRDs were read, from old to new."""
    return times.names()


def kinds(release: str = "") -> dict[str, Kind]:
    """All kinds that a release has (by default the followed one), by name, in the order of `kinds.yaml`.

    Raises:
        UserError: no such release; a kind without versions, with none or two stored; a version of no kind.
    """
    return _kinds(times.named(release))


def definitions(release: str = "") -> tuple[str, ...]:
    """The names of all CRDs that a release (by default the followed one) installs, with the kind without sources.

    Raises:
        UserError: no such release.
    """
    order, state = times.names(), times.named(release)
    first, last = map(order.index, CHECKPOINT_STATES)
    more = [KINDS[CHECKPOINT].definition] if first <= order.index(state) <= last else []
    return tuple(sorted([*(kind.crd_name for kind in kinds(release).values()), *more]))


def source(kind: str, version: str) -> Source:
    """The source of a version.

    Raises:
        KeyError: no such kind or version (a mistake of the caller).
    """
    name = f"{kind.lower()}-{version}.yaml"
    if not (source_files.FOLDER / name).is_file():
        raise KeyError(kind, version)
    return _load(name)


def as_of(source: Source, release: str) -> AsOf:
    """A version's source as it was in a release that has it."""
    return times.as_of((), source.data, release)


@functools.cache
def _kinds(release: str) -> dict[str, Kind]:
    rows = table().data["kinds"]
    found: dict[str, dict[str, Source]] = {name: {} for name in rows}
    for source in version_sources():
        kind, version = source.data["kind"], source.data["version"]
        if kind not in found:
            raise source.error(
                ("kind",), f"kind {kind!r} is not in kinds.yaml", hint=f"add it; there are {', '.join(rows)}"
            )
        found[kind][version] = source
    for name, versions in found.items():
        times.check(table(), ("kinds", name), rows[name])
        if not versions:
            raise table().error(
                ("kinds", name), f"{name} has no source: it needs a file {name.lower()}-VERSION.yaml"
            )
    made = {name: _kind(name, found[name], release) for name in rows}
    return {name: kind for name, kind in made.items() if kind is not None}


@functools.cache
def version_sources() -> tuple[Source, ...]:
    """The sources of all kinds and versions, by file name.

    Raises:
        UserError: one of them lacks `kind` or `version`, or is not named after them.
    """
    files = [
        path
        for path in sorted(source_files.FOLDER.glob("*.yaml"))
        if path.name not in ("kinds.yaml", "kubernetes.yaml") and not path.name.startswith("types-")
    ]
    found = tuple(_load(path.name) for path in files)
    for source in found:
        for key in _VERSION_NEEDS:
            if key not in source.data:
                raise source.error((), f"a version's source needs {key!r}")
        times.check(source, (), source.data)
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
        if not (source_files.FOLDER / f"{name}.yaml").is_file():
            there = ", ".join(path.stem for path in sorted(source_files.FOLDER.glob("types-*.yaml")))
            raise source.error(("uses", index), f"there is no {name}.yaml", hint=f"one of {there}")
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
    return source_files.load(source_files.FOLDER / name)


def _kind(name: str, versions: dict[str, Source], release: str) -> Kind | None:
    then = {
        version: as_of(source, release).values
        for version, source in versions.items()
        if times.there(source.data, release)
    }
    if not then:
        return None
    stored = [version for version, data in then.items() if data.get("storage")]
    if len(stored) != 1:
        raise table().error(
            ("kinds", name),
            f"of {name}'s {len(then)} versions in {release}, {len(stored)} have 'storage: true': one must",
        )
    row = times.as_of(("kinds", name), table().data["kinds"][name], release).values
    return Kind(
        name=name,
        plural=row["plural"],
        short_names=tuple(row.get("shortNames", ())),
        categories=tuple(row.get("categories", ())),
        group=table().data["group"],
        versions=tuple(sorted(then)),
        storage=stored[0],
    )

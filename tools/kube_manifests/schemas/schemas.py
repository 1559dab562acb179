"""Sets of schemas to check manifests with: those of custom resources, from any sources, and Kubernetes' own.

Nothing is compiled, and no YAML or schema package read, for a schema that the cache has: one file for each kind
and version, so that a manifest costs what its own kinds cost.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundwork.base import suggest
from groundwork.base.wording import shown, typed
from groundwork.text.model import FieldError
from kube_manifests.schemas import builtin, names
from kube_manifests.schemas.nodes import Node, Nodes
from kube_manifests.schemas.sources import Cached, CustomResources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kube_manifests.cel.rules import Rules
    from kube_manifests.schemas.nodes import RawSchema
    from kube_manifests.schemas.sources import Entry, SchemaSource


@dataclass(frozen=True, slots=True)
class Product:
    """Whose custom resources are checked: a kind of its group that no source has is an error."""

    group: str = ""
    """Its API group; "" if only Kubernetes' groups and those of the sources are known."""
    first_word: str = ""
    """The word that its kinds begin with. Other kinds of the group are another project's: NVIDIA's has Dynamo's
    kinds, and `ClusterPolicy` of the GPU operator. "": all kinds of the group are its own."""
    unchecked: frozenset[str] = frozenset()
    """Its kinds that no source has: they are not checked, like the kinds of other projects."""
    unchecked_versions: frozenset[tuple[str, str]] = frozenset()
    """Kinds and versions that may be served, though no source has them: they are not checked either."""
    gone: Mapping[str, str] = field(default_factory=dict)
    """Kinds that it had once, each with what to do: an error's hint."""


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """The schema of one kind in one version."""

    group: str
    """API group; "" for Kubernetes' core group."""
    version: str
    kind: str
    root: RawSchema = field(repr=False)
    """Schema as `openAPIV3Schema` of a CRD, without descriptions: `{"type": "object", "properties": {…}}`. Equal
    parts of it are the same dict, and Kubernetes' own may contain themselves. Not to be changed."""
    nodes: Nodes = field(repr=False)
    builtin: bool = False
    """Whether it is one of Kubernetes' own kinds, which have no defaults and no rules here."""
    namespaced: bool = True
    status_subresource: bool = False
    """Whether `status` is dropped on create."""
    replicas_paths: tuple[tuple[str, ...], ...] = ()
    """Paths of the scale subresource, at which a number of replicas must be one."""
    deprecated: str | None = None
    """The API server's warning; None where the version is not deprecated."""
    rules: Callable[[], Rules] | None = field(default=None, repr=False)
    """CEL rules, read at the first call; None for Kubernetes' own kinds."""
    source: str = ""
    """Source for messages: `Dynamo main-1.5.0`."""

    @property
    def api_version(self) -> str:
        """As in a manifest: `nvidia.com/v1beta1`, `v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def node(self) -> Node:
        """The schema made ready to check with."""
        return self.nodes.of(self.root)

    @property
    def name_rule(self) -> Callable[[str], str]:
        """What is wrong with an object's name, or ""."""
        return builtin.NAME_RULES.get(self.kind, names.subdomain) if self.builtin else names.subdomain


class SchemaSet:
    """Schemas by apiVersion and kind, read when first asked for."""

    def __init__(self, *sources: SchemaSource, product: Product | None = None) -> None:
        self.sources = sources
        self._product = product or Product()
        self._found: dict[tuple[str, str], Schema | None] = {}

    def find(self, api_version: str, kind: str) -> Schema | None:
        """The schema of a kind in a version; None where no source has it, or has it but does not serve it."""
        key = (api_version, kind)
        if key not in self._found:
            self._found[key] = self._read(*split(api_version), kind)
        return self._found[key]

    def explain(self, api_version: str, kind: str) -> FieldError | None:
        """Why there is no schema: an error where the API server would have none either, else None: not checked.

        An error for what is probably the product's, for the groups that the sources have, for Kubernetes' own
        groups, and for what is probably a slip of one of these; None for the kinds of other projects
        (`ServiceMonitor`), also of those that share the product's group (`ClusterPolicy` of nvidia.com).
        """
        group, version = split(api_version)
        if not version or api_version.count("/") > 1:
            fact = f"{shown(api_version)} is no apiVersion"
            return FieldError(("apiVersion",), "unknown-version", fact, "GROUP/VERSION, or v1")
        if self.find(api_version, kind) is not None or self._unchecked(group, version, kind):
            return None
        if served := self.versions(group, kind):
            return self._unserved(group, version, kind, served)
        if group in self.groups():
            others = {one: other for other in self.groups() for one in self.kinds(other) if one == kind}
            shared = bool(group) and group == self._product.group and kind not in others
            return None if shared and not self._ours(kind) else self._unknown_kind(group, kind, others.get(kind))
        near = suggest.closest(group, self.groups() - {""})
        home = self._product.group
        if home and kind in self.kinds(home):
            near = home
        if near and kind in self.kinds(near):
            right = f"{near}/{self.versions(near, kind)[0]}"
            fact = f"no API group {shown(group)} with a kind {kind!r}"
            return FieldError(("apiVersion",), "unknown-kind", fact, f"did you mean {right!r}?")
        return None if "." in group else self._gone_group(group, kind)

    def groups(self) -> set[str]:
        """All groups of the sources, and Dynamo's, whether a source has it or not."""
        home = {self._product.group} if self._product.group else set()
        return home | {group for source in self.sources for group, _ in source.index()}

    def kinds(self, group: str) -> list[str]:
        """The kinds of a group, by name."""
        return sorted({kind for source in self.sources for found, kind in source.index() if found == group})

    def versions(self, group: str, kind: str) -> tuple[str, ...]:
        """The served versions of a kind, as the API server prefers them: v1, v1beta1, v1alpha1."""
        found = [
            version
            for source in self.sources
            for version, entry in source.index().get((group, kind), {}).items()
            if entry.get("served", True)
        ]
        return tuple(sorted(dict.fromkeys(found), key=_preference))

    def _ours(self, kind: str) -> bool:
        """Whether a kind of the product's group is the product's, or is meant to be."""
        word = self._product.first_word.casefold()
        begins = kind.casefold().startswith(word) or kind.endswith("List")  # A list in a group is never right.
        return begins or kind in self._product.gone or bool(suggest.closest(kind, self.kinds(self._product.group)))

    def _unchecked(self, group: str, version: str, kind: str) -> bool:
        known = self._product
        return group == known.group and (kind in known.unchecked or (kind, version) in known.unchecked_versions)

    def _read(self, group: str, version: str, kind: str) -> Schema | None:
        for source in self.sources:
            entry = source.index().get((group, kind), {}).get(version)
            if entry is not None and entry.get("served", True):
                return _schema(source, entry, group, version, kind)
        return None

    def _unserved(self, group: str, version: str, kind: str, served: tuple[str, ...]) -> FieldError:
        listed = ", ".join(f"{group}/{one}" if group else one for one in served)
        fact = f"{kind} is not served in version {shown(version)}"
        return FieldError(("apiVersion",), "unknown-version", fact, f"served: {listed}")

    def _gone_group(self, group: str, kind: str) -> FieldError | None:
        """An error for a group that only Kubernetes could have, as `extensions` was: others have a dot."""
        homes = sorted(other for other in self.groups() if kind in self.kinds(other))
        if not homes:
            return None
        versions = self.versions(homes[0], kind)
        right = f"{homes[0]}/{versions[0]}" if homes[0] else versions[0]
        fact = f"no API group {shown(group)} with a kind {kind!r}"
        return FieldError(("apiVersion",), "unknown-kind", fact, f"it is in {right!r}")

    def _unknown_kind(self, group: str, kind: str, other: str | None) -> FieldError:
        where = f"API group {group!r}" if group else "API version 'v1'"
        fact = f"{where} has no kind {kind!r}"
        if other is not None:
            version = self.versions(other, kind)[0]
            right = f"{other}/{version}" if other else version
            return FieldError(("apiVersion",), "unknown-kind", fact, f"it is in {right!r}")
        gone = self._product.gone.get(kind) if group == self._product.group else None
        hint = gone or suggest.hint(kind, self.kinds(group), "its kinds")
        return FieldError(("kind",), "unknown-kind", fact, hint)


def identity(value: Any) -> tuple[str, str] | list[FieldError]:
    """The apiVersion and kind of a document, or why it has none."""
    if not isinstance(value, dict):
        comment = isinstance(value, str) and value.lstrip().startswith(("//", "/*"))
        hint = "a comment begins with `#` in YAML" if comment else ""
        if isinstance(value, list):
            hint = "several manifests are divided by `---`, or stand in the items of a List"
        return [FieldError((), "type", f"expected an object with apiVersion and kind, got {typed(value)}", hint)]
    errors = []
    for name in ("apiVersion", "kind"):
        there = value.get(name)
        if there is None or there == "":
            near = (
                suggest.closest(name, [key for key in value if isinstance(key, str)]) if name not in value else ""
            )
            hint = f"{near!r} is not a field of an object" if near else ""
            errors.append(FieldError((name,), "required", f"required field {name!r} is missing", hint))
        elif not isinstance(there, str):
            errors.append(FieldError((name,), "type", f"expected string, got {typed(there)}"))
        elif name == "kind" and (fault := names.kind(there)):
            errors.append(FieldError((name,), "unknown-kind", f"{shown(there)} is not a kind: {fault}"))
    return errors or (value["apiVersion"], value["kind"])


def split(api_version: str) -> tuple[str, str]:
    """`nvidia.com/v1beta1` -> group and version; `v1` -> "" and `v1`."""
    group, _, version = api_version.rpartition("/")
    return group, version


def _schema(source: SchemaSource, entry: Entry, group: str, version: str, kind: str) -> Schema:
    return Schema(
        group=group,
        version=version,
        kind=kind,
        root=source.root(group, version, kind),
        nodes=Nodes(go=source.builtin),
        builtin=source.builtin,
        namespaced=entry.get("namespaced", True),
        status_subresource=entry.get("status", False),
        replicas_paths=tuple(tuple(path) for path in entry.get("replicas", ())),
        deprecated=entry.get("deprecated"),
        rules=_rules(source, group, version, kind),
        source=source.name,
    )


def _rules(source: SchemaSource, group: str, version: str, kind: str) -> Callable[[], Rules] | None:
    if not isinstance(source, CustomResources | Cached):
        return None
    return functools.cache(lambda: source.rules(group, version, kind))


def _preference(version: str) -> tuple[int, int, int, str]:
    """Kubernetes' order of versions: stable before beta before alpha, the higher number first."""
    import re  # noqa: PLC0415 - only where something is wrong

    found = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if not found:
        return (3, 0, 0, version)
    return ((None, "beta", "alpha").index(found[2]), -int(found[1]), -int(found[3] or 0), version)

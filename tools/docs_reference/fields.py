"""The fields of one version of a kind, as its reference page tells them: the tree, and each field's history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from docs_reference import words
from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import registry, releases
from dynamo_crd.schemas.schema import KUBERNETES, OWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.schemas.schema import Schema

_MARKS = re.compile(r"\[\]|\{\}")
_DEPRECATED = re.compile(r"^(Ignored\b|Has no effect\b)|\bDeprecated\b")
_TOP = ("spec", "status")


@dataclass(frozen=True, slots=True)
class Rule:
    """A CEL rule of the schema."""

    message: str
    """Message in the project's words."""
    within: str = ""
    """Path below the field to the place where it holds: `containers[]`, in a type of Kubernetes' own."""
    since: str = ""
    """The first release with it, where that is later than the field's."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field, as the newest release has it (or, of one that is gone, the last)."""

    path: str
    """Path of the field: `spec.components[].name`."""
    anchor: str
    """Anchor on its page, unique there and the same for ever: kind, version and path, without marks, in lower
    case."""
    description: str
    type: str
    """Type in words, as Markdown."""
    limits: tuple[str, ...]
    """Default, enum and the rest, in words, as Markdown."""
    rules: tuple[Rule, ...]
    required: bool
    since: str
    """The first release that has it; "" if it is as old as its version."""
    until: str
    """The last release that has it; "" if the newest has it."""
    history: tuple[str, ...]
    """Descriptions of what it was in earlier releases, as sentences in Markdown."""
    kubernetes: str
    """The Kubernetes type whose fields it has, too: `core.v1.PodSpec`; "" for none."""
    children: tuple[Field, ...] = ()

    @property
    def name(self) -> str:
        """The last step: `name` of `spec.components[].name`."""
        return _MARKS.sub("", self.path.rpartition(".")[2])

    @property
    def deprecated(self) -> bool:
        """Whether its description says that it is not to be used any more, and what is in its place."""
        return _DEPRECATED.search(self.description) is not None

    def walk(self) -> Iterator[Field]:
        """It, and all below it, from top to bottom."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class _Node:
    schema: Schema
    required: bool

    @property
    def inner(self) -> Schema:
        """What stands in the lists and maps of it."""
        schema = self.schema
        while isinstance(below := schema.get("items", schema.get("additionalProperties")), dict):
            schema = below
        return schema


def anchor(kind: str, version: str, path: str) -> str:
    """`dynamographdeploymentrequest-v1beta1-spec-sla-ttft` of `spec.sla.ttft`."""
    return "-".join((kind, version, *plain(path).split("."))).lower()


def plain(path: str) -> str:
    """A path without the marks of lists and maps: `spec.components.name`."""
    return _MARKS.sub("", path)


def served(kind: str, version: str) -> list[str]:
    """The releases, from old to new, that have a version of a kind."""
    source = registry.source(kind, version)
    return [release for release in releases.names() if releases.there(source.data, release)]


@cache
def read(kind: str, version: str) -> tuple[Field, ...]:
    """`spec` and `status` of a version, required fields first.

    Raises:
        KeyError: no such kind or version (a mistake of the caller).
    """
    nodes = {release: _nodes(compiler.marked(kind, version, release)) for release in served(kind, version)}
    paths = sorted({path for found in nodes.values() for path in found})

    def made(path: str) -> Field:
        mine = {release: found[path] for release, found in nodes.items() if path in found}
        below = re.compile(re.escape(path) + r"(\[\]|\{\})*\.\w+")
        children = [made(one) for one in paths if below.fullmatch(one)]
        where = (path, anchor(kind, version, path))
        return _field(where, mine, list(nodes), tuple(sorted(children, key=_order)))

    return tuple(made(path) for path in _TOP if path in paths)


def _order(field: Field) -> tuple[bool, bool, str]:
    return bool(field.until) or field.deprecated, not field.required, field.name.lower()


def _field(where: tuple[str, str], mine: dict[str, _Node], there: list[str], children: tuple[Field, ...]) -> Field:
    first, last = next(iter(mine)), list(mine)[-1]
    node = mine[last]
    return Field(
        path=where[0],
        anchor=where[1],
        description=node.schema.get("description", ""),
        type=words.type_of(node.schema),
        limits=tuple(words.limits(node.schema)),
        rules=tuple(_rules(mine)),
        required=node.required,
        since=first if first != there[0] else "",
        until=last if last != there[-1] else "",
        history=tuple(_history(mine)),
        kubernetes=node.inner.get(KUBERNETES, ""),
        children=children,
    )


def _nodes(schema: Schema) -> dict[str, _Node]:
    found: dict[str, _Node] = {}
    _collect(schema, "", found)
    return found


def _collect(schema: Schema, path: str, found: dict[str, _Node]) -> None:
    for name, field in schema.get("properties", {}).items():
        if OWN in field:
            inner = f"{path}.{name}" if path else name
            found[inner] = _Node(field, name in schema.get("required", ()))
            _collect(field, inner, found)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), dict):
            _collect(schema[key], path + mark, found)


def _rules(mine: dict[str, _Node]) -> Iterator[Rule]:
    """The rules of the last release, each with the first that had it."""
    there = {release: dict(_rules_of(node)) for release, node in mine.items()}
    first, last = next(iter(mine)), list(mine)[-1]
    for within, message in there[last]:
        since = next(release for release, found in there.items() if (within, message) in found)
        yield Rule(message, within, since if since != first else "")


def _rules_of(node: _Node) -> Iterator[tuple[tuple[str, str], str]]:
    for schema in {id(one): one for one in (node.schema, node.inner)}.values():
        for rule in schema.get("x-kubernetes-validations", ()):
            yield ("", rule["message"]), rule["rule"]
    if KUBERNETES in node.inner:
        for within, rule in _inside(node.inner, ""):
            yield (within, rule["message"]), rule["rule"]


def _inside(schema: Schema, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rules that Dynamo adds within a type of Kubernetes' own, which has none itself."""
    if path:
        yield from ((path, rule) for rule in schema.get("x-kubernetes-validations", ()))
    for name, field in schema.get("properties", {}).items():
        if OWN not in field:
            yield from _inside(field, f"{path}.{name}" if path else name)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), dict) and path:
            yield from _inside(schema[key], path + mark)


def _history(mine: dict[str, _Node]) -> Iterator[str]:
    """What a field was, from new to old, told at the last release in which it was so."""
    for (old, before), (_, after) in reversed(list(pairwise(mine.items()))):
        changes = list(words.changes(before.schema, after.schema))
        if before.required != after.required:
            changes.insert(0, "required" if before.required else "optional")
        gone = {message for (_, message), _ in _rules_of(before)} - {
            message for (_, message), _ in _rules_of(after)
        }
        changes += [f"a rule: {words.escaped(message)}" for message in sorted(gone)]
        if changes:
            yield f"Up to {words.release(old)}: {'; '.join(changes)}."

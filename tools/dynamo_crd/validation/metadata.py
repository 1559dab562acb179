"""An object's metadata: its fields and types, names, labels, annotations, owners, finalizers.

As kube-apiserver has it on create (k8s.io/apimachinery, pkg/api/validation/objectmeta.go). What the server sets
itself (uid, creationTimestamp, generation, managedFields, …) may stand there and is only looked at for its type.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynamo_crd.validation import names, walk
from dynamo_crd.validation.model import Problem, Stage
from dynamo_crd.validation.nodes import Nodes
from dynamo_crd.validation.normalise import Normaliser
from dynamo_crd.validation.wording import shown, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dynamo_crd.validation.model import Path

ANNOTATIONS_LENGTH = 256 * 1024
"""Bytes of all keys and values together."""

_STRING = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_INT64 = {"type": "integer", "format": "int64"}
_STRINGS = {"type": "object", "additionalProperties": _STRING}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"), _STRING),
        **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), _INT64),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), _TIME),
        **dict.fromkeys(("labels", "annotations"), _STRINGS),
        "finalizers": {"type": "array", "items": _STRING},
        "ownerReferences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("apiVersion", "kind", "name", "uid"), _STRING),
                    **{name: {"type": "boolean"} for name in ("controller", "blockOwnerDeletion")},
                },
            },
        },
        "managedFields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("manager", "operation", "apiVersion", "fieldsType", "subresource"), _STRING),
                    "time": _TIME,
                    "fieldsV1": {"x-kubernetes-preserve-unknown-fields": True},
                },
            },
        },
    },
}
"""ObjectMeta, as Go declares it."""

NODES = Nodes(go=True)
_ROOT: Path = ("metadata",)
_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"


def check(
    metadata: Any, *, name_rule: Callable[[str], str] = names.subdomain, namespaced: bool = True
) -> tuple[dict[str, Any], list[Problem]]:
    """The metadata of an object that is to be created, at `$.metadata`; a generated name is filled in.

    Args:
        metadata: as written; None where there is none.
        name_rule: what is wrong with a name of this kind, or "".
        namespaced: whether objects of this kind live in namespaces.

    Raises:
        TooMuch: it is too deep or too large.
    """
    made, problems = decode(metadata, _ROOT)
    wrong = {problem.path for problem in problems}
    if not isinstance(metadata, (dict, type(None))):
        return made, problems
    prefix, name = made.get("generateName") or "", made.get("name") or ""
    if prefix and (*_ROOT, "generateName") not in wrong:
        if fault := name_rule(names.prefix_masked(prefix)):
            problems.append(Problem((*_ROOT, "generateName"), "name", f"{shown(prefix)}: {fault}"))
        if not name:
            made["name"] = name = names.generated(prefix)
    if not name and (*_ROOT, "name") not in wrong:
        problems.append(Problem((*_ROOT, "name"), "required", "a name (or generateName) is required"))
    elif name and (fault := name_rule(name) or names.path_segment(name)):
        problems.append(Problem((*_ROOT, "name"), "name", f"{shown(name)}: {fault}", _mended(name, name_rule)))
    problems += _namespace(made.get("namespace") or "", namespaced=namespaced)
    problems += _common(made, _ROOT, wrong)
    return made, problems


def check_embedded(value: dict[str, Any], path: Path) -> list[Problem]:
    """An object within an object (`x-kubernetes-embedded-resource`), normalised in place."""
    problems = []
    for name, rule in (("apiVersion", names.group_version), ("kind", names.kind)):
        there = value.get(name)
        if there is None:
            problems.append(Problem((*path, name), "required", f"required field {name!r} is missing"))
        elif not isinstance(there, str):
            problems.append(Problem((*path, name), "type", f"expected string, got {typed(there)}"))
        elif not there:
            problems.append(Problem((*path, name), "length", "may not be empty"))
        elif fault := rule(there):
            problems.append(Problem((*path, name), "name", f"{shown(there)}: {fault}"))
    if "metadata" in value:
        at = (*path, "metadata")
        made, found = decode(value["metadata"], at)
        wrong = {problem.path for problem in found}
        value["metadata"] = made
        if made.get("name") and (fault := names.path_segment(made["name"])):
            found.append(Problem((*at, "name"), "name", f"{shown(made['name'])}: {fault}"))
        if made.get("namespace") and (fault := names.dns_label(made["namespace"])):
            found.append(Problem((*at, "namespace"), "namespace", f"{shown(made['namespace'])}: {fault}"))
        problems += found + list(_common(made, at, wrong))
    return problems


def check_part(made: Any, steps: Path) -> list[Problem]:
    """A part of an object's metadata that stands alone, at `("metadata", …)`; paths within the part."""
    if len(steps) == 1:
        return [_within(one, 1) for one in _common(made if isinstance(made, dict) else {}, _ROOT, set())]
    if len(steps) == 2 and steps[1] in ("labels", "annotations", "ownerReferences", "finalizers"):  # noqa: PLR2004
        wanted = list if steps[1] in ("ownerReferences", "finalizers") else dict
        whole = {str(steps[1]): made} if isinstance(made, wanted) else {}
        return [_within(one, 2) for one in _common(whole, _ROOT, set())]
    return []


def _within(problem: Problem, depth: int) -> Problem:
    return replace(problem, path=problem.path[depth:])


def decode(metadata: Any, path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Metadata as Go reads it: nulls out, unknown fields and wrong types told; what is wrong is left out."""
    if metadata is None:
        return {}, []
    node = NODES.of(SCHEMA)
    pass_ = Normaliser()
    made = pass_.value(metadata, node, path)
    problems = pass_.problems + walk.check(made, node, path)
    if not isinstance(made, dict):
        return {}, problems
    wrong = {problem.path[len(path)] for problem in problems if len(problem.path) > len(path)}
    return {name: one for name, one in made.items() if name not in wrong}, problems


def _namespace(namespace: str, *, namespaced: bool) -> Iterator[Problem]:
    path = (*_ROOT, "namespace")
    if namespace and not namespaced:
        yield Problem(
            path, "namespace", "is ignored: objects of this kind live in no namespace", stage=Stage.ADVICE
        )
    elif namespace and (fault := names.dns_label(namespace)):
        yield Problem(path, "namespace", f"{shown(namespace)}: {fault}")


def _common(made: dict[str, Any], path: Path, wrong: set[Path]) -> Iterator[Problem]:
    for name, value in made.get("labels", {}).items():
        at = (*path, "labels", name)
        if fault := names.label_key(name):
            yield Problem(at, "label", f"{shown(name)} is no key of a label: {fault}", at_key=True)
        if at not in wrong and (fault := names.label_value(value)):
            yield Problem(at, "label", f"{shown(value)} is no value of a label: {fault}")
    annotations = made.get("annotations", {})
    for name in annotations:
        if fault := names.label_key(name.lower()):
            at = (*path, "annotations", name)
            yield Problem(at, "annotation", f"{shown(name)} is no key of an annotation: {fault}", at_key=True)
    size = sum(names.utf8_length(name) + names.utf8_length(value) for name, value in annotations.items())
    if size > ANNOTATIONS_LENGTH:
        fact = f"{size} bytes of keys and values, of {ANNOTATIONS_LENGTH} at most"
        yield Problem((*path, "annotations"), "annotation", fact)
    yield from _owners(made.get("ownerReferences", []), (*path, "ownerReferences"))
    yield from _finalizers(made.get("finalizers", []), (*path, "finalizers"))


def _owners(owners: list[Any], path: Path) -> Iterator[Problem]:
    controllers = 0
    for index, owner in enumerate(owners):
        owner = owner or {}  # noqa: PLW2901 - null is an empty one
        for name in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(name):
                yield Problem((*path, index, name), "required", f"an owner needs {name!r}")
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            yield Problem((*path, index), "owner", "an Event may own nothing")
        controllers += owner.get("controller") is True
        if controllers > 1 and owner.get("controller") is True:
            yield Problem((*path, index, "controller"), "owner", "only one owner may be the controller")


def _finalizers(finalizers: list[Any], path: Path) -> Iterator[Problem]:
    for index, finalizer in enumerate(finalizers):
        if fault := names.label_key(finalizer or ""):
            yield Problem((*path, index), "finalizer", f"{shown(finalizer)}: {fault}")
    if _FOREGROUND in finalizers and _ORPHAN in finalizers:
        yield Problem(path, "finalizer", f"{_FOREGROUND!r} and {_ORPHAN!r} exclude each other")


def _mended(name: str, rule: Callable[[str], str]) -> str:
    """A hint with the name as it would be allowed, where that is only a matter of case and separators."""
    better = name.lower().replace("_", "-").replace(" ", "-").strip("-.")
    return f"{better!r} would do" if better and not rule(better) else ""

"""An object's metadata: its fields and types, names, labels, annotations, owners, finalizers.

As kube-apiserver has it on create (k8s.io/apimachinery, pkg/api/validation/objectmeta.go). What the server sets
itself (uid, creationTimestamp, generation, managedFields, …) may stand there and is only looked at for its type.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groundwork.base.problems import Stage
from groundwork.base.wording import shown, typed
from groundwork.text.model import FieldError
from kube_manifests.schemas import names
from kube_manifests.schemas.nodes import Nodes
from kube_manifests.structure import walk
from kube_manifests.structure.normalise import Normaliser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundwork.base.field_paths import Path

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
) -> tuple[dict[str, Any], list[FieldError]]:
    """The metadata of an object that is to be created, at `$.metadata`; a generated name is filled in.

    Args:
        metadata: as written; None where there is none.
        name_rule: what is wrong with a name of this kind, or "".
        namespaced: whether objects of this kind live in namespaces.

    Raises:
        TooMuch: it is too deep or too large.
    """
    made, errors = decode(metadata, _ROOT)
    wrong = {error.path for error in errors}
    if not isinstance(metadata, (dict, type(None))):
        return made, errors
    prefix, name = made.get("generateName") or "", made.get("name") or ""
    if prefix and (*_ROOT, "generateName") not in wrong:
        if fault := name_rule(names.prefix_masked(prefix)):
            errors.append(FieldError((*_ROOT, "generateName"), "name", f"{shown(prefix)}: {fault}"))
        if not name:
            made["name"] = name = names.generated(prefix)
    if not name and (*_ROOT, "name") not in wrong:
        errors.append(FieldError((*_ROOT, "name"), "required", "a name (or generateName) is required"))
    elif name and (fault := name_rule(name) or names.path_segment(name)):
        errors.append(FieldError((*_ROOT, "name"), "name", f"{shown(name)}: {fault}", _mended(name, name_rule)))
    errors += _namespace(made.get("namespace") or "", namespaced=namespaced)
    errors += _common(made, _ROOT)
    return made, errors


def check_embedded(value: dict[str, Any], path: Path) -> list[FieldError]:
    """An object within an object (`x-kubernetes-embedded-resource`), normalised in place."""
    errors = []
    for name, rule in (("apiVersion", names.group_version), ("kind", names.kind)):
        there = value.get(name)
        if there is None:
            errors.append(FieldError((*path, name), "required", f"required field {name!r} is missing"))
        elif not isinstance(there, str):
            errors.append(FieldError((*path, name), "type", f"expected string, got {typed(there)}"))
        elif not there:
            errors.append(FieldError((*path, name), "length", "may not be empty"))
        elif fault := rule(there):
            errors.append(FieldError((*path, name), "name", f"{shown(there)}: {fault}"))
    if "metadata" in value:
        at = (*path, "metadata")
        made, found = decode(value["metadata"], at)
        value["metadata"] = made
        if made.get("name") and (fault := names.path_segment(made["name"])):
            found.append(FieldError((*at, "name"), "name", f"{shown(made['name'])}: {fault}"))
        if made.get("namespace") and (fault := names.dns_label(made["namespace"])):
            found.append(FieldError((*at, "namespace"), "namespace", f"{shown(made['namespace'])}: {fault}"))
        errors += found + list(_common(made, at))
    return errors


def check_part(value: Any, steps: Path) -> tuple[Any, list[FieldError]] | None:
    """A part of an object's metadata that stands alone, at `("metadata",)` or a field of it; else None.

    Paths of errors are those within the part.

    Raises:
        TooMuch: it is too deep or too large.
    """
    if len(steps) > 2:  # noqa: PLR2004 - deeper parts need no more than their types
        return None
    made, errors = decode(value if len(steps) == 1 else {str(steps[1]): value}, _ROOT)
    errors += _common(made, _ROOT)
    part = made if len(steps) == 1 else made.get(str(steps[1]))
    return part, [replace(error, path=error.path[len(steps) :]) for error in errors]


def decode(metadata: Any, path: Path) -> tuple[dict[str, Any], list[FieldError]]:
    """Metadata as Go reads it: nulls out, unknown fields and wrong types told, fields of a wrong type left out."""
    if metadata is None:
        return {}, []
    node = NODES.of(SCHEMA)
    normaliser = Normaliser()
    made = normaliser.value(metadata, node, path)
    errors = normaliser.errors + walk.check(made, node, path)
    if not isinstance(made, dict):
        return {}, errors
    wrong = {error.path for error in errors}
    return {name: one for name, one in made.items() if (*path, name) not in wrong}, errors


def _namespace(namespace: str, *, namespaced: bool) -> Iterator[FieldError]:
    path = (*_ROOT, "namespace")
    if namespace and not namespaced:
        yield FieldError(
            path, "namespace", "is ignored: objects of this kind live in no namespace", stage=Stage.ADVICE
        )
    elif namespace and (fault := names.dns_label(namespace)):
        yield FieldError(path, "namespace", f"{shown(namespace)}: {fault}")


def _common(made: dict[str, Any], path: Path) -> Iterator[FieldError]:
    for name, value in made.get("labels", {}).items():
        at = (*path, "labels", name)
        if fault := names.label_key(name):
            yield FieldError(at, "label", f"{shown(name)} is not a key of a label: {fault}", at_key=True)
        if isinstance(value, str) and (fault := names.label_value(value)):
            yield FieldError(at, "label", f"{shown(value)} is not a value of a label: {fault}")
    annotations = made.get("annotations", {})
    for name in annotations:
        if fault := names.label_key(name.lower()):
            at = (*path, "annotations", name)
            yield FieldError(
                at, "annotation", f"{shown(name)} is not a key of an annotation: {fault}", at_key=True
            )
    texts = [text for pair in annotations.items() for text in pair if isinstance(text, str)]
    size = sum(map(names.utf8_length, texts))
    if size > ANNOTATIONS_LENGTH:
        fact = f"{size} bytes of keys and values, of {ANNOTATIONS_LENGTH} at most"
        yield FieldError((*path, "annotations"), "annotation", fact)
    yield from _owners(made.get("ownerReferences", []), (*path, "ownerReferences"))
    yield from _finalizers(made.get("finalizers", []), (*path, "finalizers"))


def _owners(owners: list[Any], path: Path) -> Iterator[FieldError]:
    controllers = 0
    for index, one in enumerate(owners):
        owner = {} if one is None else one
        if not isinstance(owner, dict) or (path[0] == _ROOT[0] and one in owners[:index]):
            continue  # its type is reported; and the API server drops what is said twice
        for name in ("apiVersion", "kind", "name", "uid"):
            said = owner.get(name, "")
            if isinstance(said, str) and not (names.versioned(said) if name == "apiVersion" else said):
                yield FieldError((*path, index, name), "required", f"an owner needs {name!r}, got {shown(said)}")
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            yield FieldError((*path, index), "owner", "an Event may own nothing")
        controllers += owner.get("controller") is True
        if controllers > 1 and owner.get("controller") is True:
            yield FieldError((*path, index, "controller"), "owner", "only one owner may be the controller")


def _finalizers(finalizers: list[Any], path: Path) -> Iterator[FieldError]:
    for index, finalizer in enumerate(finalizers):
        text = "" if finalizer is None else finalizer
        if isinstance(text, str) and (fault := names.label_key(text)):
            yield FieldError((*path, index), "finalizer", f"{shown(finalizer)}: {fault}")
    if _FOREGROUND in finalizers and _ORPHAN in finalizers:
        yield FieldError(path, "finalizer", f"{_FOREGROUND!r} and {_ORPHAN!r} exclude each other")


def _mended(name: str, rule: Callable[[str], str]) -> str:
    """A hint with the name as it would be allowed, where that is only a matter of case and separators."""
    better = name.lower().replace("_", "-").replace(" ", "-").strip("-.")
    return f"{better!r} would do" if better and not rule(better) else ""

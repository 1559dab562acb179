"""A part of a manifest, checked against the part of the schema that it is of: `data-at="$.spec.sla"` of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundwork.base import suggest
from groundwork.base.errors import UserError
from groundwork.base.field_paths import dotted
from groundwork.base.wording import shown
from groundwork.text.model import FieldError
from kube_manifests.structure import metadata, walk
from kube_manifests.structure.budget import TooMuch
from kube_manifests.structure.normalise import Normaliser
from kube_manifests.structure.structure import check, ordered

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path
    from kube_manifests.schemas.nodes import Node
    from kube_manifests.schemas.schemas import Schema
    from kube_manifests.structure.structure import Engine

_STEP = r"\.(?P<name>[^.\[\]'\"\s]+)|\['(?P<single>[^']*)'\]|\[\"(?P<double>[^\"]*)\"\]|\[(?P<index>\d*)\]"
_HINT = "such as $.spec.sla, $.spec.components[] or $.metadata.labels['a/b']"


def check_fragment(
    value: Any, schema: Schema, at: str, *, engine: Engine = walk.check
) -> tuple[Any, list[FieldError]]:
    """The part of an object at `at`, as the API server would validate it there, and all that is wrong with it.

    What the part's own schema requires is required; what stands around it is not looked at. Paths of errors are
    those within the part: `()` is the part itself.

    Args:
        value: the part, as read.
        schema: of the whole object.
        at: `$.spec.sla`, `$.spec.components[]` or `$.spec.components[0]` for an item, `$` for the whole object.
        engine: as of `structure.check`.

    Raises:
        UserError: `at` is no path, or the schema has no such place; it says what was meant, or what there is.
    """
    steps = parse(at)
    if not steps:
        return check(value, schema, engine=engine)
    node, go = _navigate(schema, steps, at)
    try:
        made, errors = _check(value, node, steps, engine, go=go)
    except TooMuch as error:
        return {}, [FieldError(error.path, "depth", error.fact)]
    except RecursionError:
        return {}, [FieldError((), "depth", "nested too deeply to be checked")]
    return made, ordered(errors)


def inner(value: Any, at: str, under: str) -> tuple[Any, Path]:
    """The part itself, of a value that begins with the keys around it: `sla: {ttft: 500}` below `$.spec`.

    Args:
        value: as read.
        at: of the part: `$.spec.sla`.
        under: of what the value is written below: `$.spec`; equal to `at` if the value is the part.

    Returns:
        The part, and the steps to it within the value.

    Raises:
        UserError: `at` is not within `under`, or the value has other keys around the part.
    """
    steps, around = parse(at), parse(under)
    if steps[: len(around)] != around:
        raise UserError(f"{at} is not within {under}", hint=f"such as {under}.{steps[0] if steps else 'spec'}")
    keys = steps[len(around) :]
    for index, key in enumerate(keys):
        alone = isinstance(value, dict) and list(value) == [key] if isinstance(key, str) else _one(value)
        if not alone:
            wanted = f"only the key {key!r}" if isinstance(key, str) else "a list of one item"
            place = dotted((*around, *keys[:index]))
            raise UserError(f"{place}: {shown(value)} is here, {wanted} was expected", hint=f"the part is {at}")
        value = value[key if isinstance(key, str) else 0]
    return value, tuple(0 if isinstance(key, int) else key for key in keys)


def _one(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1


def knows(schema: Schema, path: Path) -> bool:
    """Whether the schema itself names the place, not merely lets anything stand there."""
    try:
        node, _ = _navigate(schema, path, "")
    except UserError:
        return False
    return node is not None


def _check(
    value: Any, node: Node | None, steps: Path, engine: Engine, *, go: bool
) -> tuple[Any, list[FieldError]]:
    part = metadata.check_part(value, steps) if go else None
    if part is not None:
        return part
    normaliser = Normaliser()
    if node is None:
        return normaliser.kept(value, ()), normaliser.errors
    if value is None and not node.nullable and not go:
        return None, [FieldError((), "required", f"nothing is here for {dotted(steps)}")]
    made = normaliser.value(value, node, ())
    errors = [*normaliser.errors, *engine(made, node, ())]
    for path, embedded in normaliser.embedded:
        errors += metadata.check_embedded(embedded, path)
    return made, [one for one in errors if one.code != "required" or one.path not in normaliser.meant]


def parse(at: str) -> Path:
    """The steps of a path: `$.spec.components[]` -> `("spec", "components", 0)`.

    Raises:
        UserError: it is no such path.
    """
    text = at.strip()
    if not text.startswith("$"):
        raise UserError(f"{shown(at)} is not a path within an object", hint=_HINT)
    steps: list[str | int] = []
    position = 1
    while position < len(text):
        found = re.compile(_STEP).match(text, position)
        if not found:
            raise UserError(f"{shown(at)} is not a path within an object from {text[position:]!r} on", hint=_HINT)
        named = [found[name] for name in ("name", "single", "double") if found[name] is not None]
        steps.append(named[0] if named else int(found["index"] or 0))
        position = found.end()
    return tuple(steps)


def _navigate(schema: Schema, steps: Path, at: str) -> tuple[Node | None, bool]:
    """The node at a path; None where anything goes. And whether it is of an object's metadata."""
    node: Node | None = schema.node
    go = steps[0] == "metadata"
    if go:
        node = metadata.NODES.of(metadata.SCHEMA)
    for index in range(1 if go else 0, len(steps)):
        if node is None:
            break
        if not go and node.embedded and steps[index] == "metadata":
            node = metadata.NODES.of(metadata.SCHEMA)
            continue
        node = _step(node, steps, index, at)
    return node, go


def _step(node: Node, steps: Path, index: int, at: str) -> Node | None:
    step, here = steps[index], dotted(steps[:index])
    if isinstance(step, int):
        if "array" in node.types:
            return node.items
        if not node.types or node.preserve:
            return None
        raise UserError(f"{at}: {here} is not a list", hint=f"it is of type {' or '.join(sorted(node.types))}")
    child = node.child(step) or node.additional
    if child is not None:
        return child
    if node.open_map or node.preserve:
        return None
    if "array" in node.types:
        raise UserError(f"{at}: {here} is a list", hint=f"its items are {here}[]")
    hint = suggest.hint(step, node.properties, "there are")
    raise UserError(f"{at}: {here} has no field {step!r}", hint=hint)

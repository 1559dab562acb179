"""From a value as written to the value that the API server checks: unknown fields out, nulls out, defaults in.

The order is kube-apiserver's (k8s.io/apiextensions-apiserver, pkg/apiserver/schema: pruning, then defaulting's
prunenulls, then objectmeta's coercion, then defaulting), done in one pass that copies: the caller's value is left
alone. What is taken out because no schema knows it is an error, since field validation is strict.

For Kubernetes' own types (`Nodes(go=True)`) it is what Go's JSON decoder does: null is absence, and there are
no defaults.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from groundwork.base import suggest
from groundwork.base.wording import shown
from groundwork.text.model import FieldError
from kube_manifests.schemas.nodes import MISSING, Node
from kube_manifests.structure import budget, facts
from kube_manifests.structure.budget import TooMuch

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

META = ("apiVersion", "kind", "metadata")
"""Fields that every object has, whether its schema says so or not."""

_LARGEST_PLAIN = 1e21
"""Number from which on Go writes a float with an exponent, and so no longer reads it back as an integer."""
_INT64 = (-(2**63), 2**63 - 1)


_DROPPED = "it has no value: `kubectl apply` leaves it out, `kubectl create` and `apply --server-side` are refused"
"""Hint about an unknown field that is null; a test asks kubectl and an API server."""
_SLIP = 0.85
"""Likeness of two names that differ by a letter or two (difflib's ratio)."""
_TEXT = {"type": "string"}


class Normaliser:
    """One pass over one value."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.meant: set[Path] = set()
        """Fields that were probably meant by unknown ones: to say that they are missing too would be noise."""
        self.embedded: list[tuple[Path, dict[str, Any]]] = []
        """Objects within the object, already copied, to check the metadata of."""
        self._left = budget.LARGEST

    def value(self, value: Any, node: Node | None, path: Path) -> Any:
        """A copy of a value as its schema has it; with no schema (None) no field within it is known.

        Raises:
            TooMuch: it is too deep or too large.
        """
        if isinstance(value, dict):
            return self._object(value, node, path, preserve=node is not None and node.preserve)
        if isinstance(value, list):
            return self._list(value, node, path, preserve=node is not None and node.preserve)
        return self.scalar(value, path)

    def kept(self, value: Any, path: Path) -> Any:
        """A copy of a value of which nothing need be known."""
        if isinstance(value, dict):
            self._spend(value, path)
            return {key(name): self.kept(one, (*path, key(name))) for name, one in value.items()}
        if isinstance(value, list):
            self._spend(value, path)
            return [self.kept(one, (*path, index)) for index, one in enumerate(value)]
        return self.scalar(value, path)

    def scalar(self, value: Any, path: Path) -> Any:
        """A number as Go reads it: 1.0 is 1; integers beyond 64 bits are floats; beyond those, none."""
        if isinstance(value, float):
            if not math.isfinite(value):
                self._add(path, "type", f"{value!r} is not a number in JSON")
            elif value.is_integer() and abs(value) < _LARGEST_PLAIN and _INT64[0] <= value <= _INT64[1]:
                return int(value)
        elif isinstance(value, int) and not isinstance(value, bool) and not _INT64[0] <= value <= _INT64[1]:
            try:
                return float(value)
            except OverflowError:
                self._add(path, "type", f"{shown(value)} is beyond any number of JSON")
                return math.inf
        return value

    def _object(self, value: dict[Any, Any], node: Node | None, path: Path, *, preserve: bool) -> dict[str, Any]:
        self._spend(value, path)
        out: dict[str, Any] = {}
        unknown: list[str] = []
        for raw_name, one in value.items():
            name = key(raw_name)
            known, child = _field(node, name)
            if one is None and (empty := _go_empty(node, child)) is not None:
                out[name] = empty  # A map of Go keeps the key.
            elif known:
                meta = node is not None and node.embedded and name in META
                self._put(out, one, child, (*path, name), meta=meta)
            elif preserve:
                out[name] = self.kept(one, (*path, name))
            else:
                unknown.append(name)
        if unknown:
            self._unknown(unknown, value, node, path)
        if node is not None:
            for name, child in node.defaulted:
                if name not in out:
                    out[name] = self._default(child, (*path, name))
            if node.embedded:
                self.embedded.append((path, out))
        return out

    def _put(self, out: dict[str, Any], one: Any, child: Node | None, path: Path, *, meta: bool) -> None:
        """One field that is known, with its own schema if there is one, or of an object within the object."""
        name = str(path[-1])
        if meta:
            if one is not None:
                out[name] = self.kept(one, path)
        elif one is None and child is not None and (child.go or not child.nullable):
            if child.default is not MISSING:
                out[name] = self._default(child, path)
        else:
            out[name] = self.value(one, child, path)

    def _list(self, value: list[Any], node: Node | None, path: Path, *, preserve: bool) -> list[Any]:
        self._spend(value, path)
        items = None if node is None else node.items
        if preserve and items is None:
            return [self.kept(one, (*path, index)) for index, one in enumerate(value)]
        out = []
        for index, one in enumerate(value):
            inner = preserve or (items is not None and items.preserve)
            if one is None and items is not None and not items.nullable and items.default is not MISSING:
                out.append(self._default(items, (*path, index)))
            elif one is None and items is not None and items.go and "object" in items.types:
                out.append(self._object({}, items, (*path, index), preserve=inner))  # An empty one, to Go.
            elif isinstance(one, dict):
                out.append(self._object(one, items, (*path, index), preserve=inner))
            elif isinstance(one, list):
                out.append(self._list(one, items, (*path, index), preserve=inner))
            else:
                out.append(self.scalar(one, (*path, index)))
        return out

    def _default(self, node: Node, path: Path) -> Any:
        """A default, itself pruned and defaulted; what is unknown in it is no mistake of the manifest."""
        quiet = Normaliser()
        made = quiet.value(node.default, node, path)
        self.embedded += quiet.embedded
        return made

    def _unknown(self, names: list[str], value: dict[Any, Any], node: Node | None, path: Path) -> None:
        if node is not None and node.go and node.types and "object" not in node.types:
            return  # Go says "cannot unmarshal object", and of its fields nothing
        if node is not None and (wrong := facts.of_type(value, node)):
            self._add(path, *wrong)  # now, while nothing of the value is taken out
        known = () if node is None else node.properties
        free = [name for name in known if name not in value]
        for name in names:
            near = suggest.closest(name, free)
            if near:
                self.meant.add((*path, near))
            # A field that is there already is meant only by a slip of it: `subPath` beside `mountPath` is another.
            slip = near or suggest.closest(name, known, cutoff=_SLIP)
            hint = f"did you mean {slip!r}?" if slip else suggest.listed(known, "known here")
            if not name.isprintable() or name[:1].isspace():
                odd = next(one for one in name if not one.isprintable() or one.isspace())
                hint = f"it holds U+{ord(odd):04X}, which cannot be seen: type it again"
            if name in value and value[name] is None:  # A key that is no text has another form in `names`.
                hint = f"{hint}; {_DROPPED}" if hint else _DROPPED
            self._add((*path, name), "unknown-field", f"unknown field {shown(name)}", hint, at_key=True)

    def _spend(self, value: dict[Any, Any] | list[Any], path: Path) -> None:
        self._left -= len(value) + 1
        if self._left < 0:
            raise TooMuch(path, f"the document has more than {budget.LARGEST:,} values")
        if len(path) > budget.DEEPEST:
            raise TooMuch(path, f"nested deeper than {budget.DEEPEST} levels")

    def _add(self, path: Path, code: str, fact: str, hint: str = "", *, at_key: bool = False) -> None:
        self.errors.append(FieldError(path, code, fact, hint, at_key=at_key))


def _field(node: Node | None, name: str) -> tuple[bool, Node | None]:
    """Whether a schema knows a field, and what it says of it."""
    if node is None:
        return False, None
    child = node.child(name)
    if child is not None:
        return True, child
    return node.open_map or (node.embedded and name in META), node.additional


def _go_empty(node: Node | None, child: Node | None) -> str | None:
    """What null stands for in a map that Go decodes: of strings, as labels are, or of amounts; None in others."""
    if node is None or child is None or not child.go or child is not node.additional:
        return None
    return "" if child.raw == _TEXT else "0" if child.format == "quantity" else None


def key(name: Any) -> str:
    """A key as JSON has it; YAML's `1:` and `true:` become strings, as the API server makes them."""
    if isinstance(name, str):
        return name
    return ("true" if name else "false") if isinstance(name, bool) else "null" if name is None else str(name)

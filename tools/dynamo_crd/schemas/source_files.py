"""Reader of the schema sources: YAML in which every key remembers its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

FOLDER = Path(__file__).parents[1] / "sources"
"""One file per kind and version, `types-*.yaml` for what they share, `kinds.yaml` for the kinds' names."""

KeyPath = tuple[str, ...]
"""The keys from a source's top to a value: `("fields", "spec", "type")`; items of a list by their index."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """One source file."""

    path: Path
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(repr=False)
    """Where each key stands, 1-based."""

    def at(self, keys: KeyPath) -> Any:
        """The value under a key path; None where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def error(self, keys: KeyPath, fact: str, *, hint: str = "") -> UserError:
        """An error at the line of a key, or of the nearest one around it."""
        around = keys
        while around and around not in self.lines:
            around = around[:-1]
        return UserError(fact, hint=hint, where=Position(shown(self.path), self.lines.get(around, 1)))


def shown(path: Path) -> str:
    """How errors name a source: from `sources/` on."""
    return f"{path.parent.name}/{path.name}"


def load(path: Path) -> Source:
    """Read one source.

    Raises:
        UserError: not YAML, not a mapping at its top, a key twice in one mapping.
    """
    loader = _LOADER(path.read_text(encoding="utf-8"))
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise UserError(
                "a source is a mapping, with keys such as 'kind' and 'fields'", where=Position(shown(path), 1)
            )
        lines: dict[KeyPath, int] = {}
        return Source(path, _value(path, loader, node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UserError(
            f"not YAML: {error.problem or error.context}",
            where=Position(shown(path), mark.line + 1 if mark else 1),
        ) from None
    finally:
        loader.dispose()


def _value(path: Path, loader: Any, node: yaml.Node, keys: KeyPath, lines: dict[KeyPath, int]) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in mapping:
                raise UserError(f"key {key!r} stands twice in one mapping", where=Position(shown(path), line))
            lines[*keys, key] = line
            mapping[key] = _value(path, loader, value_node, (*keys, key), lines)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[*keys, str(index)] = item.start_mark.line + 1
            items.append(_value(path, loader, item, (*keys, str(index)), lines))
        return items
    return loader.construct_object(node)

"""Classes of Python source, read without importing it: fields of Pydantic models, members of enums."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LIMITS = ("gt", "ge", "lt", "le", "min_length", "max_length", "pattern")
_ALIASES = ("alias", "validation_alias")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model."""

    type: str
    """Annotation as the source has it."""
    default: str = ""
    """Default as an expression; "" if the field is required."""
    values: tuple[str, ...] = ()
    """Values that a Literal allows."""
    limits: tuple[str, ...] = ()
    """Limits such as `ge 0`."""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """A class."""

    name: str
    module: str
    bases: tuple[str, ...] = ()
    fields: dict[str, Field] = field(default_factory=dict)
    """Annotated attributes."""
    assigned: dict[str, str] = field(default_factory=dict)
    """Attributes without an annotation, each with its value: members of an enum, defaults."""
    refused: dict[str, str] = field(default_factory=dict)
    """Keys that a validator refuses, each with what it says."""

    @property
    def is_enum(self) -> bool:
        """Whether it is an enum."""
        return any(base.endswith("Enum") for base in self.bases)


def read(files: Iterable[tuple[str, str]]) -> dict[str, Class]:
    """The classes of modules by name; of two of one name the first module's.

    Files that are no Python that this Python knows are left out.
    """
    found: dict[str, Class] = {}
    for path, text in files:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, _class(node, path))
    return found


def attribute(classes: Mapping[str, Class], expression: str) -> str:
    """What `Defaults.name` stands for, looked for in its class and those above it; else the expression itself."""
    name, _, wanted = expression.partition(".")
    known = classes.get(name)
    while known is not None and wanted.isidentifier():
        if wanted in known.assigned:
            return known.assigned[wanted]
        if wanted in known.fields:
            return known.fields[wanted].default
        known = next((classes[base] for base in known.bases if base in classes), None)
    return expression


def _class(node: ast.ClassDef, module: str) -> Class:
    made = Class(node.name, module, tuple(ast.unparse(base) for base in node.bases))
    for one in node.body:
        match one:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                made.fields[name] = _field(annotation, value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                made.assigned[name] = _plain(value)
            case ast.FunctionDef() if any("validator" in ast.unparse(mark) for mark in one.decorator_list):
                made.refused.update(_refused(one))
    return made


def _field(annotation: ast.expr, value: ast.expr | None) -> Field:
    text, values = ast.unparse(annotation), tuple(_literals(annotation))
    if not (isinstance(value, ast.Call) and ast.unparse(value.func) == "Field"):
        return Field(text, ast.unparse(value) if value else "", values)
    given: dict[str, Any] = {word.arg or "": word.value for word in value.keywords}
    default = value.args[0] if value.args else given.get("default", given.get("default_factory"))
    required = default is None or (isinstance(default, ast.Constant) and default.value is Ellipsis)
    limits = tuple(f"{key} {_plain(given[key])}" for key in LIMITS if key in given)
    aliases = tuple(word for key in _ALIASES if key in given for word in _strings(given[key]))
    return Field(text, "" if required else ast.unparse(default), values, limits, aliases)  # type: ignore[arg-type]


def _literals(annotation: ast.expr) -> Iterator[str]:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
            yield from _strings(node.slice)


def _strings(node: ast.AST) -> list[str]:
    constants = (one for one in ast.walk(node) if isinstance(one, ast.Constant))
    return [one.value for one in constants if isinstance(one.value, str)]


def _plain(value: ast.expr) -> str:
    """A text without its quotes; any other expression as it is written."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ast.unparse(value)


def _refused(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Keys that a function raises an error for where they are there: `if "key" in values: raise ...`."""
    for node in ast.walk(function):
        if not isinstance(node, ast.If) or not (
            raised := [one for one in node.body if isinstance(one, ast.Raise)]
        ):
            continue
        for test in ast.walk(node.test):
            match test:
                case ast.Compare(left=ast.Constant(value=str() as key), ops=[ast.In()]):
                    yield key, " ".join("".join(_strings(raised[0])).split())

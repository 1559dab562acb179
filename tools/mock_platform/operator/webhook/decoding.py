"""What reading an object as a program with fixed types does to it: wrong types fail, missing values become zero.

The real webhook is such a program. It reads an object before the API server compares it with the schema, and
writes it back. So it is the one to refuse a number in place of a text, and a required field that is missing comes
to the schema as "" or null. Pure functions over a schema.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.kube.values import Json

_JSON_TYPES = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
_GO_TYPES = {"string": "string", "boolean": "bool", "number": "float64", "array": "list", "object": "object"}
_WRITTEN_AS = {"string": "string", "boolean": "bool", "number": "number", "array": "array", "object": "object"}
_ZEROS = {"string": "", "boolean": False, "integer": 0, "number": 0, "array": None}


def wrong_type(kind: str, schema: Json, spec: Any) -> str:
    """The first value of a spec that its field cannot hold, as Go's JSON reader words it; "" without one."""
    return next(_wrong(schema, spec, (kind, "spec")), "")


def zeros(schema: Json, value: Any, path: Path = ("spec",)) -> Iterator[tuple[Path, Any]]:
    """Required fields that are missing below a value, each with what it has after the webhook wrote the object.

    An object that is missing is left to the schema, which refuses it. In the real webhook it has fields of its
    own, some of them null, and is refused for these: what they are, no schema tells.
    """
    if _free(schema):
        return
    fields = schema.get("properties") or {}
    if isinstance(value, dict):
        for name in schema.get("required") or []:
            if name not in value and name in fields and not _is_object(fields[name]):
                yield (*path, name), _zero(fields[name])
        for name, below in value.items():
            yield from zeros(fields.get(name) or schema.get("additionalProperties") or {}, below, (*path, name))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from zeros(schema.get("items") or {}, below, (*path, index))


def _zero(schema: Json) -> Any:
    if schema.get("x-kubernetes-int-or-string"):
        return "0" if schema.get("pattern") else 0
    return _ZEROS.get(schema.get("type", ""))


def _is_object(schema: Json) -> bool:
    """Whether it has fields of its own; a map has none, and is null where it is missing."""
    return schema.get("type") == "object" and not schema.get("additionalProperties")


def _free(schema: Json) -> bool:
    return not isinstance(schema, dict) or bool(schema.get("x-kubernetes-preserve-unknown-fields"))


def _wrong(schema: Json, value: Any, path: Path) -> Iterator[str]:
    if value is None or _free(schema):
        return
    if schema.get("x-kubernetes-int-or-string"):
        yield from _wrong_quantity(schema, value, path)
        return
    wanted = schema.get("type")
    if wanted and not _holds(wanted, value):
        given = _JSON_TYPES.get(type(value), "value")
        yield f"json: cannot unmarshal {given} into Go struct field {_dotted(path)} of type {_go_type(schema)}"
        return
    fields = schema.get("properties") or {}
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _wrong(fields.get(name) or schema.get("additionalProperties") or {}, below, (*path, name))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _wrong(schema.get("items") or {}, below, (*path, index))


def _wrong_quantity(schema: Json, value: Any, path: Path) -> Iterator[str]:
    pattern = schema.get("pattern")
    if isinstance(value, bool | list | dict):
        given = _JSON_TYPES[type(value)]
        yield f"json: cannot unmarshal {given} into Go struct field {_dotted(path)} of type string"
    elif pattern and isinstance(value, str) and not re.search(pattern, value):
        yield f"{_dotted(path)}: {value!r}: quantities must match the regular expression '{pattern}'"


def _holds(wanted: str, value: Any) -> bool:
    given = _JSON_TYPES.get(type(value))
    if wanted == "integer":
        return given == "number" and value == int(value)
    return given == _WRITTEN_AS.get(wanted, given)


def _go_type(schema: Json) -> str:
    if schema["type"] == "integer":
        return str(schema.get("format") or "int64")
    return _GO_TYPES.get(schema["type"], "value")


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path if not isinstance(step, int))

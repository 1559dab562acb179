"""Types, limits and releases in words, as Markdown. No braces may open in a row: macros run over these pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from dynamo_api.releases import label
from dynamo_crd.schemas import kubernetes
from dynamo_crd.schemas.schema import KUBERNETES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dynamo_crd.schemas.schema import Schema

_SIMPLE = ("string", "boolean", "integer", "number")
_API = "https://kubernetes.io/docs/reference/generated/kubernetes-api/v{}/"
FREE = "object with any fields"
"""A type: what such a field holds, no schema says."""
_TYPES: tuple[tuple[str, Callable[[Schema], Any]], ...] = (
    ("quantity", lambda schema: schema.get("x-kubernetes-int-or-string") and "pattern" in schema),
    ("integer or string", lambda schema: schema.get("x-kubernetes-int-or-string")),
    ("time", lambda schema: schema.get("format") == "date-time"),
    *((name, lambda schema, name=name: schema.get("type") == name) for name in _SIMPLE),
    ("whole object", lambda schema: schema.get("x-kubernetes-embedded-resource")),
    ("object", lambda schema: schema.get("properties")),
    ("any value", lambda schema: "type" not in schema),
    (FREE, lambda schema: schema.get("x-kubernetes-preserve-unknown-fields")),
    ("object", lambda _schema: True),
)
"""Types in words, and what they are known by; the first that fits."""
_MANY = {"integer": "integers", "quantity": "quantities", "any value": "any values"}
_BOUNDS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("minProperties", "at least {} entries"),
    ("maxProperties", "at most {} entries"),
)


def code(value: Any) -> str:
    """A value as code: text as it is, the rest as JSON; bars are safe in tables too."""
    text = value if isinstance(value, str) else json.dumps(value)
    text = text or '""'
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def escaped(text: str) -> str:
    """A sentence as Markdown shows it: what would be markup is not."""
    return re.sub(r"([*<\[\]|`]|(?<!\w)_|_(?!\w))", r"\\\1", text)


def breakable(name: str) -> str:
    """A kind's name that a narrow screen may break between its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "<wbr>", name)


def release(name: str) -> str:
    """How pages call a state: `1.0.2` for v1.0.2, `1.5.0-dev` for the main branch before 1.5.0."""
    return label(name)


def kubernetes_link(name: str) -> str:
    """A type of Kubernetes' own as a link to its reference: `[PodSpec](https://…#podspec-v1-core)`."""
    group, version, kind = name.split(".")
    minor = ".".join(kubernetes.newest().version.split(".")[:2])
    return f"[{kind}]({_API.format(minor)}#{kind.lower()}-{version}-{group})"


def type_of(schema: Schema) -> str:
    """`list of objects`, `map of strings`, `[PodSpec](…)`."""
    if KUBERNETES in schema:
        return kubernetes_link(schema[KUBERNETES])
    for key, many in (("items", "list of"), ("additionalProperties", "map of")):
        if isinstance(schema.get(key), dict):
            return f"{many} {_plural(type_of(schema[key]))}"
    return next(name for name, fits in _TYPES if fits(schema))


def _plural(type_words: str) -> str:
    if type_words.startswith("["):
        return type_words
    first, _, rest = type_words.partition(" ")
    return _MANY.get(type_words) or f"{first}s{' ' + rest if rest else ''}"


def limits(schema: Schema) -> Iterator[str]:
    """Default, allowed values, bounds, pattern; those of a list's items are told as `each …`."""
    if "default" in schema:
        yield f"default {code(schema['default'])}"
    allowed = enum(schema)
    if allowed:
        yield f"one of {', '.join(map(code, allowed))}"
    for key, text in _BOUNDS:
        if key in schema:
            yield "not empty" if (key, schema[key]) == ("minLength", 1) else text.format(f"{schema[key]:g}")
    if "pattern" in schema and not schema.get("x-kubernetes-int-or-string"):
        yield f"matches {code(schema['pattern'])}"
    if keys := schema.get("x-kubernetes-list-map-keys"):
        yield f"items told apart by {', '.join(map(code, keys))}"
    elif schema.get("x-kubernetes-list-type") == "set":
        yield "no item twice"
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict) and KUBERNETES not in schema[key]:
            yield from (f"each {text}" for text in limits(schema[key]))


def enum(schema: Schema) -> list[Any]:
    """The allowed values, wherever the schema has them; none: any."""
    return list(schema.get("enum") or next((one["enum"] for one in schema.get("allOf", ()) if "enum" in one), ()))


def changes(before: Schema, after: Schema) -> Iterator[str]:
    """What was otherwise in a schema than it is in a later one."""
    if (was := type_of(before)) != type_of(after):
        yield was
    old, new = enum(before), enum(after)
    if old and new:
        if lacking := [value for value in new if value not in old]:
            yield f"without {', '.join(map(code, lacking))}"
        if more := [value for value in old if value not in new]:
            yield f"also {', '.join(map(code, more))}"
    elif new:
        yield "any value"
    elif old:
        yield f"one of {', '.join(map(code, old))}"
    if before.get("default") != after.get("default"):
        yield f"default {code(before['default'])}" if "default" in before else "no default"
    for key, text in (*_BOUNDS, ("pattern", "matches {}")):
        if before.get(key) != after.get(key):
            none = f"no {_NONE.get(key, 'limit')}"
            yield text.format(code(before[key]) if key == "pattern" else before[key]) if key in before else none


_NONE = {"minimum": "least value", "maximum": "greatest value", "pattern": "pattern"}

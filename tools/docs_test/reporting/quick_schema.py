"""Whether data fits a JSON schema, and no more: what is wrong, jsonschema tells, which takes much longer.

A run reads and writes its results. Of a page of 220 steps, jsonschema takes 60 ms for either, and 64 ms to be
imported; this takes 3 ms (`tests/docs_test/test_quick_schema.py` holds both to the same answers).
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Check = Callable[[Any], bool]

DESCRIBING = frozenset({"$schema", "$defs", "$id", "title", "description", "properties", "additionalProperties"})
"""Keywords without a check of their own."""


class _Later:
    """A definition that is in the making: definitions may name themselves."""

    def __init__(self) -> None:
        self.check: Check = bool

    def __call__(self, value: Any) -> bool:
        return self.check(value)


class Compiler:
    """Makes checks of a schema's parts.

    Args:
        schema: the whole of it; its references are within it.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._known: dict[str, _Later] = {}

    def compiled(self, schema: Mapping[str, Any] | None = None) -> Check:
        """A function that says whether a value fits.

        Args:
            schema: a part; None: the whole.

        Raises:
            KeyError: a keyword that is not known here.
        """
        part = self._schema if schema is None else schema
        checks = [KEYWORDS[name](self, wanted) for name, wanted in part.items() if name not in DESCRIBING]
        if "properties" in part or "additionalProperties" in part:
            checks.append(self._properties(part))
        if len(checks) == 1:
            return checks[0]

        def fits(value: Any) -> bool:
            for check in checks:  # noqa: SIM110 - `all` makes a generator for each value, which takes as long again
                if not check(value):
                    return False
            return True

        return fits

    def _properties(self, part: Mapping[str, Any]) -> Check:
        known = {name: self.compiled(one) for name, one in part.get("properties", {}).items()}
        others = part.get("additionalProperties", True)
        rest: Check = (lambda _: bool(others)) if isinstance(others, bool) else self.compiled(others)

        of = known.get

        def check(value: Any) -> bool:
            if isinstance(value, dict):
                for name, item in value.items():
                    if not of(name, rest)(item):
                        return False
            return True

        return check

    def items(self, wanted: Any) -> Check:
        """Check of each item."""
        each = self.compiled(wanted)
        return lambda value: not isinstance(value, list) or all(map(each, value))

    def one_of(self, wanted: Any) -> Check:
        """Check for exactly one of several."""
        checks = [self.compiled(one) for one in wanted]
        return lambda value: [check(value) for check in checks].count(True) == 1

    def reference(self, wanted: str) -> Check:
        """Check of a definition."""
        if wanted not in self._known:
            self._known[wanted] = later = _Later()
            part: Any = self._schema
            for name in filter(None, wanted.removeprefix("#").split("/")):
                part = part[name]
            later.check = self.compiled(part)
        return self._known[wanted]


def _number(value: Any) -> bool:
    return type(value) is float or type(value) is int  # Not `isinstance`: true is no number.


TYPES: dict[str, Check] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": _number,
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
}


def _type(_: Compiler, wanted: Any) -> Check:
    if isinstance(wanted, str):
        return TYPES[wanted]
    checks = [TYPES[name] for name in wanted]
    return lambda value: any([check(value) for check in checks])  # noqa: C419 - as above


def _same(wanted: Any, value: Any) -> bool:
    return bool(wanted == value) and isinstance(wanted, bool) == isinstance(value, bool)


def _enum(_: Compiler, wanted: Any) -> Check:
    if all(isinstance(one, str) for one in wanted):
        words = frozenset(wanted)
        return lambda value: isinstance(value, str) and value in words
    return lambda value: any(_same(one, value) for one in wanted)


def _pattern(_: Compiler, wanted: str) -> Check:
    search = re.compile(wanted).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _required(_: Compiler, wanted: Any) -> Check:
    names = frozenset(wanted)
    return lambda value: not isinstance(value, dict) or names <= value.keys()


KEYWORDS: dict[str, Callable[[Compiler, Any], Check]] = {
    "type": _type,
    "const": lambda _, wanted: partial(_same, wanted),
    "enum": _enum,
    "pattern": _pattern,
    "required": _required,
    "minimum": lambda _, wanted: lambda value: not _number(value) or value >= wanted,
    "minLength": lambda _, wanted: lambda value: not isinstance(value, str) or len(value) >= wanted,
    "items": Compiler.items,
    "oneOf": Compiler.one_of,
    "$ref": Compiler.reference,
}

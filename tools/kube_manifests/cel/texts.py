"""What can be told from the text of a rule alone: which variables and fields it mentions; names; field paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

_NOT_CODE = re.compile(
    r"""
      //[^\n]*
    | [bB]?[rR][bB]? (?: '{3}.*?'{3} | "{3}.*?"{3} | '[^'\n]*' | "[^"\n]*" )
    | [bB]? (?: '{3}(?:\\.|.)*?'{3} | "{3}(?:\\.|.)*?"{3} | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*" )
    """,
    re.VERBOSE | re.DOTALL,
)
_LOOP = re.compile(r"\s*\.\s*(all|exists|exists_one|filter|map)\s*\(\s*(\w+)\s*,(?!\s*\w+\s*,)")
_SIZE = re.compile(r"\s*\.\s*size\s*\(\s*\)")
_FIELD = re.compile(r"\s*\.\s*\??\s*([A-Za-z_]\w*+)\s*+(?!\()")
_RESERVED = frozenset(
    {
        *(
            "as",
            "break",
            "const",
            "continue",
            "else",
            "false",
            "for",
            "function",
            "if",
            "import",
            "in",
            "let",
            "loop",
        ),
        *("namespace", "null", "package", "return", "true", "var", "void", "while"),
    }
)
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_ESCAPED = re.compile(r"__|[-./]")
_STEP = re.compile(r"\.([^.\[\]]+)|\['((?:\\.|[^'\\])*)'\]")


def code(expression: str) -> str:
    """The expression with its comments gone and its string literals empty."""
    return _NOT_CODE.sub(lambda found: "" if found[0].startswith("//") else '""', expression)


def mentions(expression: str, variable: str) -> bool:
    """Whether the expression uses a variable (`oldSelf`), outside of literals and comments."""
    return re.search(rf"(?<![\w.]){variable}\b", code(expression)) is not None


def fields(expression: str, variable: str) -> tuple[str, ...] | None:
    """The fields of a variable that the expression can see; None where it may see the whole value.

    Only a rule in which each mention is a plain `self.field` is told apart: then the rest of the value need not be
    shown to the engine, which is most of the work for large objects with small rules.
    """
    text = code(expression)
    names = set()
    for mention in re.finditer(rf"(?<![\w.]){variable}\b", text):
        found = _FIELD.match(text, mention.end())
        if found is None:
            return None
        names.add(found[1])
    return tuple(sorted(names))


def item_fields(expression: str, variable: str) -> tuple[str, ...] | None:
    """The fields of a list's items that the expression can see; None where it may see whole items.

    Told apart: lists that are only counted and looped over (`self.all(item, …)`), with items of which only fields
    are used (`item.name`), and filtered lists that are only counted.
    """
    text = code(expression)
    names: set[str] = set()
    for mention in re.finditer(rf"(?<![\w.]){variable}\b", text):
        if _SIZE.match(text, mention.end()):
            continue
        loop = _LOOP.match(text, mention.end())
        if loop is None or (loop[1] == "filter" and not _SIZE.match(text, _closing(text, loop.end()))):
            return None
        # Without the declarations of loops: there a variable is mentioned though nothing of it is used.
        seen = fields(_LOOP.sub(lambda found: f".{found[1]}(", text), loop[2])
        if seen is None:
            return None
        names.update(seen)
    return tuple(sorted(names))


def _closing(text: str, at: int) -> int:
    """Just after the bracket that closes the one that was open before `at`."""
    depth = 1
    while depth and at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


def escaped(name: str) -> str | None:
    """The name under which a rule can use a property; None where it cannot: `a-b` is `a__dash__b`.

    Source: "Validation rules" in Kubernetes' documentation of CustomResourceDefinitions.
    """
    if name in _RESERVED:
        return f"__{name}__"
    made = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], name)
    return made if made.isascii() and made.isidentifier() else None


def field_path(text: str) -> Path | None:
    """The path that a rule's `fieldPath` adds: `.a['b.c']` is `("a", "b.c")`; None if it cannot be read."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            return None
        steps.append(found[1] if found[1] is not None else re.sub(r"\\(.)", r"\1", found[2]))
        at = found.end()
    return tuple(steps)

"""Words that a wheel's planner says: its metrics, and the reasons of its decisions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dynamo_docs.intake.model import Area, Change, What
from dynamo_docs.intake.touches import word, words_of_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dynamo_docs.intake.wheel import Wheel

FOLDER = "dynamo/planner/monitoring/"
_METRICS = ("Counter", "Enum", "Gauge", "Histogram", "Info", "Summary")


def said(wheel: Wheel) -> set[tuple[str, str]]:
    """What it says: `metric` or the name of a list of words, and the word."""
    found: set[tuple[str, str]] = set()
    for _, source in wheel.under(FOLDER):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        texts: dict[str, str] = {}
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)):
                    texts[name] = text
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=items) | ast.Tuple(elts=items)):
                    found |= {(name, text) for item in items if (text := _text(item, texts))}
        found |= {("metric", name) for name in _metrics(tree, texts)}
    return found


def changes(old: set[tuple[str, str]], new: set[tuple[str, str]]) -> Iterator[Change]:
    """Words that came or went."""
    for which, name in sorted(old ^ new):
        what = What.ADDED if (which, name) in new else What.REMOVED
        words = (word(name),) if which == "metric" else words_of_value(name)
        yield Change(Area.WORDS, f"{which} {name}", what, words=words)


def _metrics(tree: ast.Module, texts: Mapping[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in _METRICS and node.args:
            name = _text(node.args[0], texts)
            if name:
                yield name


def _text(node: ast.expr, texts: Mapping[str, str]) -> str:
    """A text, perhaps put together from those of the module; "" if it is no such one."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name) if name in texts:
            return texts[name]
        case ast.FormattedValue(value=inner):
            return _text(inner, texts)
        case ast.JoinedStr(values=parts):
            read = [_text(part, texts) for part in parts]
            return "".join(read) if all(read) else ""
    return ""

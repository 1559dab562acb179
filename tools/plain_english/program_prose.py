"""The sentences in Python and YAML files, each at the line where it begins."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

import yaml

WORDS = 4
"""Words that a text has at least: shorter ones are names, keys and options."""
WORD = re.compile(r"(?<![\w.])[A-Za-z][a-z']+(?![\w.]*[(=])")
NOT_PROSE = re.compile(r"[\\^]|\(\?|^\s*[<{\[#-]|::|==|&&|\w?\|\w|[a-z]-src |\bimport \w+,")
"""Signs of regular expressions, of HTML and of other code."""
LISTED = re.compile("exit status", re.IGNORECASE)
"""Beginning of a list of exit statuses, which is not prose."""
PLACE = "`x`"
"""Text in place of a value that only a run knows."""


def python_prose(text: str) -> str:
    """The sentences among a module's strings: line N has those that begin in line N. Docstrings are left out."""
    tree = ast.parse(text)
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    found = {}
    for node in ast.walk(tree):
        if id(node) in left_out or id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            found[node.lineno, node.col_offset] = "".join(_of_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found[node.lineno, node.col_offset] = node.value
    return _placed({place: said for place, said in found.items() if is_prose(said)}, len(text.splitlines()))


def yaml_prose(text: str) -> str:
    """The sentences among the values of a YAML file: line N has those that begin in line N."""
    found = {}
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and is_prose(event.value):
            found[event.start_mark.line + 1, event.start_mark.column] = event.value
    return _placed(found, len(text.splitlines()))


def is_prose(text: str) -> bool:
    """Whether a text is made of words, and says something."""
    return len(WORD.findall(text)) >= WORDS and not NOT_PROSE.search(text)


def _of_part(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else PLACE


def _placed(found: dict[tuple[int, int], str], length: int) -> str:
    """Texts at their lines, each a paragraph if it can be: two that begin in one line are one."""
    lines = [""] * length
    for line, column in sorted(found):
        one = " ".join(LISTED.split(found[line, column])[0].split()).replace("<", "&lt;")
        lines[line - 1] = f"{lines[line - 1]} {one}".strip()
    return "\n".join(_apart(lines)) + "\n"


def _apart(lines: list[str]) -> list[str]:
    """Lines that follow each other are sentences of their own: a full stop ends each that has none."""
    return [
        f"{line}." if line and following and line[-1] not in ".!?:" else line
        for line, following in pairwise([*lines, ""])
    ]

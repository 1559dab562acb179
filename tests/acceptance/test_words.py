"""Docstrings of fields and constants begin with a noun (CONTRIBUTING.md, "Style guide")."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING

import pytest

from support.rooms import ROOT, modules

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_NOUNS = frozenset(
    word
    for words in (
        # Questions, of which the noun is what they ask for: "Number of", "Path of", "Time at which".
        "how what when where which who whoever whom whose why",
        # Prepositions: the noun before them is missing.
        "about above after against among as at before below beside between beyond by during for from in inside",
        "into of off on onto out outside over per since than through to under until unless up upon with within",
        "without",
        # Conjunctions and pronouns.
        "and because but if it nor or so that these they this those though while",
        # Verbs and adverbs.
        "accepted added also are asked can does exported filled found goes has is made may must never no not",
        "nothing only raised refused saved says shown skipped stands still then there was",
        # Values: the noun comes before them, "Name; None for ...".
        "empty false none true",
    )
    for word in words.split()
)
"""First words, in lower case, of docstrings that do not begin with a noun."""


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each string after an assignment."""
    for node in ast.walk(tree):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            for before, after in itertools.pairwise(body if isinstance(body, list) else ()):
                match before, after:
                    case ast.Assign() | ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str() as text)):
                        yield after.lineno, text


def begins_with_a_noun(text: str) -> bool:
    """Whether a docstring may begin with a noun: its first word is a word, and none of NO_NOUNS."""
    first = re.match(r"[A-Za-z]+", text)
    return first is not None and first[0].lower() not in NO_NOUNS


def test_docstrings_of_fields_begin_with_a_noun() -> None:
    tools = ROOT / "tools"
    files = modules()
    wrong = [
        f"{file.relative_to(tools)}:{line}: {text.splitlines()[0]}"
        for file in files
        for line, text in docstrings(ast.parse(file.read_text(encoding="utf-8")))
        if not begins_with_a_noun(text)
    ]
    assert len(files) > 100
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "Whether the spec is current.",
        "Seconds between two tries.",
        'Namespace; "" for all of them.',
        "Kubernetes' own word.",
        "maxSurge of the default strategy.",
    ],
)
def test_a_noun_is_accepted(text: str) -> None:
    assert begins_with_a_noun(text)


@pytest.mark.parametrize(
    "text",
    [
        "What runs it.",
        "How long a start may take.",
        "Of the node's image.",
        "None: there is no such node.",
        "It stays as it is.",
        '"" for all of them.',
        "`$.spec.sla`.",
        "0-based, as libyaml counts.",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert not begins_with_a_noun(text)


def test_docstrings_of_constants_fields_and_attributes_are_found() -> None:
    source = '''"""The module."""
ONE = 1
"""What it is."""


class Thing:
    """How it is."""

    name: str = ""
    """Where it is."""

    def __init__(self) -> None:
        self.size = 1
        """Of the whole."""


if ONE:
    TWO = 2
    """If needed."""
'''
    assert sorted(docstrings(ast.parse(source))) == [
        (3, "What it is."),
        (10, "Where it is."),
        (14, "Of the whole."),
        (19, "If needed."),
    ]

"""How each `data-…` attribute is read: text to seconds, numbers, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docs_test.language import values
from docs_test.language.allowances import allowances
from docs_test.model import Match

if TYPE_CHECKING:
    from collections.abc import Callable

    from docs_test.language.needs import Vocabulary

KIND_VERSION = re.compile(r"[A-Z]\w*/\w+")


def _text(text: str) -> str:
    return text


def _flag(text: str) -> bool:
    if text:
        raise ValueError(f"takes no value, not {text!r}", "write it alone")
    return True


def needs(text: str, vocabulary: Vocabulary) -> list[str]:
    """The capabilities that `data-needs` names.

    Raises:
        ValueError: fact and hint: it names none, or one that the site does not know.
    """
    names = [values.one_of(name, vocabulary.capabilities) for name in values.words(text)]
    if not names:
        raise ValueError("names nothing", f"allowed: {', '.join(vocabulary.capabilities)}")
    return names


def _runs_on(text: str, vocabulary: Vocabulary) -> str:
    if not vocabulary.runs_on:
        raise ValueError(f"{text!r}: there is no place where a .skip of this site runs", "leave it out")
    return values.one_of(text, tuple(vocabulary.runs_on))


def _ids(text: str) -> list[str]:
    names = [name.removeprefix("#") for name in values.words(text)]
    if not names:
        raise ValueError("names nothing", "the #id of an earlier .run fence")
    return names


def _of(text: str, vocabulary: Vocabulary) -> str:
    if not KIND_VERSION.fullmatch(text):
        raise ValueError(f"{text!r} is not a kind and version", f'as in "{vocabulary.example}"')
    return text


def _at(text: str) -> str:
    if not text.startswith("$"):
        raise ValueError(f"{text!r} is not a path", 'as in "$.spec.sla"')
    return text


def _inside(text: str) -> str:
    try:
        return values.file_name(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a file under the site's top folder", 'as in "examples/x.yaml"'
        ) from None


READERS: dict[str, Callable[[str], Any]] = {
    "data-when": values.selections,
    "data-timeout": values.duration,
    "data-exit": values.status,
    "data-until": values.duration,
    "data-since": _ids,
    "data-within": values.duration,
    "data-background": _flag,
    "data-ready": values.address,
    "data-match": lambda text: Match(values.one_of(text, tuple(match.value for match in Match))),
    "data-from": _inside,
    "data-at": _at,
    "data-under": _at,
    "data-reason": _text,
    "data-allow": allowances,
}
WITH_VOCABULARY: dict[str, Callable[[str, Vocabulary], Any]] = {
    "data-needs": needs,
    "data-of": _of,
    "data-runs-on": _runs_on,
}
"""Each of these, too, raises ValueError(fact, hint) for a value it refuses."""


def read_attribute(name: str, text: str, vocabulary: Vocabulary) -> Any:
    """The value of a `data-…` attribute that there is.

    Raises:
        ValueError: fact and hint: it has no such value.
    """
    if name in WITH_VOCABULARY:
        return WITH_VOCABULARY[name](text, vocabulary)
    return READERS[name](text)

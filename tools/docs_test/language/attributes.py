"""How each `data-…` attribute is read: text to seconds, numbers, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docs_test.language import values
from docs_test.language.vocabulary import CAPABILITIES, TIERS
from docs_test.model import Match

if TYPE_CHECKING:
    from collections.abc import Callable

KIND_VERSION = re.compile(r"[A-Z]\w*/\w+")


def _text(text: str) -> str:
    return text


def _flag(text: str) -> bool:
    if text:
        raise ValueError(f"takes no value, not {text!r}", "write it alone")
    return True


def _needs(text: str) -> list[str]:
    names = [values.one_of(name, CAPABILITIES) for name in values.words(text)]
    if not names:
        raise ValueError("names nothing", f"allowed: {', '.join(CAPABILITIES)}")
    return names


def _ids(text: str) -> list[str]:
    names = [name.removeprefix("#") for name in values.words(text)]
    if not names:
        raise ValueError("names nothing", "the #id of an earlier .run fence")
    return names


def _of(text: str) -> str:
    if not KIND_VERSION.fullmatch(text):
        raise ValueError(f"{text!r} is no kind and version", 'as in "DynamoGraphDeployment/v1beta1"')
    return text


def _at(text: str) -> str:
    if not text.startswith("$"):
        raise ValueError(f"{text!r} is no path", 'as in "$.spec.sla"')
    return text


def _inside(text: str) -> str:
    try:
        return values.file_name(text)
    except ValueError:
        raise ValueError(f"{text!r} is no file under the site's top folder", 'as in "examples/x.yaml"') from None


READERS: dict[str, Callable[[str], Any]] = {
    "data-when": values.selections,
    "data-needs": _needs,
    "data-timeout": values.duration,
    "data-exit": values.status,
    "data-until": values.duration,
    "data-since": _ids,
    "data-within": values.duration,
    "data-background": _flag,
    "data-ready": values.address,
    "data-match": lambda text: Match(values.one_of(text, tuple(match.value for match in Match))),
    "data-from": _inside,
    "data-of": _of,
    "data-at": _at,
    "data-reason": _text,
    "data-runs-on": lambda text: values.one_of(text, TIERS),
}
"""Each raises ValueError(fact, hint) for a value it refuses."""

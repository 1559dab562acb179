"""How programs write a value down: in base64, in URLs, in JSON, in shells."""

from __future__ import annotations

import base64
import binascii
import json
import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORTEST = 12
"""Characters of the shortest run that is decoded: eight bytes, the shortest secret, take eleven."""
DEEPEST = 3
"""Times that text is decoded again: a kubeconfig in a Secret has keys in base64."""
RUN = re.compile(rf"[A-Za-z0-9+/]{{{SHORTEST},}}={{0,2}}")
OF_URLS = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST},}}={{0,2}}")
"""Pattern of a run in the alphabet for URLs and names of files."""
_BREAK = r"(?:\r?\n|\\n)(?:[ \t]*[-+|>]?[ \t]+)?"
"""Pattern of a line's end, in JSON perhaps, and how the next one is indented."""
BREAK = re.compile(_BREAK)
WRAPPED = re.compile(
    rf"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{{60,}}(?:{_BREAK}[A-Za-z0-9+/]{{4,}})+={{0,2}}(?![^\s\"'\\])"
)
"""Pattern of a run over several lines, as the program `base64` and YAML write it."""
TO_USUAL = str.maketrans("-_", "+/")
PRINTED = re.compile(r"(?:[^\W_]|[\x20-\x7e\s]){8,}")
"""Pattern of what is text, in what was decoded."""


def without_runs(text: str, secret: Callable[[str], bool], mask: str) -> str:
    """The text with a mask in the place of each run of base64 that hides a secret.

    Args:
        text: the text.
        secret: whether a decoded text has one.
        mask: what to put in its place.
    """
    if "\n" in text or "\\n" in text:
        text = WRAPPED.sub(
            lambda found: mask if _hides(BREAK.sub("", found[0]), secret, DEEPEST) else found[0], text
        )
    for pattern in (RUN, OF_URLS):
        text = pattern.sub(lambda found: mask if _hides(found[0], secret, DEEPEST) else found[0], text)
    return text


def _hides(run: str, secret: Callable[[str], bool], deep: int) -> bool:
    return any(secret(text) or (deep > 1 and _within(text, secret, deep - 1)) for text in _decoded(run))


def _within(text: str, secret: Callable[[str], bool], deep: int) -> bool:
    return any(_hides(found[0], secret, deep) for found in RUN.finditer(text))


def _decoded(run: str) -> Iterator[str]:
    """What a run may stand for: where it begins is not known, for what stands before it may be of its alphabet."""
    letters = run.rstrip("=").translate(TO_USUAL)
    for start in range(4):
        part = letters[start:]
        try:
            # One letter alone at the end is no byte.
            raw = base64.b64decode(part[: len(part) - (len(part) % 4 == 1)] + "=" * (-len(part) % 4))
        except (binascii.Error, ValueError):
            continue
        # From a wrong start, or of a picture, nearly all is no text.
        if text := "\0".join(PRINTED.findall(raw.decode("utf-8", errors="replace"))):
            yield text


def written_forms(value: str) -> set[str]:
    """The value itself, and each other way to write it; of a value without special characters there is none."""
    forms = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        shlex.quote(value),
        value.replace("'", "'\\''"),
        re.sub(r"([^\w@%+=:,./-])", r"\\\1", value),  # As `printf %q` and `set -x` do.
        re.sub(r"([$`\"\\])", r"\\\1", value),  # Within double quotes.
    }
    return forms | {form.lower() for form in forms if "%" in form and form.lower() != value.lower()}

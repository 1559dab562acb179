"""Secrets are removed from whatever is shown or kept: outputs, errors, results; not from what is compared.

A secret is what looks like a token or a key, what stands where a password stands, and the values that a page was
given; each also in base64, which is how Kubernetes prints Secrets, and as URLs, JSON and shells write it.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from groundwork.base.encodings import without_runs, written_forms

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "***"
SHORTEST = 8
"""Characters of the shortest value that is masked: a shorter one may well be a word that occurs elsewhere, too."""

_TOKEN = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{8,}|nvapi-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|AKIA[0-9A-Z]{16}"
    r"|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}"
    # The last: a service account's, a JWT; an encrypted one has five parts.
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,})+)"
)
_PEM = re.compile(
    r"(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)"
    # Up to its end; where that was cut off, as far as lines look like base64.
    r"(?:[^-]*(?:-(?!----)[^-]*)*(-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)"
    r"|(?:(?:\\[rn]|[\s|>+-])*[A-Za-z0-9+/=]{8,})*)"
)
_HEADER = re.compile(
    r"(?i)((?:\bbearer\s+|\bauthorization[\"']?\s*[:=]\s*[\"']?(?:basic|token|apikey|digest)\s+"
    r"|\bx-(?:api-key|auth-token)[\"']?\s*[:=]\s*[\"']?))(?!\$)[A-Za-z0-9._~+/=-]{8,}"
)
_USERINFO = re.compile(r"((?<=://)[^\s/?#:@'\"]*:)(?![$<{*])[^\s/?#@'\"]+(?=@)")
_LOGIN = re.compile(r"((?:\s-u|--user)[= ]?[\"']?[^\s:'\"$]{1,100}:)(?!\$)[^\s'\"]{4,}")
_LIKE_ONE = r"(?:[A-Z0-9]+[_-])*(?:TOKEN|SECRET|PASSWORD|PASSWD|API[_-]?KEY)(?:(?:_ACCESS)?_KEY|_VALUE)?"
"""A name's last words say what it holds: HF_TOKEN does hold one, MAX_TOKENS, token_type and SECRET_NAME do not."""
_NAMED = re.compile(
    rf"(?i)(?<![A-Z0-9_-])((?:--?)?{_LIKE_ONE}=)(?!\$)([^\s'\"]{{4,}}|'[^'\n]{{4,}}'|\"[^\"$\n]{{4,}}\")"
)
_BESIDE = re.compile(
    rf"(?i)(?<![A-Z0-9_-])(--{_LIKE_ONE} |[\"']?{_LIKE_ONE}[\"']?:[ \t]*)(?!\$)"
    r"([^\s'\",<>]{8,}|'[^'\n]{8,}'|\"[^\"$<\n]{8,}\")"
)
"""Pattern of a name and what stands beside it, as in YAML: only what looks like no word is masked."""
_NAME = re.compile(f"(?i){_LIKE_ONE}")
_NUMBER = re.compile(r"[0-9.]+")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_~!@#$%^&*.-]{12,}")
_WORDS = re.compile(r"[a-z0-9]{1,12}(?:[-.][a-z0-9]{1,12})+")
"""Pattern of names of Kubernetes objects."""
_OF_KUBECONFIG = re.compile(r"\"?(?:token|password|client-key-data)\"?:[ \t]*\"?([^\s\"',}]{8,})")
_known: ContextVar[tuple[str, ...]] = ContextVar("known", default=())
"""Values of the page that runs here, in each form, the longest first."""


_PERHAPS = re.compile(r"[:=@_]|-[-u]|--|AKIA|eyJ|(?i:bearer|token|key|sec|passw)|[A-Za-z0-9+/-]{12}")
"""Pattern of what each secret but a known one has something of."""


def mask(text: str) -> str:
    """The text without what looks like a token, or is the value of a variable named like one."""
    known = _known.get()
    return _masked(text, known) if known or _PERHAPS.search(text) else text


def learn(variables: Mapping[str, str], *kubeconfigs: str) -> None:
    """Remember a page's secrets, to mask them wherever they turn up; those of an earlier page are forgotten.

    Args:
        variables: the values of those that are named like secrets, but for short ones and numbers.
        kubeconfigs: their texts, with the tokens in them.
    """
    found: set[str] = set()
    for name, value in variables.items():
        if _NAME.fullmatch(name) and len(value) >= SHORTEST and not _NUMBER.fullmatch(value):
            found.add(value)
    for text in kubeconfigs:
        found.update(one[1] for one in _OF_KUBECONFIG.finditer(text))
    forms = {form for value in found for form in written_forms(value)}
    _known.set(tuple(sorted(forms, key=lambda form: (-len(form), form))))


@lru_cache(maxsize=256)
def _masked(text: str, known: tuple[str, ...]) -> str:
    """The code of a step is masked for each of those who show it."""
    plain = _plainly(text, known)
    return without_runs(plain, lambda decoded: _plainly(decoded, known) != decoded, MASK)


def _plainly(text: str, known: tuple[str, ...]) -> str:
    for value in known:
        text = text.replace(value, MASK)
    text = _TOKEN.sub(MASK, text)
    if "-----BEGIN" in text:
        text = _PEM.sub(_without_key, text)
    text = _HEADER.sub(rf"\1{MASK}", text)
    if "://" in text:
        text = _USERINFO.sub(rf"\1{MASK}", text)
    text = _LOGIN.sub(rf"\1{MASK}", text)
    return _BESIDE.sub(_random, _NAMED.sub(_unless_number, text))


def _without_key(found: re.Match[str]) -> str:
    line_end = next((end for end in ("\\n", "\n") if found[0][len(found[1]) :].startswith(end)), " ")
    return f"{found[1]}{line_end}{MASK}{line_end + found[2] if found[2] else ''}"


def _unless_number(found: re.Match[str]) -> str:
    return found[0] if _NUMBER.fullmatch(found[2].strip("'\"")) else f"{found[1]}{MASK}"


def _random(found: re.Match[str]) -> str:
    value = found[2].strip("'\"")
    return f"{found[1]}{MASK}" if _RANDOM.fullmatch(value) and not _WORDS.fullmatch(value) else found[0]

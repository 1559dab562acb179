"""Secrets are removed from whatever is shown or kept: outputs, errors, results; not from what is compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "***"
SHORTEST = 8
"""Characters of the shortest value that is masked: a shorter one may well be a word that occurs elsewhere, too."""

_TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{8,}|nvapi-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|AKIA[0-9A-Z]{16}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"  # The last: a service account's, a JWT.
)
_BEARER = re.compile(r"(?i)(\b(?:bearer|authorization:\s*basic)\s+)[A-Za-z0-9._~+/=-]{8,}")
_LIKE_ONE = r"(?:[A-Z0-9]+[_-])*(?:TOKEN|SECRET|PASSWORD|PASSWD|API[_-]?KEY)(?:(?:_ACCESS)?_KEY|_VALUE)?"
"""A name's last words say what it holds: HF_TOKEN does hold one, MAX_TOKENS, token_type and SECRET_NAME do not."""
_NAMED = re.compile(
    rf"(?i)(?<![A-Z0-9_-])((?:--?)?{_LIKE_ONE}=)(?!\$)([^\s'\"]{{4,}}|'[^']{{4,}}'|\"[^\"$]{{4,}}\")"
)
_NAME = re.compile(f"(?i){_LIKE_ONE}")
_NUMBER = re.compile(r"[0-9.]+")
_OF_KUBECONFIG = re.compile(r"\"?(?:token|password|client-key-data)\"?:[ \t]*\"?([^\s\"',}]{8,})")
_known: set[str] = set()


def mask(text: str) -> str:
    """The text without what looks like a token, or is the value of a variable named like one."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, MASK)
    text = _TOKENS.sub(MASK, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _NAMED.sub(_masked, text)


def learn(variables: Mapping[str, str], *kubeconfigs: str) -> None:
    """Remember a page's secrets, to mask them wherever they turn up; those of an earlier page are forgotten.

    Args:
        variables: the values of those that are named like secrets, but for short ones and numbers.
        kubeconfigs: their texts, with the tokens in them.
    """
    _known.clear()
    for name, value in variables.items():
        if _NAME.fullmatch(name) and len(value) >= SHORTEST and not _NUMBER.fullmatch(value):
            _known.add(value)
    for text in kubeconfigs:
        _known.update(found[1] for found in _OF_KUBECONFIG.finditer(text))


def _masked(found: re.Match[str]) -> str:
    return found[0] if _NUMBER.fullmatch(found[2].strip("'\"")) else f"{found[1]}{MASK}"

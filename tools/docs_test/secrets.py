"""Secrets are removed from whatever is shown or kept: outputs, errors, results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "***"

_TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{8,}|nvapi-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|AKIA[0-9A-Z]{16})"
)
_BEARER = re.compile(r"(?i)(\b(?:bearer|authorization:\s*basic)\s+)[A-Za-z0-9._~+/=-]{8,}")
_NAMED = re.compile(
    r"(?i)\b([A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|API_?KEY)[A-Z0-9_]*=)(?!\$)([^\s'\"]{4,}|'[^']{4,}'|\"[^\"$]{4,}\")"
)
_known: set[str] = set()


def mask(text: str) -> str:
    """The text without what looks like a token, or is the value of a variable named like one."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, MASK)
    text = _TOKENS.sub(MASK, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _NAMED.sub(rf"\1{MASK}", text)


def learn(variables: Mapping[str, str]) -> None:
    """Remember the values of variables that are named like secrets, to mask them wherever they turn up."""
    for name, value in variables.items():
        if re.search(r"(?i)TOKEN|SECRET|PASSWORD|API_?KEY", name) and len(value) >= 4:  # noqa: PLR2004 - too short to tell
            _known.add(value)

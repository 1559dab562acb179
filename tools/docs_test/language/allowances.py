"""What lint looks for in shell code, and how a page says "yes, on purpose": a code, and the reason."""

from __future__ import annotations

import re

from groundwork.base.suggest import did_you_mean

CODES = {
    "unknown-object": "a command names an object that nothing makes",
    "unknown-field": "JSONPath, custom columns or a patch name a field that the schema lacks",
    "unknown-flag": "a flag, or a value of one, that this version of kubectl does not have",
    "unknown-subcommand": "a command that this version of kubectl does not have",
    "unknown-command": "a program whose name is nearly kubectl",
    "unknown-type": "a type of objects that neither Kubernetes nor the product has",
    "no-wait": "something that takes time is used before a step waits for it",
    "wait-passes-by": "a wait for a state that passes by itself",
    "background": "a background step that is not used, not ended, or ready elsewhere",
    "no-cleanup": "an object that no clean-up removes",
    "undefined-variable": "a variable that nothing sets",
    "port-twice": "two background steps open the same local port",
    "shellcheck": "findings of shellcheck; shellcheck/SC2086 is one of them",
}
"""Codes of the checks of shell code, and what each finds; all are on."""
HINT = 'write data-allow="CODE: reason", several separated by ;'
DETAIL = re.compile(r"shellcheck/SC\d{4}")


def known(code: str) -> bool:
    """Whether a code can be allowed."""
    return code in CODES or DETAIL.fullmatch(code) is not None


def check(code: str, reason: object) -> None:
    """Hold that an allowance names a code and a reason.

    Raises:
        ValueError: fact and hint: it does not.
    """
    if not known(code):
        near = did_you_mean(code, CODES)
        raise ValueError(f"{code!r} is not a code of a check", near or f"codes: {', '.join(CODES)}")
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError(f"{code!r} is allowed without a reason", HINT)


def allowances(text: str) -> dict[str, str]:
    """Codes and reasons of `data-allow`.

    Raises:
        ValueError: fact and hint: a code that there is not, one given twice, or one without a reason.
    """
    found: dict[str, str] = {}
    for part in text.split(";"):
        code, _, reason = (piece.strip() for piece in part.partition(":"))
        if not code and not reason:
            continue
        check(code, reason)
        if code in found:
            raise ValueError(f"{code!r} is allowed twice", "once is enough for all of the block")
        found[code] = reason
    if not found:
        raise ValueError("allows nothing", HINT)
    return found


def allows(code: str, given: str) -> bool:
    """Whether an allowance is for a finding: of the same code, or of all of shellcheck's."""
    return code == given or code.startswith(f"{given}/")

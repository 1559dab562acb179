"""What a results file keeps of texts: without secrets, and no more than a bound."""

from __future__ import annotations

from docs_test.outcomes import Output
from groundwork.base.masking import mask

LEFT_OUT = "[{} bytes are left out]\n"
"""A line in the place of what is not kept."""
MOST_BYTES = 64 * 1024
"""Bytes of a text, at most; of a longer one the start and the end are kept."""


def captured(text: str, left_out: int = 0) -> Output:
    """What is kept of an output.

    Args:
        text: what the shell kept, secrets and all.
        left_out: how many bytes the shell left out already, in the place of a line `LEFT_OUT`.
    """
    kept, in_all = bounded(text, left_out)
    return Output(kept, text.count("\n") + (not text.endswith("\n") and text != ""), in_all)


def bounded(text: str, left_out: int = 0) -> tuple[str, int]:
    """The text without secrets, of much of it the start and the end, and how many bytes are left out.

    It is masked before it is cut: half a secret looks like none.
    """
    raw = mask(text).encode()
    if len(raw) <= MOST_BYTES:
        return raw.decode(), left_out
    start, end = raw[: MOST_BYTES // 2], raw[-MOST_BYTES // 2 :]
    start = start[: start.rfind(b"\n") + 1] or start
    end = end[end.find(b"\n") + 1 :] or end
    left_out = len(raw) - len(start) - len(end) + max(0, left_out - len(LEFT_OUT.format(left_out)))
    head = start.decode(errors="ignore")
    line_end = "" if head.endswith("\n") else "\n"
    return f"{head}{line_end}{LEFT_OUT.format(left_out)}{end.decode(errors='ignore')}", left_out

"""Changed files as a unified diff, for people."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from groundwork.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.updating.drafting import Change

RED, GREEN, CYAN, RESET = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[0m"
COLOURS = {"-": RED, "+": GREEN, "@": CYAN}


def unified(change: Change, *, colour: bool) -> Iterator[str]:
    """The lines of a file's diff."""
    old, new = change.file.data.decode().splitlines(), change.data.decode().splitlines()
    for line in difflib.unified_diff(old, new, f"a/{change.file.name}", f"b/{change.file.name}", lineterm=""):
        shown = printable(line)
        yield f"{COLOURS[shown[0]]}{shown}{RESET}" if colour and shown[:1] in COLOURS else shown

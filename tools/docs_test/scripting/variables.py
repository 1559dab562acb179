"""What a step changes in the shell it runs in, as far as its text says: variables that it sets, its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ASSIGNED = re.compile(r"(?:^|[\s;&|({])([A-Za-z_]\w*)(?:\[[^]]*\])?\+?=", re.MULTILINE)
"""Pattern of an assignment. Other text may look like one: a name that is not set is not kept."""
NAMED = re.compile(
    r"\b(?:read|mapfile|readarray|for|select|declare|typeset|export|readonly|printf\s+-v)"
    r"((?:\s+-\w+)*(?:\s+[A-Za-z_]\w*)+)"
)
"""Pattern of the commands that set the variables they name."""
FOLDER = re.compile(r"\b(?:cd|pushd|popd)\b")


def kept_names(code: str, later: Iterable[str]) -> list[str]:
    """The variables that code sets and later code names, sorted."""
    names = {*ASSIGNED.findall(code)}
    for found in NAMED.findall(code):
        names.update(word for word in found.split() if not word.startswith("-"))
    texts = list(later)
    return sorted(name for name in names if any(re.search(rf"\b{name}\b", text) for text in texts))


def changes_folder(code: str) -> bool:
    """Whether code may change the working directory."""
    return FOLDER.search(code) is not None

"""How many blocks of commands a page only shows, counted in its source: what no run can report."""

from __future__ import annotations

import re

FENCE = re.compile(r"^[ ]*(?:`{3,}|~{3,})(?:bash|sh|shell)[ ]*\{(?P<attributes>[^}\n]*)\}[ ]*$", re.MULTILINE)
SKIP = re.compile(r"(?:^|\s)\.skip(?:\s|$)")


def shown_only(source: str) -> int:
    """The number of shell fences with the role `.skip`.

    Args:
        source: the page's Markdown, without includes.
    """
    return sum(bool(SKIP.search(fence["attributes"])) for fence in FENCE.finditer(source))

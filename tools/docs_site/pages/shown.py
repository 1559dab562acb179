"""How many blocks of commands a page only shows, counted in its source: no run of the tests can report them."""

from __future__ import annotations

import re

FENCE = re.compile(r"^[ ]*(?:`{3,}|~{3,})(?:bash|sh|shell)[ ]*\{(?P<attributes>[^}\n]*)\}[ ]*$", re.MULTILINE)
SKIP = re.compile(r"(?:^|\s)\.skip\s.*\bdata-runs-on=")


def shown_only(source: str) -> int:
    """The number of shell fences with the role `.skip` that say where else they would run (`data-runs-on`).

    Args:
        source: the page's Markdown, without includes.
    """
    return sum(bool(SKIP.search(fence["attributes"])) for fence in FENCE.finditer(source))

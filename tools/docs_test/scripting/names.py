"""The names of the files in which a page's scripts are offered for download."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs_test.tutorials.variants import selections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ODD = re.compile(r"[^A-Za-z0-9._-]+")
"""Pattern of what a name has a dash for."""


def file_name(page: str, variant: Mapping[str, str]) -> str:
    """The name of a page's script: `quick-deploy-v1alpha1.sh`."""
    stem = page.rpartition("/")[2].rpartition(".")[0]
    return "-".join(ODD.sub("-", part) for part in (stem, *variant.values())) + ".sh"


def file_names(page: str, values: Mapping[str, Sequence[str]]) -> dict[str, Mapping[str, str]]:
    """The names of a page's scripts, each with its variant, the default first.

    Args:
        page: its path.
        values: of each of its variants, the default first.
    """
    return {file_name(page, chosen): chosen for chosen in selections(values, {})}

"""The tools as files in the built site: `downloads/` beside the pages, as `./nox -s tools` made them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from docs_site.downloads import offer
from docs_site.downloads.make import sources

if TYPE_CHECKING:
    from pathlib import Path


def copy(site: Path, folder: Path) -> str:
    """Copy them into the site; returns a line about it.

    Args:
        site: the built site.
        folder: with the files and their list.

    Raises:
        UserError: the list cannot be understood.
    """
    target = site / offer.WITHIN_SITE
    shutil.rmtree(target, ignore_errors=True)
    files = offer.read(folder)
    if not files:
        return "no tools to download: ./nox -s tools makes them"
    target.mkdir(parents=True)
    for name in (*(file.name for file in files), offer.SUMS):
        shutil.copy(folder / name, target / name)
    stale = "" if offer.read(folder, sources()) else "; made from older sources, ./nox -s tools makes them again"
    return f"{len(files)} files of tools to download{stale}"

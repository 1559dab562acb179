"""Which files a page shows, saves or links to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docs_test.pages.page import Page
    from docs_test.pages.source import PageSource

LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")


def files_used(site: PageSource, page: Page) -> frozenset[str]:
    """The files, relative to the root, whose lines the page shows, that it saves, or that it links to."""
    folder = site.file(page.path).parent
    linked = (site.relative(folder / one) for one in links(page, site.text(page.path)) if "://" not in one)
    saved = (fence.attributes.get("data-from", "") for fence in page.content.fences)
    return frozenset([*page.inputs, *linked, *saved])


def links(page: Page, text: str) -> list[str]:
    """The targets of Markdown links of a page outside of its fences, as written, without their anchors.

    Args:
        page: the page.
        text: its file's.
    """
    positions = (at for fence in page.content.fences for at in (fence.location, *fence.lines))
    inside = {at.line for at in positions if at.file == page.path}
    return LINK.findall("\n".join(line for n, line in enumerate(text.split("\n"), 1) if n not in inside))

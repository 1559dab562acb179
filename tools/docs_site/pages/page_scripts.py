"""The links of a tutorial to its scripts, one for each variant."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docs_test.scripting.names import file_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docs_test.tutorials.index import IndexedPage


def script_links(page: IndexedPage) -> str:
    """A sentence with the links as HTML; "" for a page that is no tutorial.

    Args:
        page: the page, beside which the scripts stand.
    """
    if not page.tutorial:
        return ""
    names = file_names(page.path, page.variants)
    links = ", ".join(_link(name, chosen) for name, chosen in names.items())
    return f'<p class="page-scripts">The commands of this page as a bash script: {links}</p>'


def _link(name: str, chosen: Mapping[str, str]) -> str:
    named = ", ".join(f"{key} {value}" for key, value in chosen.items())
    which = f" ({escape(named)})" if named else ""
    return f'<a href="{escape(name)}" download type="text/x-shellscript"><code>{escape(name)}</code></a>{which}'

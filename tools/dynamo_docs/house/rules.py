"""The house rules, as docs-test asks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.ports.product import HouseRules
from dynamo_docs.house import examples, page_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from docs_test.pages.page import Page
    from docs_test.pages.source import PageSource
    from groundwork.base.problems import Problem


class SiteRules(HouseRules):
    """Rules of the form of pages, and of examples/."""

    subject = "examples"

    def of_settings(self, site: PageSource) -> None:
        """Hold that `kinds` of mkdocs.yml is a list."""
        page_form.kinds_of(site)

    def of_page(self, site: PageSource, page: Page) -> Sequence[Problem]:
        """The mistakes in the form of a page."""
        return page_form.check(site, page)

    def of_site(self, site: PageSource, uses: Mapping[str, AbstractSet[str]] | None) -> Sequence[Problem]:
        """The mistakes in examples/; its README links to all of them, which is no use."""
        others = None if uses is None else {page: files for page, files in uses.items() if page != examples.README}
        return examples.check(site.root, others)

    def files(self, site: PageSource) -> Sequence[str]:
        """What `of_site` reads."""
        return examples.files(site.root)

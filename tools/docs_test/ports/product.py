"""What the product of a site adds to the engine: words of pages, what a cluster has, rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from docs_test.inventory import Inventory
    from docs_test.language.needs import Vocabulary
    from docs_test.pages.page import Page
    from docs_test.pages.source import PageSource
    from docs_test.ports.knowledge import Knowledge
    from docs_test.ports.manifests import ManifestRules
    from groundwork.base.problems import Problem
    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object


class HouseRules:
    """Rules of one site, beyond those of the engine. These ask nothing."""

    subject = ""
    """Noun for what `of_site` looks at, for people: "examples"; "" if it looks at nothing."""

    def of_settings(self, site: PageSource) -> None:
        """Hold that what the rules take from mkdocs.yml can be read; called first.

        Raises:
            UserError: it cannot.
        """

    def of_page(self, site: PageSource, page: Page) -> Sequence[Problem]:  # noqa: ARG002
        """The mistakes in one page."""
        return ()

    def of_site(self, site: PageSource, uses: Mapping[str, AbstractSet[str]] | None) -> Sequence[Problem]:  # noqa: ARG002
        """The mistakes in what lies beside the pages; only asked if all pages are read.

        Args:
            site: the site.
            uses: for each page, relative to the root, the files that it shows, saves or links to, likewise; None:
                not known, because a page cannot be read.
        """
        return ()

    def files(self, site: PageSource) -> Sequence[str]:  # noqa: ARG002
        """The files that `of_site` reads, relative to the root."""
        return ()


class Product:
    """The product of a site, and what its defaults are: those of a site that names none.

    A product is a subclass. Loading it should be cheap, as every command does: what only runs need, its methods
    import.
    """

    name = ""
    """Name in mkdocs.yml and of the entry point."""
    platform = "kind"
    """Platform on which its pages run if neither the command line nor mkdocs.yml names one."""
    assumed: frozenset[str] = frozenset()
    """The capabilities that are assumed of an environment before anybody has looked, as `docs-test list` does."""
    api_groups: tuple[str, ...] = ()
    """API groups beyond Kubernetes' own in which pages may do anything in their namespace."""
    left_behind: tuple[str, ...] = ()
    """Objects that the product itself makes in a page's namespace and leaves: `KIND/*/NAME`
    (`clusters.leftovers`)."""

    @property
    def release(self) -> str:
        """Name and release of the product that the pages are written for, for people; "" if it has none."""
        return ""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of `needs`, `data-needs` and `data-runs-on`."""
        from docs_test.language.needs import PLAIN  # noqa: PLC0415 - only pages have them

        return PLAIN

    def look(self, kubectl: Kubectl, general: Inventory, nodes: Sequence[Object]) -> Inventory:  # noqa: ARG002
        """What a cluster has; changes nothing there.

        Args:
            kubectl: with rights to list Nodes and StorageClasses, and what else the product's `allow.yaml` says.
            general: what any product asks for.
            nodes: of the cluster.

        Raises:
            EnvironmentFault: it does not answer, or does not let this user look.
        """
        return general

    @property
    def house(self) -> HouseRules:
        """The rules of the site's pages."""
        return HouseRules()

    @property
    def knowledge(self) -> Knowledge:
        """What `docs-test lint` knows of its objects."""
        from docs_test.ports.knowledge import Knowledge  # noqa: PLC0415 - only lint asks

        return Knowledge()

    @property
    def manifests(self) -> ManifestRules:
        """What `docs-test validate` checks manifests against."""
        from docs_test.ports.manifests import ManifestRules  # noqa: PLC0415 - only validation needs schemas

        return ManifestRules()

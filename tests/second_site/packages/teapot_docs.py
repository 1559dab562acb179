"""An invented product, as docs-test asks it; its entry point lies in the folder beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs_test.inventory import Fact, Inventory
from docs_test.language.needs import CLUSTER_SCOPE, STORAGE, Need, Vocabulary
from docs_test.ports.product import HouseRules, Product
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.kube.objects import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.pages.page import Page
    from docs_test.pages.source import PageSource
    from groundwork.kube.kubectl import Kubectl
    from groundwork.kube.objects import Object

WHISTLE = "teapot.example/whistle"
"""The label of nodes that whistle."""


def _check_kitchens(name: str, wanted: Any) -> None:
    if type(wanted) is not int or wanted < 1:
        raise ValueError(f"{name}: {wanted!r} is not a number of kitchens", f"write {name}: 1")


KITCHENS = Need("kitchens", _check_kitchens, lambda _: (), lambda wanted: f"kitchens: {wanted}")


@dataclass(frozen=True, slots=True)
class Kitchen(Inventory):
    """What a cluster has for tea: each node is a kitchen."""

    whistles: int = 0

    def capabilities(self) -> frozenset[str]:
        return Inventory.capabilities(self) | ({"whistle"} if self.whistles else set())

    def lacking(self, need: str, wanted: Any) -> str:
        few = need == KITCHENS.name and self.nodes < wanted
        return f"it needs {wanted} kitchens, the cluster has {self.nodes}" if few else ""

    def lines(self) -> Iterator[tuple[str, str]]:
        yield from Inventory.lines(self)
        yield "whistles", str(self.whistles)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (Fact("teapot", "Teapot", "1.0"),)


class TeaRules(HouseRules):
    """Each page of the site is about tea."""

    def of_page(self, site: PageSource, page: Page) -> Sequence[Problem]:
        about_tea = "tea" in site.text(page.path).lower()
        return () if about_tea else [Problem(Position(page.path, 1), "the page does not say tea", code="tea")]


class Teapot(Product):
    """Tea."""

    name = "teapot"
    vocabulary = Vocabulary(
        needs=(KITCHENS, STORAGE, CLUSTER_SCOPE), capabilities=("whistle", "storage", "cluster-scope")
    )
    api_groups = ("teapot.example",)

    def look(self, kubectl: Kubectl, general: Inventory, nodes: Sequence[Object]) -> Kitchen:  # noqa: ARG002
        whistles = sum(WHISTLE in labels_of(node) for node in nodes)
        return Kitchen(general.kubernetes, general.nodes, general.storage, general.cluster_scope, whistles)

    @property
    def house(self) -> HouseRules:
        return TeaRules()


class Broken(Product):
    """One that cannot be made."""

    def __init__(self) -> None:
        raise RuntimeError("the pot leaks")

"""The products and platforms that are installed: packages name them in entry points."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from docs_test.names import NONE
from docs_test.ports.product import Product
from groundwork.base.content import Folder, digest, stamp
from groundwork.base.errors import UserError
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from docs_test.ports.platform import Platform
    from groundwork.base.positions import Position

PRODUCTS = "docs_test.products"
"""The group of entry points that lead to a subclass of `Product`."""
PLATFORMS = "docs_test.platforms"
"""The same of `Platform`."""
GIVEN = "cluster"
"""The platform of a cluster that `--kubeconfig` names, which outlives the run."""
MOST_KEPT = 30
"""Environments whose entry points are kept, the last used ones."""
Kind = TypeVar("Kind")


def products() -> list[str]:
    """The names of the products that are installed."""
    return sorted(_points(PRODUCTS))


def platforms() -> list[str]:
    """The names of the platforms that a run may name."""
    return sorted([*_points(PLATFORMS), NONE])


def product(name: str, where: Position | None = None) -> Product:
    """A product by its name.

    Args:
        name: of it.
        where: what names it.

    Raises:
        UserError: none of that name is installed, or it cannot be loaded.
    """
    return _loaded(_Sort("product", PRODUCTS, products()), name, where, Product)


def platform(name: str, where: Position | None = None) -> Platform:
    """A platform by its name, `none` excluded; arguments and errors as of `product`."""
    from docs_test.ports.platform import Platform  # noqa: PLC0415 - only runs ask

    return _loaded(_Sort("platform", PLATFORMS, platforms()), name, where, Platform)


@dataclass(frozen=True, slots=True)
class _Sort:
    """What is looked for."""

    noun: str
    group: str
    allowed: list[str]


def _loaded(sort: _Sort, name: str, where: Position | None, kind: type[Kind]) -> Kind:
    noun, point = sort.noun, _points(sort.group).get(name)
    if point is None:
        hint = f"entry points of the group {sort.group} bring them; is the package installed as it is now?"
        allowed = ", ".join(sort.allowed) or "nothing"
        fact = f"the {noun} {name!r} is not installed, allowed: {allowed}"
        raise UserError(fact, hint=did_you_mean(name, sort.allowed) or hint, where=where)
    try:
        found = _load(point)
        made = found()
    except Exception as error:
        fact = f"the {noun} {name!r} cannot be loaded from {point}: {type(error).__name__}: {error}"
        raise UserError(fact, hint="is its package installed whole?", where=where) from error
    if not isinstance(made, kind):
        fact = f"the {noun} {name!r}: {point} is not a {kind.__name__} of {kind.__module__}"
        raise UserError(fact, where=where)
    return made


@cache
def _points(group: str) -> dict[str, str]:
    """What the entry points of a group lead to, by their names: `package.module:Class`."""
    kept, file = Folder("entry-points"), f"{_installed()}.json"
    known = kept.read(file)
    if known is None:
        # Kept: every installed package's metadata is read for it, and importing what reads them takes as long.
        from importlib.metadata import entry_points  # noqa: PLC0415

        known = json.dumps(
            {one: {point.name: point.value for point in entry_points(group=one)} for one in (PRODUCTS, PLATFORMS)}
        ).encode()
        kept.write(file, known.decode())
        kept.prune(MOST_KEPT)
    found: dict[str, str] = json.loads(known)[group]
    return found


def _installed() -> str:
    """A name that changes when a package is installed or removed: its metadata are a folder on the path."""
    folders = (f"{path} {stamp(path or '.')}" for path in sys.path)
    return digest(sys.version, *folders, length=32)


def _load(value: str) -> Any:
    """The object that an entry point leads to."""
    module, _, attribute = value.partition(":")
    return attrgetter(attribute)(import_module(module))

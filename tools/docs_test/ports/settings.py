"""What a site's mkdocs.yml says to docs-test, under `extra`: `docs_test: {product: NAME, platform: NAME}`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docs_test.names import NONE
from docs_test.ports import registry
from docs_test.ports.product import Product
from groundwork.base.errors import UserError
from groundwork.base.suggest import did_you_mean
from groundwork.text.documents import locate, read_written
from groundwork.text.written import plain

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.ports.platform import Platform
    from groundwork.base.positions import Position

FILE = "mkdocs.yml"
AT = ("extra", "docs_test")
KEYS = ("product", "platform")
HINT = "write under extra: docs_test: {product: NAME}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What mkdocs.yml says; "": nothing of it."""

    product: str = ""
    platform: str = ""
    product_at: Position | None = None
    platform_at: Position | None = None


def read_settings(root: Path) -> Settings:
    """The settings of a site; those of a folder without mkdocs.yml, or with one that is no YAML, say nothing.

    Raises:
        UserError: they have another form, or a key that is not known.
    """
    file = root / FILE
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return Settings()  # MkDocs tells of it.
    return _read(text)


def product_of(root: Path) -> Product:
    """The product of a site; of one that names none, what a product's defaults are.

    Raises:
        UserError: it is not installed, or the settings cannot be read.
    """
    found = read_settings(root)
    return _product(found) if found.product else Product()


def product_of_manifests(root: Path, name: str = "") -> Product:
    """The product whose manifests lie in a folder, which is perhaps no site: then the only one that is installed.

    Args:
        root: the folder.
        name: of a product; "": the site's.

    Raises:
        UserError: it is not installed, or the settings cannot be read.
    """
    if not name and not (root / FILE).is_file() and len(installed := registry.products()) == 1:
        name = installed[0]
    return registry.product(name) if name else product_of(root)


def usual_platform(root: Path) -> str:
    """The platform on which a site's pages run if the command line names none.

    Raises:
        UserError: as of `product_of`.
    """
    return read_settings(root).platform or product_of(root).platform


def chosen_platform(root: Path, name: str = "") -> Platform | None:
    """A platform by its name; of none, the site's usual one. None: the one without a cluster.

    Raises:
        UserError: it is not installed.
    """
    wanted = name or usual_platform(root)
    where = None if name else read_settings(root).platform_at
    return None if wanted == NONE else registry.platform(wanted, where)


@lru_cache(maxsize=4)
def _product(found: Settings) -> Product:
    return registry.product(found.product, found.product_at)


@lru_cache(maxsize=4)  # It is asked for with each page.
def _read(text: str) -> Settings:
    document = read_written(text, FILE, range(text.count("\n") + 1))
    top = document.value if isinstance(document.value, dict) else {}
    extra = top.get("extra")
    given: Any = plain(extra.get(AT[1])) if isinstance(extra, dict) else None
    if given is None:
        return Settings()
    if not isinstance(given, dict):
        where = locate(document, AT)
        raise UserError(f"'docs_test' under 'extra' is {given!r}, expected a mapping", hint=HINT, where=where)
    found: dict[str, Any] = {}
    for key, value in given.items():
        where = locate(document, (*AT, str(key)), at_key=True)
        if key not in KEYS:
            near = did_you_mean(str(key), KEYS)
            fact = f"{key!r} is not a key of 'docs_test', allowed: {', '.join(KEYS)}"
            raise UserError(fact, hint=near or HINT, where=where)
        if not isinstance(value, str) or not value:
            raise UserError(f"'{key}' of 'docs_test' is {value!r}, expected a name", hint=HINT, where=where)
        found |= {key: value, f"{key}_at": where}
    return Settings(**found)

"""The pages of the navigation: whatever reads pages may ask for them, so this needs no package of the build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation."""

    section: tuple[str, ...]
    """The names of the sections that it is in."""
    source: str
    """Path relative to the folder of the pages."""

    @property
    def built(self) -> str:
        """Its HTML, relative to the site."""
        path = PurePosixPath(self.source)
        return path.with_name("index.html" if path.stem == "README" else f"{path.stem}.html").as_posix()

    @property
    def copy(self) -> str:
        """Its Markdown copy, relative to the site."""
        return PurePosixPath(self.built).with_suffix(".md").as_posix()


def entries(nav: Sequence[Any], section: tuple[str, ...] = ()) -> Iterator[Entry]:
    """The pages of mkdocs.yml's `nav`, in its order; links that lead elsewhere are left out."""
    for item in nav:
        for title, value in item.items() if isinstance(item, dict) else [("", item)]:
            if isinstance(value, list):
                yield from entries(value, (*section, str(title)))
            elif str(value).endswith(".md") and "://" not in str(value):
                yield Entry(section, str(value))

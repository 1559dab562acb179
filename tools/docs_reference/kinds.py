"""The kinds as reference pages tell them: from dynamo_crd, and from kinds.yaml what no schema tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from docs_reference.fields import served
from dynamo_crd.schemas import registry, releases

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Kind:
    """A custom resource, over all releases."""

    name: str
    short: str
    writes: str
    more: str
    pages: Mapping[str, str]
    """Title of a page that explains it -> its path under docs/."""
    sources: Mapping[str, dict[str, Any]]
    """Top of its source as the newest release has it, by version, the newest first."""
    served: Mapping[str, tuple[str, ...]]
    """Releases that serve it, from old to new, by version."""
    stored: Mapping[str, str]
    """Version that is stored, by release."""

    @property
    def first(self) -> str:
        """The first release that has the kind."""
        return next(release for release in registry.releases() if release in self.stored)

    def other(self, version: str) -> str:
        """Its other version; "" where there is one only."""
        return next((one for one in self.sources if one != version), "")

    def file(self, version: str) -> str:
        """The name of a version's page."""
        return f"{self.name.lower()}-{version}.md"


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, the ones that people write first, as kinds.yaml has them.

    Raises:
        ValueError: kinds.yaml and the schema sources have different kinds.
    """
    text = Path(__file__).with_name("kinds.yaml").read_text(encoding="utf-8")
    told: dict[str, dict[str, Any]] = yaml.safe_load(text)
    newest = registry.kinds(releases.newest())
    if wrong := told.keys() ^ newest.keys():
        raise ValueError(f"kinds.yaml and the schema sources differ in {sorted(wrong)}")
    return tuple(_kind(name, row, newest[name]) for name, row in told.items())


def _kind(name: str, row: dict[str, Any], newest: registry.Kind) -> Kind:
    versions = sorted(newest.versions, reverse=True)
    there = {release: registry.kinds(release).get(name) for release in registry.releases()}
    return Kind(
        name=name,
        short=newest.short_names[0],
        writes=row["writes"],
        more=row["more"],
        pages=row["pages"],
        sources={version: registry.source(name, version).data for version in versions},
        served={version: tuple(served(name, version)) for version in versions},
        stored={release: kind.storage for release, kind in there.items() if kind},
    )

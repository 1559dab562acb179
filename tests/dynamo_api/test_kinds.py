"""The facts about kinds, held to the sources of the CRDs and to the CRDs of upstream."""

from __future__ import annotations

import pytest
import yaml

from dynamo_api.facts import kinds
from dynamo_crd.schemas import registry
from groundwork.base.paths import root

UPSTREAM = root().parent / "shared" / "upstream" / "crds" / "main-1.5.0"


def test_kinds_are_those_of_the_sources() -> None:
    told = {
        kind.name: (kind.definition, kind.short, kind.versions)
        for kind in kinds.KINDS.values()
        if kind.name != kinds.CHECKPOINT  # This project has no source of it.
    }
    assert told == {
        kind.name: (kind.crd_name, kind.short_names[0], tuple(sorted(kind.versions, reverse=True)))
        for kind in registry.kinds().values()
    }


@pytest.mark.upstream
@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="shared/upstream is not here")
@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=lambda kind: kind.short)
def test_kinds_are_those_of_upstream(kind: kinds.Kind) -> None:
    text = (UPSTREAM / f"{kinds.GROUP}_{kind.plural}.yaml").read_text(encoding="utf-8")
    crd = yaml.load(text, Loader=yaml.CSafeLoader)
    spec = crd["spec"]
    assert (crd["metadata"]["name"], spec["group"]) == (kind.definition, kinds.GROUP)
    names = spec["names"]
    assert (names["kind"], names["singular"], names["plural"]) == (kind.name, kind.singular, kind.plural)
    assert kind.short in names["shortNames"]
    assert sorted(version["name"] for version in spec["versions"]) == sorted(kind.versions)

"""The compiled CRDs against those that Dynamo's releases install."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from dynamo_crd import compare, registry
from dynamo_crd.compile import crds, since

pytestmark = pytest.mark.upstream

EXPLAINED = yaml.safe_load((Path(__file__).parent / "differences.yaml").read_text())
KUBERNETES_OWN = re.compile(
    r"\.(podTemplate\.(spec|metadata)|extraPodSpec|configMapRef|envs?\[\]|(liveness|readiness)Probe"
    r"|autoscaling\.(behavior|metrics\[\])|claims\[\])\."
)
COMPARED_WITH = "main-1.5.0"


def explains(entry, difference) -> bool:
    return fnmatchcase(difference.place, entry["at"]) and entry["fact"] == difference.fact


@pytest.fixture(scope="module")
def found(upstream):
    return compare.differences(compare.read(upstream / COMPARED_WITH), crds())


def test_every_difference_is_explained(found):
    unexplained = [str(one) for one in found if not any(explains(entry, one) for entry in EXPLAINED)]
    assert unexplained == []


@pytest.mark.parametrize("entry", EXPLAINED, ids=lambda entry: f"{entry['at']}-{entry['fact']}")
def test_every_explanation_has_its_difference(found, entry):
    assert any(explains(entry, one) for one in found)
    assert entry["why"]


def test_pod_templates_are_compared_to_their_depth(upstream):
    """The comparison above is worth something only if it reaches the inside of pod templates."""
    facts = compare.facts(compare.read(upstream / COMPARED_WITH))
    pod = "dynamographdeployments.nvidia.com/v1beta1 spec.components[].podTemplate.spec"
    assert facts[f"{pod}.containers[].ports[].protocol", "default"] == "TCP"
    assert len([key for key in facts if key[0].startswith(pod)]) > 2000


@pytest.fixture(scope="module")
def first_seen(upstream):
    """The first release with a place (`NAME/VERSION spec.components[].name`)."""
    first: dict[str, str] = {}
    for release in registry.releases():
        for place, _ in compare.facts(compare.read(upstream / release)):
            first.setdefault(place, release)
    return first


@pytest.mark.parametrize(
    ("kind", "version"), [(kind.name, version) for kind in registry.kinds().values() for version in kind.versions]
)
def test_since_is_the_first_release_with_the_field(first_seen, kind, version):
    head = f"{registry.kinds()[kind].crd_name}/{version} "
    first = {place.removeprefix(head): release for place, release in first_seen.items() if place.startswith(head)}
    recorded = since(kind, version)
    assert recorded == {path: first.get(path) for path in recorded}
    unrecorded = [path for path in first if path not in recorded and not path.endswith(("[]", "{}"))]
    ours = [path for path in unrecorded if not KUBERNETES_OWN.search(path)]
    assert ours == ["apiVersion", "kind", "metadata"]

"""The compiled CRDs against those that Dynamo's releases install."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from dynamo_crd.schemas import compare, registry, releases
from dynamo_crd.schemas.compile import crds, lifetimes, since
from kube_manifests.schemas import crd_files

pytestmark = pytest.mark.upstream

EXPLAINED = yaml.safe_load((Path(__file__).parent / "differences.yaml").read_text())
KUBERNETES_OWN = re.compile(
    r"\.(podTemplate\.(spec|metadata)|extraPodSpec|configMapRef|envs?\[\]|(liveness|readiness)Probe"
    r"|profilingJob|profilingConfig\.(resources|tolerations\[\])"
    r"|autoscaling\.(behavior|metrics\[\])|claims\[\])\."
)
NEWEST = releases.names()[-1]


def explains(entry, difference) -> bool:
    return fnmatchcase(difference.place, entry["at"]) and entry["fact"] == difference.fact


@pytest.fixture(scope="module")
def theirs(upstream):
    """Release -> its CRDs."""
    return {release: crd_files.read(upstream / release) for release in releases.names()}


@pytest.fixture(scope="module")
def found(theirs):
    """Release -> what sets its CRDs apart from those compiled for it."""
    return {release: compare.differences(old, crds(release=release)) for release, old in theirs.items()}


@pytest.mark.parametrize("release", releases.names())
def test_every_difference_is_explained(found, release):
    unexplained = [str(one) for one in found[release] if not any(explains(entry, one) for entry in EXPLAINED)]
    assert unexplained == []


@pytest.mark.parametrize("entry", EXPLAINED, ids=lambda entry: f"{entry['at']}-{entry['fact']}")
def test_every_explanation_has_its_difference(found, entry):
    assert any(explains(entry, one) for differences in found.values() for one in differences)
    assert entry["why"]


def test_a_fact_of_another_release_is_a_difference(theirs):
    """The comparison tells releases apart: what v1.0.2 changed is seen against v0.7.1."""
    apart = {str(one) for one in compare.differences(theirs["v0.7.1"], crds(release="v1.0.2"))}
    assert any("spec.backend: enum" in line for line in apart)


def test_pod_templates_are_compared_to_their_depth(theirs):
    """The comparison above is worth something only if it reaches the inside of pod templates."""
    facts = compare.facts(theirs[NEWEST])
    pod = "dynamographdeployments.nvidia.com/v1beta1 spec.components[].podTemplate.spec"
    assert facts[f"{pod}.containers[].ports[].protocol", "default"] == "TCP"
    assert len([key for key in facts if key[0].startswith(pod)]) > 2000


@pytest.fixture(scope="module")
def seen(theirs):
    """The first and the last release with a place (`NAME/VERSION spec.components[].name`)."""
    found: dict[str, tuple[str, str]] = {}
    for release, old in theirs.items():
        for place in {place for place, _ in compare.facts(old)}:
            found[place] = (found.get(place, (release,))[0], release)
    return found


@pytest.mark.parametrize(
    ("kind", "version"), [(kind.name, version) for kind in registry.kinds().values() for version in kind.versions]
)
def test_each_field_has_the_first_and_the_last_release_with_it(seen, kind, version):
    head = f"{registry.kinds()[kind].crd_name}/{version} "
    theirs = {place.removeprefix(head): both for place, both in seen.items() if place.startswith(head)}
    recorded = lifetimes(kind, version)
    assert recorded == {path: theirs.get(path) for path in recorded}
    assert since(kind, version) == {path: theirs[path][0] for path in recorded}
    unrecorded = [path for path in theirs if path not in recorded and not path.endswith(("[]", "{}"))]
    ours = [path for path in unrecorded if not KUBERNETES_OWN.search(path)]
    assert sorted(ours) == ["apiVersion", "kind", "metadata"]

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
NEWEST = releases.newest()
FOLDERS = {release: release for release in releases.names()} | {"v1.6.1": "1.6.1"}
del FOLDERS[
    "v1.5.0"
]  # Its CRDs could not be read: what is dated to it is main-1.5.0's, and what changed after it.
UNREAD = {"v1.6.1": ["dynamoworkermetadatas.nvidia.com"]}
"""CRDs that were not read again in a release, which had them."""


def explains(entry, difference, release) -> bool:
    return (
        fnmatchcase(difference.place, entry["at"])
        and entry["fact"] == difference.fact
        and entry.get("in", release) == release
    )


@pytest.fixture(scope="module")
def theirs(upstream):
    """Release -> its CRDs."""
    return {release: crd_files.read(upstream / folder) for release, folder in FOLDERS.items()}


@pytest.fixture(scope="module")
def found(theirs):
    """Release -> what sets its CRDs apart from those compiled for it."""
    return {release: compare.differences(old, crds(release=release)) for release, old in theirs.items()}


def unexplained(differences, release):
    return [str(one) for one in differences if not any(explains(entry, one, release) for entry in EXPLAINED)]


@pytest.mark.parametrize("release", FOLDERS)
def test_every_difference_is_explained(found, release):
    assert unexplained(found[release], release) == []


def test_a_difference_of_the_newest_release_that_nothing_explains_is_found(theirs):
    """What 1.6 brought is seen when 1.5.0's CRDs are held against 1.6.1's."""
    apart = unexplained(compare.differences(theirs["v1.6.1"], crds(release="v1.5.0")), "v1.6.1")
    places = {line.partition(": ")[0].partition(" ")[2] for line in apart}
    assert {"spec.hardware.gpuSku", "spec.overrides.trustRemoteCode", "spec.components[].dynamoSidecar"} <= places


@pytest.mark.parametrize("entry", EXPLAINED, ids=lambda entry: f"{entry['at']}-{entry['fact']}")
def test_every_explanation_has_its_difference(found, entry):
    assert any(explains(entry, one, release) for release, differences in found.items() for one in differences)
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


def read_from(release):
    """The first release from this one on whose CRDs could be read."""
    names = releases.names()
    return next(one for one in names[names.index(release) :] if one in FOLDERS)


def read_until(release, crd):
    """The last release up to this one in which a CRD could be read."""
    names = releases.names()
    read = [one for one in FOLDERS if crd not in UNREAD.get(one, ())]
    return next(one for one in reversed(names[: names.index(release) + 1]) if one in read)


@pytest.mark.parametrize(
    ("kind", "version"), [(kind.name, version) for kind in registry.kinds().values() for version in kind.versions]
)
def test_each_field_has_the_first_and_the_last_release_with_it(seen, kind, version):
    name = registry.kinds()[kind].crd_name
    head = f"{name}/{version} "
    theirs = {place.removeprefix(head): both for place, both in seen.items() if place.startswith(head)}
    recorded = lifetimes(kind, version)
    known = {path: (read_from(first), read_until(last, name)) for path, (first, last) in recorded.items()}
    assert known == {path: theirs.get(path) for path in recorded}
    firsts = {path: read_from(first) for path, first in since(kind, version).items()}
    assert firsts == {path: theirs[path][0] for path in recorded}
    unrecorded = [path for path in theirs if path not in recorded and not path.endswith(("[]", "{}"))]
    ours = [path for path in unrecorded if not KUBERNETES_OWN.search(path)]
    assert sorted(ours) == ["apiVersion", "kind", "metadata"]

"""Upstream's manifests of two releases, each against the schemas of its own release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from dynamo_crd.schemas.compile import crds
from groundwork.base.paths import root
from support.validation.apiserver import running_server
from support.validation.corpus import RELEASES, specimens
from support.validation.ours import Ours
from support.validation.verdicts import Server, difference, report

pytestmark = pytest.mark.upstream

FOLDER = root().parent / "shared" / "upstream" / "corpus"
ROWS = yaml.safe_load((Path(__file__).parent / "corpus-differences.yaml").read_text(encoding="utf-8"))
EXPLAINED = {place: row["names"] for row in ROWS for place in row["at"]}
"""Where another answer is right: `v0.7.1/0041` -> the field, or the line, that is refused."""


@pytest.fixture(scope="module", params=RELEASES)
def release(request):
    if not FOLDER.is_dir():
        pytest.skip("../shared/upstream/corpus is not there")
    return request.param


NOT_COVERED = re.compile(r"^kind: DynamoCheckpoint$", re.MULTILINE)
"""What is reported as not checked, while a server that lacks its CRD refuses it."""


@pytest.fixture(scope="module")
def ours(release):
    return Ours(crds(release=release))


def test_every_manifest_of_a_release_gets_its_verdict(release, ours):
    wrong = []
    for specimen in specimens(FOLDER, release):
        place = f"{release}/{specimen.number}"
        answer = ours(specimen.text)
        expected = {EXPLAINED[place]} if place in EXPLAINED else set() if specimen.valid else specimen.expected
        if answer.valid is bool(expected) or expected - answer.paths - answer.lines:
            wrong.append(f"{specimen}: expected {expected or 'valid'}\n{answer.said}")
    assert not wrong, "\n".join(wrong)


def test_the_corpus_is_read_whole(release):
    found = specimens(FOLDER, release)
    assert len(found) == {"v0.7.1": 94, "v1.0.2": 162}[release]
    assert sum(specimen.valid for specimen in found) == {"v0.7.1": 85, "v1.0.2": 155}[release]
    assert all(specimen.valid or specimen.expected for specimen in found)


def test_explanations_are_of_what_the_index_says_otherwise(release):
    for specimen in specimens(FOLDER, release):
        names = EXPLAINED.get(f"{release}/{specimen.number}")
        assert names is None or specimen.valid or names not in specimen.expected


@pytest.mark.apiserver
def test_a_server_with_the_schemas_of_a_release_says_the_same(release, ours, server_programs, tmp_path):
    with running_server(tmp_path, server_programs) as api_server:
        api_server.install(crds(release=release))
        server = Server(api_server, default="nvidia.com/v1alpha1")
        asked = [one for one in specimens(FOLDER, release) if not NOT_COVERED.search(one.text)]
        found = [(one, ours(one.text), server(one.text)) for one in asked]
    wrong = [
        f"==== {one}\n{report(one.text, mine, theirs)}" for one, mine, theirs in found if difference(mine, theirs)
    ]
    assert not wrong, "\n".join(wrong)

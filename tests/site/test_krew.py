"""krew's manifest is one that krew takes: its fields, names, versions, checksums, and what the archive holds."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from docs_site.downloads import krew
from docs_site.downloads.recipe import tools
from support import single_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What krew 0.4.3 holds a manifest to: pkg/index/types.go, internal/index/validation/validate.go, and
# docs/developer-guide/plugin-manifest. Its own `validate-krew-manifest -skip-install` accepted this one.
TEXT = {"type": "string", "minLength": 1}
SELECTOR = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "matchLabels": {"type": "object", "propertyNames": {"enum": ["os", "arch"]}, "additionalProperties": TEXT},
        "matchExpressions": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["key", "operator"],
                "properties": {
                    "key": {"enum": ["os", "arch"]},
                    "operator": {"enum": ["In", "NotIn", "Exists", "DoesNotExist"]},
                    "values": {"type": "array", "items": TEXT},
                },
            },
        },
    },
}
PLATFORM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["uri", "sha256", "bin"],
    "properties": {
        "uri": {"type": "string", "pattern": r"^https?://\S+\.(tar\.gz|zip)$"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "selector": SELECTOR,
        "files": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "to"],
                "properties": {"from": TEXT, "to": TEXT},
            },
        },
        "bin": {"type": "string", "pattern": r"^(?!/)(?!.*\.\.).+$"},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "krew.googlecontainertools.github.com/v1alpha2"},
        "kind": {"const": "Plugin"},
        "metadata": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "pattern": r"^[\w-]+$", "not": {"pattern": "^kube"}}},
        },
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["version", "shortDescription", "platforms"],
            "properties": {
                "version": {"type": "string", "pattern": r"^v\d+\.\d+\.\d+(-[\w.-]+)?$"},
                "shortDescription": {"type": "string", "minLength": 1, "pattern": r"^[^\r\n]+$", "maxLength": 70},
                "description": TEXT,
                "caveats": TEXT,
                "homepage": {"type": "string", "pattern": "^https?://"},
                "platforms": {"type": "array", "minItems": 1, "items": PLATFORM},
            },
        },
    },
}


def wrong(manifest: Any) -> list[str]:
    return [error.json_path for error in Draft202012Validator(SCHEMA).iter_errors(manifest)]


@pytest.fixture(scope="module")
def files(run_folder: Path) -> Path:
    return single_files.single_files(run_folder)


@pytest.fixture(scope="module")
def manifest(files: Path) -> Any:
    return yaml.safe_load((files / krew.MANIFEST).read_text(encoding="utf-8"))


def test_krew_takes_the_manifest(manifest: Any) -> None:
    assert wrong(manifest) == []
    assert f"{manifest['metadata']['name']}.yaml" == krew.MANIFEST


@pytest.mark.parametrize(
    ("damage", "path"),
    [
        (lambda body: body.update(apiVersion="v1"), "$.apiVersion"),
        (lambda body: body["metadata"].update(name="kubectl-dynamo"), "$.metadata.name"),
        (lambda body: body["spec"].update(version="0.1.0"), "$.spec.version"),
        (lambda body: body["spec"].update(platforms=[]), "$.spec.platforms"),
        (lambda body: body["spec"]["platforms"][0].update(sha256="0" * 63), "$.spec.platforms[0].sha256"),
        (lambda body: body["spec"]["platforms"][0].update(bin="../kubectl"), "$.spec.platforms[0].bin"),
        (lambda body: body["spec"]["platforms"][0].update(url="x"), "$.spec.platforms[0]"),
    ],
)
def test_one_that_krew_refuses_is_found(manifest: Any, damage: Callable[[Any], None], path: str) -> None:
    damaged = deepcopy(manifest)
    damage(damaged)
    assert wrong(damaged) == [path]


def test_the_archive_is_the_one_that_the_manifest_names(files: Path, manifest: Any) -> None:
    (platform,) = manifest["spec"]["platforms"]
    packed = (files / krew.ARCHIVE).read_bytes()
    assert platform["sha256"] == hashlib.sha256(packed).hexdigest()
    assert platform["uri"].endswith(f"/downloads/{krew.ARCHIVE}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        modes = {member.name: member.mode for member in archive.getmembers()}
        program = archive.extractfile(platform["bin"])
        assert program
        assert program.read() == (files / "kubectl-dynamo").read_bytes()
    assert modes == {"kubectl-dynamo": 0o755, "LICENSE": 0o644}
    assert {one["from"] for one in platform["files"]} == set(modes)


def test_the_address_of_the_site_is_in_it(files: Path) -> None:
    text = krew.manifest(tools()[0], "1.2.3", (files / krew.ARCHIVE).read_bytes(), "https://docs.example/dynamo")
    assert re.findall(r"https://\S+", text) == [
        "https://docs.example/dynamo/kubernetes/kubectl-dynamo.html",
        "https://docs.example/dynamo/downloads/kubectl-dynamo.tar.gz",
    ]

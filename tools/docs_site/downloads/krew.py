"""The plugin for krew, kubectl's plugin manager: an archive, and the manifest that describes it.

The form is that of krew's `pkg/index/types.go`; `tests/site/test_krew.py` holds the manifest to krew's rules.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import yaml

from docs_site.downloads.archive import tarred

if TYPE_CHECKING:
    from docs_site.downloads.recipe import Tool

ARCHIVE = "kubectl-dynamo.tar.gz"
MANIFEST = "dynamo.yaml"
"""Name that krew demands: that of the plugin."""
SHORT = "Follow a Dynamo deployment, and see what is blocking it"
LONG = """\
Follows a DynamoGraphDeploymentRequest from its profiling Job to the last Pod, and says in one sentence
what blocks it. It reads, and never writes.
"""
CAVEATS = "It needs Python 3.11 or newer as python3.\n"
SYSTEMS = {"key": "os", "operator": "In", "values": ["darwin", "linux"]}


def archive(tool: Tool, single: bytes, license_text: bytes) -> bytes:
    """The archive that krew unpacks."""
    return tarred({tool.name: single, "LICENSE": license_text}, frozenset({tool.name}))


def manifest(tool: Tool, version: str, packed: bytes, address: str) -> str:
    """The manifest, as YAML.

    Args:
        tool: the plugin.
        version: of it, without a `v`.
        packed: the archive.
        address: of the site, without a slash at its end.
    """
    body: dict[str, Any] = {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
        "kind": "Plugin",
        "metadata": {"name": MANIFEST.removesuffix(".yaml")},
        "spec": {
            "version": f"v{version}",
            "homepage": f"{address}/kubernetes/kubectl-dynamo.html",
            "shortDescription": SHORT,
            "description": LONG,
            "caveats": CAVEATS,
            "platforms": [
                {
                    "selector": {"matchExpressions": [SYSTEMS]},
                    "uri": f"{address}/downloads/{ARCHIVE}",
                    "sha256": hashlib.sha256(packed).hexdigest(),
                    "files": [{"from": tool.name, "to": "."}, {"from": "LICENSE", "to": "."}],
                    "bin": tool.name,
                }
            ],
        },
    }
    return yaml.safe_dump(body, sort_keys=False, width=110)

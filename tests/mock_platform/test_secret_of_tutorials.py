"""The Secret that tutorials need: made where there is none, and one that was there before stays as it was."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from groundwork.base.paths import root

DOCS = root() / "docs"
SNIPPET = root() / "snippets" / "hf-token.md"
REMOVES = "kubectl delete secret --selector made-by=tutorial"


def makes() -> str:
    """The command of the snippet."""
    (code,) = re.findall(
        r"^```bash \{ \.run \}\n(.*?)^```", SNIPPET.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return str(code)


@pytest.mark.cluster
def test_a_secret_that_was_there_before_stays(namespace: Any, tmp_path: Path) -> None:
    def page(code: str) -> str:
        made = {"apiVersion": "v1", "kind": "Config", "current-context": "here"}
        config = json.loads(namespace.kubectl("config", "view", "--raw", "--minify", "-o", "json"))
        context = {**config["contexts"][0]["context"], "namespace": namespace.name}
        made |= {key: config[key] for key in ("clusters", "users")}
        made["contexts"] = [{"name": "here", "context": context}]
        (tmp_path / "config").write_text(json.dumps(made), encoding="utf-8")
        env = {
            "HOME": str(tmp_path),  # kubectl keeps what it discovers there; without one, in the working directory.
            "KUBECONFIG": str(tmp_path / "config"),
            "PATH": f"{Path(namespace.cluster.kubectl).parent}:/usr/bin:/bin",
        }
        done = subprocess.run(["bash", "-c", code], env=env, capture_output=True, text=True, check=True)
        return done.stdout

    namespace.kubectl("create", "secret", "generic", "hf-token-secret", "--from-literal=HF_TOKEN=theirs")
    before = namespace.get("secret/hf-token-secret")
    assert page(makes()) == "secret/hf-token-secret\n"
    page(REMOVES)
    assert namespace.get("secret/hf-token-secret") == before
    namespace.kubectl("delete", "secret", "hf-token-secret")
    assert page(makes()) == "secret/hf-token-secret created\nsecret/hf-token-secret labeled\n"
    page(REMOVES)
    assert namespace.kubectl("get", "secret", "hf-token-secret", "--ignore-not-found") == ""


def test_no_page_removes_a_secret_that_others_may_have_made() -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
    removes = re.compile(r"^kubectl delete secret hf-token", re.MULTILINE)
    assert not [str(path) for path, text in pages.items() if removes.search(text)]
    for path, text in pages.items():
        if '{% include "hf-token.md" %}' in text:
            assert REMOVES in text, f"{path} makes the Secret, and its clean-up leaves it"

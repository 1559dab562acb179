"""*Expose and secure a deployment*, broken on purpose: lint and a run name the line, and say why."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/kubernetes/expose.md"
SET_UP = "docs/kubernetes/quick-deploy.md"
POLICY = "examples/expose/network-policy.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the page is made of."""
    for name in ("docs", "snippets", "examples", "tools/docs_site"):
        shutil.copytree(root() / name, tmp_path / "site" / name, symlinks=True)
    for name in ("mkdocs.yml", "versions.toml"):
        shutil.copy(root() / name, tmp_path / "site")
    return tmp_path / "site"


def broken(copy: Path, file: str, old: str, new: str) -> list[int]:
    """Break a file; returns the numbers of the lines that are not as they were."""
    text = (copy / file).read_text()
    assert old in text, "the page changed: this breakage must be written anew"
    (copy / file).write_text(text.replace(old, new))
    return [number for number, line in enumerate(text.splitlines(), 1) if old.strip("\n") in line]


def named_lines(output: str, file: str) -> list[int]:
    return [int(found) for found in re.findall(rf"^{re.escape(file)}:(\d+):", output, re.MULTILINE)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status deployment/quickstart-proxy ", "status deployment/quickstart-prox ", "quickstart-prox"),
        ("service/quickstart-proxy 8443:443", "service/quickstart-proxy 9443:443", "9443"),
        ("-O - $FRONTEND/v1/models", "-O - $FRONTEN/v1/models", "FRONTEN"),
        ("--for=condition=Ready pod/probe", "--for=condtion=Ready pod/probe", "condtion"),
        ("auth can-i create dgdr --as=", "auth can-i create dgdr --ass=", "--ass"),
        ("proxy: caddy", "proxy: cady", "cady"),
    ],
)  # fmt: skip
def test_lint_names_the_line(
    copy: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    lines = broken(copy, PAGE, old, new)
    assert main(["lint", "--root", str(copy), PAGE]) in {ExitStatus.FAILED, ExitStatus.USAGE}
    output = "".join(capsys.readouterr())
    assert set(named_lines(output, PAGE)) & set(lines), output
    assert said in output
    assert "Traceback" not in output


def test_the_validator_names_the_line(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = broken(copy, POLICY, "policyTypes: [Ingress]", "policyType: [Ingress]")
    assert main(["validate", str(copy / POLICY)]) == ExitStatus.FAILED
    output = "".join(capsys.readouterr())
    assert set(named_lines(output, str(copy / POLICY))) & set(lines), output
    assert "did you mean 'policyTypes'?" in output


@pytest.fixture
def fake(fake: Path) -> Path:
    """The fake cluster, with a network that enforces NetworkPolicies."""
    kindnet = {"kind": "DaemonSet", "metadata": {"name": "kindnet", "namespace": "kube-system"}}
    listed = fake.with_name("deployments.apps,daemonsets.apps,services")
    listed.write_text(json.dumps({"items": [kindnet]}))
    return fake


def unused_port() -> int:
    """Another port than the set-up's, which another run may hold; not one that the system gives to connections."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def test_a_run_names_the_line(copy: Path, fake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken(copy, PAGE, "tls.crt: OK\n", "tls.crt: fine\n")
    port = unused_port()
    text = (copy / SET_UP).read_text().replace("localhost:8000", f"localhost:{port}")
    (copy / SET_UP).write_text(text.replace(" 8000:8000", f" {port}:8000"))

    # The sandbox hides the caller's folders, where what stands in for programs lies.
    status = main(["run", "--root", str(copy), "--kubeconfig", str(fake), "--no-sandbox", PAGE])

    output = "".join(capsys.readouterr())
    assert status == ExitStatus.FAILED, output
    named = named_lines(output, PAGE)[0]
    shown = (copy / PAGE).read_text().splitlines().index("tls.crt: fine") + 1
    assert named in {shown - 1, shown}, output
    assert "- tls.crt: fine" in output
    assert "+ tls.crt: OK" in output
    assert "Traceback" not in output

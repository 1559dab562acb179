"""`python -m dynamo_crd diff`: what changed from one release, folder or cluster to another."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from dynamo_crd.__main__ import main
from dynamo_crd.schemas import releases
from dynamo_crd.schemas.compile import crds, write

if TYPE_CHECKING:
    from pathlib import Path

OPTIMIZATION = (
    "dynamographdeploymentrequests.nvidia.com/v1beta1 spec.sla.optimizationType: present: absent -> true"
)


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    status = main(["diff", *arguments])
    return status, capsys.readouterr().out.splitlines()


def test_releases_are_compared_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    status, said = lines(capsys, "1.0.2", "v1.1.0")
    assert status == 1
    assert OPTIMIZATION in said
    assert lines(capsys, "1.1.0", "1.1.0") == (0, [])


def test_the_followed_release_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    followed = releases.named()
    assert lines(capsys, followed) == (0, [])
    assert lines(capsys, "1.1.0") == lines(capsys, "1.1.0", followed)


def test_one_kind_without_what_is_kubernetes_own(capsys: pytest.CaptureFixture[str]) -> None:
    _, graphs = lines(capsys, "0.7.1", "1.0.2", "--kind", "dgd")
    assert graphs
    assert all(line.startswith("dynamographdeployments.nvidia.com") for line in graphs)
    _, own = lines(capsys, "0.7.1", "1.0.2", "--kind", "DynamoGraphDeployment", "--own")
    assert set(own) < set(graphs)
    assert any("extraPodSpec.hostnameOverride" in line for line in set(graphs) - set(own))


def test_a_folder_and_a_cluster(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "crds", release="1.1.0")
    assert lines(capsys, str(tmp_path / "crds"), "1.1.0") == (0, [])
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"items": crds(release="1.0.2")})))
    status, said = lines(capsys, "-", "1.1.0")
    assert status == 1
    assert OPTIMIZATION in said


def test_a_page_gets_a_table_for_each_version(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = lines(capsys, "0.7.1", "1.1.0", "--kind", "dgdr", "--format", "markdown")
    assert said[0] == "Compared: 0.7.1 -> 1.1.0."
    assert "### dynamographdeploymentrequests.nvidia.com/v1alpha1" in said
    assert "| `spec.enableGpuDiscovery` | default | `false` | `true` |" in said
    assert "| `spec.useMocker` | new |  |  |" in said
    assert "Nothing differs." in lines(capsys, "1.1.0", "1.1.0", "--format", "markdown")[1]


def test_a_program_gets_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = lines(capsys, "0.7.1", "1.1.0", "--kind", "dgdr", "--format", "json")
    document = json.loads("\n".join(said))
    found = {(row["place"].partition(" ")[2], row["fact"]): row for row in document["differences"]}
    row = found["spec.enableGpuDiscovery", "default"]
    assert (row["old"], row["new"]) == (False, True)


def test_a_file_of_a_folder_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "crds"
    write(folder, release="1.1.0")
    (folder / "helm.yaml").write_text("a:\n  b: [\n", encoding="utf-8")
    assert main(["diff", str(folder), "1.1.0"]) == 2
    assert capsys.readouterr().err.startswith(f"{folder / 'helm.yaml'}:3:1: not YAML: ")
    (folder / "helm.yaml").unlink()
    (folder / "link.yaml").symlink_to("gone")
    assert main(["diff", str(folder), "1.1.0"]) == 2
    assert capsys.readouterr().err == f"{folder / 'link.yaml'}: cannot be read: No such file or directory\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["0.7"], "unknown release '0.7' of Dynamo\nhint: did you mean '0.7.1'? one of 0.6.1"),
        (["./none"], "no CustomResourceDefinition in 'none'"),
        (["1.1.0", "--kind", "pod"], "unknown kind 'pod'\nhint: one of"),
    ],
)
def test_a_mistake_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(["diff", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"), [("{", "is not JSON"), ('{"items": []}', "no CustomResourceDefinition")]
)
def test_what_a_cluster_printed_is_read_with_care(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert main(["diff", "-"]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert main(["compile", "-o", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err == f"--output '{tmp_path / 'file'}': cannot be written: File exists\n"

"""What the examples say: the same in both versions of a pair, in words that the workers know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from groundwork.base.paths import root
from mock_platform.image.dynamo_mock.flags import BACKENDS
from mock_platform.image.dynamo_mock.worker import translate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = root() / "examples"
PAIRS = sorted(path for path in FOLDER.rglob("*.yaml") if path.with_stem(f"{path.stem}-v1beta1").is_file())
GRAPHS = [path for path in PAIRS if "kind: DynamoGraphDeployment\n" in path.read_text(encoding="utf-8")]
REQUESTS = [path for path in PAIRS if path not in GRAPHS]
ROLES = {("worker", "prefill"): "prefill", ("worker", "decode"): "decode"}
SAME_FLAG = {"--model-path": "--model"}
"""TensorRT-LLM's older name."""


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def beta_of(path: Path) -> dict[str, Any]:
    return load(path.with_stem(f"{path.stem}-v1beta1"))


def component(kind: str, spec: dict[str, Any], container: dict[str, Any], **more: Any) -> dict[str, Any]:
    container = {**container, "args": [SAME_FLAG.get(word, word) for word in container.get("args", [])]}
    return {"type": kind, "replicas": spec["replicas"], "multinode": spec.get("multinode"), **container, **more}


def from_alpha(spec: dict[str, Any]) -> dict[str, Any]:
    """Components by name, as neither version writes them."""
    claims = {claim["name"] for claim in spec.get("pvcs", [])}
    found = {}
    for name, service in spec["services"].items():
        mounts = service.get("volumeMounts", [])
        assert {mount["name"] for mount in mounts} <= claims
        kind = service["componentType"]
        found[name] = component(
            ROLES.get((kind, service.get("subComponentType")), kind),
            service,
            {**service["extraPodSpec"]["mainContainer"]},
            gpus=service.get("resources", {}).get("limits", {}).get("gpu"),
            scaled=service.get("scalingAdapter", {}).get("enabled", False),
            mounts=[(mount["name"], mount["mountPoint"]) for mount in mounts],
        )
    return found


def from_beta(spec: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for item in spec["components"]:
        pod = item["podTemplate"]["spec"]
        [main] = pod["containers"]
        assert main["name"] == "main"
        claims = {
            volume["name"]: volume["persistentVolumeClaim"]["claimName"] for volume in pod.get("volumes", [])
        }
        known = ("name", "resources", "volumeMounts")
        found[item["name"]] = component(
            item["type"],
            item,
            {key: value for key, value in main.items() if key not in known},
            gpus=main.get("resources", {}).get("limits", {}).get("nvidia.com/gpu"),
            scaled="scalingAdapter" in item,
            mounts=[(claims[mount["name"]], mount["mountPath"]) for mount in main.get("volumeMounts", [])],
        )
    return found


def workers(document: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """`("vllm", ["--model", …])` of each worker."""
    spec = document["spec"]
    both = from_beta(spec) if "components" in spec else from_alpha(spec)
    for item in both.values():
        module = item.get("command", ["", "", ""])[2].removeprefix("dynamo.")
        if module in BACKENDS:
            yield module, item["args"]


def test_there_are_pairs_of_both_kinds() -> None:
    assert len(GRAPHS) > 10
    assert len(REQUESTS) > 2


@pytest.mark.parametrize("path", GRAPHS, ids=name_of)
def test_both_versions_of_a_deployment_say_the_same(path: Path) -> None:
    alpha, beta = load(path), beta_of(path)
    assert alpha["metadata"] == beta["metadata"]
    assert from_alpha(alpha["spec"]) == from_beta(beta["spec"])
    for old, new in (("envs", "env"), ("backendFramework", "backendFramework")):
        assert alpha["spec"].get(old) == beta["spec"].get(new)


@pytest.mark.parametrize("path", REQUESTS, ids=name_of)
def test_both_versions_of_a_request_ask_for_the_same(path: Path) -> None:
    alpha, beta = load(path), beta_of(path)
    assert alpha["metadata"] == beta["metadata"]
    old, new = alpha["spec"], beta["spec"]
    config = old["profilingConfig"].get("config", {})
    sla, workload = new.get("sla", {}), new.get("workload", {})
    assert (old["model"], old["backend"]) == (new["model"], new["backend"])
    assert old.get("autoApply", False) == new.get("autoApply", True)
    assert config.get("sla", {}) == {**sla, **{key: workload[key] for key in ("isl", "osl") if key in workload}}
    assert config.get("planner") == new.get("features", {}).get("planner")
    assert config.get("deployment", {}).get("modelCache") == new.get("modelCache")


@pytest.mark.parametrize(
    "path", sorted({*GRAPHS, *(p.with_stem(f"{p.stem}-v1beta1") for p in GRAPHS)}), ids=name_of
)
def test_flags_of_the_workers_are_known(path: Path) -> None:
    for backend, words in workers(load(path)):
        notes = translate(backend, words, {}).notes
        assert [note for note in notes if "not known" in note] == []


def test_an_unknown_flag_is_noticed() -> None:
    assert any("not known" in note for note in translate("vllm", ["--model", "m", "--modle", "m"], {}).notes)


def test_the_published_request_is_the_one_of_the_analysis() -> None:
    seed = root().parent / "shared/seed/ux-analysis.txt"
    if not seed.is_file():
        pytest.skip(f"{seed.name} is not part of this project")
    blocks = re.findall(r"^```yaml\n(.*?)^```", seed.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert (FOLDER / "quickstart/dgdr-quickstart.yaml").read_text(encoding="utf-8") in blocks

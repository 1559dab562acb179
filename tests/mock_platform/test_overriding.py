"""`spec.overrides.dgd`: the merged graph, the program that merges, and how it comes to the profiler.

What is merged how was read in the operator's source; that name, labels and variables arrive was observed.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynamo_api.conversion import convert
from dynamo_api.facts import kinds
from dynamo_crd.schemas.compile import crds
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.overriding.lists import ATOMIC, LIST_KEYS
from mock_platform.operator.overriding.merge import OverrideError, apply
from mock_platform.operator.overriding.program import install
from mock_platform.operator.requests.job import profiling_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Object = dict[str, Any]
IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.1"
OPERATOR = "dynamo-docs.invalid/mock/dynamo-operator:1"


def blueprint() -> Object:
    """A graph as the profiler generates one."""
    worker = {
        "name": "main",
        "image": IMAGE,
        "args": ["--model", "m"],
        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
    }
    components = [
        {
            "name": "Frontend",
            "type": "frontend",
            "podTemplate": {"spec": {"containers": [{"name": "main", "image": IMAGE}]}},
        },
        {"name": "Worker", "type": "worker", "podTemplate": {"spec": {"containers": [worker]}}},
    ]
    metadata = {"name": "r-dgd", "labels": {"of": "profiler"}}
    spec = {"backendFramework": "vllm", "components": components}
    return {"apiVersion": kinds.BETA_API, "kind": kinds.GRAPH, "metadata": metadata, "spec": spec}


def override(spec: Object | None = None, version: str = kinds.BETA_API, **fields: Any) -> Object:
    return {"apiVersion": version, "kind": kinds.GRAPH, **fields, **({"spec": spec} if spec is not None else {})}


def main_container(graph: Object) -> Object:
    found: Object = graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]
    return found


def test_labels_and_variables_are_added_and_the_name_is_not_the_program_s_to_change() -> None:
    metadata = {"name": "mine", "labels": {"team": "x"}, "annotations": {"a": "b"}}
    merged, said = apply(blueprint(), override({"env": [{"name": "EXTRA", "value": "1"}]}, metadata=metadata))
    assert merged["metadata"] == {
        "name": "r-dgd",
        "labels": {"of": "profiler", "team": "x"},
        "annotations": {"a": "b"},
    }
    assert merged["spec"]["env"] == [{"name": "EXTRA", "value": "1"}]
    assert merged["spec"]["components"] == blueprint()["spec"]["components"]
    assert said == ["metadata: ignored fields of identity: name"]


def test_lists_of_named_things_are_merged_and_others_replaced() -> None:
    container = {
        "name": "main",
        "args": ["--only"],
        "env": [{"name": "B", "value": "other"}, {"name": "C", "value": "3"}],
    }
    component = {"name": "Worker", "replicas": 2, "podTemplate": {"spec": {"containers": [container]}}}
    merged, said = apply(blueprint(), override({"components": [component]}))
    assert said == []
    assert [part["name"] for part in merged["spec"]["components"]] == ["Frontend", "Worker"]
    assert merged["spec"]["components"][1]["replicas"] == 2
    made = main_container(merged)
    assert (made["image"], made["args"]) == (IMAGE, ["--only"])
    assert {item["name"]: item["value"] for item in made["env"]} == {"A": "1", "B": "other", "C": "3"}


def test_a_component_that_the_graph_lacks_is_left_out_and_said() -> None:
    merged, said = apply(blueprint(), override({"components": [{"name": "Other", "replicas": 9}]}))
    assert merged == blueprint()
    assert len(said) == 1
    assert "Other" in said[0]


def test_arguments_of_workers_are_added_to_in_v1alpha1() -> None:
    more = {"extraPodSpec": {"mainContainer": {"args": ["--more"]}}}
    given = override({"services": {"Worker": more, "Other": more}}, kinds.ALPHA_API)
    merged, said = apply(blueprint(), given)
    assert merged["apiVersion"] == kinds.BETA_API, "the graph keeps its version"
    assert main_container(merged)["args"] == ["--model", "m", "--more"]
    assert [text for text in said if "Other" in text] == said


def test_a_graph_in_v1alpha1_takes_an_override_in_v1beta1() -> None:
    alpha = convert(blueprint(), kinds.ALPHA_API)
    before = copy.deepcopy(alpha)
    merged, _ = apply(alpha, override({"components": [{"name": "Worker", "replicas": 3}]}))
    assert merged["apiVersion"] == kinds.ALPHA_API
    assert merged["spec"]["services"]["Worker"]["replicas"] == 3
    assert alpha == before, "what comes in is not changed"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (override({"components": None}), "components is null"),
        (override({"env": [None]}), "env[0] is null"),
        (override({}, status={"state": "x"}), "status"),
        (override({}, "nvidia.com/v1"), "nvidia.com/v1"),
        ({"kind": "x"}, "'x'"),
        (None, "override"),
    ],
)
def test_what_cannot_be_merged_is_an_error(given: Any, says: str) -> None:
    with pytest.raises(OverrideError) as caught:
        apply(blueprint(), given)
    assert says in str(caught.value)


def fields(schema: Any, name: str = "") -> Iterator[tuple[str, Object]]:
    """Each schema below one, with the name of its field."""
    if not isinstance(schema, dict):
        return
    yield name, schema
    for below, found in (schema.get("properties") or {}).items():
        yield from fields(found, below)
    yield from fields(schema.get("items"), f"{name}[]")
    yield from fields(schema.get("additionalProperties"), f"{name}{{}}")


def test_the_table_is_what_the_schema_says() -> None:
    (definition,) = crds(kinds=(kinds.GRAPH,))
    keys: dict[str, set[tuple[str, ...]]] = {}
    atomic: set[str] = set()
    merged_objects: set[str] = set()
    for version in definition["spec"]["versions"]:
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for name, schema in fields(spec):
            if schema.get("x-kubernetes-list-type") == "map":
                keys.setdefault(name, set()).add(tuple(schema["x-kubernetes-list-map-keys"]))
            if schema.get("type") == "object":
                (atomic if schema.get("x-kubernetes-map-type") == "atomic" else merged_objects).add(name)
    assert {name: {tuple(key)} for name, key in LIST_KEYS.items()} == keys
    one_way = {name for name in atomic - merged_objects if not name.endswith("[]")}
    assert one_way <= ATOMIC
    assert atomic >= ATOMIC


# The program, and how it comes to the profiler.


def ask(program: list[str], body: Any = None) -> subprocess.CompletedProcess[str]:
    said = json.dumps(body) if body is not None else ""
    return subprocess.run(program, input=said, capture_output=True, text=True, check=False, timeout=240)


def test_the_program_installs_itself_and_works_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "dgd-apply-overrides"
    program.parent.mkdir()
    install(program)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    script = program.read_text(encoding="utf-8").replace("exec python3", f"exec {sys.executable}")
    program.write_text(script, encoding="utf-8")
    assert ask([str(program), "--protocol-version"]).stdout == "1\n"
    asked = {"blueprint": blueprint(), "override": override({}, metadata={"name": "x", "labels": {"a": "b"}})}
    done = ask([str(program)], asked)
    assert (done.returncode, done.stderr) == (0, "warning: metadata: ignored fields of identity: name\n")
    assert json.loads(done.stdout)["metadata"]["labels"] == {"of": "profiler", "a": "b"}
    wrong = ask([str(program)], {**asked, "override": {"kind": "x"}})
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("dgd-apply-overrides: override: ")


def test_the_job_of_a_request_that_overrides_its_graph_brings_the_program(request_facts: Object) -> None:
    request = request_facts["request"]
    config = OperatorConfig("1.5.0", image=OPERATOR)
    plain = profiling_job(request, config)["spec"]["template"]["spec"]
    assert "initContainers" not in plain
    mine = {"name": "mine", "mountPath": "/opt/dynamo/bin"}
    job = {"template": {"spec": {"containers": [{"name": "profiler", "volumeMounts": [mine]}]}}}
    request["spec"]["overrides"] = {"dgd": override({}), "profilingJob": job}
    pod = profiling_job(request, config)["spec"]["template"]["spec"]
    (installer,) = pod["initContainers"]
    expected = request_facts["override_tool"]
    assert installer["name"] == expected["name"]
    assert (installer["image"], installer["args"]) == (OPERATOR, expected["args"])
    assert installer["securityContext"]["readOnlyRootFilesystem"] is True
    profiler, copier = pod["containers"]
    mounts = [mount for mount in profiler["volumeMounts"] if mount["mountPath"] == expected["folder"]]
    assert mounts == [{"name": expected["volume"], "mountPath": expected["folder"], "readOnly": True}]
    values = {item["name"]: item.get("value") for item in profiler["env"]}
    assert values[expected["variable"]] == expected["args"][1]
    assert expected["volume"] not in [mount["name"] for mount in copier["volumeMounts"]]
    assert {"name": expected["volume"], "emptyDir": {}} in pod["volumes"]

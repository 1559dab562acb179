"""Intake of a release: made-up CRDs, wheels and charts in, a report out; and 1.6.1 where it is at hand."""

from __future__ import annotations

import io
import json
import sys
import tarfile
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from docs_test.outcomes import Outcome
from dynamo_docs.__main__ import main
from dynamo_docs.intake import chart, classes, crd_changes, crds, keys, names, touches, wheel, words
from dynamo_docs.intake.model import Area, What
from dynamo_docs.intake.tutorials import tutorials
from groundwork.base.errors import UserError
from groundwork.base.paths import root
from support.results import page, write

if TYPE_CHECKING:
    from pathlib import Path

TYPES = """\
from enum import Enum
from typing import List, Literal, Optional
class Sku(str, Enum):
    A = "a100"
{new_sku}
class Hardware(BaseModel):
    gpuSku: Optional[Sku] = Field(default=None)
class DynamoGraphDeploymentRequestSpec(BaseModel):
    model: str = Field(description="x")
    hardware: Optional[Hardware] = None
class DynamoGraphDeploymentRequest(BaseModel):
    spec: Optional[DynamoGraphDeploymentRequestSpec] = None
"""
PLANNER = """\
from typing import Literal, Optional
class Defaults:
    steps = {steps}
class Scheduling(BaseModel):
    deep: int = Defaults.steps
class PlannerConfig(BaseModel):
    mode: Literal["disagg", "agg"{new_mode}] = "disagg"
    steps: int = Field(default=Defaults.steps, {limit})
    ttft_ms: float = Field(default=500, validation_alias=AliasChoices("ttft_ms", "ttft"))
    scheduling: Optional[Scheduling] = None
{more}
"""
METRICS = """\
P = "dynamo_planner"
STATES = ["unset"{more}]
x = Gauge(f"{{P}}_watts" if 0 else f"{{P}}_replicas", "y")
y = prometheus_client.Gauge(f"{{P}}_load", "y")
z = Gauge(f"{{unknown}}_load", "y")
"""
OLD_KEY = "    aic_model: Optional[Scheduling] = None\n"
NEW_KEY = """\
    ais_model: Optional[Scheduling] = None
    @model_validator(mode="before")
    @classmethod
    def retired(cls, values):
        if isinstance(values, dict) and "aic_model" in values:
            raise ValueError("aic_model is gone; " "use ais_model")
        return values
"""
TEMPLATE = {"kind": "DynamoGraphDeployment", "spec": {"components": [{"name": "Frontend", "type": "frontend"}]}}


def a_wheel(path: Path, *, new: bool, without: str = "") -> Path:
    """A wheel such as ai-dynamo's: planner, request types, a template, a program; less the files of a folder."""
    worker = {"name": "worker" if new else "VllmDecodeWorker", "type": "worker"}
    template = {**TEMPLATE, "spec": {"components": [*TEMPLATE["spec"]["components"], worker]}}  # type: ignore[index]
    version = "9.9.0" if new else "9.8.0"
    files = {
        "dynamo/planner/config/planner_config.py": PLANNER.format(
            steps=8 if new else 4,
            new_mode=', "solo"' if new else "",
            limit="gt=0" if new else "ge=-1",
            more=NEW_KEY if new else OLD_KEY,
        ),
        "dynamo/planner/config/backend_components.py": f"class Vllm:\n    worker_k8s_name = {worker['name']!r}\n",
        "dynamo/planner/monitoring/metrics.py": METRICS.format(more=', "budget_hold"' if new else ""),
        "dynamo/profiler/utils/types.py": TYPES.format(new_sku='    B = "b900_sxm"' if new else ""),
        "dynamo/profiler/templates/dgd/vllm/agg.yaml": yaml.safe_dump(template),
        "dynamo/profiler/tests/test_x.py": "X = '--only-in-a-test'\n",
        "dynamo/frontend/args.py": f"FLAGS = ['--http-port', '--{'new' if new else 'old'}-flag', 'DYN_A']\n",
        "dynamo/mocker/broken.py": "def (:\n",
        f"ai_dynamo-{version}.dist-info/METADATA": f"Version: {version}\nRequires-Dist: engine=={version}\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            if not (without and name.startswith(without)):
                archive.writestr(name, text)
    return path


def a_crd(*, new: bool) -> dict[str, Any]:
    sku: dict[str, Any] = {"type": "string", "enum": ["a100", "b900_sxm"] if new else ["a100", "old_sxm"]}
    fields: dict[str, Any] = {
        "model": {"type": "string"},
        "hardware": {"type": "object", "properties": {"gpuSku": sku}},
    }
    spec: dict[str, Any] = {"type": "object", "properties": fields, "required": ["model"]}
    if new:
        fields["newField"] = {"type": "string"}
        spec["x-kubernetes-validations"] = [{"rule": "has(self.newField)", "message": "newField is needed"}]
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    plural = "dynamographdeploymentrequests"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.nvidia.com", "annotations": {"made": str(new)}},
        "spec": {
            "group": "nvidia.com",
            "scope": "Namespaced",
            "names": {"kind": "DynamoGraphDeploymentRequest", "plural": plural, "singular": plural[:-1]},
            "versions": [{"name": "v1beta1", "served": True, "storage": True, "schema": schema}],
        },
    }


def crd_folder(path: Path, *, new: bool) -> Path:
    path.mkdir()
    (path / "requests.yaml").write_text(yaml.safe_dump(a_crd(new=new)))
    return path


def an_archive(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"dynamo-platform/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a page, an example and a test that name what changes."""
    files = {
        "docs/page.md": "# A page\n\nSet `newField`, or gpuSku: old_sxm.\n\n`x --set gone.value=1 --set here=2`\n",
        "docs/api.md": "---\ngenerated_from: x\n---\nnewField\n",
        "examples/a.yaml": yaml.safe_dump(
            {
                "apiVersion": "nvidia.com/v1beta1",
                "kind": "DynamoGraphDeploymentRequest",
                "metadata": {"name": "a"},
                "spec": {"model": "m", "hardware": {"gpuSku": "old_sxm"}, "newField": "x"},
            }
        ),
        "examples/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
        "tests/test_a.py": "POD = 'a-vllmdecodeworker-0'\naic_model = 1\n",
        "tools/dynamo_api/words.yaml": "- name: b900_sxm\n",
        "mkdocs.yml": "site_name: x\n",
    }
    for name, text in files.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(text)
    return tmp_path / "site"


def given(tmp_path: Path, site: Path) -> list[str]:
    return [
        *("intake", "9.9.0", "--root", str(site), "--unread", "the LPX part"),
        *("--crds", str(crd_folder(tmp_path / "new", new=True))),
        *("--old-crds", str(crd_folder(tmp_path / "old", new=False))),
        *("--wheel", str(a_wheel(tmp_path / "new.whl", new=True))),
        *("--old-wheel", str(a_wheel(tmp_path / "old.whl", new=False))),
    ]


def written(tmp_path: Path, words: list[str]) -> tuple[str, dict[str, Any]]:
    text, data = tmp_path / "out/report.md", tmp_path / "out/report.json"
    assert main([*words, "--output", str(text), "--json", str(data)]) == 0
    return text.read_text(), json.loads(data.read_text())


def test_a_report_names_what_changed_and_where_it_is_named(tmp_path: Path, site: Path) -> None:
    text, data = written(tmp_path, given(tmp_path, site))
    found = {(one["place"], one["what"], one["old"], one["new"]): one["touches"] for one in data["changes"]}
    field = "DynamoGraphDeploymentRequest v1beta1 spec.newField"
    assert found[field, "added", "", ""] == [
        {"group": "pages", "file": "docs/page.md", "lines": [3]},
        {"group": "generated pages", "file": "docs/api.md", "lines": [4]},
        {"group": "examples", "file": "examples/a.yaml", "lines": [9]},
    ]
    sku = "DynamoGraphDeploymentRequest v1beta1 spec.hardware.gpuSku: value"
    assert [one["group"] for one in found[sku, "added", "", "b900_sxm"]] == ["words"]
    assert [one["file"] for one in found[sku, "removed", "old_sxm", ""]] == ["docs/page.md", "examples/a.yaml"]
    rule = "DynamoGraphDeploymentRequest v1beta1 spec: rule"
    assert (rule, "added", "", "has(self.newField) (newField is needed)") in found
    component = found["template vllm/agg worker", "changed", "VllmDecodeWorker", "worker"]
    assert [(one["file"], one["lines"]) for one in component] == [("tests/test_a.py", [1])]
    assert ("planner Vllm worker", "changed", "VllmDecodeWorker", "worker") in found
    assert ("aic_model", "refused", "", "aic_model is gone; use ais_model") in found
    assert ("steps: default", "changed", "4", "8") in found
    assert ("steps: limits", "changed", "ge -1", "gt 0") in found
    assert ("mode: value", "added", "", "solo") in found
    assert ("frontend --new-flag", "added", "", "") in found
    assert ("STATES budget_hold", "added", "", "") in found
    assert ("frontend --old-flag", "removed", "", "") in found
    assert not any("only-in-a-test" in place for place, *_ in found)
    assert "docs/page.md:3" in text
    assert "Not read: the LPX part." in text


def test_what_lies_in_a_key_that_came_is_not_listed_by_itself(tmp_path: Path, site: Path) -> None:
    _, data = written(tmp_path, given(tmp_path, site))
    places = {one["place"] for one in data["changes"]}
    assert {"ais_model", "aic_model", "scheduling.deep: default"} <= places
    assert not {"ais_model.deep", "aic_model.deep"} & places


def test_the_wheel_does_not_repeat_what_the_crds_say(tmp_path: Path, site: Path) -> None:
    words = given(tmp_path, site)
    _, data = written(tmp_path, words)
    of_wheel = [one["place"] for one in data["changes"] if one["area"] == Area.REQUEST]
    assert of_wheel == []
    without = [word for word in words if word not in ("--crds", str(tmp_path / "new"))]
    without = [word for word in without if word not in ("--old-crds", str(tmp_path / "old"))]
    _, data = written(tmp_path, without)
    changed = [(one["place"], one["new"]) for one in data["changes"] if one["area"] == Area.REQUEST]
    assert changed == [("spec.hardware.gpuSku: value", "b900_sxm")]
    assert "CRDs were not given: fields and rules are not compared." in data["gaps"]


def test_every_example_has_its_verdict(tmp_path: Path, site: Path) -> None:
    text, data = written(tmp_path, given(tmp_path, site))
    (refused, accepted) = data["verdicts"]
    assert (refused["file"], accepted["file"]) == ("examples/a.yaml", "examples/b.yaml")
    assert len(refused["errors"]) == 1
    assert "gpuSku" in text
    assert refused["errors"][0].startswith("examples/a.yaml:7:13: ")
    assert accepted["errors"] == []


def test_what_this_project_lacks_is_a_step_to_do(tmp_path: Path, site: Path) -> None:
    _, data = written(tmp_path, given(tmp_path, site))
    steps = "\n".join(data["todo"])
    assert 'releases.toml: add a row [[release]] with name = "9.9.0"' in steps
    assert "planner_fields.py: the planner reads steps, which is not known as of " in steps
    assert "planner_fields.py: the planner refuses aic_model, which RETIRED does not have" in steps
    assert "spec.newField is added" in steps
    assert "planner_fields.py: max_gpu_budget is known as of " in steps
    assert "planner_fields.py: the planner reads mode" not in steps


def test_a_kind_that_is_not_given_is_told_as_not_read(tmp_path: Path, site: Path) -> None:
    words = given(tmp_path, site)
    del words[words.index("--old-crds") : words.index("--old-crds") + 2]
    text, data = written(tmp_path, words)
    assert "DynamoModel is not among the CRDs given: gone, or not read." in data["gaps"]
    assert "## New since the last CRDs that were read whole" in text  # Of 1.5.1, which the site follows.


def test_a_chart_brings_its_crds_and_lacks_values_that_pages_set(tmp_path: Path, site: Path) -> None:
    files = {
        "Chart.yaml": "name: dynamo-platform\nversion: 9.9.0\ndependencies: [{name: sub}, {name: absent}]\n",
        "values.yaml": "here: 1\nopen: {}\n",
        "charts/sub/values.yaml": "deep: {er: 2}\n",
        "templates/x.yaml": "{{ if .Values.x }}\nkind: CustomResourceDefinition\n{{ end }}\n",
        "crds/requests.yaml": yaml.safe_dump(a_crd(new=True)),
    }
    path = an_archive(tmp_path / "chart.tgz", files)
    _, data = written(tmp_path, ["intake", "9.9.0", "--root", str(site), "--chart", str(path)])
    assert [one for one in data["todo"] if "sets" in one] == [
        "docs/page.md:5 sets gone.value, which chart dynamo-platform 9.9.0 does not have."
    ]
    assert "Values of the chart's part absent are not in it: not compared." in data["gaps"]
    assert any(one["place"].endswith("spec.newField") for one in data["changes"])
    read = chart.read(path)
    asked = ("here", "sub.deep", "sub.deep.er", "sub.deep.no", "open.any", "absent.any", "no")
    assert [read.has(key) for key in asked] == [True, True, True, False, True, None, False]
    other = replace(read, values={**read.values, "here": "2", "more": "3"})
    assert [(one.place, one.what) for one in chart.changes(read, other)] == [
        ("here", What.CHANGED),
        ("more", What.ADDED),
    ]


@pytest.mark.parametrize(
    "case",
    [
        ("--crds", None, "there is no such file or folder"),
        ("--crds", "empty", "no CustomResourceDefinition is in it"),
        ("--crds", "broken", "not YAML"),
        ("--crds", "archive", "no CustomResourceDefinition of Dynamo is in it"),
        ("--crds", "no-archive", "not an archive of a chart"),
        ("--wheel", None, "there is no such file"),
        ("--wheel", "no-wheel", "not a wheel"),
        ("--wheel", "no-planner", "there is no class PlannerConfig under dynamo/planner/ in it"),
        ("--wheel", "no-profiler", "there is no class DynamoGraphDeploymentRequest under dynamo/profiler/ in it"),
        ("--chart", None, "there is no such file or folder"),
        ("--chart", "empty", "no chart: there is no Chart.yaml in it"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_file_first(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str], case: tuple[str, str | None, str]
) -> None:
    option, make, says = case
    path = tmp_path / {"--wheel": "x.whl", "--crds": "x.tgz" if make and "archive" in make else "x"}.get(
        option, "x"
    )
    match make:
        case "empty":
            path.mkdir()
        case "broken":
            path.mkdir()
            (path / "a.yaml").write_text("a: [\n")
            path = path / "a.yaml"
        case "archive":
            an_archive(path, {"Chart.yaml": "name: x\n"})
        case "no-archive" | "no-wheel":
            path.write_text("x")
        case "no-planner" | "no-profiler":
            a_wheel(path, new=True, without=f"dynamo/{make.removeprefix('no-')}/")
    given = path.parent if make == "broken" else path
    old = a_wheel(tmp_path / "old.whl", new=False)
    words = ["intake", "9.9.0", "--root", str(site), option, str(given), "--old-wheel", str(old)]
    assert main(words) == 2
    first, hint = capsys.readouterr().err.splitlines()[:2]
    assert first.startswith(f"{path}:")
    assert says in first
    assert hint.strip().startswith("hint: ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["9.9"], "RELEASE '9.9' is no release"),
        (["9.9.0"], "nothing of the release is given"),
        (["9.9.0", "--wheel", "ai-dynamo"], "--wheel 'ai-dynamo' is no wheel"),
        (["9.9.0", "--crds", "x", "--against", "0.0.1"], "unknown release '0.0.1' of Dynamo"),
    ],
)
def test_a_wrong_command_line_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    crd_folder(tmp_path / "x", new=True)
    words = [str(tmp_path / "x") if word == "x" else word for word in words]
    assert main(["intake", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_wheel_that_pypi_lacks_is_the_environments_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pip = tmp_path / "python"
    pip.write_text("#!/bin/sh\necho 'ERROR: No matching distribution found for ai-dynamo==9.9.0' >&2\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(pip))
    assert main(["intake", "9.9.0", "--wheel", "ai-dynamo==9.9.0"]) == 3
    said = capsys.readouterr().err
    assert "No matching distribution found" in said
    assert "hint: --wheel FILE.whl" in said


DOCS_TEST = """\
import os, pathlib, shutil, sys
if "--help" in sys.argv:
    print("  --dynamo RELEASE")
else:
    print("ran", *sys.argv[1:4])
    if kept := os.environ.get("KEPT_RESULTS"):
        shutil.copy(kept, sys.argv[sys.argv.index("--results") + 1])
    sys.exit(1)
"""


def test_tutorials_run_where_docs_test_can(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "docs_test.py"
    program.write_text(DOCS_TEST)
    came = tutorials("9.9.0", tmp_path, (sys.executable, str(program)))
    said = "`docs-test run --dynamo 9.9.0` ended with status 1, before any page was run; standard error says why."
    assert (came.says, came.pages) == (said, {})
    assert capfd.readouterr().err.strip() == "ran run --dynamo 9.9.0"
    skipped = page("docs/b.md", variant={"api": "v1beta1"}, outcome=Outcome.SKIPPED, lacks="no profiler", steps=())
    monkeypatch.setenv("KEPT_RESULTS", str(write(tmp_path / "kept.json", page("docs/a.md"), skipped)))
    came = tutorials("9.9.0", tmp_path, (sys.executable, str(program)))
    assert came.says == "`docs-test run --dynamo 9.9.0` ended with status 1."
    assert came.pages == {"docs/a.md": "passed", "docs/b.md (api=v1beta1)": "skipped: no profiler"}
    program.write_text("print('no such option')")
    came = tutorials("9.9.0", tmp_path, (sys.executable, str(program)))
    assert came.says == "Not run: this docs-test has no `run --dynamo`."


def test_common_words_are_looked_for_where_yaml_or_a_path_has_them(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("The roles of a play\nroles:\nmultinode.roles\nmultinode.rolesX\n")
    (found,) = touches.find(tmp_path, [touches.words_of_field("spec.components[].multinode.roles")])
    assert [(one.file, one.lines) for one in found] == [("docs/a.md", (2, 3))]
    assert touches.words_of_value("throughput") == ()
    assert touches.find(tmp_path, [()]) == [()]


def test_rules_are_told_apart_one_by_one() -> None:
    old, new = a_crd(new=False), a_crd(new=True)
    found, inside = crd_changes.changes([old], [new])
    assert inside == 0
    assert not any("annotations" in one.place for one in found)
    back, _ = crd_changes.changes([new], [old])
    assert {(one.what, one.new) for one in found if "rule" in one.place} == {
        (What.ADDED, "has(self.newField) (newField is needed)")
    }
    assert {(one.what, one.old) for one in back if "rule" in one.place} == {
        (What.REMOVED, "has(self.newField) (newField is needed)")
    }


def test_defaults_are_looked_up_in_classes_above() -> None:
    source = "class Base:\n    a = 1\n    b: int = 2\nclass D(Base):\n    c = 'x'\n"
    known = classes.read([("m.py", source), ("broken.py", "def (:")])
    asked = ("D.a", "D.b", "D.c", "D.d", "other.a", "3")
    assert [classes.attribute(known, one) for one in asked] == ["1", "2", "x", "D.d", "other.a", "3"]


@pytest.fixture(scope="module")
def real_crds() -> Path:
    folder = root().parent / "shared" / "upstream" / "crds" / "1.6.1"
    if not folder.is_dir():
        pytest.skip("../shared/upstream/crds is not there")
    return folder


@pytest.mark.upstream
def test_the_crds_of_1_6_1_are_told_apart_from_those_of_1_5_1(tmp_path: Path, real_crds: Path) -> None:
    text, data = written(tmp_path, ["intake", "1.6.1", "--against", "1.5.1", "--crds", str(real_crds)])
    added = {(one["place"].split()[-1], one["new"]) for one in data["changes"] if one["what"] == "added"}
    values = {new for place, new in added if place == "value"}
    assert values == {"vr_nvl72", "gb200", "b300_sxm"}
    assert {("spec.overrides.trustRemoteCode", ""), ("spec.features.kvRouter", "")} <= added
    assert "LPX components are not known" in text
    assert data["todo"] == []
    assert all(not one["errors"] for one in data["verdicts"])
    assert len(data["verdicts"]) > 30
    pages = {touch["file"] for one in data["changes"] for touch in one["touches"] if touch["group"] == "pages"}
    assert "docs/kubernetes/dgdr.md" in pages
    with pytest.raises(UserError):
        crds.read(real_crds.parent / "absent")


def test_names_and_keys_of_a_wheel_are_read_without_importing_it(tmp_path: Path) -> None:
    read = wheel.read(str(a_wheel(tmp_path / "new.whl", new=True)))
    assert str(read) == "ai-dynamo 9.9.0"
    assert read.requires == {"engine": "engine==9.9.0"}
    assert names.components(read) == {
        "template vllm/agg frontend": "Frontend",
        "template vllm/agg worker": "worker",
        "planner Vllm worker": "worker",
    }
    planner = keys.planner(read)
    assert planner.keys["steps"] == keys.Key((), "8", "gt 0", "int")
    assert planner.keys["scheduling.deep"].default == "8"
    assert planner.keys["mode"].values == ("disagg", "agg", "solo")
    assert keys.request(read).keys["spec.hardware.gpuSku"].values == ("a100", "b900_sxm")
    assert "dynamo" not in sys.modules
    told = {("STATES", "unset"), ("STATES", "budget_hold"), ("metric", "dynamo_planner_load")}
    assert words.said(read) == told


KUBECTL = """\
#!/bin/sh
case "$*" in *"get crd"*) [ -f "{file}" ] && cat "{file}" && exit 0 ;; esac
echo "Unable to connect to the server: dial tcp: connection refused" >&2
exit 1
"""


def test_the_crds_of_a_cluster_are_read_by_its_kubeconfig(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed, kubeconfig, program = tmp_path / "crds.json", tmp_path / "kubeconfig", tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text(KUBECTL.format(file=listed))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    kubeconfig.write_text("apiVersion: v1\n")
    other = {**a_crd(new=True), "spec": {**a_crd(new=True)["spec"], "group": "example.com"}}
    listed.write_text(json.dumps({"items": [a_crd(new=True), other]}))
    assert crds.read(kubeconfig) == [a_crd(new=True)]
    listed.write_text(json.dumps({"items": [other]}))
    with pytest.raises(UserError, match=r"kubeconfig: no CustomResourceDefinition of Dynamo is in it"):
        crds.read(kubeconfig)
    listed.unlink()
    assert main(["intake", "9.9.0", "--crds", str(kubeconfig)]) == 3
    said = capsys.readouterr().err
    assert said.startswith(f"{kubeconfig}: ")
    assert "connection refused" in said

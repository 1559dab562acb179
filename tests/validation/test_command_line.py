"""`docs-test validate` as a person or CI calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.commands import validate
from dynamo_api import releases
from dynamo_crd.schemas.compile import crds, write
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root
from kube_manifests.structure import jsonschema_engine

if TYPE_CHECKING:
    from pathlib import Path

GOOD = root() / "examples" / "quickstart" / "dgd-quickstart-v1beta1.yaml"
PAGE = """\
# Title

1. Save:

    ```yaml { .file title="a.yaml" data-from="examples/a.yaml" }
    --8<-- "a.yaml"
    ```

2. A part:

    ```yaml { .fragment data-of="DynamoGraphDeploymentRequest/v1beta1" data-at="$.spec.sla" }
    ttft: 500
    ilt: 50
    ```
"""
ALONE = "only the key 'workload' was expected"
SITE = """\
site_name: x
extra: {docs_test: {product: dynamo}}
plugins: []
markdown_extensions:
  - attr_list
  - pymdownx.superfences
  - pymdownx.snippets: {base_path: [examples]}
"""


def run(*arguments: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "docs_test", "validate", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.read_text().replace("replicas: 1", "replica: 1", 1))
    return file


def test_both_engines_print_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    asked: list[str] = []
    checked = jsonschema_engine.check
    monkeypatch.setattr(jsonschema_engine, "check", lambda *given: asked.append("jsonschema") or checked(*given))
    (tmp_path / "examples").mkdir()
    text = GOOD.read_text(encoding="utf-8")
    wrong = text.replace("replicas: 1", "replica: 1", 1).replace("type: frontend", "type: [front]", 1)
    (tmp_path / "examples" / "a.yaml").write_text(wrong, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    printed = []
    for engine in ("built-in", "jsonschema"):
        given = ["validate", "--root", str(tmp_path), "--engine", engine, "--format", "json"]
        assert main(given) == ExitStatus.FAILED
        printed.append(capsys.readouterr().out)
        assert bool(asked) == (engine == "jsonschema")
    assert printed[0] == printed[1]
    found = json.loads(printed[0])["findings"]
    assert {"unknown-field", "type"} <= {one["code"] for one in found}
    assert "docs/page.md" in {one["file"] for one in found}


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("spec:\n  workload:\n    islo: 2048\n", ["docs/page.md:8:5: $.spec.workload.islo: unknown field 'islo'"]),
        ("spec:\n  workload:\n    isl: 2048\n", []),
        (
            "spec:\n  workloads:\n    isl: 1\n",
            ["docs/page.md:6:1: $.spec: an object of 1 is here, " + ALONE],
        ),
    ],
)
def test_a_part_with_its_parent_keys_is_checked_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keys: str, found: list[str]
) -> None:
    attributes = (
        '.fragment data-of="DynamoGraphDeploymentRequest/v1beta1" data-at="$.spec.workload" data-under="$"'
    )
    (tmp_path / "docs").mkdir()
    page = f"# Title\n\nA part:\n\n```yaml {{ {attributes} }}\n{keys}```\n"
    (tmp_path / "docs" / "page.md").write_text(page, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    main(["validate", "--root", str(tmp_path), "--no-advice", "--format", "text"])
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if line.startswith("docs/page.md")] == found


def test_an_unknown_engine_is_refused(bad: Path) -> None:
    done = run(bad, "--engine", "fast")
    assert done.returncode == ExitStatus.USAGE
    assert "invalid choice: 'fast' (choose from" in done.stderr


def test_this_project_is_valid() -> None:
    done = run("--no-advice", cwd=root())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" No error.\n")


def test_a_bad_file_is_status_1_and_named_by_line_and_column(bad: Path) -> None:
    done = run(bad.name, cwd=bad.parent)
    assert done.returncode == ExitStatus.FAILED
    assert done.stdout.splitlines()[:2] == [
        "bad.yaml:11:7: $.spec.components[0].replica: unknown field 'replica'",
        "  hint: did you mean 'replicas'?",
    ]


def test_advice_is_no_failure_and_can_be_left_out() -> None:
    alpha = GOOD.with_name("dgd-quickstart.yaml")
    assert "advice: " in run(alpha).stdout
    assert run(alpha).returncode == 0
    assert "advice" not in run("--no-advice", alpha).stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["none.yaml"], ExitStatus.USAGE, "'none.yaml': there is no such file or folder"),
        (["none.md"], ExitStatus.USAGE, "'none.md': there is no such file or folder"),
        (["none"], ExitStatus.USAGE, "'none': there is no such file or folder"),
        (["https://x.invalid/a.yaml"], ExitStatus.USAGE, "there is no such file or folder"),
        (["/dev/null"], ExitStatus.USAGE, "neither a manifest nor a page\nhint: a manifest ends in .yaml"),
        (
            ["--dynamo", "0.9.2", GOOD],
            ExitStatus.USAGE,
            "hint: did you mean '0.9.1'? one of 0.6.1,",
        ),
        (
            ["--dynamo", "1.8.0", GOOD],
            ExitStatus.USAGE,
            "'1.8.0' of Dynamo is newer than the newest",
        ),
        (["--crds", "none", GOOD], ExitStatus.USAGE, "no folder 'none'"),
        (["-o", ".", GOOD], ExitStatus.USAGE, "--output '.': cannot be written: Is a directory"),
        (["-o", GOOD / "x", GOOD], ExitStatus.USAGE, "cannot be written: File exists"),
        (["--crds", "x", "--from-cluster"], ExitStatus.USAGE, "not allowed with"),
        (["--kubeconfig", "x", GOOD], ExitStatus.USAGE, "--kubeconfig and --context need --from-cluster"),
        (["--format", "xml"], ExitStatus.USAGE, "invalid choice"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_without_a_traceback(
    arguments: list[object], status: int, said: str, tmp_path: Path
) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == status


def test_an_older_release_has_its_own_rules() -> None:
    done = run("--dynamo", "0.7.1", GOOD)
    assert done.returncode == ExitStatus.FAILED
    assert "DynamoGraphDeployment is not served in version 'v1beta1'" in done.stdout
    assert run("--dynamo", "v0.7.1", GOOD.with_name("dgd-quickstart.yaml")).returncode == 0


@pytest.mark.parametrize(
    ("release", "said"),
    [
        ("1.5.0-dev", "Dynamo 1.5.0-dev"),
        ("1.4.2", "Dynamo 1.4.2 (held to 1.4.0-dev; what sets them apart is not known)"),
        ("1.6.2", "Dynamo 1.6.2 (held to 1.6.1; LPX components are not known)"),
    ],
)
def test_any_release_says_whose_rules_it_is_held_to(release: str, said: str) -> None:
    done = run("--no-advice", "--dynamo", release, GOOD)
    counts = "1 manifest checked; 1 file: 1 passed, 0 failed. No error."
    assert (done.returncode, done.stdout) == (0, f"Checked against {said}.\n{counts}\n")


def test_a_field_is_known_from_its_release_on(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeploymentRequest\nmetadata: {name: a}\n"
        "spec: {model: m, overrides: {trustRemoteCode: true}, hardware: {gpuSku: gb200}}\n"
    )
    assert run("--no-advice", "--dynamo", "1.6.0", "a.yaml", cwd=tmp_path).returncode == 0
    older = run("--no-advice", "--dynamo", "1.5.1", "a.yaml", cwd=tmp_path)
    assert "unknown field 'trustRemoteCode'" in older.stdout
    assert "'gb200' is none of" in older.stdout


def test_a_file_that_cannot_be_read_is_named_though_its_name_has_colons(tmp_path: Path) -> None:
    (tmp_path / "a:b:1.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    done = run("a:b:1.yaml", cwd=tmp_path)
    assert done.stdout.splitlines()[0].startswith("a:b:1.yaml:2:7: the byte 0xe9 is not UTF-8")
    assert done.returncode == ExitStatus.FAILED


def test_a_page_is_named_beside_the_file_that_it_includes(tmp_path: Path, bad: Path) -> None:
    for folder in ("docs", "examples"):
        (tmp_path / folder).mkdir()
    bad.rename(tmp_path / "examples" / "a.yaml")
    (tmp_path / "mkdocs.yml").write_text(SITE)
    (tmp_path / "docs" / "x.md").write_text(PAGE)
    done = run(cwd=tmp_path)
    assert done.stdout.splitlines() == [
        "docs/x.md:13:5: $.spec.sla.ilt: unknown field 'ilt'",
        "  hint: did you mean 'itl'?",
        "examples/a.yaml:11:7: $.spec.components[0].replica: unknown field 'replica'",
        "  included at docs/x.md:5",
        "  hint: did you mean 'replicas'?",
        f"Checked against Dynamo {releases.named()}.",
        "2 manifests checked; 1 page: 0 passed, 1 failed; 1 file: 0 passed, 1 failed. 2 errors.",
    ]


@pytest.mark.parametrize(("sample", "times"), [("one", 1), ("two", 2)])
def test_a_problem_of_a_part_is_told_once_for_each_way_it_is_read(
    tmp_path: Path, bad: Path, sample: str, times: int
) -> None:
    for folder in ("docs", "examples"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mkdocs.yml").write_text(SITE)
    (tmp_path / "examples" / "part.md").write_text(f"```yaml {{ .manifest }}\n{bad.read_text()}```\n")
    for page, value in (("x", "one"), ("y", sample)):
        front = f"---\nplaceholders: {{a: {value}}}\n---\n"
        (tmp_path / "docs" / f"{page}.md").write_text(f'{front}# {page}\n\n--8<-- "part.md"\n')
    done = run("--format", "json", "docs", cwd=tmp_path)
    found = json.loads(done.stdout)["findings"]
    assert [(one["file"], one["line"]) for one in found] == [("examples/part.md", 12)] * times
    pages = [["docs/x.md:6:1"], ["docs/y.md:6:1"]]
    assert [one["included_at"] for one in found] == pages[:times]


def test_markdown_of_no_site_is_read_too(tmp_path: Path, bad: Path) -> None:
    """As a pre-commit hook in another repository meets it."""
    fence = "```yaml\n" + bad.read_text() + "```\n"
    (tmp_path / "README.md").write_text(
        "# Title\n\n!!! note\n\n" + "".join(f"    {x}\n" for x in fence.splitlines())
    )
    done = run("README.md", cwd=tmp_path)
    assert done.stdout.splitlines()[0] == "README.md:16:11: $.spec.components[0].replica: unknown field 'replica'"


def test_standard_input_is_a_file(bad: Path) -> None:
    command = [sys.executable, "-m", "docs_test", "validate", "-"]
    done = subprocess.run(command, input=bad.read_text(), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == ExitStatus.FAILED
    assert done.stdout.startswith("-:11:7: $.spec.components[0].replica: unknown field")


def test_standard_input_is_utf_8_whatever_the_locale() -> None:
    command = [sys.executable, "-m", "docs_test", "validate", "-"]
    for text, said in (
        (b"a: caf\xe9\n", b"-:1:7: the byte 0xe9 is not UTF-8"),
        (b"\xef\xbb\xbfa: 1", b"-:1:1: $.apiVersion: required"),
    ):
        env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
        done = subprocess.run(command, input=text, env=env, capture_output=True, check=False, timeout=120)
        assert done.stdout.startswith(said)


def test_without_a_path_and_a_site_it_says_what_to_name(tmp_path: Path) -> None:
    done = run("--product", "dynamo", cwd=tmp_path)
    assert done.returncode == ExitStatus.USAGE
    assert done.stderr.startswith(
        f"no path is named, and {str(tmp_path.resolve())!r} has no mkdocs.yml with pages"
    )
    assert "hint: name files, folders or Markdown pages, or - for standard input" in done.stderr


def test_an_empty_standard_input_is_no_success() -> None:
    """`helm template ... | docs-test validate -`, where helm failed."""
    command = [sys.executable, "-m", "docs_test", "validate", "-"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == ExitStatus.USAGE
    assert done.stderr.startswith("nothing to check on standard input\nhint: ")


@pytest.mark.parametrize("with_good", [False, True])
def test_a_path_with_nothing_to_check_is_no_success(tmp_path: Path, *, with_good: bool) -> None:
    empty, comment, folder = tmp_path / "empty.yaml", tmp_path / "comment.yaml", tmp_path / "folder"
    empty.write_text("")
    comment.write_text("# kind: ConfigMap\n")
    folder.mkdir()
    more = [GOOD] if with_good else []
    for path, said in (
        (empty, "it has no document\nhint: "),
        (comment, "it has no document\nhint: "),
        (folder, "no manifest is in any file there\n"),
    ):
        done = run(path, *more, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (ExitStatus.USAGE, ""), path
        assert done.stderr.startswith(f"nothing to check in '{path}': {said}")
    done = subprocess.run(
        [sys.executable, "-m", "docs_test", "validate", "-", str(GOOD)],
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "nothing to check on standard input")


def test_a_page_need_not_have_manifests_and_a_file_may_say_that_it_is_none(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Words\n")
    (tmp_path / "values.yaml").write_text("# no manifest: Helm's values\na: 1\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "page.md").write_text(f"```yaml\n{GOOD.read_text()}```\n")
    (tmp_path / "folder" / "empty.yaml").write_text("")
    for path in ("page.md", "values.yaml", "folder"):
        done = run(path, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_kind_out_of_scope_is_said_not_to_be_checked(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("apiVersion: nvidia.com/v1alpha1\nkind: DynamoCheckpoint\nmetadata: {name: a}\n")
    done = run("--dynamo", "1.5.0-dev", file)
    assert done.returncode == 0
    assert "advice: not checked: there is no schema for DynamoCheckpoint" in done.stdout
    gone = run("--dynamo", "1.5.1", file)
    assert gone.returncode == ExitStatus.FAILED
    assert "API group 'nvidia.com' has no kind 'DynamoCheckpoint'\n  hint: it is gone since 1.5.0; " in gone.stdout


def test_a_version_that_a_release_may_serve_is_not_checked(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("apiVersion: nvidia.com/v1beta2\nkind: DynamoGraphDeploymentRequest\nmetadata: {name: a}\n")
    done = run("--dynamo", "1.7.0", file)
    assert done.returncode == ExitStatus.OK
    assert "advice: not checked: there is no schema for DynamoGraphDeploymentRequest" in done.stdout
    older = run("--dynamo", "1.6.2", file)
    assert older.returncode == ExitStatus.FAILED
    assert "DynamoGraphDeploymentRequest is not served in version 'v1beta2'" in older.stdout


def test_a_fragment_of_a_place_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(SITE)
    page = tmp_path / "docs" / "x.md"
    for wrong, said in (("$.spec.slo", "did you mean"), ("spec", "$.")):
        page.write_text(PAGE.replace("$.spec.sla", wrong).replace(PAGE[9 : PAGE.index("2.")], ""))
        done = run("docs/x.md", cwd=tmp_path)
        assert done.returncode == ExitStatus.FAILED
        assert said in done.stdout
    page.write_text(PAGE.replace("Request/", "Requests/").replace(PAGE[9 : PAGE.index("2.")], ""))
    assert "no kind 'DynamoGraphDeploymentRequests'" in run("docs/x.md", cwd=tmp_path).stdout


def test_crds_of_a_folder_are_taken_instead(tmp_path: Path, bad: Path) -> None:
    write(tmp_path / "crds")
    assert run("--crds", tmp_path / "crds", GOOD).returncode == 0
    done = run("--crds", tmp_path / "crds", bad)
    assert done.returncode == ExitStatus.FAILED
    assert "unknown field 'replica'" in done.stdout
    only = next((tmp_path / "crds").glob("*dynamomodels*"))
    for file in (tmp_path / "crds").iterdir():
        if file != only:
            file.unlink()
    assert "has no kind 'DynamoGraphDeployment'" in run("--crds", tmp_path / "crds", GOOD).stdout


def test_rules_that_no_crd_has_are_those_of_the_nearest_release(tmp_path: Path) -> None:
    """Before 1.0 no webhook asked for a component; the schemas of 0.7.1 bring 0.7.1's rules along."""
    folder, graph = tmp_path / "crds", tmp_path / "graph.yaml"
    graph.write_text(
        "apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {name: a}\nspec: {services: {}}\n"
    )
    write(folder, release="v0.7.1")
    done = run("--no-advice", "--crds", folder, graph)
    rules, counts = done.stdout.splitlines()[-2:]
    assert rules == f"Checked against the CRDs in {folder}, and what else Dynamo 0.7.1 asks for."
    assert counts.endswith(" No error.")
    done = run("--no-advice", "--crds", folder, "--dynamo", "1.1.0", graph)
    assert done.returncode == ExitStatus.FAILED
    assert "what else Dynamo 1.1.0 asks for.\n" in done.stdout
    one = next(folder.glob("*dynamographdeployments*"))
    one.write_text(one.read_text().replace("maxLength", "minLength", 1))
    assert "asks for, the nearest release" in run("--no-advice", "--crds", folder, graph).stdout


def test_a_folder_of_crds_with_something_else_in_it(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "x.yaml").write_text("{{- if .Values.crds }}\n")
    done = run("--crds", tmp_path, GOOD)
    assert (done.returncode, done.stdout) == (ExitStatus.USAGE, "")
    assert done.stderr.startswith(f"{tmp_path / 'x.yaml'}:1:")
    assert "hint: name a folder that holds CRDs alone" in done.stderr


@pytest.fixture
def fake_kubectl(tmp_path: Path) -> Path:
    """A kubectl that prints this project's CRDs, or fails."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "crds.json").write_text(json.dumps({"kind": "List", "items": crds()}))
    script = folder / "kubectl"
    script.write_text(
        f'#!/bin/sh\necho "$*" >{folder}/asked\n[ -z "$FAKE_FAILS" ] || {{ echo refused >&2; exit 1; }}\n'
        f"cat {folder}/crds.json\n"
    )
    script.chmod(0o755)
    return folder


def test_crds_of_a_cluster_are_taken_instead(fake_kubectl: Path, bad: Path) -> None:
    path = f"{fake_kubectl}:{os.environ['PATH']}"
    done = run("--from-cluster", "--kubeconfig", "some/file", "--context", "name", bad, PATH=path)
    assert done.returncode == ExitStatus.FAILED
    assert "unknown field 'replica'" in done.stdout
    assert "the cluster's CRDs" in done.stdout
    asked = (fake_kubectl / "asked").read_text()
    assert "get crd -o json" in asked
    assert "--kubeconfig=some/file --context=name" in asked


def test_a_cluster_that_does_not_answer_is_the_machines_fault(fake_kubectl: Path) -> None:
    path = f"{fake_kubectl}:{os.environ['PATH']}"
    done = run("--from-cluster", GOOD, PATH=path, FAKE_FAILS="1")
    assert done.returncode == ExitStatus.ENVIRONMENT
    assert done.stderr == "--from-cluster: kubectl get crd: refused\nhint: kubectl get crd\n"


def test_the_report_goes_to_a_file_and_the_summary_to_the_terminal(tmp_path: Path, bad: Path) -> None:
    done = run("--format", "json", "-o", tmp_path / "new" / "out.json", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("1 file: 0 passed, 1 failed. 1 error.\n")
    assert json.loads((tmp_path / "new" / "out.json").read_text())["errors"] == 1


def test_the_same_bytes_each_time(bad: Path) -> None:
    """Two processes with other hash seeds, and a cold and a warm cache."""
    cases = root() / "tests" / "cases" / "manifests" / "bad"
    cache = str(bad.parent / "cache")
    said = {run(cases, PYTHONHASHSEED=seed, XDG_CACHE_HOME=cache).stdout for seed in ("1", "2", "3")}
    assert len(said) == 1


def test_a_bug_is_said_as_such(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(validate, "manifests", fail)
    assert main(["validate"]) == ExitStatus.BUG
    assert capsys.readouterr().err.startswith("docs-test: a bug, please report it: ZeroDivisionError: oops")


def test_one_file_loads_nothing_that_it_does_not_need() -> None:
    """Neither MkDocs, nor the clients of Kubernetes, nor a second engine: a blink is all there is."""
    code = (
        "import sys; from docs_test.cli import main; sys.argv = ['docs-test', 'validate', sys.argv[1]];"
        "main.main(); print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(GOOD)], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert loaded & {"mkdocs", "jinja2", "kubernetes", "jsonschema", "markdown", "pytest_kind"} == set()

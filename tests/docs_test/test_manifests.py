"""Manifests are found wherever they stand, and each of their keys is where its place says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.manifests.collect import Manifests, manifests
from docs_test.manifests.columns import origin
from docs_test.manifests.manifest import Form, Manifest
from groundwork.base.positions import Position
from groundwork.text.documents import position_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundwork.text.model import Document

ROOT = Path(__file__).resolve().parents[2]
FRONT = "---\ntitle: x\n---\n\n"


@pytest.fixture
def found(site_with: Callable[..., Path]) -> Callable[..., Manifests]:
    """The manifests of a page, `docs/page.md`; other files by name."""

    def find(page: str, **others: str) -> Manifests:
        root = site_with({"page.md": page})
        for name, text in others.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        result = manifests(root, ["docs/page.md"])
        assert ([str(error) for error in result.errors], result.problems) == ([], ())
        for manifest in result.texts:
            assert_keys_are_there(root, manifest)
        return result

    return find


def assert_keys_are_there(root: Path, manifest: Manifest) -> None:
    """The property: at the place of each key, the file has the key, or the macro or variable that makes it."""
    for document in manifest.documents():
        for path, place in document.keys.items():
            line = (root / place.file).read_text(encoding="utf-8-sig").split("\n")[place.line - 1]
            here = line[place.column - 1 :]
            if isinstance(path[-1], str):
                assert here.startswith((path[-1], f"'{path[-1]}'", f'"{path[-1]}"', "{{", "$", "<")), (path, place)
            assert path in document.values


def only(result: Manifests) -> Manifest:
    assert len(result.texts) == 1
    return result.texts[0]


def places(document: Document) -> dict[str, str]:
    return {".".join(map(str, path)): str(place) for path, place in document.keys.items()}


def said(result: Manifests) -> list[str]:
    return [
        f"{position_of(document, problem)}: {problem.code}: {problem.fact}"
        for manifest in result.texts
        for document in manifest.documents()
        for problem in document.errors
    ]


YAML = ["kind: A", "spec:", "  b: {c: 1, d: 2}", "", "  - e"][:3]


def fence(prefix: str, first: str = "", header: str = "yaml { .manifest }") -> str:
    lines = [f"```{header}", *YAML, "```"]
    return "".join(
        f"{first if first and n == 0 else prefix}{line}".rstrip() + "\n" for n, line in enumerate(lines)
    )


NESTED = {
    "at the margin": (fence(""), 6, 1),
    "in a tab": ('=== "One"\n\n' + fence("    "), 8, 5),
    "in an admonition": ('!!! note "Hm"\n\n' + fence("    "), 8, 5),
    "in details": ('??? question "Hm"\n\n' + fence("    "), 8, 5),
    "in a list": ("- item\n\n" + fence("    "), 8, 5),
    "in a numbered list": ("1. item\n\n" + fence("    "), 8, 5),
    "in a quote": (fence("> "), 6, 3),
    "in a tab in a list": ('- item\n\n    === "One"\n\n' + fence("        "), 10, 9),
    "in a quote in a list": ("- item\n\n" + fence("    > "), 8, 7),
    "after tab characters": ("- item\n\n" + fence("\t"), 8, 2),
    "after two tab characters": ('- item\n\n\t=== "One"\n\n' + fence("\t\t"), 10, 3),
    "after blanks and a tab": ("- item\n\n" + fence("  \t"), 8, 4),
}


@pytest.mark.parametrize("name", NESTED)
def test_nested_fences(found: Callable[..., Manifests], name: str) -> None:
    source, line, column = NESTED[name]
    manifest = only(found(FRONT + source))
    assert manifest.form is Form.FENCE
    assert str(manifest.position) == f"docs/page.md:{line - 1}"
    (document,) = manifest.documents()
    assert document.value == {"kind": "A", "spec": {"b": {"c": 1, "d": 2}}}
    assert places(document) == {
        "kind": f"docs/page.md:{line}:{column}",
        "spec": f"docs/page.md:{line + 1}:{column}",
        "spec.b": f"docs/page.md:{line + 2}:{column + 2}",
        "spec.b.c": f"docs/page.md:{line + 2}:{column + 6}",
        "spec.b.d": f"docs/page.md:{line + 2}:{column + 12}",
    }


def test_tabs_between_values(found: Callable[..., Manifests]) -> None:
    manifest = only(found(FRONT + "- item\n\n\t```yaml { .manifest }\n\tkind:\tA\n\tb: {c:\t1,\td: 2}\n\t```\n"))
    (document,) = manifest.documents()
    assert str(document.values["kind",]) == "docs/page.md:8:8"
    assert places(document)["b.d"] == "docs/page.md:9:12"


def test_byte_order_mark_and_windows_line_ends(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": ""})
    text = "\ufeff" + FRONT + "- item\n\n" + fence("    ")
    (root / "docs" / "page.md").write_bytes(text.replace("\n", "\r\n").encode())
    manifest = only(manifests(root, ["docs/page.md"]))
    assert places(manifest.documents()[0])["spec.b"] == "docs/page.md:10:7"


def test_an_include_names_its_file_and_the_page(found: Callable[..., Manifests]) -> None:
    result = found(
        FRONT + '{% include "one.md" %}\n',
        **{
            "snippets/one.md": '=== "A"\n\n    {% include "two.md" %}\n',
            "snippets/two.md": "Two.\n\n" + fence("    "),
        },
    )
    manifest = only(result)
    assert str(manifest.position) == "snippets/two.md:3"
    (document,) = manifest.documents()
    assert places(document)["spec.b.c"] == "snippets/two.md:6:11"
    outer = ["snippets/one.md:3", "docs/page.md:5"]
    assert [str(position) for position in document.keys["spec", "b"].via] == outer


def test_a_snippet_in_a_fence_names_its_file_and_the_page(found: Callable[..., Manifests]) -> None:
    source = (
        '- item\n\n    ```yaml { .manifest }\n    # first\n    --8<-- "app.yaml"\n    x: 1\n    x: 2\n    ```\n'
    )
    manifest = only(found(FRONT + source))
    (document,) = manifest.documents()
    assert places(document)["metadata.name"] == "examples/app.yaml:4:3"
    assert places(document)["x"] == "docs/page.md:11:5"
    assert [str(outer) for outer in document.keys["metadata", "name"].via] == ["docs/page.md:9"]
    assert document.keys["x",].via == ()


def test_macros_move_columns(found: Callable[..., Manifests]) -> None:
    source = '> ```yaml { .manifest }\n> kind: A\n> b: {c: "x {{ model }} y", d: 2}\n> {{ "key" }}: 1\n> ```\n'
    (document,) = only(found(FRONT + source)).documents()
    assert document.value == {"kind": "A", "b": {"c": "x Qwen/Qwen3-0.6B y", "d": 2}, "key": 1}
    assert places(document) == {
        "kind": "docs/page.md:6:3",
        "b": "docs/page.md:7:3",
        "b.c": "docs/page.md:7:7",
        "b.d": "docs/page.md:7:29",
        "key": "docs/page.md:8:3",
    }


def test_lines_of_a_macro_stand_at_its_call(found: Callable[..., Manifests]) -> None:
    result = found(FRONT + "```yaml { .manifest }\nkind: A\n{{ two_commands() }}\nc: 1\n```\n")
    assert said(result) == ["docs/page.md:7:1: yaml: 'echo first' is not a `key: value`"]


def test_a_file_that_pages_show_is_read_once_as_the_file(found: Callable[..., Manifests]) -> None:
    shown = '```yaml {{ .file title="{}.yaml" data-from="examples/app.yaml" }}\n--8<-- "app.yaml"\n```\n\n'
    manifest = only(
        found(FRONT + shown.format("a") + '=== "Tab"\n\n    ' + shown.format("b").replace("\n", "\n    "))
    )
    assert (manifest.form, str(manifest.position), manifest.lines) == (Form.FILE, "examples/app.yaml:1:1", None)
    (document,) = manifest.documents()
    assert [str(outer) for outer in document.keys["metadata",].via] == ["docs/page.md:5", "docs/page.md:11"]


def test_which_fences_are_manifests(found: Callable[..., Manifests]) -> None:
    source = (
        '```yaml { .file title="a.yaml" }\nkind: File\n```\n\n'
        "```yaml { .manifest }\nkindd: Manifest\n```\n\n"
        '```yaml { .skip data-reason="r" }\nkind: Skipped\n```\n\n'
        '```yaml { .skip data-reason="r" }\nreplicas: 1\n```\n\n'
        '```yaml { .file title="values.yaml" }\nreplicas: 1\n```\n\n'
        '```yaml { .fragment data-of="Pod/v1" data-at="$.spec" }\na: 1\n```\n\n'
        "```bash { .run }\ntrue\n```\n\n```yaml { .output }\nkind: Output\n```\n\n"
        '```json { .manifest }\n{"kind": "Json"}\n```\n\n'
        '```json\n{"data": 1}\n```\n\n'
        '```text { .skip data-reason="r" }\nkind: Text\n```\n'
    )
    texts = found("---\ntutorial:\n---\n" + source).texts
    assert [(manifest.form, manifest.text) for manifest in texts] == [
        (Form.FENCE, "kind: File"),
        (Form.FENCE, "kindd: Manifest"),
        (Form.FENCE, "kind: Skipped"),
        (Form.YAML, "replicas: 1"),
        (Form.FRAGMENT, "a: 1"),
        (Form.FENCE, '{"kind": "Json"}'),
    ]
    assert [(manifest.of, manifest.at) for manifest in texts if manifest.of] == [("Pod/v1", "$.spec")]
    assert [manifest.whole for manifest in texts] == [True, True, True, False, False, True]


def test_a_fence_without_a_role_is_read_too(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": FRONT + "```yaml\nkind: A\n```\n"})
    assert only(manifests(root, ["docs/page.md"])).text == "kind: A"


HEREDOCS = """\
---
tutorial:
  vars: {NAMESPACE: dynamo, TAG: "1.0"}
placeholders: {your-name: me, TOKEN: hf_x}
---

=== "Apply"

    ```bash { .run }
    export MODEL=Qwen/Qwen3-0.6B
    kubectl apply -f - <<EOF
    kind: A
    metadata: {namespace: $NAMESPACE, name: <your-name>, x: 1}
    model: ${MODEL} # $(ignored
    token: "$TOKEN" # \\$MODEL
    EOF
    cat > b.yaml <<'EOF'
    kind: B
    args: [sh, -c, 'echo $HOME']
    EOF
    cat > values.yaml <<'EOF'
    replicas: 2
    EOF
    cat > notes.txt <<'EOF'
    kinds: none
    EOF
    ```
"""


def test_heredocs(found: Callable[..., Manifests]) -> None:
    result = found(HEREDOCS)
    first, second, values = result.texts
    assert (first.form, str(first.position)) == (Form.HEREDOC, "docs/page.md:11")
    (document,) = first.documents()
    assert document.value == {
        "kind": "A",
        "metadata": {"namespace": "dynamo", "name": "me", "x": 1},
        "model": "Qwen/Qwen3-0.6B",
        "token": "hf_x",
    }
    line = HEREDOCS.split("\n")[12]
    assert places(document)["metadata"] == "docs/page.md:13:5"
    assert places(document)["metadata.name"] == f"docs/page.md:13:{line.index('name:', 30) + 1}"
    assert places(document)["metadata.x"] == f"docs/page.md:13:{line.index('x: 1') + 1}"
    assert str(document.values["metadata", "namespace"]) == f"docs/page.md:13:{line.index('$NAME') + 1}"
    assert second.documents()[0].value == {"kind": "B", "args": ["sh", "-c", "echo $HOME"]}
    assert (values.form, values.text) == (Form.YAML, "replicas: 2")
    assert said(result) == [
        "docs/page.md:14:23: placeholder: the shell puts something unknown in the place of '$('",
    ]


def test_variables_that_only_the_shell_knows(found: Callable[..., Manifests]) -> None:
    source = (
        "```bash { .run }\nA=$(date)\nkubectl apply -f - <<EOF\nkind: A\na: $A\n---\n"
        "b: {c: $A, d: x$B}\nEOF\n```\n\n"
        "```bash { .run }\nA=1\nkubectl apply -f - <<EOF\nkind: A\na: $A\nEOF\n```\n"
    )
    result = found("---\ntutorial:\n---\n\n" + source)
    fact = "placeholder: the shell puts something unknown in the place of"
    assert said(result) == [
        f"docs/page.md:9:4: {fact} '$A'",
        f"docs/page.md:11:8: {fact} '$A'",
        f"docs/page.md:11:16: {fact} '$B'",
    ]
    assert [document.value for document in result.texts[0].documents()] == [
        {"kind": "A", "a": "undeclared"},
        {"b": {"c": "undeclared", "d": "xundeclared"}},
    ]


def test_lines_that_the_shell_joins(found: Callable[..., Manifests]) -> None:
    source = (
        "```bash { .run }\nNS=\nkubectl apply -f - <<EOF\nkind: A\nbackend: vl\\\nlm\n"
        "m: {a: 1, b: ${NS:-default}, \\\n  c: ${N\\\nS}x, d: $Q}\nkind: B\nEOF\n```\n"
    )
    result = found("---\ntutorial:\n---\n\n" + source)
    (document,) = only(result).documents()
    assert document.value["backend"] == "vllm"
    assert document.value["m"] == {"a": 1, "b": "default", "c": "x", "d": "undeclared"}
    found_at = places(document)
    assert (found_at["m.b"], found_at["m.c"], found_at["m.d"]) == (
        "docs/page.md:11:11",
        "docs/page.md:12:3",
        "docs/page.md:13:6",
    )
    assert said(result) == [
        "docs/page.md:14:1: duplicate-key: the key 'kind' is given twice, first at docs/page.md:8:1",
        "docs/page.md:13:9: placeholder: the shell puts something unknown in the place of '$Q'",
    ]


def test_heredocs_with_a_dash_and_in_an_include(found: Callable[..., Manifests]) -> None:
    snippet = (
        "1. Apply:\n\n    ```bash { .run }\n    if true; then\n      kubectl apply -f - <<-EOF\n"
        "    kind: A\n    kind: B\n    EOF\n    fi\n    ```\n"
    )
    result = found("---\ntutorial:\n---\n\n{% include 'apply.md' %}\n", **{"snippets/apply.md": snippet})
    assert said(result) == [
        "snippets/apply.md:7:5: duplicate-key: the key 'kind' is given twice, first at snippets/apply.md:6:5"
    ]
    (document,) = only(result).documents()
    assert [str(outer) for outer in position_of(document, document.errors[0]).via] == ["docs/page.md:5"]


def test_placeholders_of_a_page(found: Callable[..., Manifests]) -> None:
    page = "---\nplaceholders: {your-namespace: default}\n---\n\n" + fence("").replace(
        "c: 1", "c: <your-namespace>"
    )
    (document,) = only(found(page)).documents()
    assert document.value["spec"]["b"]["c"] == "default"
    assert places(document)["spec.b.d"] == "docs/page.md:8:28"
    assert said(found(page.replace("{your-namespace: default}", "{other: x}"))) == [
        "docs/page.md:8:10: placeholder: '<your-namespace>' looks like a placeholder, and none is declared"
    ]


def test_one_text_that_two_pages_include_is_read_once(site_with: Callable[..., Path]) -> None:
    page = FRONT + '{% include "shared.md" %}\n'
    root = site_with({"a.md": page, "b.md": page})
    (root / "snippets" / "shared.md").write_text(fence(""), encoding="utf-8")
    only(manifests(root, ["docs/a.md", "docs/b.md"]))


def test_folders_and_the_default(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": FRONT + fence(""), "b/c.md": FRONT + fence("")})
    (root / "examples" / "sub").mkdir()
    for name, text in {
        "sub/a.yml": "a: 1\n",
        "sub/values.yaml": "# Copyright\n# no manifest: values of the Helm chart\na: 1\n",
        "sub/pod.json": '{\n  "kind": "Pod"}\n',
        "sub/dashboard.json": '{"panels": [{"kind": 1}]}\n'.replace("kind", "sort"),
        "sub/README.md": "```yaml\nkind: A\n```\n",
        ".hidden.yaml": "a: [\n",
    }.items():
        (root / "examples" / name).write_text(text, encoding="utf-8")
    everything = manifests(root)
    files = ["examples/app.yaml", "examples/sub/a.yml", "examples/sub/pod.json"]
    assert [manifest.position.file for manifest in everything.texts] == [*files, "docs/a.md", "docs/b/c.md"]
    assert [(str(place), why) for place, why in everything.left_out] == [
        ("examples/sub/values.yaml:2:1", "values of the Helm chart")
    ]
    assert [manifest.position.file for manifest in manifests(root, ["docs/b"]).texts] == ["docs/b/c.md"]
    folder = manifests(root, [str(root / "examples")])
    assert [manifest.position.file for manifest in folder.texts] == [*files, "examples/sub/README.md"]


def test_markdown_outside_the_site_has_no_roles_and_no_macros(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    text = "# {{ not_a_macro }}\n\n- item\n\n    ```yaml\n    kind: A\n    a: 1\n    ```\n\n```yaml\nb: 1\n```\n"
    (root / "README.md").write_text(text, encoding="utf-8")
    manifest = only(manifests(root, ["README.md"]))
    assert places(manifest.documents()[0]) == {"kind": "README.md:6:5", "a": "README.md:7:5"}


def test_fences_of_other_markdown_that_are_not_read_are_said(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    text = "```YAML\nkind: A\n```\n\n```yaml of=x\nkind: B\n```\n\n```python of=x\n1\n```\n\n```yaml\nkind: C\n"
    (root / "README.md").write_text(text, encoding="utf-8")
    result = manifests(root, ["README.md"])
    assert [str(manifest.position) for manifest in result.texts] == ["README.md:1"]
    assert [(str(place), why) for place, why in result.left_out] == [
        ("README.md:5", "'```yaml of=x' looks like a fence, but the page does not show one"),
        ("README.md:13", "the fence '```yaml' is never closed"),
    ]


def test_a_file_outside_the_site_is_named_without_detours(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": "# A\n"})
    (root.parent / "out.yaml").write_text("kind: A\n", encoding="utf-8")
    assert only(manifests(root, ["../out.yaml"])).position.file == str(root.parent.resolve() / "out.yaml")


def test_what_cannot_be_read_is_said(site_with: Callable[..., Path], tmp_path: Path) -> None:
    root = site_with({"a.md": "# A\n\n{{ nothing_of_that_name }}\n"})
    (root / "latin.yaml").write_bytes(b"a: 1\nb: \xe9\n")
    (root / "notes.txt").write_text("kind: A\n", encoding="utf-8")
    result = manifests(root, ["latin.yaml", "gone.yaml", "notes.txt", "gone", "docs/a.md", "gone.md"])
    assert result.texts == ()
    assert [str(error).split("\n")[0] for error in result.errors] == [
        "'gone.yaml': there is no such file or folder",
        "'notes.txt': is neither a manifest nor a page",
        "'gone': there is no such file or folder",
        "'gone.md': there is no such file or folder",
    ]
    assert [str(problem).split("\n")[0] for problem in result.problems] == [
        "latin.yaml:2:4: the byte 0xe9 is not UTF-8; in Windows-1252 it is the letter 'é'",
        "docs/a.md:3:4: a macro or include fails: 'nothing_of_that_name' is undefined",
    ]
    assert [str(error) for error in manifests(tmp_path, ["x.md"]).errors]


def test_what_hides_a_manifest_is_said(site_with: Callable[..., Path]) -> None:
    root = site_with(
        {"a.md": FRONT + fence("") + "\n```yaml { .manifest }\nkind: B\n", "b.md": "---\nplaceholders: 1\n---\n"}
    )
    result = manifests(root)
    assert [str(problem.position) for problem in result.problems] == ["docs/a.md:11", "docs/b.md:2:1"]
    assert [manifest.position.file for manifest in result.texts] == ["examples/app.yaml", "docs/a.md"]


def test_one_yaml_file_needs_no_mkdocs(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: A\n", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from docs_test.manifests.collect import manifests\n"
        "print([d.value for m in manifests(Path(sys.argv[1]), ['a.yaml']).texts for d in m.documents()])\n"
        "print(sorted({'mkdocs', 'markdown', 'jinja2', 'pymdownx', 'kubernetes'} & sys.modules.keys()))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    environment = {"PYTHONPATH": str(ROOT / "tools")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[{'kind': 'A'}]\n[]\n"


def test_the_project_itself() -> None:
    result = manifests(ROOT)
    assert [str(error) for error in result.errors] == []
    assert said(result) == []
    shown = [manifest for manifest in result.texts if manifest.shown_at]
    assert "examples/quickstart/dgd-quickstart-v1beta1.yaml" in [manifest.position.file for manifest in shown]
    for manifest in result.texts:
        assert_keys_are_there(ROOT, manifest)


@pytest.mark.parametrize(
    ("text", "written", "columns"),
    [
        ("abc", "  > abc", [5, 6, 7]),
        ("  abc", "\t  abc", [2, 3, 4, 5, 6]),
        ("a   b", "a\tb", [1, 2, 2, 2, 3]),
        ("", "    ", [1]),
        ("ax1yb", "    a{{ x }}b", [5, 6, 6, 6, 13]),
        ("x1", "  {{ x }}", [3, 3]),
        ("other", "  {{ x }}", [3, 3, 3, 3, 3]),
    ],
)
def test_columns(text: str, written: str, columns: list[int]) -> None:
    line = origin(text, Position("a.md", 3), written)
    assert [line.at(column).column for column in range(1, len(columns) + 1)] == columns


def test_a_path_longer_than_any_file_is_named(site_with: Callable[..., Path]) -> None:
    (error,) = manifests(site_with({}), ["a" * 5000 + ".yaml"]).errors
    assert "there is no such file or folder" in str(error)

"""The check of examples/: each rule with a tree that breaks it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint
from docs_test.pages.site import open_site
from docs_test.tutorials.files_used import links
from dynamo_docs.house.examples import AS_PUBLISHED, check
from groundwork.base.paths import root as project_root
from groundwork.base.versions import version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAG = version("dynamo.runtime")
IMAGE = f"{version('dynamo.image_registry')}/vllm-runtime"
BETA = f"apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nimage: {IMAGE}:{TAG}\n"
ALPHA = BETA.replace("v1beta1", "v1alpha1")
ROW = "| one worker | [`app-v1beta1.yaml`](app-v1beta1.yaml) | [`app.yaml`](app.yaml) | [Page](../page.md) |\n"
USES = {"docs/page.md": {"examples/app.yaml", "examples/app-v1beta1.yaml"}}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A site's examples without a mistake: one pair, used by one page."""
    for name, text in {
        "examples/README.md": f"# Examples\n\n{ROW}",
        "examples/app.yaml": ALPHA,
        "examples/app-v1beta1.yaml": BETA,
        "docs/page.md": "# Page\n",
    }.items():
        write(tmp_path / name, text)
    (tmp_path / "docs/examples").symlink_to("../examples")
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def facts(root: Path, uses: dict[str, set[str]] | None = None) -> list[str]:
    return [f"{error.position}: {error.fact}" for error in check(root, USES if uses is None else uses)]


def test_a_good_tree_has_no_mistake(tree: Path) -> None:
    assert facts(tree) == []


def test_a_site_without_the_list_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "examples/app.yaml", "a: b\n")
    assert facts(tmp_path) == []


def test_an_orphan_is_found(tree: Path) -> None:
    assert facts(tree, {"docs/page.md": {"examples/app-v1beta1.yaml"}}) == [
        "examples/README.md:3: no page uses app.yaml"
    ]


def test_an_orphan_may_be_said_not_to_be_run(tree: Path) -> None:
    write(tree / "examples/README.md", ROW.replace("[Page](../page.md)", "validated, not run"))
    assert facts(tree, {}) == []
    write(tree / "examples/README.md", ROW.replace("[Page](../page.md)", "validated"))
    assert facts(tree, {}) == ["examples/README.md:1: no page uses app-v1beta1.yaml, app.yaml"]


def test_it_is_no_longer_said_when_pages_use_it(tree: Path) -> None:
    write(tree / "examples/README.md", ROW.replace("[Page](../page.md)", "validated, not run"))
    assert facts(tree) == ["examples/README.md:1: said to be used by no page, but pages use it: name them instead"]


def test_a_page_that_uses_nothing_of_the_row_is_found(tree: Path) -> None:
    write(tree / "docs/other.md", "# Other\n")
    write(tree / "examples/README.md", ROW.replace("../page.md", "../other.md"))
    assert facts(tree) == ["examples/README.md:1: docs/other.md uses none of app-v1beta1.yaml, app.yaml"]


def test_a_file_that_the_list_does_not_name_is_found(tree: Path) -> None:
    write(tree / "examples/deep/pvc.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\n")
    assert facts(tree) == ["examples/deep/pvc.yaml:1: examples/README.md does not name it"]


def test_a_file_named_twice_is_found(tree: Path) -> None:
    write(tree / "examples/README.md", ROW + ROW)
    assert "named more than once: examples/README.md:1, examples/README.md:2" in facts(tree)[0]


def test_a_link_that_leads_nowhere_is_found(tree: Path) -> None:
    write(tree / "examples/README.md", f"{ROW}\nSee [it](../gone.md) and [more](https://kubernetes.io/x.md).\n")
    assert facts(tree) == ["examples/README.md:3: the link '../gone.md' leads nowhere"]


def test_a_name_of_the_other_version_is_found(tree: Path) -> None:
    write(tree / "examples/app.yaml", "# Of the other version.\n" + BETA)
    assert facts(tree) == ["examples/app.yaml:2: apiVersion nvidia.com/v1beta1: by its name, nvidia.com/v1alpha1"]


@pytest.mark.parametrize(
    ("gone", "left", "other"),
    [("app.yaml", "app-v1beta1.yaml", "v1alpha1"), ("app-v1beta1.yaml", "app.yaml", "v1beta1")],
)
def test_a_pair_is_complete_or_the_list_says_why(tree: Path, gone: str, left: str, other: str) -> None:
    (tree / "examples" / gone).unlink()
    row = f"| one worker | [`{left}`]({left}) | %s | [Page](../page.md) |\n"
    write(tree / "examples/README.md", row % "none")
    assert facts(tree) == [f"examples/{left}:1: its {other} form is missing: examples/{gone}"]
    write(tree / "examples/README.md", row % f"no {other}: it has no such field")
    assert facts(tree) == []


@pytest.mark.parametrize(
    ("image", "fact"),
    [
        (f"{IMAGE}:1.2.3", f"image tag '1.2.3': versions.toml says '{TAG}'"),
        (f'"{IMAGE}:my-tag"', f"image tag 'my-tag': versions.toml says '{TAG}'"),
        (IMAGE, f"image '{IMAGE}' is not of the form"),
        ("caddy:2", f"image tag '2': versions.toml says '{version('tools.caddy')}'"),
        (f"docker.io/vllm-runtime:{TAG}", f"image 'docker.io/vllm-runtime:{TAG}' is not of the form"),
    ],
)
def test_image_tags_follow_versions_toml(tree: Path, image: str, fact: str) -> None:
    write(tree / "examples/app.yaml", ALPHA + f"profilerImage: {image} # why\n")
    [found] = facts(tree)
    assert found.startswith(f"examples/app.yaml:4: {fact}")


def test_a_file_that_is_no_yaml_is_found(tree: Path) -> None:
    write(tree / "examples/app.yaml", ALPHA + "a: [\n")
    [found] = facts(tree)
    assert found == "examples/app.yaml:4:5: not YAML: the text ends inside what a `[` or `{` opened"
    (tree / "examples/app.yaml").write_bytes(b"a: \xe9\n")
    [found] = facts(tree)
    assert found.startswith("examples/app.yaml:1: not YAML: 'utf-8' codec can't decode byte 0xe9")


def test_the_published_file_keeps_its_bytes(tree: Path) -> None:
    [name] = AS_PUBLISHED
    file = tree / "examples" / name
    file.parent.mkdir()
    shutil.copyfile(project_root() / "examples" / name, file)
    assert not [fact for fact in facts(tree) if "bytes" in fact or "image" in fact]
    file.write_bytes(file.read_bytes().replace(b"0.6.1", b"0.6.2"))
    assert f"examples/{name}:1: it is kept as it was published, and its bytes have changed" in facts(tree)


LINKS = {
    "in a longer fence": "````text\n```\n[c](d.yaml)\n````\n",
    "in a fence that is indented": "- item\n\n    ```\n    [e](f)\n    ```\n",
    "in a fence of tildes": "~~~text\n```\n[a](b)\n~~~\n",
    "in a fence after a longer line of tildes": "~~~\n[g](h)\n```\n~~~~\n~~~\n",
    "after blank lines": "```text\n\n\n[c](d)\n\n```\n",
}


@pytest.mark.parametrize("where", LINKS)
def test_links_in_a_fence_are_no_links(site_with: Callable[..., Path], where: str) -> None:
    text = f"[a](b.yaml#x)\n\n{LINKS[where]}\n[i](j.yaml)\n"
    with open_site(site_with({"page.md": text})) as site:
        page = site.read("docs/page.md")
        assert len(page.content.fences) == 1
        assert links(page, text) == ["b.yaml", "j.yaml"]


def test_lint_finds_what_pages_use(site_with: Callable[..., Path]) -> None:
    shown = '```yaml { .file title="a.yaml" data-from="examples/app.yaml" }\n--8<-- "app.yaml"\n```\n'
    root = site_with({"page.md": f"# Page\n\n{shown}\n", "deep/other.md": "# Other\n\n[it](../examples/b.yaml)\n"})
    (root / "docs/examples").symlink_to("../examples")
    (root / "examples/app.yaml").write_text("a: b\n", encoding="utf-8")
    write(root / "examples/b.yaml", "b: c\n")
    rows = "| [x](app.yaml) | [Page](../page.md) |\n| [x](b.yaml) | [Other](../deep/other.md) |\n"
    write(root / "examples/README.md", rows)
    assert [str(error) for error in lint(root).problems] == []
    write(root / "examples/c.yaml", "c: d\n")
    write(root / "examples/README.md", rows + "| [x](c.yaml) | |\n")
    assert [str(error.position) for error in lint(root).problems] == ["examples/README.md:3"]
    assert lint(root, ["docs/page.md"]).problems == ()
    write(root / "docs/page.md", f"# Page\n\n{{{{ no_such_macro }}}}\n\n{shown}\n")
    assert [str(error.position) for error in lint(root).problems] == ["docs/page.md:3:4"]

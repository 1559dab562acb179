"""The tools as single files: they find what the checkout finds, unpack once, and say what does not fit."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_site.build.tools import copy
from docs_site.downloads import offer, start
from docs_site.downloads.platforms import PLATFORMS, here, part, this_python
from docs_site.downloads.recipe import lock, tools, tools_version
from docs_site.downloads.single_file import Parts, made
from docs_site.pages.downloads import NOT_BUILT, address_of, table
from groundwork.base.errors import UserError
from groundwork.base.paths import root
from support import single_files
from support.http_server import Asked, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Mapping

ABOUT: dict[str, Any] = {
    "name": "tool",
    "python": "3.11",
    "needs_part": True,
    "platform": "Linux-x86_64",
    "parts": [["cp311", "a.so", 3], ["cp312", "a.so", 3]],
}
PAGE = """\
# A page

```yaml
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata:
  name: x
spec:
  replica: 1
```
"""
TWINS = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata:
  name: twins
spec:
  components:
    - {name: Worker, type: worker, podTemplate: {spec: {containers: [{name: main, image: a:1.4.0}]}}}
    - {name: worker, type: worker, podTemplate: {spec: {containers: [{name: main, image: a:1.4.0}]}}}
"""
DIFFER = "component names must differ by more than capitals"
SPEAKS = re.compile("kubectl dynamo|docs-test validate|dynamo-validate")
OFFER = "get-the-tools"
fits = pytest.mark.skipif(here() is None, reason="compiled parts are for Linux and macOS on x86-64 and ARM")


@pytest.fixture(scope="module")
def files(run_folder: Path) -> Path:
    return single_files.single_files(run_folder)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that the tests of this module share, so that each file unpacks once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A reader's folder: good manifests and bad ones, and Markdown."""
    made = tmp_path / "deploy"
    shutil.copytree(root() / "examples" / "quickstart", made / "quickstart")
    (made / "page.md").write_text(PAGE)
    (made / "twins.yaml").write_text(TWINS)
    (made / "torn.yaml").write_text('apiVersion: v1\nkind: Secret\nmetadata: {name: "x\n')
    return tmp_path


def own(files: Path) -> Path:
    """The validator for this machine."""
    machine = here()
    assert machine
    return files / f"dynamo-validate-{machine.name}"


@fits
def test_the_single_file_finds_what_the_checkout_finds(files: Path, cache: Path, folder: Path) -> None:
    ours = subprocess.run(
        [sys.executable, "-m", "docs_test", "validate", "deploy"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    theirs = single_files.start(own(files), "deploy", cwd=folder, cache=cache)
    assert theirs.stderr == ours.stderr == ""
    assert theirs.stdout == ours.stdout
    assert theirs.returncode == ours.returncode == 1
    assert f"$.spec.components: {DIFFER}" in ours.stdout
    assert "page.md:9:3: $.spec.replica" in ours.stdout


FENCE = re.compile(r"```bash \{[^}]*\}\n(.*?)```", re.DOTALL)
ADDRESS = "{{ site_address() }}"
INSTALLED = "/usr/local/bin/"


def lines_of_page(tab: str, tool: str) -> str:
    """The commands that the page shows in a tab for a tool."""
    page = (root() / "docs/reference/get-the-tools.md").read_text(encoding="utf-8")
    section = page.partition(f"{{ #{tool} }}")[2].partition("\n## ")[0]
    found = FENCE.search(section.partition(f'=== "{tab}"\n')[2])
    assert found
    return textwrap.dedent(found[1].rstrip(" "))


@fits
@pytest.mark.parametrize("tab", ["With curl", "With only Python"])
@pytest.mark.parametrize("tool", ["kubectl-dynamo", "dynamo-validate"])
def test_three_lines_of_the_page_install_a_tool(
    files: Path, cache: Path, tmp_path: Path, tab: str, tool: str
) -> None:
    if tab == "With curl" and not shutil.which("curl"):
        pytest.skip("no curl")
    lines = lines_of_page(tab, tool)
    assert len(lines.replace("\\\n", "").splitlines()) == 3
    (tmp_path / "bin").mkdir()
    with serving(lambda asked: Reply((files / asked.path.removeprefix("/downloads/")).read_bytes())) as server:
        script = lines.replace(ADDRESS, server.url).replace(INSTALLED, f"{tmp_path}/bin/")
        subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, check=True, capture_output=True)
    words = ("explain", "Profiling") if tool == "kubectl-dynamo" else ("--help",)
    done = single_files.start(tmp_path / "bin" / tool, *words, cwd=tmp_path, cache=cache)
    assert done.returncode == 0, done.stderr


@fits
@pytest.mark.parametrize("tool", ["kubectl-dynamo", "dynamo-validate"])
def test_the_lines_of_the_page_install_no_file_that_broke_on_its_way(
    files: Path, tmp_path: Path, tool: str
) -> None:
    """Pasted into a shell, which goes on after a line that failed."""
    lines = lines_of_page("With only Python", tool)
    (tmp_path / "bin").mkdir()

    def broken(asked: Asked) -> Reply:
        content = (files / asked.path.removeprefix("/downloads/")).read_bytes()
        return Reply(content if asked.path.endswith("SHA256SUMS") else content[:-1])

    with serving(broken) as server:
        script = lines.replace(ADDRESS, server.url).replace(INSTALLED, f"{tmp_path}/bin/")
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "FAILED" in done.stdout
    assert list((tmp_path / "bin").iterdir()) == []


def test_without_compiled_parts_it_names_the_rules_that_it_left_out(
    files: Path, cache: Path, folder: Path
) -> None:
    file = files / "dynamo-validate-any"
    done = single_files.start(file, "deploy/page.md", "deploy/twins.yaml", "--no-advice", cwd=folder, cache=cache)
    lines = done.stdout.splitlines()
    head = next(line for line in lines if line.startswith("not checked: "))
    assert "because the CEL engine cannot be loaded (of compiled parts this file has none; this is " in head
    assert f"  {DIFFER} (1 place)" in lines
    assert lines[-1].endswith(" 1 error. Not all was checked.")
    assert done.returncode == 1
    found = json.loads(
        single_files.start(file, "deploy/twins.yaml", "--format", "json", cwd=folder, cache=cache).stdout
    )
    assert found["errors"] == 0
    assert head.split(" (")[0].split(": ")[1].split()[0] == str(len(found["notes"]) - 1)


def test_without_libyaml_a_mistake_in_yaml_is_found(files: Path, cache: Path, folder: Path) -> None:
    done = single_files.start(files / "dynamo-validate-any", "deploy/torn.yaml", cwd=folder, cache=cache)
    assert done.returncode == 1
    assert done.stdout.startswith("deploy/torn.yaml:")


def test_an_engine_that_is_not_in_the_file_is_named(files: Path, cache: Path, folder: Path) -> None:
    file = files / "dynamo-validate-any"
    done = single_files.start(file, "--engine", "jsonschema", "deploy/page.md", cwd=folder, cache=cache)
    assert done.returncode == 2
    assert "--engine jsonschema: the Python package 'jsonschema' is not here" in done.stderr


def test_starts_at_the_same_time_unpack_once(files: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-S", str(files / "kubectl-dynamo"), "explain", "Profiling"]
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"}
    running = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate(timeout=300)[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(said) == 1
    (unpacked,) = (tmp_path / "cache/dynamo-docs/tools").iterdir()
    assert unpacked.name.startswith("kubectl-dynamo-")


def test_a_cache_that_cannot_be_written_is_done_without(files: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "tmp").mkdir()
    more = {"TMPDIR": str(tmp_path / "tmp")}
    done = single_files.start(
        files / "kubectl-dynamo", "explain", "Profiling", cwd=tmp_path, cache=tmp_path / "file", more=more
    )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_was_not_used_for_long_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").mkdir()
    start.forget(tmp_path)
    assert (tmp_path / "old").is_dir()
    monkeypatch.setattr(start, "UNUSED_SECONDS", -1)
    start.forget(tmp_path)
    assert not (tmp_path / "old").exists()


@pytest.mark.parametrize(
    ("machine", "python", "chosen"),
    [
        ("Linux-x86_64", "cp312", ("cp312", "")),
        ("Linux-x86_64", "cp315", ("", "this is Linux-x86_64 with cp315")),
        ("Linux-x86_64", "cp312t", ("", "this is Linux-x86_64 with cp312t")),
        ("Linux-riscv64", "cp312", ("", "this is Linux-riscv64 with cp312")),
    ],
)
def test_the_part_is_that_of_machine_and_python(machine: str, python: str, chosen: tuple[str, str]) -> None:
    found, reason = start.chosen(ABOUT, machine, python)
    assert (found, reason.rpartition("; ")[2]) == chosen
    if reason:
        assert reason.startswith("of compiled parts this file has those for Linux-x86_64 with cp311, cp312; ")
    assert start.chosen(ABOUT | {"needs_part": False}, machine, python) == ("", "")


@fits
def test_this_python_has_the_tag_of_its_wheels() -> None:
    assert start.tag() == part(this_python())


def test_an_old_python_is_told_what_is_missing() -> None:
    said = start.too_old(ABOUT, (3, 9, 6))
    assert "tool needs Python 3.11 or newer; " in said
    assert " is Python 3.9.6\nhint: " in said
    assert start.too_old(ABOUT, (3, 11, 0)) == ""
    ast.parse(Path(start.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_file_is_the_same_whenever_it_is_made() -> None:
    tool = tools()[0]
    plain = {"tools/a.py": b"a = 1\n", "LICENSE": b"x"}
    assert made(tool, plain) == made(tool, dict(reversed(plain.items())))
    other = made(tool, plain, Parts(b"packed", (("cp311", "a.so", 6),)), "Linux-x86_64")
    digests = {
        json.loads(zipfile.ZipFile(_file(one)).read(start.ABOUT))["digest"] for one in (made(tool, plain), other)
    }
    assert len(digests) == 2


def _file(data: bytes) -> Any:
    import io  # noqa: PLC0415

    return io.BytesIO(data)


def test_the_plugin_s_file_has_nothing_compiled(files: Path) -> None:
    with zipfile.ZipFile(files / "kubectl-dynamo") as archive:
        names = archive.namelist()
    assert [name for name in names if name.endswith((".so", ".pyd", ".xz"))] == []
    assert "packages/pydantic.py" in names


def test_every_wheel_is_pinned_by_its_checksum() -> None:
    for tool in tools():
        for package in tool.packages:
            assert package.pinned.hashes
            assert package.pinned.line.startswith(
                f"{package.pinned.name}=={package.pinned.version} --hash=sha256:"
            )
    text = "a==1 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22\n    # via b\n"
    text += "b-c==2 ; python_version > '3'\\\n    --hash=sha256:33\n"
    assert {one.name: one.hashes for one in lock(text).values()} == {
        "a": ("sha256:11", "sha256:22"),
        "b-c": ("sha256:33",),
    }


@fits
def test_the_validator_s_wheel_installs_the_file_as_a_program(files: Path, folder: Path, cache: Path) -> None:
    machine = here()
    assert machine
    wheel = files / f"dynamo_validate-{tools_version()}-py3-none-any.whl"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--ignore-installed"]
    subprocess.run([*pip, "--prefix", str(folder / "home"), str(wheel)], check=True, capture_output=True)
    (program,) = (folder / "home").rglob("bin/dynamo-validate")
    done = single_files.start(program, "deploy/page.md", cwd=folder, cache=cache)
    assert done.stdout.startswith("deploy/page.md:")


def test_the_site_offers_what_was_made(files: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    said = copy(site, files)
    entries = offer.read(files)
    assert said == f"{len(entries)} files of tools to download"
    for entry in entries:
        data = (site / "downloads" / entry.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry.size, entry.sha256)
    sums = (site / "downloads/SHA256SUMS").read_text().splitlines()
    assert sums == [f"{entry.sha256}  {entry.name}" for entry in entries]
    page = "".join(table(entries, entry.tool, entry.kind, "reference/get-the-tools.md") for entry in entries)
    for entry in entries:
        assert f'href="../downloads/{entry.name}"' in page
        assert entry.sha256 in page


def test_files_of_older_sources_are_offered_and_called_so(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "tool").write_bytes(b"x")
    offer.write(made, [offer.described("tool", b"x", tool="t", kind="single", version="1")], "of before")
    assert copy(tmp_path / "site", made).endswith("made from older sources, ./nox -s tools makes them again")


def test_a_site_without_them_says_so(tmp_path: Path) -> None:
    (tmp_path / "site/downloads").mkdir(parents=True)
    (tmp_path / "site/downloads/old").touch()
    assert copy(tmp_path / "site", tmp_path / "none") == "no tools to download: ./nox -s tools makes them"
    assert not (tmp_path / "site/downloads").exists()
    assert table((), "kubectl-dynamo", "single", "reference/get-the-tools.md") == NOT_BUILT


def test_a_mistake_in_the_page_is_named() -> None:
    entry = offer.described("tool", b"x", tool="t", kind="single", version="1")
    with pytest.raises(UserError, match="there is no download 't' of kind 'wheel'\nhint: there are: t single"):
        table((entry,), "t", "wheel", "page.md")
    assert "500 bytes" in table((replace(entry, size=500),), "t", "single", "page.md")
    assert "1.5 MB" in table((replace(entry, size=1_500_000, platform="Linux-x86_64"),), "t", "single", "page.md")


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / offer.LIST).write_text("{}")
    with pytest.raises(UserError, match="no list of downloads: KeyError") as caught:
        offer.read(tmp_path)
    assert "./nox -s tools" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, offer.PLACEHOLDER),
        ({"site_url": ""}, offer.PLACEHOLDER),
        ({"site_url": "https://a/b/"}, "https://a/b"),
    ],
)
def test_the_address_is_that_of_the_settings(settings: Mapping[str, str], address: str) -> None:
    assert address_of(settings) == address
    assert offer.PLACEHOLDER in (root() / "docs/assets/address.js").read_text(encoding="utf-8")


def speaking_without_a_link(pages: Mapping[str, str]) -> list[str]:
    """The readers' pages that speak of a tool and do not lead to where one gets it."""
    return [
        name
        for name, text in pages.items()
        if SPEAKS.search(text) and OFFER not in f"{name} {text}" and not name.startswith("contribute/")
    ]


def test_every_page_that_speaks_of_the_tools_leads_to_them() -> None:
    docs = root() / "docs"
    pages = {file.relative_to(docs).as_posix(): file.read_text(encoding="utf-8") for file in docs.rglob("*.md")}
    assert speaking_without_a_link(pages) == []
    assert sum(bool(SPEAKS.search(text)) for text in pages.values()) > 10


def test_a_page_that_does_not_lead_to_them_is_found() -> None:
    pages = {
        "a.md": "Run `kubectl dynamo status`.",
        "b.md": "`docs-test validate`",
        "contribute/c.md": "`kubectl dynamo`",
    }
    assert speaking_without_a_link(pages) == ["a.md", "b.md"]
    assert speaking_without_a_link({"a.md": "`dynamo-validate` ([get it](../reference/get-the-tools.md))"}) == []


def test_platforms_are_named_as_uname_does() -> None:
    assert [one.name for one in PLATFORMS] == ["Linux-x86_64", "Linux-aarch64", "Darwin-x86_64", "Darwin-arm64"]

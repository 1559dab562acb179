"""Names, package lists and pruning of the images: nothing here builds one."""

from __future__ import annotations

import io
import os
import re
import shutil
import tarfile
import tomllib
from typing import TYPE_CHECKING

import pytest

from dynamo_api import releases
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.paths import root
from groundwork.base.versions import version
from groundwork.system.progress import Progress
from mock_platform import images
from mock_platform.image.site_packages import further, pack, prune
from support.breakages import COMPILED

if TYPE_CHECKING:
    from pathlib import Path

RECIPES = root() / "tools" / "mock_platform" / "image"
ALL = {"base", "engine", "planner", "runtime", "operator", "kubectl"}
ON_ENGINE = {"engine", "planner", "runtime"}
OTHERS = {path.parent.name: f"locks/{path.parent.name}/runtime" for path in RECIPES.glob("locks/*/runtime.txt")}
"""Releases with another runtime, and the names of their lists."""
WITH_MOCK = {"planner", "runtime"}
"""Images with all of dynamo_mock."""

FAKE_DOCKER = """#!/bin/sh
echo "$*" >> "{log}"
echo "$BUILDX_NO_DEFAULT_ATTESTATIONS" >"{log}.attestations"
case "$1 $2" in
  "image ls") cat "{listed}" ;;
  *) echo "no space left on device"; exit 1 ;;
esac
"""


@pytest.fixture
def project_copy(tmp_path, monkeypatch):
    """The images' sources in a folder of their own, which a test may change."""
    for part in ["tools/mock_platform/image", "examples/backends", *images.operator_sources()]:
        source, target = root() / part, tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=COMPILED)
        else:
            shutil.copyfile(source, target)
    monkeypatch.setattr(images, "FOLDER", tmp_path / "tools/mock_platform/image")
    monkeypatch.setattr(images, "root", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """A stand-in for the docker program: lists the images in `listed`, fails at all else, logs its calls."""
    log, listed = tmp_path / "docker.log", tmp_path / "listed"
    listed.write_text("")
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(FAKE_DOCKER.format(log=log, listed=listed))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "renamed"),
    [
        ("tools/mock_platform/image/base.Dockerfile", ALL),
        ("tools/mock_platform/image/engine.Dockerfile", ON_ENGINE),
        ("tools/mock_platform/image/runtime.txt", ON_ENGINE),
        ("tools/mock_platform/image/runtime.prune", ON_ENGINE),
        ("tools/mock_platform/image/dynamo_mock/model.py", ON_ENGINE),
        ("tools/mock_platform/image/dynamo_mock/backend_main.py", ON_ENGINE),
        ("tools/mock_platform/image/planner.txt", {"planner"}),
        ("tools/mock_platform/image/planner.Dockerfile", {"planner"}),
        ("tools/mock_platform/image/dynamo_mock/flags.py", WITH_MOCK),
        ("examples/backends/vllm/deploy/agg.yaml", set()),
        ("tools/mock_platform/image/runtime.Dockerfile", {"runtime"}),
        ("tools/mock_platform/image/kubectl.Dockerfile", {"kubectl"}),
        ("tools/mock_platform/image/operator.txt", {"operator"}),
        ("tools/mock_platform/operator/__init__.py", {"operator"}),
        ("tools/groundwork/base/errors.py", {"operator"}),
        ("tools/mock_platform/image/README.md", set()),
    ],
)
def test_an_image_is_renamed_when_what_goes_in_changes(project_copy, changed, renamed):
    before = images.image_names()
    with (project_copy / changed).open("a") as file:
        file.write("\n# changed\n")
    after = images.image_names()
    assert {name for name in ALL if before[name] != after[name]} == renamed


def test_names_are_the_same_in_another_folder(project_copy):
    here = images.image_names()
    assert all(re.fullmatch(r"dynamo-docs/mock-\w+:[0-9a-f]{12}", name) for name in here.values())
    assert project_copy != root()
    images.FOLDER, images.root = RECIPES, root  # Put back by the fixture's monkeypatch.
    assert images.image_names() == here


def test_images_that_are_there_are_neither_built_nor_downloaded(docker):
    names = images.image_names()
    kept = [names[name] for name in ("runtime", "planner", "operator", "kubectl")]
    (docker / "listed").write_text("".join(f"{name}\n" for name in kept))
    stream = io.StringIO()
    made = images.ensure_images(Progress(stream))
    assert [made.runtime, made.planner, made.operator, made.kubectl] == kept
    assert (docker / "docker.log").read_text().count("\n") == 1
    assert stream.getvalue() == ""


def test_a_failed_build_shows_docker_s_words_and_leaves_nothing(docker, monkeypatch):
    rootfs = docker / "rootfs.tar"
    rootfs.write_bytes(b"")
    killed = docker / "cache" / "dynamo-docs" / "images" / "context-of-a-killed-run"
    killed.mkdir(parents=True)
    monkeypatch.setattr(images, "debian_rootfs", lambda _wanted, _progress: rootfs)
    with pytest.raises(EnvironmentFault, match="no space left on device") as failure:
        images.ensure_images(Progress(io.StringIO()))
    assert "docker system df" in failure.value.hint
    assert (docker / "docker.log.attestations").read_text() == "1\n", "an image, no index of one"
    assert not list((docker / "cache").rglob("context-*"))


def locked(name: str) -> dict[str, list[str]]:
    """`package==version` and its hashes, from a requirements list; anything else in it is an error."""
    found: dict[str, list[str]] = {}
    for line in (RECIPES / f"{name}.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        if hashed := re.fullmatch(r"    --hash=(sha256:[0-9a-f]{64})(?: \\)?", line):
            list(found.values())[-1].append(hashed[1])
        else:
            pinned = re.fullmatch(r"([a-z0-9-]+==[^ ;]+) \\", line)
            assert pinned, f"{name}.txt: {line!r} is neither a pinned package nor a hash"
            found[pinned[1]] = []
    return found


@pytest.mark.parametrize("name", ["runtime", "planner", "operator", *OTHERS.values()])
def test_packages_are_pinned_by_hash_and_hold_what_is_asked_for(name):
    packages = locked(name)
    assert all(packages.values()), [package for package, hashes in packages.items() if not hashes]
    asked = [
        line for line in (RECIPES / f"{name}.in").read_text().lower().splitlines() if line[:1] not in ("#", "")
    ]
    names = {package.partition("==")[0] for package in packages}
    assert {line for line in asked if "==" in line} <= packages.keys()
    assert {line for line in asked if "==" not in line} <= names


@pytest.mark.parametrize("release", OTHERS)
def test_the_list_of_another_runtime_is_of_that_release_alone(release):
    packages = locked(OTHERS[release])
    assert {f"ai-dynamo=={release}", f"ai-dynamo-runtime=={release}"} <= packages.keys()
    excluded = {line for line in (RECIPES / "runtime.excludes").read_text().splitlines() if line[:1] != "#"}
    assert not excluded & {package.partition("==")[0] for package in packages}


def test_there_is_a_list_for_each_release_that_is_run_and_no_other():
    assert set(OTHERS) | {version("dynamo.runtime")} == {row.name for row in releases.run_here()}
    assert set(releases.to_run(version("dynamo.runtime")).runs) == {"frontend", "mocker", "profiler", "planner"}


def test_the_runtime_of_another_release_has_images_of_its_own(project_copy):
    names = images.image_names()
    before = {release: images.runtime_names(release, names) for release in OTHERS}
    assert len({name for each in before.values() for name in each.values()} | set(names.values())) == 10
    first, *others = OTHERS
    assert before[first]["runtime"].startswith(f"dynamo-docs/mock-runtime:{first}-")
    with (project_copy / "tools/mock_platform/image" / f"{OTHERS[first]}.txt").open("a") as file:
        file.write("\n# changed\n")
    assert images.image_names() == names
    assert not set(images.runtime_names(first, names).values()) & set(before[first].values())
    assert all(images.runtime_names(release, names) == before[release] for release in others)


def test_the_runtime_of_another_release_that_is_there_is_not_built(docker):
    names = images.image_names()
    release = next(iter(OTHERS))
    kept = images.runtime_names(release, names)["runtime"]
    (docker / "listed").write_text(f"{kept}\n")
    own = images.Images("runtime", "planner", "operator", "kubectl")
    made = images.with_runtime(release, own, Progress(io.StringIO()))
    assert (made.runtime, made.planner, made.operator) == (kept, "", "operator")
    (docker / "listed").write_text("".join(f"{names[name]}\n" for name in ("base", "engine", "runtime")))
    with pytest.raises(EnvironmentFault):
        images.with_runtime(release, own, Progress(io.StringIO()))


def test_versions_agree_with_the_project_s():
    assert f"ai-dynamo=={version('dynamo.runtime')}" in locked("runtime")
    assert f"ai-dynamo-runtime=={version('dynamo.runtime')}" in locked("runtime")
    assert f"aiconfigurator-core=={version('dynamo.aiconfigurator')}" in locked("runtime")
    assert f"aiconfigurator=={version('dynamo.aiconfigurator')}" in locked("planner")
    project = tomllib.loads((root() / "pyproject.toml").read_text())["project"]["dependencies"]
    for package in ("kubernetes", "PyYAML"):
        (pinned,) = [line for line in project if line.startswith(f"{package}==")]
        assert pinned.lower() in locked("operator")


def test_the_planner_image_adds_packages_and_changes_none():
    added = further(RECIPES / "planner.txt", RECIPES / "runtime.txt")
    names = re.findall(r"^([a-z0-9-]+)==", added, re.MULTILINE)
    assert "aiconfigurator" in names
    assert "ai-dynamo" not in names
    assert added.count("--hash=") >= len(names) > 0
    assert {line.partition("==")[0] for line in locked("runtime")} | set(names) == {
        line.partition("==")[0] for line in locked("planner")
    }


@pytest.mark.parametrize("name", ["runtime", "planner"])
def test_what_is_excluded_is_in_no_list(name):
    excluded = {line for line in (RECIPES / f"{name}.excludes").read_text().splitlines() if line[:1] != "#"}
    assert "aisimulate" in excluded
    assert not excluded & {package.partition("==")[0] for package in locked(name)}


def test_a_package_in_two_versions_is_named(tmp_path):
    for name, pin in (("lower.txt", "1.0"), ("upper.txt", "2.0")):
        (tmp_path / name).write_text(f"a-package=={pin} \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(UserError, match=r"a-package is 2\.0, but 1\.0 in lower\.txt"):
        further(tmp_path / "upper.txt", tmp_path / "lower.txt")


def packages_folder(folder: Path, *files: str) -> Path:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file)
    return folder


def test_pruning_removes_what_matches_and_keeps_what_is_excepted(tmp_path):
    packages = packages_folder(
        tmp_path / "packages",
        "big/a/modeling_a.py",
        "big/auto/modeling_auto.py",
        "big/a/tests/test_a.py",
        "bin/tool",
    )
    patterns = tmp_path / "list.prune"
    patterns.write_text("# why\nbin\n**/tests\nbig/*/modeling_*.py\n!big/auto/*.py\nabsent/never\n")
    prune(packages, patterns)
    assert [path.name for path in packages.rglob("*") if path.is_file()] == ["modeling_auto.py"]


def test_a_pattern_that_matches_no_more_is_named_by_its_line(tmp_path):
    packages = packages_folder(tmp_path / "packages", "big/core.py")
    patterns = tmp_path / "list.prune"
    patterns.write_text("# why\nbig/moved_*.py\n")
    with pytest.raises(UserError, match=r"list\.prune:2: 'big/moved_\*\.py' matches nothing") as failure:
        prune(packages, patterns)
    assert failure.value.hint


def test_the_same_packages_are_the_same_bytes(tmp_path):
    first = packages_folder(tmp_path / "first", "a/one.py", "b/two.py")
    second = packages_folder(tmp_path / "second", "b/two.py", "a/one.py")
    os.utime(second / "a/one.py", (1, 1))
    (second / "b/two.py").chmod(0o600)
    pack(first, tmp_path / "first.tar")
    pack(second, tmp_path / "second.tar")
    assert (tmp_path / "first.tar").read_bytes() == (tmp_path / "second.tar").read_bytes()
    with tarfile.open(tmp_path / "first.tar") as archive:
        assert {member.uid for member in archive} == {0}
        assert oct(archive.getmember("b/two.py").mode) == "0o644"

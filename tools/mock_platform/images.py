"""The two images of the mock platform: the CPU runtime and the operator stand-in, built without an image registry.

Both are named by what they are made from (`dynamo-docs/mock-runtime:<digest>`), so that an image that is there is
up to date, and an interrupted build leaves no name behind. The recipes lie in `image/`.
"""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster.rootfs import EXCLUDED, RootFileSystem, debian_rootfs
from mock_platform.image.site_packages import scratch, site_key, site_packages
from project.content import digest, locked
from project.paths import cache_dir, root
from project.processes import run
from project.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from project.progress import Progress

FOLDER = Path(__file__).resolve().parent / "image"
PREFIX = "dynamo-docs/mock"
HINT = "Docker must run and have room: `docs-test --provision` sets it up, `docker system df` shows its disk use"

DEBIAN = RootFileSystem(
    name="python",
    variant="extract",  # Packages unpacked and no more: a quarter of the time and half the size of "minbase".
    packages=(
        *("base-files", "bash", "coreutils", "curl", "dash", "findutils", "grep", "sed", "ca-certificates"),
        *("python3", "python-is-python3", "libstdc++6"),
    ),
)


@dataclass(frozen=True, slots=True)
class Images:
    """References of local Docker images."""

    runtime: str
    operator: str


def image_names() -> dict[str, str]:
    """Reference by recipe ("base", "runtime", "operator"), from the bytes of what goes in; nothing is built."""
    base = digest(
        *(version("debian.suite"), version("debian.python"), platform.machine()),
        *(repr(DEBIAN), *EXCLUDED, FOLDER / "base.Dockerfile"),
    )
    runtime = digest(
        *(base, site_key(FOLDER / "runtime.txt"), version("dynamo.runtime")),
        *(FOLDER / "runtime.Dockerfile", FOLDER / "dynamo_mock"),
    )
    operator = digest(
        *(base, site_key(FOLDER / "operator.txt"), version("dynamo.operator")),
        *(FOLDER / "operator.Dockerfile", *(root() / part for part in operator_sources())),
    )
    keys = {"base": base, "runtime": runtime, "operator": operator}
    return {name: f"{PREFIX}-{name}:{key}" for name, key in keys.items()}


def operator_sources() -> list[str]:
    """What of this project the operator image carries, relative to the project's root."""
    return [
        "versions.toml",
        *(f"tools/{package}" for package in ("project", "dynamo_crd")),
        *(f"tools/mock_platform/{part}" for part in ("__init__.py", "operator")),
    ]


def ensure_images(progress: Progress) -> Images:
    """The images, built when they are not there; under a second when they are.

    Raises:
        EnvironmentFault: Docker does not answer, or a download or a build failed; the message has the last lines.
    """
    names = image_names()
    images = Images(names["runtime"], names["operator"])
    if not _missing([images.runtime, images.operator]):
        return images
    with locked(cache_dir("images")):
        missing = _missing(names.values())
        with progress.stage("images of the mock platform"):
            if names["base"] in missing:
                _build_base(names["base"], progress)
            if images.runtime in missing:
                files = {"dynamo_mock": FOLDER / "dynamo_mock"}
                _build_on(names["base"], "runtime", images.runtime, files, progress)
            if images.operator in missing:
                files = {f"app/{part}": root() / part for part in operator_sources()}
                _build_on(names["base"], "operator", images.operator, files, progress)
    return images


def _build_base(reference: str, progress: Progress) -> None:
    rootfs = debian_rootfs(DEBIAN, progress)
    with progress.stage("image base"), scratch(cache_dir("images"), "context-") as context:
        _place(rootfs, context / "rootfs.tar")
        _docker_build("base", reference, context, {}, progress)


def _build_on(base: str, name: str, reference: str, files: Mapping[str, Path], progress: Progress) -> None:
    packages = site_packages(FOLDER / f"{name}.txt", progress)
    with progress.stage(f"image {name}"), scratch(cache_dir("images"), "context-") as context:
        _place(packages, context / "site-packages.tar")
        for target, source in files.items():
            _copy(source, context / target)
        _docker_build(name, reference, context, {"BASE": base, name.upper(): version(f"dynamo.{name}")}, progress)


def _place(source: Path, target: Path) -> None:
    """Hard link where that is possible: these files are large."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


def _docker_build(
    name: str, reference: str, context: Path, arguments: Mapping[str, str], progress: Progress
) -> None:
    command: list[str | Path] = ["docker", "build", "--network", "none", "--force-rm", "--tag", reference]
    for key, value in {"PYTHON": version("debian.python"), **arguments}.items():
        command += ["--build-arg", f"{key}={value}"]
    command += ["--file", FOLDER / f"{name}.Dockerfile", context]
    run(command, on_line=progress.detail, what=f"building the image {name}", hint=HINT)


def _missing(references: Iterable[str]) -> set[str]:
    """Which of the references Docker does not have.

    Raises:
        EnvironmentFault: Docker does not answer.
    """
    listed = run(
        ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", f"reference={PREFIX}-*"],
        what="listing local images",
        hint=HINT,
    )
    return set(references) - set(listed.split())


def image_size(reference: str) -> int:
    """Size of a local image in bytes, all layers, not compressed."""
    return int(run(["docker", "image", "inspect", "--format", "{{.Size}}", reference], what="reading an image"))

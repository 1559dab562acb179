"""The images of the mock platform, built without an image registry: runtime, planner, operator stand-in, kubectl.

Each is named by what it is made from (`dynamo-docs/mock-runtime:<digest>`), so that an image that is there is up
to date, and an interrupted build leaves no name behind. The recipes lie in `image/`; README.md there says which
stands on which.
"""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dynamo_api import releases
from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir, root
from groundwork.base.versions import version
from groundwork.system.processes import run
from kind_cluster.rootfs import EXCLUDED, RootFileSystem, debian_rootfs
from kind_cluster.tools import ensure_kubectl
from mock_platform.image.site_packages import scratch, site_key, site_packages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groundwork.system.progress import Progress

FOLDER = Path(__file__).resolve().parent / "image"
PREFIX = "dynamo-docs/mock"
HINT = "Docker must run, with room: `docs-test run --provision` sets it up, `docker system df` shows its disk use"

DEBIAN = RootFileSystem(
    name="python",
    variant="extract",  # Packages unpacked and no more: a quarter of the time and half the size of "minbase".
    packages=(
        *("base-files", "bash", "coreutils", "curl", "dash", "findutils", "grep", "mawk", "sed"),
        *("ca-certificates", "python3", "python-is-python3", "libstdc++6"),
    ),
)


@dataclass(frozen=True, slots=True)
class Images:
    """References of local Docker images."""

    runtime: str
    planner: str
    """Image of the profiler and the planner; "" where a runtime has neither."""
    operator: str
    kubectl: str


def image_names() -> dict[str, str]:
    """Reference by recipe ("base", "engine", "planner", ...), from the bytes of what goes in; nothing is built."""
    mock = FOLDER / "dynamo_mock"
    base = digest(
        *(version("debian.suite"), version("debian.python"), platform.machine()),
        *(repr(DEBIAN), *EXCLUDED, FOLDER / "base.Dockerfile"),
    )
    engine = digest(
        *(base, site_key(FOLDER / "runtime.txt"), version("dynamo.runtime")),
        *(FOLDER / "engine.Dockerfile", *engine_files().values()),
    )
    keys = {
        "base": base,
        "engine": engine,
        "planner": digest(
            *(engine, site_key(FOLDER / "planner.txt", beside=FOLDER / "runtime.txt"), version("dynamo.runtime")),
            *(FOLDER / "planner.Dockerfile", mock),
        ),
        "runtime": digest(engine, version("dynamo.runtime"), FOLDER / "runtime.Dockerfile", mock),
        "operator": digest(
            *(base, site_key(FOLDER / "operator.txt"), releases.operator().number),
            *(FOLDER / "operator.Dockerfile", *(root() / part for part in operator_sources())),
        ),
        "kubectl": digest(
            *(base, version("kubernetes.version"), version("kubernetes.node_image")),
            FOLDER / "kubectl.Dockerfile",
        ),
    }
    return {name: f"{PREFIX}-{name}:{key}" for name, key in keys.items()}


def runtime_names(release: str, names: Mapping[str, str]) -> dict[str, str]:
    """References of "engine" and "runtime" of another release, on the same base; nothing is built."""
    requirements, pruned = lock(release), FOLDER / "runtime.prune"
    engine = digest(
        *(names["base"], site_key(requirements, pruned=pruned), release),
        *(FOLDER / "engine.Dockerfile", *engine_files().values()),
    )
    runtime = digest(engine, release, FOLDER / "runtime.Dockerfile", FOLDER / "dynamo_mock")
    return {"engine": f"{PREFIX}-engine:{release}-{engine}", "runtime": f"{PREFIX}-runtime:{release}-{runtime}"}


def lock(release: str) -> Path:
    """The list of packages of another release's runtime."""
    return FOLDER / "locks" / release / "runtime.txt"


def engine_files() -> dict[str, Path]:
    """Files of dynamo_mock that the engine image carries: those that hardly change."""
    return {name: FOLDER / "dynamo_mock" / name for name in ("model.py", "backend_main.py")}


def operator_sources() -> list[str]:
    """What of this project the operator image carries, relative to the project's root."""
    return [
        "versions.toml",
        *(f"tools/{package}" for package in ("groundwork", "dynamo_api", "dynamo_crd")),
        *(f"tools/mock_platform/{part}" for part in ("__init__.py", "operator", "proposal")),
    ]


def ensure_images(progress: Progress) -> Images:
    """The images, built when they are not there; under a second when they are.

    Raises:
        EnvironmentFault: Docker does not answer, or a download or a build failed; the message has the last lines.
    """
    names = image_names()
    images = Images(**{field.name: names[field.name] for field in fields(Images)})
    if not _missing([images.runtime, images.planner, images.operator, images.kubectl]):
        return images
    with locked(cache_dir("images")):
        missing = _missing(names.values())
        with progress.stage("images of the mock platform"):
            for name, build in BUILDERS.items():
                if names[name] in missing:
                    build(names, progress)
    return images


def with_runtime(release: str, images: Images, progress: Progress) -> Images:
    """The images with frontend and mocker of another release, built when they are not there; without a planner.

    Raises:
        EnvironmentFault: as of `ensure_images`.
    """
    names = image_names()
    names |= runtime_names(release, names)
    if _missing([names["runtime"]]):
        with locked(cache_dir("images")), progress.stage(f"images of Dynamo {release}"):
            missing = _missing(names.values())
            if names["base"] in missing:
                _base(names, progress)
            if names["engine"] in missing:
                packages = site_packages(lock(release), progress, pruned=FOLDER / "runtime.prune")
                files = {"site-packages.tar": packages, **engine_files()}
                _build("engine", names, files, {"BASE": names["base"]}, progress)
            if names["runtime"] in missing:
                files = {"dynamo_mock": FOLDER / "dynamo_mock"}
                _build("runtime", names, files, {"ENGINE": names["engine"], "RUNTIME": release}, progress)
    return replace(images, runtime=names["runtime"], planner="")


def _base(names: Mapping[str, str], progress: Progress) -> None:
    rootfs = debian_rootfs(DEBIAN, progress)
    _build("base", names, {"rootfs.tar": rootfs}, {}, progress)


def _engine(names: Mapping[str, str], progress: Progress) -> None:
    packages = site_packages(FOLDER / "runtime.txt", progress)
    _build("engine", names, {"site-packages.tar": packages, **engine_files()}, {"BASE": names["base"]}, progress)


def _planner(names: Mapping[str, str], progress: Progress) -> None:
    packages = site_packages(FOLDER / "planner.txt", progress, beside=FOLDER / "runtime.txt")
    mock = FOLDER / "dynamo_mock"
    files = {"site-packages.tar": packages, "dynamo_mock": mock}
    files["dynamo_deployment.py"] = mock / "dynamo_deployment.py"
    _build("planner", names, files, {"ENGINE": names["engine"], "RUNTIME": version("dynamo.runtime")}, progress)


def _runtime(names: Mapping[str, str], progress: Progress) -> None:
    arguments = {"ENGINE": names["engine"], "RUNTIME": version("dynamo.runtime")}
    _build("runtime", names, {"dynamo_mock": FOLDER / "dynamo_mock"}, arguments, progress)


def _operator(names: Mapping[str, str], progress: Progress) -> None:
    packages = site_packages(FOLDER / "operator.txt", progress)
    files = {f"app/{part}": root() / part for part in operator_sources()}
    arguments = {"BASE": names["base"], "OPERATOR": releases.operator().number}
    _build("operator", names, {"site-packages.tar": packages, **files}, arguments, progress)


def _kubectl(names: Mapping[str, str], progress: Progress) -> None:
    _build("kubectl", names, {"kubectl": ensure_kubectl(progress)}, {"BASE": names["base"]}, progress)


BUILDERS = {
    "base": _base,
    "engine": _engine,
    "planner": _planner,
    "runtime": _runtime,
    "operator": _operator,
    "kubectl": _kubectl,
}
"""Functions that build the images, in the order in which one image builds on another."""


def _build(
    name: str,
    names: Mapping[str, str],
    files: Mapping[str, Path],
    arguments: Mapping[str, str],
    progress: Progress,
) -> None:
    with progress.stage(f"image {name}"), scratch(cache_dir("images"), "context-") as context:
        for target, source in files.items():
            _place(source, context / target)
        _docker_build(name, names[name], context, arguments, progress)


def _place(source: Path, target: Path) -> None:
    """Hard link a file where that is possible, since some are large; copy a folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        return
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _docker_build(
    name: str, reference: str, context: Path, arguments: Mapping[str, str], progress: Progress
) -> None:
    command: list[str | Path] = ["docker", "build", "--network", "none", "--force-rm", "--tag", reference]
    for key, value in {"PYTHON": version("debian.python"), **arguments}.items():
        command += ["--build-arg", f"{key}={value}"]
    command += ["--file", FOLDER / f"{name}.Dockerfile", context]
    # Where Docker keeps images in containerd's store, these make an index of an image: the cluster's registry is
    # to serve one manifest.
    env = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    run(command, env=env, on_line=progress.detail, what=f"building the image {name}", hint=HINT)


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

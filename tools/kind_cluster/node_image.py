"""The image of kind's node: pulled where a registry answers, else built once from Go modules and Debian packages.

What the build has to provide was read in kind's own recipe (images/base in its Go module, whose files are taken
from there) and in the names that `kubeadm config images list` prints.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir
from groundwork.base.versions import version
from groundwork.system.processes import run
from kind_cluster.docker import image_exists, image_size, import_image, remove_container
from kind_cluster.rootfs import RootFileSystem, debian_rootfs
from kind_cluster.toolchain import MODULES, build, kubernetes_programs, module_folder

if TYPE_CHECKING:
    from groundwork.system.progress import Progress

FILES = Path(__file__).parent / "node_image_files"

REPOSITORY = "dynamo-docs/node"
"""Repository of images that were built here."""

BUILT_FROM = ("kind", "kubernetes", "etcd", "coredns", "pause")
"""Modules under gomod/ that go into the image."""

PULL_SECONDS = 600

NODE = RootFileSystem(
    name="node",
    packages=(
        "systemd",
        "containerd",
        "runc",
        "containernetworking-plugins",
        "conntrack",
        "iptables",
        "nftables",
        "iproute2",
        "ethtool",
        "util-linux",
        "mount",
        "kmod",
        "libseccomp2",
        "e2fsprogs",
        "bash",
        "ca-certificates",
        "curl",
        "jq",
        "procps",
        "hostname",
    ),
)

# Nothing is configured in an extracted system, so Debian's alternatives are missing: kube-proxy calls these.
XTABLES = ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore")

KUBE_PROXY = RootFileSystem(
    name="kube-proxy",
    packages=("iptables", "conntrack", "kmod"),
    variant="extract",
)


def ensure_node_image(progress: Progress) -> str:
    """Name of a node image that the Docker engine holds.

    Raises:
        EnvironmentFault: it could be neither pulled nor built; the message says why.
    """
    pulled = version("kubernetes.node_image")
    modules = [MODULES / module for module in BUILT_FROM]
    key = digest(FILES, *modules, Path(__file__), version("kubernetes.version"), repr(NODE), repr(KUBE_PROXY))
    built = f"{REPOSITORY}:v{version('kubernetes.version')}-{key}"
    with locked(cache_dir("node-image")):
        for image in (pulled, built):
            if image_exists(image):
                return image
        if _pull(pulled, progress):
            return pulled
        with progress.stage("build the node image from source") as stage:
            _build(built, progress)
            stage.note = f"{image_size(built) / 1e6:.0f} MB"
    return built


def built_here(image: str) -> bool:
    """Whether a node image is of this project's making: it has another network than a pulled one."""
    return image.startswith(f"{REPOSITORY}:")


def _pull(image: str, progress: Progress) -> bool:
    """Try a registry once; a closed network says no at once, or within the resolver's time-out."""
    with progress.stage("pull the node image") as stage:
        try:
            done = subprocess.run(
                ["docker", "pull", image], capture_output=True, timeout=PULL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            stage.note = f"no answer within {PULL_SECONDS} s; it is built from source instead"
            return False
        if done.returncode:
            stage.note = "no registry answers; it is built from source instead"
        return done.returncode == 0


def _build(image: str, progress: Progress) -> None:
    key = image.rsplit("-", 1)[1]
    base, flat = (f"dynamo-docs/node-{part}:{key}" for part in ("base", "flat"))
    programs = kubernetes_programs(progress)
    for left in cache_dir("node-image").glob("partial-*"):  # By a run that was killed: the caller holds the lock.
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix="partial-", dir=cache_dir("node-image")) as name:
            inputs = Path(name)
            _component_images(programs, inputs, progress)
            _node_files(programs, inputs, progress)
            root = debian_rootfs(NODE, progress)
            import_image(root, base, [], what="importing the node's root file system")
            _set_up(base, f"dynamo-docs-node-build-{key}", inputs, progress)
            import_image(inputs / "node.tar", flat, [], what="importing the node image")
        # `docker import` cannot set a stop signal, so the metadata come from a Dockerfile; one layer it stays.
        lines = [
            f"FROM {flat}",
            "ENV container=docker PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "STOPSIGNAL SIGRTMIN+3",
            'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
        ]
        command = ["docker", "build", "--quiet", "--tag", image, "-"]
        run(command, stdin="\n".join(lines).encode(), what="naming the node image")
    finally:
        subprocess.run(["docker", "rmi", base, flat], capture_output=True, check=False)


def _set_up(base: str, container: str, inputs: Path, progress: Progress) -> None:
    """Run setup.sh in a container of the base image and export what became of it as node.tar."""
    remove_container(container)
    mount = f"type=bind,source={inputs},target=/in,readonly"
    # Privileged: containerd mounts its file systems at start, also when it only stores images.
    command = ["docker", "run", "--privileged", "--name", container, "--network", "none", "--mount", mount, base]
    try:
        run([*command, "bash", "/in/setup.sh"], on_line=progress.detail, what="setting up the node image")
        run(["docker", "export", "-o", inputs / "node.tar", container], what="exporting the node image")
    finally:
        remove_container(container)


def _node_files(programs: Path, inputs: Path, progress: Progress) -> None:
    kind = module_folder("kind", "sigs.k8s.io/kind", progress)
    shutil.copytree(kind / "images" / "base" / "files", inputs / "files")
    shutil.copytree(programs, inputs / "bin")
    for file in FILES.iterdir():
        shutil.copy(file, inputs)
    (inputs / "version").write_text(f"v{version('kubernetes.version')}", encoding="ascii")


def _component_images(programs: Path, inputs: Path, progress: Progress) -> None:
    """Save an image for each name that kubeadm wants as images/*.tar, and the pause image's name in `pause`."""
    release = f"v{version('kubernetes.version')}"
    command: list[str | Path] = [programs / "kubeadm", "config", "images", "list", "--kubernetes-version", release]
    listed = run(command, what="listing kubeadm's images")
    names = {
        line.rsplit("/", 1)[1].split(":")[0]: line for line in listed.splitlines() if ":" in line and "/" in line
    }
    etcd = build("etcd", {"etcd": "go.etcd.io/etcd/server/v3"}, progress) / "etcd"
    coredns = build("coredns", {"coredns": "."}, progress) / "coredns"
    pause = build("pause", {"pause": "."}, progress) / "pause"
    places = {
        "etcd": (etcd, "/usr/local/bin/etcd"),
        "coredns": (coredns, "/coredns"),
        "pause": (pause, "/pause"),
        **{name: (programs / name, f"/usr/local/bin/{name}") for name in names if name.startswith("kube-")},
    }
    (inputs / "images").mkdir()
    for name, (program, target) in places.items():
        progress.detail(f"image {name}")
        tar = inputs / f"{name}.layer.tar"
        base = debian_rootfs(KUBE_PROXY, progress) if name == "kube-proxy" else None
        _layer(tar, program, target, base)
        changes = [f'ENTRYPOINT ["{target}"]', "ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        import_image(tar, names[name], changes, what=f"importing {name}")
        tar.unlink()
        run(["docker", "save", "-o", inputs / "images" / f"{name}.tar", names[name]], what=f"saving {name}")
        subprocess.run(["docker", "rmi", names[name]], capture_output=True, check=False)
    (inputs / "pause").write_text(names["pause"], encoding="ascii")


def _layer(tar: Path, program: Path, target: str, base: Path | None) -> None:
    if base:
        shutil.copy(base, tar)
    with tarfile.open(tar, "a" if base else "w") as archive:
        archive.add(program, arcname=target.lstrip("/"))
        for name in XTABLES if base else ():
            link = tarfile.TarInfo(f"./usr/sbin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "xtables-nft-multi"
            archive.addfile(link)

"""A registry in the cluster's network that serves, under the names manifests use, what no other registry can.

The nodes ask it first for every image name (containerd's `_default` host), then the name's own registry. So a
manifest works unmodified, pull policy Always included.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.paths import cache_dir
from groundwork.system.processes import run
from kind_cluster.docker import image_exists, import_image, remove_container
from kind_cluster.toolchain import build

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundwork.system.progress import Progress

MANIFEST_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)
CONFIG = """\
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: true}}
http: {addr: ":5000"}
"""
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Registry:
    """A running registry."""

    container: str
    port: int
    """Port on 127.0.0.1 of this machine."""

    @property
    def hosts_toml(self) -> str:
        """What a node's /etc/containerd/certs.d/_default/hosts.toml says."""
        return f'[host."http://{self.container}:5000"]\n  capabilities = ["pull", "resolve"]\n'

    def publish(self, image: str, names: Iterable[str]) -> None:
        """Make a local image pullable by the nodes under full names such as `nvcr.io/nvidia/x:1.4.2`.

        The image is pushed once for each content (its own name says which), the names are further tags of it.

        Raises:
            EnvironmentFault: the push failed, or the registry refused a name.
        """
        repository, tag = image.rsplit(":", 1)
        status, body, kind = self._request("GET", f"/v2/{repository}/manifests/{tag}")
        if status != http.client.OK:
            self._push(image)
            status, body, kind = self._request("GET", f"/v2/{repository}/manifests/{tag}")
        if status != http.client.OK:
            raise EnvironmentFault(
                f"image {image!r}: pushed, but the cluster's registry answers {status} for its manifest",
                hint=f"if Docker keeps images in containerd's store: docker rmi {image}, and it is built again",
            )
        manifest = json.loads(body)
        blobs = [manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])]
        for name in names:
            self._tag(name, repository, blobs, body, kind)

    def serves(self, image: str, names: Iterable[str]) -> bool:
        """Whether each of these names is already that of this local image, as `publish` would have it."""
        repository, tag = image.rsplit(":", 1)
        own = self._manifest(repository, tag)
        return own is not None and all(self._manifest(*path_of(name)) == own for name in names)

    def _manifest(self, repository: str, tag: str) -> bytes | None:
        status, body, _ = self._request("GET", f"/v2/{repository}/manifests/{tag}")
        return body if status == http.client.OK else None

    def answers(self) -> bool:
        """Whether it serves the registry API yet."""
        try:
            return self._request("GET", "/v2/")[0] == http.client.OK
        except EnvironmentFault:
            return False

    def _push(self, image: str) -> None:
        local = f"127.0.0.1:{self.port}/{image}"
        run(["docker", "tag", image, local], what=f"naming {image}")
        try:
            run(["docker", "push", "--quiet", local], what=f"publishing {image} in the cluster's registry")
        finally:
            subprocess.run(["docker", "rmi", local], capture_output=True, check=False)

    def _tag(self, name: str, source: str, blobs: list[str], manifest: bytes, kind: str) -> None:
        repository, tag = path_of(name)
        for blob in blobs:
            mount = f"/v2/{repository}/blobs/uploads/?mount={blob}&from={source}"
            status, _, _ = self._request("POST", mount)
            if status != http.client.CREATED:
                raise EnvironmentFault(f"the cluster's registry did not take {name!r}: status {status} for {blob}")
        status, reply, _ = self._request("PUT", f"/v2/{repository}/manifests/{tag}", manifest, kind)
        if status != http.client.CREATED:
            raise EnvironmentFault(f"the cluster's registry did not take {name!r}: {status} {reply[:200]!r}")

    def _request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Accept": ", ".join(MANIFEST_TYPES)} | ({"Content-Type": kind} if kind else {})
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read(), response.getheader("Content-Type", "")
        except (OSError, http.client.HTTPException) as error:
            reason = f"{type(error).__name__}: {error}"
            raise EnvironmentFault(f"the cluster's registry {self.container} does not answer: {reason}") from None
        finally:
            connection.close()


def path_of(name: str) -> tuple[str, str]:
    """Repository and tag under which containerd asks a mirror for an image: without the name's registry host.

    ("library/busybox", "latest") of "busybox"; ("nvidia/x", "1.4.2") of "nvcr.io/nvidia/x:1.4.2".

    Raises:
        UserError: a name with a digest cannot be given to an image.
    """
    if "@" in name:
        raise UserError(f"image name {name!r}: has a digest; an image can be published under tags only")
    host, _, rest = name.partition("/")
    # As Docker tells them apart: a host has a dot or a port, or is localhost.
    if not rest or not ("." in host or ":" in host or host == "localhost"):
        host, rest = "docker.io", name
    repository, _, tag = rest.partition(":")
    if host == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    return repository, tag or "latest"


def ensure_registry_image(progress: Progress) -> str:
    """The registry's image: one static program."""
    folder = build("registry", {"registry": "."}, progress)
    image = f"dynamo-docs/registry:{digest(folder.name, CONFIG)}"
    with locked(cache_dir("registry-image")):
        if not image_exists(image):
            config = cache_dir("registry-image") / "config.yml"
            config.write_text(CONFIG, encoding="ascii")
            tar = cache_dir("registry-image") / "layer.tar"
            run(
                ["tar", "-cf", tar, "-C", folder, "registry", "-C", config.parent, config.name],
                what="packing registry",
            )
            changes = ['ENTRYPOINT ["/registry"]', 'CMD ["serve", "/config.yml"]', "EXPOSE 5000"]
            import_image(tar, image, changes, what="importing the registry's image")
            tar.unlink()
    return image


def start_registry(name: str, image: str, labels: dict[str, str]) -> Registry:
    """Start a registry container in kind's network; its storage is in the cache, for the next run.

    Raises:
        EnvironmentFault: it did not start or does not answer.
    """
    remove_container(name)
    mount = f"type=bind,source={cache_dir('registry')},target=/var/lib/registry"
    marks = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    command = ["docker", "run", "--detach", "--name", name, "--network", "kind", "--publish", "127.0.0.1::5000"]
    run([*command, "--mount", mount, *marks, image], what="starting the cluster's registry")
    return find_registry(name)


def find_registry(name: str) -> Registry:
    """A registry that runs already, when it answers.

    Raises:
        EnvironmentFault: there is none of that name, or it does not answer.
    """
    mapped = run(["docker", "port", name, "5000/tcp"], what="locating the cluster's registry")
    registry = Registry(name, int(mapped.splitlines()[0].rsplit(":", 1)[1]))
    deadline = time.monotonic() + START_SECONDS
    while not registry.answers():
        if time.monotonic() > deadline:
            raise EnvironmentFault(f"the cluster's registry {name} does not answer on 127.0.0.1:{registry.port}")
        time.sleep(0.1)
    return registry

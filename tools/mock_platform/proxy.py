"""The real Caddy for pages that put a proxy in front of a model: an image under the name that manifests use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundwork.base.versions import version
from kind_cluster.rootfs import RootFileSystem
from kind_cluster.tools import ensure_caddy
from mock_platform.program_image import ProgramImage, ensure_program_image

if TYPE_CHECKING:
    from groundwork.system.progress import Progress
    from kind_cluster.kind import Cluster

BUSYBOX = RootFileSystem("busybox", ("busybox-static",), variant="extract")
"""Debian's busybox. Its `wget -T` ends with a segmentation fault: pages use `timeout`."""
IMAGE = ProgramImage(
    "caddy",
    "usr/bin",
    BUSYBOX,
    # What Caddy's own image has of Alpine, as far as pages use it.
    links=tuple((f"bin/{name}", "busybox") for name in ("sh", "sleep", "timeout", "wget")),
    changes=(
        "ENTRYPOINT []",
        "ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        'CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]',
    ),
)


def ensure_image(progress: Progress) -> str:
    """Reference of the local image; built if it is not there.

    Raises:
        EnvironmentFault: the program or its image could not be built.
    """
    return ensure_program_image(IMAGE, ensure_caddy(progress), progress)


def install(cluster: Cluster, image: str, progress: Progress) -> None:
    """Have the cluster pull this image for `caddy`, as released.

    Raises:
        EnvironmentFault: the cluster's registry refused it.
    """
    with progress.stage(f"publish Caddy {version('tools.caddy')}"):
        cluster.registry.publish(image, [f"caddy:{version('tools.caddy')}"])

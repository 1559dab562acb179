"""The few Docker commands that more than one module needs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def image_exists(image: str) -> bool:
    """Whether the engine holds an image of that name."""
    done = subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False)
    return done.returncode == 0


def image_size(image: str) -> int:
    """Bytes of an image's layers, unpacked."""
    return int(run(["docker", "image", "inspect", "--format", "{{.Size}}", image]))


def import_image(tar: Path, image: str, changes: Sequence[str], *, what: str) -> None:
    """Make an image of one layer from a tar file; `changes` are instructions such as `ENTRYPOINT [...]`."""
    options = [word for change in changes for word in ("--change", change)]
    run(["docker", "import", *options, tar, image], what=what)


def remove_container(name: str) -> None:
    """End and remove a container and its volumes; no error if there is none."""
    subprocess.run(["docker", "rm", "--force", "--volumes", name], capture_output=True, check=False)


def container_exists(name: str, *, label: str = "") -> bool:
    """Whether there is a container of that name, running or not, with that label (`KEY=VALUE`) if one is given.

    Raises:
        EnvironmentFault: Docker does not answer.
    """
    return _listed(name, "--all", label=label)


def running(container: str, *, label: str = "") -> bool:
    """Whether a container of that name runs, with that label (`KEY=VALUE`) if one is given."""
    return _listed(container, "--filter", "status=running", label=label)


def _listed(container: str, *options: str, label: str) -> bool:
    marked = ["--filter", f"label={label}"] if label else []
    command = ["docker", "ps", "--quiet", "--filter", f"name=^/{container}$", *options, *marked]
    return bool(run(command, what=f"looking for {container}").strip())

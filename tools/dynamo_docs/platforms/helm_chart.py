"""A Helm chart: fetched from its address, or taken from a path, and known by what it says of itself."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from groundwork.base.content import digest
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir
from groundwork.base.versions import version
from groundwork.system.processes import run

if TYPE_CHECKING:
    from groundwork.system.progress import Progress

HINT = "--chart PATH takes one that lies on this machine (a folder or a .tgz); HTTPS_PROXY leads past a firewall"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that lies on this machine."""

    path: Path
    """A folder or a .tgz."""
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def default_address() -> str:
    """Where the released chart is."""
    return version("dynamo.chart_address").format(version("dynamo.chart"))


def find_chart(chart: str, helm: Path, progress: Progress) -> Chart:
    """The chart at an address or a path.

    Args:
        chart: `https://…tgz`, `oci://…`, a folder, a .tgz; "": the released one.
        helm: the program.
        progress: reports the stage.

    Raises:
        EnvironmentFault: it cannot be reached, or is no chart; one line and a hint.
    """
    place = chart or default_address()
    path = _fetched(place, helm, progress) if "://" in place else Path(place).resolve()
    if not path.exists():
        raise EnvironmentFault(f"--chart {place!r}: no such file or folder", hint=HINT)
    try:
        about = yaml.safe_load(run([helm, "show", "chart", path]))
        return Chart(path, str(about["name"]), str(about["version"]))
    except (EnvironmentFault, yaml.YAMLError, KeyError, TypeError) as error:
        said = str(error).splitlines()[-1].removeprefix("  | ").removeprefix("Error: ")
        raise EnvironmentFault(f"--chart {place!r}: is no Helm chart: {said}", hint=HINT) from None


def _fetched(address: str, helm: Path, progress: Progress) -> Path:
    """Downloaded anew each time, into the cache: what an address holds may change.

    Named by its content and never removed: another run may be about to install it.
    """
    kept = cache_dir("charts")
    with progress.stage("fetch the chart"), tempfile.TemporaryDirectory(dir=kept) as folder:
        try:
            run([helm, "pull", address, "--destination", folder])
        except EnvironmentFault as error:
            said = str(error).splitlines()[-1].removeprefix("  | ").removeprefix("Error: ")
            raise EnvironmentFault(f"--chart {address!r}: {said}", hint=HINT) from None
        (archive,) = Path(folder).glob("*.tgz")
        return archive.rename(kept / f"{archive.stem}-{digest(archive)}.tgz")

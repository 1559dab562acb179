"""Files from npm packages, pinned by version and checksum (npm.toml), fetched by npm's own client, and cached."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from groundwork.base.content import digest, locked
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import cache_dir
from groundwork.system.processes import run

LIST = Path(__file__).with_name("npm.toml")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of a package, and where it goes."""

    package: str
    version: str
    integrity: str
    """Checksum of the package's archive, as npm writes it: `sha512-` and base64."""
    file: str
    """Path inside the archive."""
    target: str
    """Path relative to the built site."""


def assets() -> list[Asset]:
    """Everything npm.toml lists."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return [Asset(package=name, **entry) for name, entry in listed.items()]


def fetch(asset: Asset) -> Path:
    """The file, in the cache.

    Raises:
        EnvironmentFault: npm is not installed, the registry is out of reach, or the archive is another one.
    """
    kept = cache_dir("npm") / f"{asset.package}-{digest(repr(asset))}.js"
    with locked(cache_dir("npm", "locks")):
        if not kept.exists():
            _fetch(asset, kept)
    return kept


def _fetch(asset: Asset, kept: Path) -> None:
    name = f"{asset.package}@{asset.version}"
    if not shutil.which("npm"):
        raise EnvironmentFault(f"npm is not installed, which fetches {name}", hint="apt-get install npm")
    with tempfile.TemporaryDirectory(prefix="npm-") as folder:
        run(
            ["npm", "pack", name, "--silent", "--pack-destination", folder],
            what=f"fetching {name}",
            source="the npm registry",
        )
        found = list(Path(folder).glob("*.tgz"))  # Not from what npm says, which may be a warning as well.
        if len(found) != 1:
            raise EnvironmentFault(f"fetching {name}: npm pack left {len(found)} archives, expected 1")
        unpack(found[0], asset, kept)


def unpack(archive: Path, asset: Asset, kept: Path) -> None:
    """Take the file out of a package's archive, if the archive is the one that is pinned.

    Raises:
        EnvironmentFault: it is another one, or has no such file.
    """
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != asset.integrity:
        fact = f"{asset.package}@{asset.version} has the checksum {found!r}, allowed: {asset.integrity!r}"
        raise EnvironmentFault(fact, hint=f"was it published again? {LIST.name} pins it")
    with tarfile.open(archive) as package:
        try:
            member = package.extractfile(asset.file)
        except KeyError:
            member = None
        if member is None:  # As of a folder.
            fact = f"{asset.package}@{asset.version} has no file {asset.file!r}"
            raise EnvironmentFault(fact, hint=f"{LIST.name} names it")
        partial = kept.with_suffix(".partial")
        partial.write_bytes(member.read())
        partial.rename(kept)

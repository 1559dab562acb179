"""Debian root file systems, made by mmdebstrap from signed package lists and cached by content.

They are the base of the node image and of the runtime image: no image registry is needed for either.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.content import digest, locked
from groundwork.base.paths import cache_dir
from groundwork.base.versions import version
from groundwork.system.processes import run

if TYPE_CHECKING:
    from groundwork.system.progress import Progress

PUBLIC_SOURCES = (
    "deb http://deb.debian.org/debian {suite} main",
    "deb http://deb.debian.org/debian {suite}-updates main",
    "deb http://deb.debian.org/debian-security {suite}-security main",
)
"""Sources for a suite that no source of this machine serves; what they hold is signed."""

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

EXCLUDED = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/info/*",
    "/usr/share/locale/*",
    "/usr/share/lintian/*",
)
"""Paths that packages do not unpack: nobody reads manuals in a container."""


@dataclass(frozen=True, slots=True)
class RootFileSystem:
    """What to make."""

    name: str
    packages: tuple[str, ...]
    hooks: tuple[str, ...] = ()
    """mmdebstrap `--customize-hook` commands: shell, `$1` is the root."""
    variant: str = "minbase"
    """mmdebstrap's variant: "minbase", or "extract" (packages unpacked, nothing configured, no dpkg)."""


def debian_rootfs(wanted: RootFileSystem, progress: Progress) -> Path:
    """Path of the tar file (uncompressed) of a root file system of `versions.toml`'s Debian suite.

    Raises:
        EnvironmentFault: mmdebstrap failed; its last lines say why.
    """
    suite = version("debian.suite")
    key = digest(suite, repr(wanted), *EXCLUDED)
    folder = cache_dir("rootfs")
    target = folder / f"{wanted.name}-{key}.tar"
    with locked(folder / wanted.name):
        if not target.exists():
            with progress.stage(f"root file system {wanted.name}"):
                partial = folder / f"{wanted.name}-{key}.partial.tar"
                _build(wanted, suite, partial, progress)
                partial.rename(target)
    return target


def _build(wanted: RootFileSystem, suite: str, target: Path, progress: Progress) -> None:
    # The time stamps of files come from the packages; a fixed epoch keeps generated files from differing.
    env = {"SOURCE_DATE_EPOCH": "1767225600", "TMPDIR": os.environ.get("TMPDIR", "/var/tmp")}  # noqa: S108 - needs room
    command: list[str | Path] = ["mmdebstrap", f"--variant={wanted.variant}", "--format=tar"]
    command += [f"--include={','.join(wanted.packages)}"]
    command += [f"--dpkgopt=path-exclude={path}" for path in EXCLUDED]
    command += [f"--customize-hook={hook}" for hook in wanted.hooks]
    # Package lists and caches are the host's business, not the image's.
    command += ['--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/* "$1"/var/log/*']
    command += [f"--keyring={KEYRING}", suite, target]
    sources = host_sources(suite) or [line.format(suite=suite) for line in PUBLIC_SOURCES]
    command += ["-"]
    run(
        command,
        env=env,
        on_line=progress.detail,
        stdin=("\n".join(sources) + "\n").encode(),
        what=f"making the root file system {wanted.name}",
        hint="are Debian's packages reachable? the sources used were: " + "; ".join(sources),
        source="Debian's archive",
    )


def host_sources(suite: str, folder: Path = Path("/etc/apt")) -> list[str]:
    """One-line apt sources of this machine that serve `suite` of Debian; empty on another distribution.

    A machine behind a proxy or mirror is set up for it: its own sources work where the public ones may not.
    """
    if f"VERSION_CODENAME={suite}" not in Path("/etc/os-release").read_text(encoding="utf-8"):
        return []
    found: list[str] = []
    for file in sorted([folder / "sources.list", *folder.glob("sources.list.d/*")]):
        if file.suffix == ".sources":
            found += _deb822(file.read_text(encoding="utf-8"))
        elif file.is_file():
            found += re.findall(r"^deb .*$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return [line for line in found if _serves(line, suite)]


def _serves(line: str, suite: str) -> bool:
    words = re.sub(r"\[.*?\]", "", line).split()
    wanted = words[2] in {suite, f"{suite}-updates", f"{suite}-security"} if len(words) > 3 else False  # noqa: PLR2004
    return wanted and "main" in words[3:]


def _deb822(text: str) -> list[str]:
    lines = []
    for stanza in re.split(r"\n\s*\n", text):
        fields = {
            key.lower(): value for key, value in re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE)
        }
        if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
            continue
        lines += [
            f"deb {uri} {suite} {fields.get('components', '')}"
            for uri in fields.get("uris", "").split()
            for suite in fields.get("suites", "").split()
        ]
    return lines

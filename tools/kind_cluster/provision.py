"""What a machine needs before a cluster can run on it, and how to install what it lacks."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault
from groundwork.system.orphans import end_orphans
from groundwork.system.processes import run
from kind_cluster.engine import ask_engine, engine_version, start_engine
from kind_cluster.resources import require_room

if TYPE_CHECKING:
    from groundwork.system.progress import Progress

PACKAGES = {
    "docker.io": ("dockerd", "docker"),
    "iptables": ("iptables",),
    "mmdebstrap": ("mmdebstrap",),
    "debian-archive-keyring": ("/usr/share/keyrings/debian-archive-keyring.gpg",),
    "ca-certificates": ("/etc/ssl/certs/ca-certificates.crt",),
    "curl": ("curl",),
    "bubblewrap": ("bwrap",),
}
"""Debian packages, each with the programs or files that prove it (another vendor's Docker counts, too)."""

TEST_PACKAGES = {"chromium": ("chromium",), "fonts-dejavu-core": ("/usr/share/fonts/truetype/dejavu",)}
"""Debian packages that the tests of the site need in addition."""

HINT = "add --provision, which asks before it installs"


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found on the machine."""

    missing: tuple[str, ...]
    """Debian packages to install."""
    engine: str
    """Version of the Docker engine that answers; "" if none does."""
    is_root: bool
    has_apt: bool
    has_systemd: bool


def look(*, for_tests: bool = False) -> Machine:
    """Look at the machine; changes nothing."""
    wanted = PACKAGES | (TEST_PACKAGES if for_tests else {})
    engine = engine_version()
    missing = [name for name, proofs in wanted.items() if not all(_present(proof) for proof in proofs)]
    if engine and "docker.io" in missing and shutil.which("docker"):
        missing.remove("docker.io")  # An engine elsewhere (DOCKER_HOST, Docker Desktop) needs no local dockerd.
    return Machine(
        missing=tuple(missing),
        engine=engine,
        is_root=os.geteuid() == 0,
        has_apt=shutil.which("apt-get") is not None,
        has_systemd=Path("/run/systemd/system").is_dir(),
    )


def plan(machine: Machine) -> list[str]:
    """What has to be done, in words for the person who is asked.

    Raises:
        EnvironmentFault: it cannot be done here: not root, or no apt-get.
    """
    steps = []
    if machine.missing:
        steps.append("install Debian packages: " + ", ".join(machine.missing))
    if not machine.engine:
        how = "by systemd" if machine.has_systemd else "in the background; nothing else manages it here"
        steps.append(f"start Docker's engine ({how})")
    if not machine.engine and (host := os.environ.get("DOCKER_HOST")):
        raise EnvironmentFault(
            f"--provision: DOCKER_HOST={host!r} names an engine that does not answer",
            hint="unset it for an engine on this machine",
        )
    if steps and not machine.is_root:
        raise EnvironmentFault(
            "--provision: needs root to " + "; ".join(steps), hint="run as root, or do it by hand"
        )
    if machine.missing and not machine.has_apt:
        raise EnvironmentFault(
            "--provision: installs with apt-get, which this machine lacks; missing: " + ", ".join(machine.missing),
            hint="install their equivalents by hand",
        )
    return steps


def provision(progress: Progress, *, assume_yes: bool, for_tests: bool = False) -> None:
    """Install and start what the machine lacks; asks first when a person is at the terminal.

    Raises:
        EnvironmentFault: declined, not root, no apt-get, or a step failed.
    """
    machine = look(for_tests=for_tests)
    steps = plan(machine)
    if not steps:
        return
    _consent(steps, assume_yes=assume_yes)
    if machine.missing:
        with progress.stage("install Debian packages"):
            _install(machine.missing, progress)
    if not engine_version():
        with progress.stage("start Docker's engine"):
            if machine.has_systemd:
                run(["systemctl", "enable", "--now", "docker"], what="starting Docker")
            else:
                start_engine()


def preflight() -> None:
    """Check that the machine can run a cluster, and end what a killed run goes on building.

    Raises:
        EnvironmentFault: it lacks something; one line and a hint.
    """
    if not shutil.which("docker"):
        raise EnvironmentFault("docker: not found on PATH", hint=HINT)
    version, reason = ask_engine()
    if not version:
        raise EnvironmentFault(f"Docker's engine does not answer: {reason}", hint=HINT)
    if missing := look().missing:
        raise EnvironmentFault("this machine lacks Debian packages: " + ", ".join(missing), hint=HINT)
    require_room()
    end_orphans(lambda text: print(text, file=sys.stderr))


def _present(proof: str) -> bool:
    return Path(proof).exists() if proof.startswith("/") else shutil.which(proof) is not None


def _consent(steps: list[str], *, assume_yes: bool) -> None:
    if assume_yes or not sys.stdin.isatty():
        return
    print("This machine needs to:", *(f"  - {step}" for step in steps), sep="\n", file=sys.stderr)
    try:
        answer = input("Go ahead? [y/N] ")
    except EOFError:  # Ctrl-D.
        print(file=sys.stderr)
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise EnvironmentFault("--provision: declined; nothing was changed")


def _install(packages: tuple[str, ...], progress: Progress) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    source = "Debian's archive"
    hint = "are the sources in /etc/apt reachable from here?"
    for command, what in (
        (["update", "-q"], "reading Debian's package lists"),
        (["install", "-y", "-q", "--no-install-recommends", *packages], "installing Debian packages"),
    ):
        run(["apt-get", *command], env=quiet, on_line=progress.detail, what=what, hint=hint, source=source)

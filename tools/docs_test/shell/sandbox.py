"""What a page's commands see of the machine: programs, their own folder, and no other process.

bubblewrap starts them in namespaces of their own, where what is not named here does not exist: the caller's home
with its kubeconfigs, the runner's environment in /proc, Docker's socket in /run. The network is the machine's:
pages forward ports.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.shell.folder import SCRIPTS, WRITABLE
from groundwork.base.errors import EnvironmentFault
from groundwork.base.paths import root

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "bwrap"
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
"""Folders beside /usr, of which they are links on a merged system."""
CONFIGURATION = (
    *("alternatives", "ca-certificates", "group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *(
        "localtime",
        "nsswitch.conf",
        "passwd",
        "pki",
        "protocols",
        "resolv.conf",
        "services",
        "ssl/certs",
        "ssl/openssl.cnf",
    ),
)
"""Files of /etc: names, certificates that are public, where libraries are. No keys."""


LIFE = "--die-with-parent"
"""Option that ends what runs in a sandbox with the process that started it."""


SUPERVISOR = Path(__file__).with_name("supervisor.py")


def confined(words: Sequence[str]) -> bool:
    """Whether these words make a sandbox."""
    return words[:1] == (PROGRAM,)


def unconfined() -> tuple[str, ...]:
    """The words to put before a command that runs in no sandbox: nothing that it starts outlives it."""
    # Alone: no folder of the page's, no variable and no package can change what it does.
    return (sys.executable, "-I", "-S", str(SUPERVISOR), LIFE)


def outliving(sandbox: Sequence[str]) -> tuple[str, ...]:
    """The words of a sandbox in which a command may outlive this process: of a page that is kept."""
    return tuple(word for word in sandbox if word != LIFE)


def sandbox(folder: Path | None, programs: Sequence[str] = ()) -> tuple[str, ...]:
    """The words to put before a command that runs in a page's folder.

    Args:
        folder: the page's, with the folders that `folder.WRITABLE` names; they are all that it can write to. What
            else is in it (the plan of its clean-up) it does not see. None: it has none.
        programs: more folders that it can read.
    """
    words = [PROGRAM, LIFE, "--unshare-pid", "--unshare-ipc", "--cap-drop", "ALL"]
    words += ["--ro-bind", "/usr", "/usr"]
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), name]
        elif path.exists():
            words += ["--ro-bind", name, name]
    for name in CONFIGURATION:
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - inside, an empty one
    for place in (*programs, *_python()):
        words += ["--ro-bind-try", place, place]
    if folder is not None:
        for name in WRITABLE:  # Each a mount of its own, which cannot be renamed or be made a link.
            words += ["--bind", str(folder / name), str(folder / name)]
        words += ["--ro-bind", str(folder / SCRIPTS), str(folder / SCRIPTS)]
    return (*words, "--remount-ro", "/", "--")


def _python() -> list[str]:
    """This project's programs, which pages may call, and the Python they run on."""
    places = dict.fromkeys([sys.base_prefix, sys.prefix, str(root() / "tools"), str(root() / "versions.toml")])
    return [place for place in places if not Path(place).is_relative_to("/usr")]


def require_sandbox() -> None:
    """Hold that commands can be started in a sandbox here.

    Raises:
        EnvironmentFault: bubblewrap is absent, or the kernel lets this user have no namespaces.
    """
    hint = "add --provision, or run as root; --no-sandbox lets pages see everything that you see"
    try:
        command = [*sandbox(None), "true"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"{PROGRAM}, which pages are run in: {error}", hint=hint) from None
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise EnvironmentFault(f"{PROGRAM}, which pages are run in: {said}", hint=hint)

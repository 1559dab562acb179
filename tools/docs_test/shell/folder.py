"""The folder a page runs in, the environment of its commands, and the files that docs-test saves for it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docs_test.model import Environment, Tutorial

SCRIPTS = "scripts"
"""Folder of what docs-test writes for the page's shells to run. They can read it."""
OUTPUTS, STATE = "outputs", "state"
"""Folders of what its commands print, and of what a shell knows for the next one to go on."""
WRITABLE = ("work", "home", "tmp", OUTPUTS, STATE)
"""Folders that the page can write to; all else of its folder is docs-test's own. It may put links there: what
docs-test opens in these, it opens without following one."""
KEPT_VARIABLES = ("PATH", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy")
"""Variables of the caller's environment that a page sees, but for proxies with a password; the rest may hold
secrets."""


def page_environment(tutorial: Tutorial, environment: Environment, folder: Path) -> dict[str, str]:
    """The whole environment of a page's commands; its kubeconfig is written into its folder."""
    given = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    kept = {name: value for name, value in given.items() if name == "PATH" or "@" not in value}
    path = os.pathsep.join([*environment.path_prefix, kept.pop("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "HOME": str(made(folder / "home")),
        "TMPDIR": str(made(folder / "tmp")),
        "PWD": str(made(folder / "work")),
        **_kubeconfig(tutorial, environment, folder),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        **tutorial.variables,
    }


def _kubeconfig(tutorial: Tutorial, environment: Environment, folder: Path) -> dict[str, str]:
    """The variable that names the page's own; in an environment that has no other, the environment's."""
    if not tutorial.cluster:
        return {}
    wide = tutorial.cluster_scope and environment.cluster_kubeconfig
    content = environment.cluster_kubeconfig if wide else environment.page_kubeconfig
    if not content:
        return {"KUBECONFIG": environment.kubeconfig}
    file = made(folder / "home" / ".kube") / "config"
    file.touch(mode=0o600)
    file.write_text(content, encoding="utf-8")
    return {"KUBECONFIG": str(file)}


def save(folder: Path, name: str, text: str) -> None:
    """Write a file of the page, as `name` (relative, perhaps with folders) says.

    Raises:
        OSError: it cannot be written; a link on the way counts as that (ELOOP, ENOTDIR).
    """
    # Not blocking: a pipe in the file's place, which nobody reads, is no file.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK
    with os.fdopen(open_beneath(folder, name, flags, make=True), "w", encoding="utf-8") as file:
        file.write(text)


def open_beneath(folder: Path, name: str, flags: int, *, make: bool = False) -> int:
    """Open a file below a folder, through no link, and return its descriptor.

    Args:
        folder: the folder, which is docs-test's own.
        name: relative to it, perhaps with folders.
        flags: of `os.open`.
        make: whether folders on the way that are absent are made.

    Raises:
        OSError: it cannot be opened; a link on the way counts as that (ELOOP, ENOTDIR).
    """
    *parents, last = Path(name).parts
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for parent in parents:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(parent, dir_fd=here)
            inner = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        return os.open(last, flags | os.O_NOFOLLOW, 0o666, dir_fd=here)
    finally:
        os.close(here)


def made(folder: Path) -> Path:
    """The folder, made with those above it if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""The folder a page runs in, and the environment of its commands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.model import Environment, Tutorial

KEPT_VARIABLES = ("PATH", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy")
"""What a page sees of the caller's environment, but for proxies with a password; the rest may hold secrets."""


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
        "KUBECONFIG": _kubeconfig(tutorial, environment, folder),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        **tutorial.variables,
    }


def _kubeconfig(tutorial: Tutorial, environment: Environment, folder: Path) -> str:
    """Path of the page's own; in an environment that has no other, the environment's."""
    wide = tutorial.cluster_scope and environment.cluster_kubeconfig
    content = environment.cluster_kubeconfig if wide else environment.page_kubeconfig
    if not content:
        return environment.kubeconfig
    file = folder / "kubeconfig"
    file.touch(mode=0o600)
    file.write_text(content, encoding="utf-8")
    return str(file)


def made(folder: Path) -> Path:
    """The folder, made with those above it if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder

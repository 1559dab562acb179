"""`docs-test cluster`: a cluster as pages have it, for a person's own commands."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from docs_test.names import program
from docs_test.options.run import with_platform
from docs_test.ports.platform import Wanted
from docs_test.ports.settings import chosen_platform
from groundwork.base.errors import ExitStatus, UserError
from groundwork.system.progress import Progress
from groundwork.system.signals import handle_signals

if TYPE_CHECKING:
    import argparse

    from docs_test.ports.platform import OpenCluster


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    handle_signals()
    root, progress = options.root.resolve(), Progress()
    platform = chosen_platform(root, options.platform)
    if platform is None:
        raise UserError("this site has no platform, which makes clusters", hint="name one with --platform")
    options = with_platform(options, platform)
    platform.check(options)
    if options.provision:
        platform.provision(progress, assume_yes=options.yes)
    platform.require()
    if options.remove:
        with progress.stage(f"remove cluster {options.name}"):
            platform.remove(options.name, progress)
        return ExitStatus.OK
    with platform.open(Wanted(options, options.name, keep=True), progress) as cluster:
        told = reaching(cluster)
    print(told)
    print(f"# to remove it: {program()} cluster {options.name} --remove")
    return ExitStatus.OK


def reaching(cluster: OpenCluster) -> str:
    """The lines that let a shell reach a cluster, with a kubectl of its version."""
    folder = shlex.quote(str(cluster.kubectl.parent))
    lines = [f"export KUBECONFIG={shlex.quote(str(cluster.kubeconfig))}"]
    if str(cluster.kubectl.parent) not in os.environ.get("PATH", "").split(os.pathsep):
        lines.append(f'export PATH={folder}:"$PATH"')
    return "\n".join(lines)

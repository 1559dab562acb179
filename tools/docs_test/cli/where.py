"""Where a command runs pages: the environment that its options ask for, and what earlier runs left there."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from docs_test.cli.preparing import prepared
from docs_test.clusters.environment import CLAIM, EnvironmentOptions
from docs_test.names import NONE
from docs_test.options.run import check_where, with_platform
from docs_test.ports.registry import GIVEN
from docs_test.ports.settings import chosen_platform, product_of, usual_platform
from docs_test.reporting import results
from docs_test.running import killed_runs
from docs_test.updating import writing
from groundwork.system.records import forget_abandoned

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docs_test.model import Environment, Tutorial
    from docs_test.tutorials.build import TutorialPages


def environment_options(
    options: argparse.Namespace, tutorials: Sequence[Tutorial], *, jobs: int = 1
) -> EnvironmentOptions:
    """Where to run.

    Raises:
        UserError: options do not go together, or name what there is not.
    """
    platform = None
    if options.platform or options.kubeconfig or any(tutorial.cluster for tutorial in tutorials):
        platform = chosen_platform(options.root, options.platform)
    if platform:
        options = with_platform(options, platform)
    check_where(options, platform)
    product = product_of(options.root)
    return EnvironmentOptions(
        product=product,
        platform=platform,
        own=options,
        provision=options.provision,
        assume_yes=options.yes,
        # By its name a page that is kept finds its cluster again.
        cluster_name=options.cluster_name
        or (f"docs-{secrets.token_hex(3)}" if getattr(options, "keep", False) else ""),
        keep_cluster=options.keep_cluster,
        kubeconfig=options.kubeconfig,
        context=options.context,
        allowed=tuple(options.allow_context),
        sandbox=not options.no_sandbox,
        jobs=jobs,
        prepared=frozenset(prepared((run.needs for run in tutorials), product.vocabulary, platform)),
    )


def usual_results(root: Path, wanted: EnvironmentOptions) -> Path:
    """The results file of a run that names none."""
    platform, given = wanted.platform, wanted.kubeconfig
    name = GIVEN if given else platform.name if platform else NONE
    mode = platform.mode(wanted.own) if platform and not given else ""
    return root / "build" / "docs-test" / results.name_of(name, usual_platform(root), mode)


def as_there(read: TutorialPages, tutorials: Sequence[Tutorial], environment: Environment) -> list[Tutorial]:
    """The tutorials as they are in an environment, which may lack what a page or a step needs."""
    inventory = environment.inventory
    seen = read.tutorials(
        capabilities=environment.capabilities, inventory=inventory, cluster=inventory is not None
    )
    runs = {tutorial.key: tutorial for tutorial in seen}
    return [runs[tutorial.key] for tutorial in tutorials]


def sweep(said: Callable[[str], None]) -> None:
    """Finish or remove what was left by runs and updates that were killed; `said` gets a line on each."""
    killed_runs.sweep(said)
    writing.sweep(said)
    forget_abandoned(CLAIM)

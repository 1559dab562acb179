"""Where pages run: what makes a cluster for a run, or none."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault, UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from docs_test.model import Environment
    from groundwork.system.progress import Progress


def _never() -> bool:
    return False


class ClusterGone(EnvironmentFault):
    """A cluster that was kept is not there any more, or what was kept in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says of the cluster."""

    options: argparse.Namespace
    """All options, with those that the platform has added."""
    name: str = ""
    """Name of the cluster; "" for one of the run's own."""
    keep: bool = False
    """Whether it stays after the run."""
    stays: Callable[[], bool] = _never
    """Function that says at the end whether it stays all the same, because a page that runs there is kept."""
    prepared: frozenset[str] = frozenset()
    """Words of `Platform.prepares` that the pages of the run need."""


def _unchanged(environment: Environment) -> Environment:
    return environment


@dataclass(frozen=True, slots=True)
class OpenCluster:
    """A cluster that a platform has opened. All of it is the run's."""

    kubeconfig: Path
    """Kubeconfig with all rights."""
    kubectl: Path
    """The program; its folder comes first on the PATH of pages."""
    kubernetes: str
    """Version of the API server, without the v: "1.35.4"."""
    gpus: str = ""
    """GPUs in words, for people; "" if they are those of the product's inventory."""
    told: Callable[[Environment], Environment] = _unchanged
    """Function that says more of the environment, once it is known what the cluster has
    (`Environment.inventory`)."""


class Platform:
    """Makes clusters for runs. A platform is a subclass; loading it should be cheap."""

    name = ""
    """Name on the command line and of the entry point."""
    title = ""
    """Title for people."""
    prepares: Mapping[str, str] = MappingProxyType({})
    """Capabilities that its cluster gets only if a page of the run needs them -> what is installed then, for
    people."""

    def add_options(self, group: argparse._ArgumentGroup) -> None:
        """The options of `docs-test run` that only this platform has."""

    def check(self, options: argparse.Namespace) -> None:
        """Hold that its options go together; called before anything is made, also if a cluster is given.

        Raises:
            UserError: they do not.
        """

    def mode(self, options: argparse.Namespace) -> str:
        """Name of what its options make other than usual, as in `1.6.1`; "" if nothing.

        Results of a mode are kept apart. The name is that of a folder.
        """
        del options
        return ""

    def provision(self, progress: Progress, *, assume_yes: bool) -> None:
        """Install what the machine lacks (`--provision`); asks first unless `assume_yes`.

        Raises:
            EnvironmentFault: it cannot be done.
        """

    def require(self) -> None:
        """Hold that the machine can make such a cluster.

        Raises:
            EnvironmentFault: it lacks something; one line and a hint.
        """

    def open(self, wanted: Wanted, progress: Progress) -> AbstractContextManager[OpenCluster]:
        """A cluster that is ready, removed when the block ends unless it is to be kept.

        Raises:
            EnvironmentFault: it cannot be made; one line and a hint.
        """
        raise NotImplementedError

    def remove(self, name: str, progress: Progress) -> None:
        """Remove a cluster that was kept; no error if it is gone already.

        Raises:
            UserError: this platform's clusters are not removed by their names.
            EnvironmentFault: it is in use, somebody else made it, or something of it stays.
        """
        del name, progress
        raise UserError(f"platform {self.name}: it keeps no clusters that could be removed by name")

    def again(self, wanted: Wanted, progress: Progress) -> AbstractContextManager[OpenCluster]:
        """A cluster that a run has kept, as it is, removed when the block ends unless it is to be kept once more.

        It should be quick: somebody waits for the next step. By default it is opened as for a new run.

        Raises:
            ClusterGone: there is no such cluster any more.
            EnvironmentFault: it cannot be reached; one line and a hint.
        """
        return self.open(wanted, progress)

"""What stays of a run's cluster after it, and how another run opens it again: for pages that are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from docs_test.page_results import RanOn  # noqa: TC001 - types of fields are read at run time (typed_json).
from groundwork.system.records import left

KIND = "kept"
"""Kind of the records of pages that are kept."""


@dataclass(slots=True)
class Stay:
    """What a run leaves on purpose when it ends. Whoever removes things asks before he does."""

    namespaces: set[str] = field(default_factory=set)
    """Namespaces of pages that are kept."""
    page: str = ""
    """Folder of the last page that was kept: what it ran on stays with it; "" if none is."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a page runs, as another process needs it to open the same environment again."""

    root: str
    """The site's top folder."""
    platform: str
    """Name of the platform; `none` without a cluster, `cluster` of a given one."""
    results: str
    """Path of the results file."""
    ran_on: RanOn
    """Environment, as results name it."""
    capabilities: tuple[str, ...] = ()
    """Words for `data-needs` that it fulfils, sorted."""
    cluster_name: str = ""
    keep_cluster: bool = False
    """Whether the cluster stays for other reasons than the page."""
    kubeconfig: str = ""
    """Path of the kubeconfig of a given cluster."""
    context: str = ""
    allowed: tuple[str, ...] = ()
    """Contexts in which pages may run although the cluster does not say so."""
    sandbox: bool = True
    namespace: str = ""
    """Namespace of the page; "" without a cluster."""
    page_kubeconfig: str = ""
    """Content of the kubeconfig that pages get; "" if they get docs-test's own."""
    cluster_kubeconfig: str = ""
    """The same for pages with `needs: [cluster-scope]`."""
    options: tuple[str, ...] = ()
    """Options of the run, as words, that a later run of the page repeats."""


def kept_namespaces() -> frozenset[str]:
    """The namespaces of pages that are kept."""
    return frozenset(filter(None, (one.facts.get("namespace") for one in left(KIND))))

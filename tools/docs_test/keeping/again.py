"""Pages that are kept: found, taken, gone on with after an edit, or cleaned up."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.clusters.namespaces import HOURS
from docs_test.clusters.reopen import Reopening, reopen_environment
from docs_test.clusters.stay import KIND, Stay, Where
from docs_test.keeping.kept import PageKeeper, Taken, load
from docs_test.keeping.reopen import discard_page
from docs_test.names import NONE, named
from docs_test.ports.platform import ClusterGone, Wanted
from docs_test.ports.registry import GIVEN
from docs_test.ports.settings import chosen_platform, product_of
from docs_test.reporting.again import command
from docs_test.running import killed_runs
from docs_test.running.record import ran_on
from docs_test.shell.readiness import PortTaken
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.system.records import left, taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.clusters.environment import EnvironmentOptions
    from docs_test.model import Environment, Tutorial
    from docs_test.ports.platform import Platform
    from docs_test.running.page import Reporter
    from groundwork.system.progress import Progress
    from groundwork.system.records import Left


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that is kept, as its record has it."""

    record: Left
    path: str
    variant: dict[str, str]
    at: str
    """Time at which it was kept."""

    @property
    def name(self) -> str:
        """Name for people: `docs/x.md (api=v1beta1)`."""
        return named(self.path, self.variant)

    @property
    def folder(self) -> Path:
        """The page's folder."""
        return Path(self.record.facts["folder"])

    @property
    def inside(self) -> str:
        """Folder of a page that started from this one, and is kept as well; "" if none did."""
        return str(self.record.facts.get("inside", ""))


def kept_pages(root: Path) -> list[KeptPage]:
    """The pages of a site that are kept, the oldest first."""
    return [_page(record) for record in left(KIND) if record.facts.get("root") == str(root)]


def _page(record: Left) -> KeptPage:
    facts = record.facts
    variant = json.loads(facts.get("variant", "{}"))
    return KeptPage(record, str(facts.get("page", "")), variant, str(facts.get("at", "")))


def set_ups_of(page: KeptPage, root: Path) -> list[KeptPage]:
    """The kept pages from whose set-up a page started."""
    return [one for one in kept_pages(root) if one.inside == str(page.folder)]


def with_kept_set_ups(page: KeptPage, root: Path) -> list[KeptPage]:
    """A kept page, and those from whose set-up it started, directly or not, in the order of their clean-up."""
    found = [page]
    for one in found:
        found += set_ups_of(one, root)
    return found


def started_from(page: KeptPage, root: Path) -> list[KeptPage]:
    """The kept pages that started from the set-up of a page, the innermost first, then that page."""
    inner = [one for one in kept_pages(root) if str(one.folder) == page.inside]
    return [*(found for one in inner for found in started_from(one, root)), page]


def keeper_of(
    options: EnvironmentOptions, environment: Environment, root: Path, results: Path, words: Sequence[str]
) -> PageKeeper:
    """What keeps the pages of a run; `words`: its options that a later run of a page repeats."""
    where = Where(
        root=str(root),
        platform=environment.platform,
        results=str(results.resolve()),
        ran_on=ran_on(environment),
        capabilities=tuple(sorted(environment.capabilities)),
        cluster_name=options.cluster_name,
        keep_cluster=options.keep_cluster,
        kubeconfig=environment.kubeconfig if environment.platform == GIVEN else "",
        context=environment.context,
        allowed=options.allowed,
        sandbox=environment.sandboxed,
        namespace=environment.page_namespace,
        page_kubeconfig=environment.page_kubeconfig,
        cluster_kubeconfig=environment.cluster_kubeconfig,
        options=tuple(words),
    )
    return PageKeeper(where, options.stay)


@contextmanager
def take(page: KeptPage) -> Iterator[Taken]:
    """Take a page that is kept; it stays so, unless its record is forgotten in the `with` block.

    Raises:
        EnvironmentFault: another docs-test has it, or it cannot be read and was ended.
    """
    with taken(page.record, page.name) as record:
        kept = load(page.folder)
        if kept is None:
            end_remains(page)
            record.settled()
            raise EnvironmentFault(
                f"{page.name}: what was kept of it cannot be read, and was ended", hint="run it anew"
            )
        yield Taken(kept, page.folder, record)


@contextmanager
def environment_of(page: KeptPage, held: Taken, stay: Stay, progress: Progress) -> Iterator[Environment]:
    """The environment of a kept page, open; until the page is taken out of `stay` it is not removed at the end.

    Raises:
        EnvironmentFault: it cannot be reached; or it is gone, and the page with it: its remains were ended.
    """
    where = held.kept.where
    stay.page = str(page.folder)
    stay.namespaces.add(where.namespace)
    platform = None if where.platform in (NONE, GIVEN) else chosen_platform(Path(where.root), where.platform)
    wanted = Reopening(where, stay, product_of(Path(where.root)), platform, _own_options(platform))
    try:
        with reopen_environment(wanted, progress) as environment:
            yield environment
    except ClusterGone as gone:
        end_remains(page)
        held.record.settled()
        raise EnvironmentFault(
            f"{page.name}: {gone.fact}; its remaining processes were ended",
            hint=f"run it anew: {command(page.path, page.variant, where.options)}",
        ) from None


def end_remains(page: KeptPage) -> None:
    """End the processes of a kept page and remove its folder; its cluster is gone, or not known."""
    if page.folder.name.startswith("docs-test-"):  # A record is a file that anybody could have written.
        killed_runs.end_processes(page.folder)
        shutil.rmtree(page.folder, ignore_errors=True)


def discard(page: KeptPage, reporter: Reporter, progress: Progress) -> list[str]:
    """Clean up a page that is kept; returns what went wrong, and what it left.

    Raises:
        EnvironmentFault: as of `take` and `environment_of`.
    """
    stay = Stay()
    with take(page) as held, environment_of(page, held, stay, progress) as environment:
        return discard_page(held, environment, reporter, PageKeeper(held.kept.where, stay))


def sweep(progress: Progress) -> None:
    """Clean up pages that nobody has gone on with for hours, and forget those whose folder is gone."""
    for record in left(KIND):
        try:
            age = time.time() - record.path.stat().st_mtime
        except OSError:
            continue  # It has just been taken.
        page = _page(record)
        if page.folder.is_dir() and age < HOURS * 3600:
            continue
        fate = f"kept for {HOURS} hours" if page.folder.is_dir() else "it was kept, and its folder is gone"
        progress.line(f"{page.name}: {fate}")
        try:
            _give_up(page, progress)
        except UserError as error:  # Somebody has it, or it could not be cleaned up: the next run tries again.
            progress.line(str(error))


def _give_up(page: KeptPage, progress: Progress) -> None:
    """Clean up a page as far as that can be done; its cluster goes if it stayed for that page alone."""
    if page.folder.is_dir():
        for line in discard(page, _Silent(progress), progress):
            progress.line(line)
        return
    facts = page.record.facts
    with taken(page.record, page.name) as record:
        if facts.get("cluster") and not facts.get("keeps_cluster"):
            platform = chosen_platform(Path(str(facts.get("root"))), str(facts.get("platform")))
            wanted = Wanted(_own_options(platform), str(facts["cluster"]))
            with suppress(ClusterGone), platform.again(wanted, progress) if platform else nullcontext():
                pass
        record.settled()


def _own_options(platform: Platform | None) -> argparse.Namespace:
    own = argparse.ArgumentParser(add_help=False)
    if platform:
        platform.add_options(own.add_argument_group())
    return own.parse_args([])


def with_kept(fault: EnvironmentFault) -> EnvironmentFault:
    """An error, with the pages that are kept where one of them may hold the port that is taken."""
    kept = [_page(record) for record in left(KIND)] if isinstance(fault, PortTaken) else []
    if not kept:
        return fault
    names = ", ".join(page.name for page in kept)
    hint = f"{fault.hint}; or does a page that is kept use it? docs-test resume --discard ends: {names}"
    return EnvironmentFault(fault.fact, hint=hint, where=fault.where)


def discard_kept(root: Path, tutorials: Sequence[Tutorial], progress: Progress) -> None:
    """Clean up the kept ones of pages that are about to run anew: they hold the same ports.

    Kept pages that started from the set-up of one of these go first: what they stand on goes.

    Raises:
        UserError: one cannot be cleaned up.
    """
    keys = {tutorial.key for tutorial in tutorials}
    old = [page for page in kept_pages(root) if (page.path, tuple(sorted(page.variant.items()))) in keys]
    going = {str(one.folder): one for page in old for one in started_from(page, root)}
    for page in going.values():
        with progress.stage(f"clean up {page.name}, kept at {page.at}"):
            try:
                for line in discard(page, _Silent(progress), progress):
                    progress.line(line)
            except EnvironmentFault as fault:
                if page.folder.exists():
                    hint = fault.hint or f"docs-test resume --discard {page.path}"
                    raise UserError(
                        f"{page.name} is kept and cannot be cleaned up: {fault.fact}", hint=hint
                    ) from None
                progress.line(fault.fact)


class _Silent:
    """A reporter of clean-up: of its steps only what is said."""

    def __init__(self, progress: Progress) -> None:
        self.said = progress.line

    def step_started(self, *_: object) -> None:
        """Nothing to say."""

    def step_ended(self, *_: object) -> None:
        """Nothing to say."""

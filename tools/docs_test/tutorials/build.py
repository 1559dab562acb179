"""Tutorials: the steps of each page that has `tutorial:`, for one selection of variants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from docs_test.language.needs import lacking
from docs_test.language.roles import Use
from docs_test.language.vocabulary import SHELLS
from docs_test.model import Expectation, Role, SkipKind, Skipped, Step, StepKind, Tutorial
from docs_test.names import NONE
from docs_test.pages.source import front_matter_of
from docs_test.ports.settings import product_of
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.structure import LintedPage, lint_page
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from docs_test.inventory import Inventory
    from docs_test.language.needs import Vocabulary
    from docs_test.pages.hidden_checks import HiddenCheck
    from docs_test.pages.source import PageSource

problem = partial(Problem, code="tutorial")

DEFAULT_TIMEOUT = 60.0
"""Seconds a step may take without `data-timeout` (as `model.Step`)."""

NOTHING_RUNS = "none of its commands can run here"


@dataclass(frozen=True, slots=True)
class TutorialPages:
    """Pages that were read and found right, from which runs are made for an environment."""

    pages: tuple[LintedPage, ...]
    """Pages in the order to run them."""
    selected: Mapping[str, str]
    """Variant name -> value, for those pages that have it."""
    vocabulary: Vocabulary
    """The site's words for what a cluster has."""

    def tutorials(
        self,
        *,
        capabilities: frozenset[str] = frozenset(),
        inventory: Inventory | None = None,
        cluster: bool = True,
    ) -> list[Tutorial]:
        """The runs of these pages, in order.

        A page with variants is one tutorial with the first value of each, and one for each other value of each
        that is not selected: all that a reader can choose is run, though not all of it with all else.

        Args:
            capabilities: what the environment has of what `data-needs` and `needs` name.
            inventory: its cluster, which numbers, models and versions in `needs` are compared with.
            cluster: whether it has a cluster.

        Raises:
            UserError: a promise names no step that a variant runs.
        """
        return [
            _Builder(
                page,
                chosen,
                capabilities if _on_cluster(page) else frozenset(),
                inventory,
                self.vocabulary,
                cluster,
            ).build()
            for page in self.pages
            for chosen in _variants(page, self.selected)
        ]


def read_tutorials(
    root: Path, pages: Sequence[str] = (), *, select: Mapping[str, str] | None = None
) -> TutorialPages:
    """Read the tutorials of the site at `root`.

    Args:
        root: the site's top folder, with mkdocs.yml.
        pages: paths relative to the root; none: every page whose front matter has `tutorial:`.
        select: variant name -> value, for those pages that have it.

    Returns:
        The pages in the order to run them: that of `pages` (else of their paths), each after the pages that its
        `after` names.

    Raises:
        UserError: all problems of all these pages, each at its line; or no such site, page or variant, or a page
            that is no tutorial.
    """
    selected = dict(select or {})
    with pages_of(root) as site:
        paths = _chosen(site, pages)
        linted: list[LintedPage] = []
        problems: list[Problem] = []
        for path in paths:
            try:
                found = lint_page(site, path)
                linted.append(found)
                problems += found.problems
            except UserError as error:
                if not error.problems:
                    raise
                problems += error.problems
        ordered = _ordered(site, linted, problems)
        if problems:
            raise UserError.of(*problems)
        _check_selection(linted, selected)
    return TutorialPages(tuple(ordered), selected, product_of(root).vocabulary)


def _on_cluster(page: LintedPage) -> bool:
    return page.page.front_matter.platform != NONE


def _variants(page: LintedPage, selected: Mapping[str, str]) -> list[dict[str, str]]:
    """Which selections of its variants a page is run with."""
    values = page.page.front_matter.variants
    first = {name: selected[name] if selected.get(name) in known else known[0] for name, known in values.items()}
    free = {name: known[1:] for name, known in values.items() if selected.get(name) not in known}
    return [first, *({**first, name: value} for name, others in free.items() for value in others)]


def _chosen(site: PageSource, pages: Sequence[str]) -> list[str]:
    if not pages:
        return [path for path in site.page_paths if front_matter_of(site, path).tutorial]
    chosen = list(dict.fromkeys(site.relative(path) for path in pages))
    for path in chosen:
        if not front_matter_of(site, path).tutorial:
            hint = "only pages with `tutorial:` in their front matter are run"
            raise UserError.of(problem(Position(path, 1), "this page is no tutorial", hint))
    return chosen


def _ordered(site: PageSource, pages: Sequence[LintedPage], problems: list[Problem]) -> list[LintedPage]:
    """Pages after those they name; among the rest the given order stays."""
    known = {page.page.path: page for page in pages}
    graph: dict[str, list[str]] = {}
    for path, page in known.items():
        front = page.page.front_matter
        graph[path] = []
        for name in front.after:
            target = next((p for p in (name, f"{site.docs_dir}/{name}") if p in site.page_paths), None)
            if target is None:
                hint = did_you_mean(name, site.page_paths) or "a path from the top folder, docs/…"
                problems.append(
                    problem(front.positions["after"], f"'after' names {name!r}, which is no page", hint)
                )
            elif target in known:
                graph[path].append(target)
    try:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        where = known[cycle[-1]].page.front_matter.positions["after"]
        order = " after ".join(reversed(cycle))
        problems.append(problem(where, f"'after' goes in a circle: {order}", "drop one of them"))
        return list(pages)
    rank = {path: index for index, path in enumerate(known)}
    ordered: list[LintedPage] = []
    ready = sorted(sorter.get_ready(), key=rank.__getitem__)
    while ready:
        path = ready.pop(0)
        ordered.append(known[path])
        sorter.done(path)
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
    return ordered


def _check_selection(pages: Iterable[LintedPage], select: Mapping[str, str]) -> None:
    variants: dict[str, list[str]] = {}
    for page in pages:
        for name, values in page.page.front_matter.variants.items():
            variants.setdefault(name, []).extend(values)
    for name, value in select.items():
        if name not in variants:
            hint = did_you_mean(name, variants) or f"these pages have {either(list(variants))}"
            raise UserError(f"no page has the variant {name!r}", hint=hint)
        if value not in variants[name]:
            hint = (
                did_you_mean(value, variants[name]) or f"{name} is {either(list(dict.fromkeys(variants[name])))}"
            )
            raise UserError(f"the variant {name!r} has no value {value!r}", hint=hint)


@dataclass(slots=True)
class _Builder:
    """Makes the steps of one page."""

    source: LintedPage
    variant: dict[str, str]
    """A value for each variant of the page."""
    capabilities: frozenset[str]
    inventory: Inventory | None
    vocabulary: Vocabulary
    cluster: bool
    """Whether there is one."""
    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    shown_by: Step | None = None
    """The last `.run` that was made a step; None: it was skipped."""

    def build(self) -> Tutorial:
        page = self.source.page
        front = page.front_matter
        page_lacks = self._page_lacks()
        inputs = dict(page.inputs)
        for part in self.source.parts:
            if isinstance(part, Use):
                if "digest" in part.values:
                    inputs[part.values["data-from"]] = part.values["digest"]
                self._use(part, page_lacks)
            elif not page_lacks:
                self._check(part)
        return Tutorial(
            path=page.path,
            title=page.title,
            steps=self._with_clocks(),
            skipped=tuple(self.skipped),
            variables=front.variables,
            timeout=front.timeout,
            needs=self.source.needs,
            inputs=dict(sorted(inputs.items())),
            variant=self.variant,
            lacks=page_lacks or self._idle(),
            artifacts=front.artifacts,
            cluster=_on_cluster(self.source),
            cluster_scope=self._cluster_scope(self.source.needs),
        )

    def _page_lacks(self) -> str:
        if not _on_cluster(self.source):
            return ""
        if not self.cluster:
            return f"it needs a cluster, and the platform {NONE} has none"
        return lacking(self.source.needs, self.capabilities, self.inventory, self.vocabulary)

    def _cluster_scope(self, needs: Mapping[str, Any]) -> bool:
        uses = [part.needs for part in self.source.parts]
        return bool(needs.get("cluster-scope")) or any("cluster-scope" in names for names in uses)

    def _idle(self) -> str:
        """Why nothing is left that could pass or fail: files and clean-up alone prove nothing."""
        proves = any(step.kind is not StepKind.FILE and not step.cleanup for step in self.steps)
        return "" if proves else NOTHING_RUNS

    def _check(self, check: HiddenCheck) -> None:
        if lacks := self._lacking(check.needs):
            self.skipped.append(Skipped(check.location, SkipKind.MISSING, lacks))
        else:
            self.steps.append(Step(StepKind.CHECK, check.location, check.code, check.lines))

    def _lacking(self, needs: Iterable[str]) -> str:
        missing = [name for name in needs if name not in self.capabilities]
        return f"the environment has no {either(missing)}" if missing else ""

    def _use(self, use: Use, page_lacks: str) -> None:
        kind, reason = self._why_not(use, page_lacks)
        if use.role is Role.RUN:
            self.shown_by = None
        if kind is not None:
            self.skipped.append(Skipped(use.location, kind, reason, use.fence.text))
        elif use.role is Role.OUTPUT:
            self._expect(use)
        elif use.role is Role.FILE:
            self.steps.append(_file_step(use))
        else:
            self.shown_by = _run_step(use)
            self.steps.append(self.shown_by)

    def _why_not(self, use: Use, page_lacks: str) -> tuple[SkipKind | None, str]:
        """Why a fence is not run: by the page's own word, not chosen, or something is missing."""
        if use.role is None:
            return SkipKind.SHOWN, f"{use.fence.language or 'plain text'}, without a role"
        unlike = {name: value for name, value in use.when.items() if self.variant[name] != value}
        if unlike:
            wanted = ", ".join(f"{name}={value}" for name, value in unlike.items())
            chosen = ", ".join(f"{name}={self.variant[name]}" for name in unlike)
            return SkipKind.NOT_SELECTED, f"for {wanted}; this run is for {chosen}"
        if use.role is Role.SKIP:
            tier = use.values.get("data-runs-on", "")
            reason = use.values["data-reason"]
            if (
                self.vocabulary.runs_on.get(tier) in self.capabilities
                and use.fence.language in SHELLS
                and not page_lacks
            ):
                lacks = self._lacking(use.needs)
                return (SkipKind.MISSING, lacks) if lacks else (None, "")
            return SkipKind.DECLARED, f"{reason} (runs on {tier})" if tier else reason
        if use.role in {Role.MANIFEST, Role.FRAGMENT}:
            return SkipKind.SHOWN, f"a {use.role.value}: validated, not run"
        lacks = page_lacks or self._lacking(use.needs)
        if use.role is Role.OUTPUT and not lacks and self.shown_by is None:
            lacks = "its command is not run"
        return (SkipKind.MISSING, lacks) if lacks else (None, "")

    def _expect(self, use: Use) -> None:
        expectation = Expectation(use.location, use.values["data-match"], use.fence.text, use.fence.lines)
        index = next(i for i, step in enumerate(self.steps) if step is self.shown_by)
        self.shown_by = self.steps[index] = replace(self.steps[index], expectation=expectation)

    def _with_clocks(self) -> tuple[Step, ...]:
        """Each `since` is one identifier: the one of those named that this variant runs."""
        run = {step.identifier for step in self.steps if step.identifier}
        resolved: list[Step] = []
        for step in self.steps:
            names = step.since.split()
            since = next((name for name in names if name in run), "")
            if names and not since:
                fact = f"data-since names {either(names)}, which is not run here"
                hint = 'name the step of each variant: data-since="apply apply-v1alpha1"'
                raise UserError.of(problem(step.location, fact, hint))
            resolved.append(replace(step, since=since))
        return tuple(resolved)


def _run_step(use: Use) -> Step:
    values = use.values
    until = values.get("data-until", 0.0)
    return Step(
        kind=StepKind.RUN,
        location=use.location,
        code=use.fence.text,
        lines=use.fence.lines,
        exit_status=values.get("data-exit", 0),
        timeout=values.get("data-timeout", max(DEFAULT_TIMEOUT, until)),
        until=until,
        background=values.get("data-background", False),
        ready=values.get("data-ready", ""),
        cleanup=use.cleanup,
        identifier=use.fence.attributes.get("id", ""),
        since=" ".join(values.get("data-since", ())),
        within=values.get("data-within", 0.0),
    )


def _file_step(use: Use) -> Step:
    return Step(
        kind=StepKind.FILE,
        location=use.location,
        code=use.values.get("source", use.fence.text + "\n"),
        lines=use.fence.lines,
        file_name=use.values["file_name"],
        identifier=use.fence.attributes.get("id", ""),
    )

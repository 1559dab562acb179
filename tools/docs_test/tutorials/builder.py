"""The steps of one page for one selection of its variants, in an environment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from docs_test.language.needs import lacking
from docs_test.language.roles import Use
from docs_test.language.vocabulary import SHELLS
from docs_test.model import Expectation, Role, SkipKind, Skipped, Step, StepKind, Tutorial
from docs_test.names import NONE
from groundwork.base.errors import UserError
from groundwork.base.problems import Problem
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docs_test.inventory import Inventory
    from docs_test.language.needs import Vocabulary
    from docs_test.pages.hidden_checks import HiddenCheck
    from docs_test.tutorials.order import Links
    from docs_test.tutorials.structure import LintedPage

problem = partial(Problem, code="tutorial")

DEFAULT_TIMEOUT = 60.0
"""Seconds a step may take without `data-timeout` (as `model.Step`)."""

NOTHING_RUNS = "none of its commands can run here"


def on_cluster(page: LintedPage) -> bool:
    """Whether a page needs a cluster."""
    return page.page.front_matter.platform != NONE


@dataclass(slots=True)
class Builder:
    """Makes the steps of one page."""

    source: LintedPage
    variant: dict[str, str]
    """A value for each variant of the page."""
    capabilities: frozenset[str]
    inventory: Inventory | None
    vocabulary: Vocabulary
    cluster: bool
    """Whether there is one."""
    links: Links
    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    shown_by: int | None = None
    """Index of the step of the last `.run`; None: it was skipped."""

    def build(self) -> Tutorial:
        """The tutorial.

        Raises:
            UserError: a promise names no step that this variant runs.
        """
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
            cluster=on_cluster(self.source),
            cluster_scope=self._cluster_scope(self.source.needs),
            after=self.links.after,
            uses=self.links.uses,
            alone=front.alone,
        )

    def _page_lacks(self) -> str:
        if not on_cluster(self.source):
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
        elif use.role is Role.OUTPUT and self.shown_by is not None:
            self._expect(use, self.shown_by)
        elif use.role is Role.FILE:
            self.steps.append(_file_step(use))
        else:
            self.shown_by = len(self.steps)
            self.steps.append(_run_step(use))

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

    def _expect(self, use: Use, shown_by: int) -> None:
        expectation = Expectation(use.location, use.values["data-match"], use.fence.text, use.fence.lines)
        self.steps[shown_by] = replace(self.steps[shown_by], expectation=expectation)

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
            resolved.append(replace(step, since=since) if since != step.since else step)
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

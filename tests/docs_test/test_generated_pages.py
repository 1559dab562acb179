"""Pages made by chance, and damaged ones, are read, checked, shown and updated: an answer, never a traceback."""

from __future__ import annotations

import random
import shutil
import signal
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.commands.show import about
from docs_test.matching.compare import EMPTY
from docs_test.outcomes import Outcome
from docs_test.pages.site import open_site
from docs_test.ports.settings import product_of
from docs_test.reporting.planned import planned
from docs_test.rewriting.expectation import holds
from docs_test.tutorials.build import TutorialPages
from docs_test.tutorials.structure import lint_page
from docs_test.updating.drafting import Drafting, parts
from docs_test.updating.observed import Ran, observed
from groundwork.base.errors import UserError
from support.damage import damaged
from support.generated_pages import page as generated
from support.updates import ran

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.pages.site import Site
    from docs_test.tutorials.structure import LintedPage

CASES = Path(__file__).parents[1] / "cases"
PAGE = "docs/page.md"
PAGE_SECONDS = 60
"""Seconds of processor time after which a page is taken to hang."""
LONG = [pytest.mark.soak(part="pages"), pytest.mark.timeout(2700)]
SHARE = 5_000
"""Pages of one of the long tests: they may run side by side."""


class Hangs(Exception):
    """A page took longer than any page does."""


@contextmanager
def watchdog() -> Iterator[None]:
    """End what hangs."""

    def bark(*_: object) -> None:
        raise Hangs

    before = signal.signal(signal.SIGPROF, bark)
    signal.setitimer(signal.ITIMER_PROF, PAGE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Sites:
    """A site with one page, and the copy in which an update reads it, each opened once."""

    def __init__(self, site: Site, copy: Site) -> None:
        self.site, self.copy = site, copy
        self.vocabulary = product_of(site.root).vocabulary

    def write(self, text: str) -> None:
        for one in (self.site, self.copy):
            (one.root / PAGE).write_bytes(text.encode("utf-8", "replace"))

    def lint(self) -> LintedPage:
        return lint_page(self.site, PAGE)


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    for name in ("site", "copy"):
        shutil.copytree(CASES / "site", tmp_path / name)
        (tmp_path / name / "docs").mkdir()
        (tmp_path / name / PAGE).write_text("# Page\n")
    with open_site(tmp_path / "copy") as copy, open_site(tmp_path / "site") as site:
        yield Sites(site, copy)


def answered(sites: Sites, outputs: Sequence[str]) -> Counter[str]:
    """Read the page, check it, show it and update it; returns how far it came."""
    try:
        linted = sites.lint()
    except UserError as error:
        wrong = error.problems
    else:
        wrong = ()
    assert all(problem.fact and not problem.bug for problem in wrong)
    if wrong:
        return Counter(["unreadable"])
    assert all(problem.fact and not problem.bug for problem in linted.problems)
    if not linted.page.front_matter.tutorial or [one for one in linted.problems if one.code != EMPTY]:
        return Counter(["mistakes"])
    read = TutorialPages((linted,), {}, sites.vocabulary)
    seen = Counter(["shown"])
    runs: list[Ran] = []
    for tutorial in read.tutorials():
        assert list(planned(tutorial, list(about(read, tutorial)), 0))
        wanted = sum(step.expectation is not None for step in tutorial.steps)
        printed = [outputs[n % len(outputs)] for n in range(wanted)] if outputs else [""] * wanted
        runs.append(Ran(linted.page, tutorial, ran(tutorial, printed)))
    found = observed(runs)
    drafting = Drafting(sites.site.root, sites.copy, [linted.page], linted.page.inputs)
    made = drafting.run(found.proposals)
    for one in (*found.left, *made.left, *found.blocked.values()):
        seen[f"left: {one.fact}"] += 1
    for change in (change for part in parts(made) for change in part.changes):
        seen["changed"] += 1
        assert change.file.name == PAGE
        sites.write(change.data.decode())
    right(sites, runs, len(found.left) + len(made.left))
    return seen


def right(sites: Sites, runs: Sequence[Ran], left: int) -> None:
    """Hold that the page, as it is now, shows what came, but for what was left."""
    for before in runs:
        if before.result.outcome is Outcome.SKIPPED:
            continue
        read = TutorialPages((sites.lint(),), {}, sites.vocabulary)
        now = next(one for one in read.tutorials() if one.variant == before.tutorial.variant)
        assert len(now.steps) == len(before.tutorial.steps)
        wrong = [
            step.location
            for step, result in zip(now.steps, before.result.steps, strict=True)
            if (shown := step.expectation) and not holds(shown, shown.text, shown.match, result.output.text)
        ]
        assert len(wrong) <= left, wrong


@pytest.mark.parametrize(
    ("first", "count"), [(0, 60), *(pytest.param(n * SHARE, SHARE, marks=LONG) for n in range(2))]
)
def test_a_page_made_by_chance_is_updated(sites: Sites, first: int, count: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        chance = random.Random(seed)  # noqa: S311 - the same each time
        made = generated(chance)
        sites.write(made.text)
        print(f"seed {seed}")  # The last one is shown if it fails.
        with watchdog():
            seen += answered(sites, made.outputs)
    print(seen.most_common())
    assert seen["shown"] > count * 0.95, seen
    assert seen["changed"] > count * 0.5, seen
    assert sum(number for why, number in seen.items() if why.startswith("left")) < count * 0.05, seen


@pytest.mark.parametrize(
    ("first", "count"), [(0, 60), *(pytest.param(n * SHARE, SHARE, marks=LONG) for n in range(2))]
)
def test_a_damaged_page_gets_an_answer(sites: Sites, first: int, count: int) -> None:
    sources = [path.read_text() for path in sorted((CASES / "good").glob("*.md"))]
    sources += [path.read_text() for path in sorted((CASES / "updates").glob("*.md"))]
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        chance = random.Random(-1 - seed)  # noqa: S311 - the same each time
        made = generated(chance)
        text = damaged(
            chance.choice([made.text, made.text, chance.choice(sources)]), chance, chance.choice((1, 1, 6))
        )
        outputs = [damaged(output, chance) for output in made.outputs]
        sites.write(text)
        print(f"seed {seed}")
        with watchdog():
            seen += answered(sites, outputs)
    print(seen.most_common())
    assert seen["shown"] > count * 0.05, seen

"""Which tutorials a run takes, and in which order: those a change touches first, one shard of several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.cli.preparing import assumed
from docs_test.names import named
from docs_test.options.shared import ALL, CHANGED, selection
from docs_test.planning.changes import changed_first, changed_since
from docs_test.planning.graph import with_set_ups
from docs_test.planning.plan import planned
from docs_test.planning.variants import of_variants
from docs_test.tutorials.build import TutorialPages, read_tutorials
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Container, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says of which runs to take; "" and False: no limit."""

    shard: str = ""
    """Shard, such as `2/3`."""
    since: str = ""
    """A git commit: what differs from it comes first."""
    only_changed: bool = False
    """Whether only changed pages are wanted."""
    variants: str = ALL
    """Variants that are wanted: `all`, `first` or `changed`."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of equal size that together are the whole; counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read_runs(
    options: argparse.Namespace, said: Callable[[str], None], past: Container[str] = ()
) -> tuple[TutorialPages, list[Tutorial]]:
    """Read the pages that the command line names, and choose the runs.

    Args:
        options: of the command line.
        said: gets a line on what is left out.
        past: codes of problems that do not keep a page from being read.

    Raises:
        UserError: a page, a variant, the shard or the commit cannot be read, or there is no tutorial.
    """
    root = options.root.resolve()
    read = read_tutorials(root, options.pages, select=selection(options.when), past=past)
    if not read.pages:
        raise UserError(f"no tutorial under {root}: no page's front matter has 'tutorial:'")
    # Who names pages, or a variant, works on them.
    usual = ALL if options.pages or options.when else CHANGED
    wanted = Wanted(options.shard, options.changed_since, options.only_changed, options.variants or usual)
    every = read.tutorials(capabilities=assumed(read, options))
    runs = chosen([run for run in every if run.path in read.asked], wanted, root, said)
    whole = with_set_ups(runs, every)
    taken = {run.key for run in runs}
    for run in whole:
        if run.key not in taken:
            said(f"also run: {named(run.path, run.variant)}, because others start from its set-up")
    return read, whole


def chosen(
    tutorials: Sequence[Tutorial], wanted: Wanted, root: Path, said: Callable[[str], None]
) -> list[Tutorial]:
    """The runs to take, changed ones first; `said` gets a line on what that leaves.

    Raises:
        UserError: the shard or the commit cannot be read, or `only_changed` has no commit.
    """
    if wanted.only_changed and not wanted.since:
        raise UserError("--only-changed without --changed-since", hint="name the commit to compare with")
    shard = parse_shard(wanted.shard) if wanted.shard else None
    runs = of_variants(tutorials, wanted.variants, wanted.since, root, said)
    if wanted.since:
        changed, others = changed_first(runs, changed_since(root, wanted.since))
        left = "left out" if wanted.only_changed else "run after them"
        said(f"since {wanted.since}: {len(changed)} runs of pages changed; {len(others)} {left}")
        runs = changed if wanted.only_changed else [*changed, *others]
    if shard:
        whole, runs = len(runs), of_shard(runs, shard)
        said(f"shard {shard}: {len(runs)} of {whole} runs")
    return runs


def parse_shard(text: str) -> Shard:
    """Read `2/3`.

    Raises:
        UserError: it has another form, or names a shard that does not exist.
    """
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise UserError(f"--shard {text!r}, allowed: I/N with I from 1 to N", hint="the second of three is 2/3")
    return Shard(int(found[1]), int(found[2]))


def of_shard(tutorials: Sequence[Tutorial], shard: Shard) -> list[Tutorial]:
    """The shard's part: dealt out like cards, so that the variants of a page, which take equally long, part.

    Runs that start from the same set-up are one card.
    """
    runs = {run.key: run for run in tutorials}
    units = planned(tutorials).rounds[0] if tutorials else ()
    dealt = units[shard.number - 1 :: shard.of]
    return [runs[run.key] for unit in dealt for run in unit.runs if run.key in runs]

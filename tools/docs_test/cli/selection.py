"""Which tutorials a run takes, and in which order: those a change touches first, one shard of several."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.options.shared import selection
from docs_test.ports.settings import product_of
from docs_test.tutorials.build import TutorialPages, read_tutorials
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial

OWN = frozenset({"cluster-scope"})
"""Capabilities of a cluster of the run's own, beside those that the product assumes of any cluster."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says of which runs to take; "" and False: no limit."""

    shard: str = ""
    """Shard, such as `2/3`."""
    since: str = ""
    """A git commit: what differs from it comes first."""
    only_changed: bool = False
    """Whether only changed pages are wanted."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of equal size that together are the whole; counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read_runs(options: argparse.Namespace, said: Callable[[str], None]) -> tuple[TutorialPages, list[Tutorial]]:
    """Read the pages that the command line names, and choose the runs; `said` gets a line on what is left out.

    Raises:
        UserError: a page, a variant, the shard or the commit cannot be read, or there is no tutorial.
    """
    root = options.root.resolve()
    read = read_tutorials(root, options.pages, select=selection(options.when))
    if not read.pages:
        raise UserError(f"no tutorial under {root}: no page's front matter has 'tutorial:'")
    assumed = product_of(root).assumed | (frozenset() if options.kubeconfig else OWN)
    wanted = Wanted(shard=options.shard, since=options.changed_since, only_changed=options.only_changed)
    return read, chosen(read.tutorials(capabilities=assumed), wanted, root, said)


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
    runs = list(tutorials)
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
    """The shard's part: dealt out like cards, so that the variants of a page, which take equally long, part."""
    return list(tutorials[shard.number - 1 :: shard.of])


def changed_since(root: Path, reference: str) -> frozenset[str]:
    """Files under `root` (POSIX paths relative to it) that differ from where `reference` and HEAD parted.

    Files that are changed, new and not yet committed count.

    Raises:
        UserError: `root` is in no git repository, or `reference` is no commit there.
    """
    base = _git(root, "merge-base", "--end-of-options", reference, "HEAD", reference=reference).strip()
    differ = _git(root, "diff", "--name-only", "--relative", "-z", base, "--", ".", reference=reference)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", reference=reference)
    return frozenset(name for name in (differ + new).split("\0") if name)


def changed_first(tutorials: Iterable[Tutorial], changed: frozenset[str]) -> tuple[list[Tutorial], list[Tutorial]]:
    """Part the tutorials: those of which an input changed, and the others, each in their order."""
    touched: list[Tutorial] = []
    others: list[Tutorial] = []
    for tutorial in tutorials:
        (touched if changed.intersection(tutorial.inputs) else others).append(tutorial)
    return touched, others


def _git(root: Path, *words: str, reference: str) -> str:
    try:
        done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UserError("--changed-since needs git, which is not installed") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["git said nothing"])[0]
        raise UserError(
            f"--changed-since {reference!r}: {said}",
            hint="give a branch or commit that this clone has; CI fetches too little without `fetch-depth: 0`",
        )
    return done.stdout

"""What differs from a git commit, and which commit that is if nobody names one."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docs_test.model import Tutorial

BRANCHES = ("origin/main", "origin/master", "main", "master")
"""Names of a default branch, where the clone does not say which one it is."""


@dataclass(frozen=True, slots=True)
class Base:
    """The commit to compare with if nobody names one."""

    reference: str
    """Commit, as git understands it; "" if there is none."""
    words: str
    """Description for people: of the commit, or why there is none."""


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


def default_base(root: Path) -> Base:
    """Where HEAD and the default branch parted; on that branch itself, the commit before.

    Never raises: a folder that is no clone, or one that has too few commits, has no base.
    """
    head, error = _asked(root, "rev-parse", "--verify", "HEAD^{commit}")
    if not head:
        return Base("", f"no git commit to compare with ({error})")
    told = _said(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    for branch in dict.fromkeys(filter(None, [told, *BRANCHES])):
        if not _said(root, "rev-parse", "--verify", f"{branch}^{{commit}}"):
            continue
        base = _said(root, "merge-base", branch, "HEAD")
        if not base:
            return Base("", f"this clone does not have the commit at which {branch} and HEAD parted")
        if base != head:
            return Base(base, f"{branch} ({base[:9]})")
        before = _said(root, "rev-parse", "--verify", "HEAD^1^{commit}")
        if before:
            return Base(before, f"the commit before ({before[:9]})")
        return Base("", "this clone does not have the commit before HEAD")
    return Base("", f"this clone has none of the branches {', '.join(BRANCHES)}")


def changed_first(tutorials: Iterable[Tutorial], changed: frozenset[str]) -> tuple[list[Tutorial], list[Tutorial]]:
    """Part the tutorials: those of which an input changed, and the others, each in their order."""
    touched: list[Tutorial] = []
    others: list[Tutorial] = []
    for tutorial in tutorials:
        (touched if changed.intersection(tutorial.inputs) else others).append(tutorial)
    return touched, others


def _said(root: Path, *words: str) -> str:
    """What git prints; "" if it fails, or is not installed."""
    return _asked(root, *words)[0]


def _asked(root: Path, *words: str) -> tuple[str, str]:
    """What git prints, "" if it fails; and then why, in a line."""
    try:
        done = subprocess.run(
            ["git", "-C", root, *words], capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except FileNotFoundError:
        return "", "git is not installed"
    if done.returncode == 0:
        return done.stdout.strip(), ""
    return "", (done.stderr.strip().splitlines() or ["git said nothing"])[0]


def _git(root: Path, *words: str, reference: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", root, *words], capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except FileNotFoundError:
        raise UserError("--changed-since needs git, which is not installed") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["git said nothing"])[0]
        raise UserError(
            f"--changed-since {reference!r}: {said}",
            hint="give a branch or commit that this clone has; CI fetches too little without `fetch-depth: 0`",
        )
    return done.stdout

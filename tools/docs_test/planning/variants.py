"""Which variants of pages a command takes: all, the first of each page, or more of those that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.names import named
from docs_test.options.shared import ALL, CHANGED
from docs_test.planning.changes import changed_first, changed_since, default_base

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from docs_test.model import Tutorial


def of_variants(
    tutorials: Sequence[Tutorial], which: str, since: str, root: Path, said: Callable[[str], None]
) -> list[Tutorial]:
    """The runs of the variants that are wanted, in their order; `said` gets lines on what is left, and why.

    Args:
        tutorials: every page in each of its variants, the first one first.
        which: ALL, FIRST (options.shared) or CHANGED.
        since: the commit that CHANGED compares with; "": the default one, if there is one.
        root: the site's top folder.
        said: called with each line.

    Raises:
        UserError: `since` is no commit of this clone.
    """
    first = {tutorial.path: tutorial.key for tutorial in reversed(tutorials)}
    more = [tutorial for tutorial in tutorials if first[tutorial.path] != tutorial.key]
    if which == ALL or not more:
        return list(tutorials)
    changed: Collection[str] = ()
    why = "the first of each page"
    if which == CHANGED:
        changed, why = _changed(tutorials, since, root)
    left = [tutorial for tutorial in more if tutorial.path not in changed]
    said(f"variants: {why}")
    for tutorial in left:
        said(f"  left to --variants {ALL}: {named(tutorial.path, tutorial.variant)}")
    keys = {tutorial.key for tutorial in left}
    return [tutorial for tutorial in tutorials if tutorial.key not in keys]


def _changed(tutorials: Sequence[Tutorial], since: str, root: Path) -> tuple[Collection[str], str]:
    """The pages of which something changed, and what is said of that."""
    reference, words = since, since
    if not since:
        base = default_base(root)
        reference, words = base.reference, base.words
    if not reference:
        return (), f"the first of each page, because what changed is not known: {words}"
    touched, _ = changed_first(tutorials, changed_since(root, reference))
    paths = dict.fromkeys(tutorial.path for tutorial in touched)
    told = ", ".join(paths) or "none changed"
    return paths, f"the first of each page, all of those changed since {words}: {told}"

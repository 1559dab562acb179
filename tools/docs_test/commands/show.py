"""`docs-test show`: what a run of a page would do, in order; nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.cli.preparing import assumed, prepared_for
from docs_test.language.needs import described
from docs_test.options.shared import selection
from docs_test.pages.source import Paths
from docs_test.reporting.planned import planned
from docs_test.tutorials.build import read_tutorials
from docs_test.tutorials.places import place_on_page, split_line
from groundwork.base.errors import ExitStatus

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from docs_test.model import Tutorial
    from docs_test.tutorials.build import TutorialPages


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    root = options.root.resolve()
    asked = [split_line(word) for word in options.pages]
    read = read_tutorials(root, [path for path, _ in asked], select=selection(options.when))
    shown: dict[str, Tutorial] = {}
    for tutorial in read.tutorials(capabilities=assumed(read, options)):
        shown.setdefault(tutorial.path, tutorial)  # The variant that is asked for, or the first.
    paths, between = Paths(root), ""
    for path, line in asked:
        tutorial = shown[paths.relative(path)]
        place = place_on_page(root, tutorial, line) if line else None
        if place and place.note:
            print(between + place.note)
        elif between:
            print()
        made = ", ".join(prepared_for([tutorial.needs], read.vocabulary, options).values())
        for text in planned(tutorial, [*about(read, tutorial), ("prepared", made)], place.number if place else 0):
            print(text)
        between = "\n"
    return ExitStatus.OK


def about(read: TutorialPages, tutorial: Tutorial) -> Iterator[tuple[str, str]]:
    """What the page's front matter says, beside what its tutorial has."""
    front = next(page.page.front_matter for page in read.pages if page.page.path == tutorial.path)
    others = [
        f"{name}={value}"
        for name, values in front.variants.items()
        for value in values
        if value != tutorial.variant[name]
    ]
    yield "variants", f"others: --when {', --when '.join(others)}" if others else ""
    yield "needs", described(tutorial.needs, read.vocabulary) if tutorial.cluster else "no cluster"
    yield "after", ", ".join(front.after)
    yield "uses", ", ".join(front.uses)

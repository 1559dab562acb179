"""The checks of all pages: what was found before is taken over, all others are looked at together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.checks.kept import Kept
from docs_test.language.roles import Use
from docs_test.language.vocabulary import SHELLS
from docs_test.pages.page import bug_at
from docs_test.ports.settings import product_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from docs_test.checks.look import Look
    from docs_test.tutorials.structure import LintedPage
    from groundwork.base.problems import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    """Problems of each page, by its path."""
    notes: tuple[str, ...] = ()
    """Lines on what was not looked at, and why."""


def check_pages(root: Path, pages: Sequence[LintedPage], others: Mapping[str, LintedPage]) -> Checked:
    """Look at the shell code of pages.

    Args:
        root: the site's top folder.
        pages: the pages to look at.
        others: pages by path, these and those that run before them.
    """
    with_code = [page for page in pages if _has_code(page)]
    if not with_code:
        return Checked()
    from docs_test.rules.by_shellcheck import program  # noqa: PLC0415 - as late as it is needed

    shellcheck = program()
    kept = Kept(root, shellcheck)
    found: dict[str, Sequence[Problem]] = {}
    missing: dict[str, tuple[LintedPage, str]] = {}
    for page in with_code:
        key = _key(page, before(page, others))
        known = kept.find(page.page.path, key)
        if known is None:
            missing[page.page.path] = (page, key)
        else:
            found[page.page.path] = known
    notes = [] if shellcheck or not any(_is_run(page) for page in with_code) else [NO_SHELLCHECK]
    if missing:
        from docs_test.checks.look import Look  # noqa: PLC0415 - parsers and tables, which kept pages do without
        from docs_test.shellcode.syntax import available  # noqa: PLC0415

        if not available():
            return Checked({}, (NO_SYNTAX,))
        look = Look(root, product_of(root).knowledge, shellcheck)
        _look(look, missing, others, kept, found)
        kept.write()
    return Checked(found, tuple(notes))


NO_SHELLCHECK = "shell code was not checked by shellcheck, which is not installed here; `./nox -s lint` has it"
NO_SYNTAX = (
    "shell code was not checked: the packages tree-sitter and tree-sitter-bash are not installed; "
    "install the project again"
)


def _look(
    look: Look,
    missing: Mapping[str, tuple[LintedPage, str]],
    others: Mapping[str, LintedPage],
    kept: Kept,
    found: dict[str, Sequence[Problem]],
) -> None:
    for path, (page, _) in missing.items():
        try:
            look.read(page, before(page, others))
        except Exception as error:  # noqa: BLE001 - a bug of a check is said of the page that it fails on.
            look.failed[path] = bug_at(path, error)
    for path, problems in look.found().items():
        found[path] = problems
        kept.keep(path, missing[path][1], problems)


def earlier(page: LintedPage) -> tuple[str, ...]:
    """The pages, as written, that run before one; what `uses` names may be a snippet instead."""
    return (*page.page.front_matter.after, *page.page.front_matter.uses)


def before(page: LintedPage, others: Mapping[str, LintedPage]) -> list[LintedPage]:
    """The pages that run before one, the nearest last; those in a circle once."""
    found: dict[str, LintedPage] = {}

    def visit(one: LintedPage) -> None:
        for name in earlier(one):
            path = next((path for path in (name, f"docs/{name}") if path in others), None)
            if path is not None and path not in found and path != page.page.path:
                found[path] = others[path]
                visit(others[path])

    visit(page)
    return list(reversed(found.values()))


def _key(page: LintedPage, earlier: Iterable[LintedPage]) -> str:
    """What the findings of a page depend on, beside programs."""
    inputs = [[one.page.path, sorted(one.page.inputs.items())] for one in (page, *earlier)]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


def _has_code(page: LintedPage) -> bool:
    return any(not isinstance(part, Use) or part.fence.language in SHELLS for part in page.parts)


def _is_run(page: LintedPage) -> bool:
    return page.page.front_matter.tutorial

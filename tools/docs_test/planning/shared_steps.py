"""Set-up that pages share by including the same file: its steps become a run of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docs_test.model import Tutorial
from docs_test.names import named
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs_test.model import Expectation, Step


def with_shared_steps(runs: Sequence[Tutorial]) -> list[Tutorial]:
    """The runs, and before the first that names a file of shared steps a run of these; they are in no other run.

    Raises:
        UserError: the file's steps differ between pages, or a step that stays counts its time from one of them.
    """
    pages = {run.path for run in runs}
    found: dict[str, dict[tuple[Step, ...], list[Tutorial]]] = {}
    for run in runs:
        for path in _files(run, pages):
            found.setdefault(path, {}).setdefault(_bare(run, path), []).append(run)
    set_ups = {
        path: [_set_up(path, users, len(groups)) for users in groups.values()] for path, groups in found.items()
    }
    for path, ones in set_ups.items():
        if len({one.key for one in ones}) < len(ones):
            raise _differ(path, [users[0] for users in found[path].values()])
    every: list[Tutorial] = []
    for run in runs:
        mine = _files(run, pages)
        for path in mine:
            number = list(found[path]).index(_bare(run, path))
            if set_ups[path][number] not in every:
                every.append(set_ups[path][number])
        every.append(_without(run, mine) if mine else run)
    return every


def _files(run: Tutorial, pages: set[str]) -> list[str]:
    """The files of shared steps that a run uses and has steps of."""
    if run.lacks:
        return []
    there = {step.location.file for step in run.steps}
    return [path for path in run.uses if path not in pages and path in there]


def _bare(run: Tutorial, path: str) -> tuple[Step, ...]:
    """The steps of a file, without the places where pages include it: equal on each page that shows the same."""
    return tuple(
        replace(step, location=_at(step.location), lines=tuple(map(_at, step.lines)), expectation=_expected(step))
        for step in run.steps
        if step.location.file == path
    )


def _expected(step: Step) -> Expectation | None:
    found = step.expectation
    return found and replace(found, location=_at(found.location), lines=tuple(map(_at, found.lines)))


def _at(position: Position) -> Position:
    return Position(position.file, position.line, position.column)


def _set_up(path: str, users: Sequence[Tutorial], groups: int) -> Tutorial:
    first = users[0]
    agreed = {
        name: value
        for name, value in first.variables.items()
        if all(run.variables.get(name) == value for run in users)
    }
    return Tutorial(
        path=path,
        title=f"Set-up of {', '.join(dict.fromkeys(run.path for run in users))}",
        steps=_bare(first, path),
        variables=agreed,
        timeout=max(run.timeout for run in users),
        inputs={path: first.inputs[path]} if path in first.inputs else {},
        # One for all of them has no variant.
        variant=first.variant if groups > 1 else {},
        cluster=any(run.cluster for run in users),
        cluster_scope=any(run.cluster_scope for run in users),
        alone=any(run.alone for run in users),
    )


def _without(run: Tutorial, files: Sequence[str]) -> Tutorial:
    steps = tuple(step for step in run.steps if step.location.file not in files)
    names = {step.identifier for step in steps}
    for step in steps:
        if step.since and step.since not in names:
            fact = f"data-since names {step.since!r}, a step of shared set-up, which runs once for several pages"
            raise UserError(fact, hint="count the time from a step of the page's own", where=step.location)
    return replace(run, steps=steps)


def _differ(path: str, pages: Sequence[Tutorial]) -> UserError:
    one, other = (named(run.path, run.variant) for run in pages[:2])
    fact = f"the shared set-up {path} has other steps in {other} than in {one}"
    return UserError(fact, hint="its macros and variants must give each page the same", where=Position(path, 1))

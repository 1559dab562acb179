"""What must hold among the fences of a page: what follows what, and what names what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from docs_test.language import attributes
from docs_test.language.needs import read_needs
from docs_test.language.roles import Use, read_use
from docs_test.model import Fence, Role
from docs_test.names import NONE
from docs_test.pages.hidden_checks import HiddenCheck
from docs_test.pages.page import SWALLOWED, Page, bug_at
from docs_test.ports.settings import product_of
from docs_test.tutorials.invisible import invisible
from docs_test.tutorials.unclosed import unclosed
from groundwork.base.errors import UserError
from groundwork.base.problems import Problem
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.language.needs import Vocabulary
    from docs_test.pages.source import PageSource

problem = partial(Problem, code="order")


@dataclass(frozen=True, slots=True)
class LintedPage:
    """A page, what its fences are for, and every mistake in it."""

    page: Page
    parts: tuple[Use | HiddenCheck, ...]
    """Parts in the page's order."""
    problems: tuple[Problem, ...]
    needs: Mapping[str, Any] = field(default_factory=dict)
    """Needs of a cluster, as `read_needs` returns them."""


def lint_page(site: PageSource, path: str) -> LintedPage:
    """Read a page and hold its fences to the rules.

    Raises:
        UserError: no such page, or nothing of it can be read.
    """
    try:
        return _linted(site, path)
    except UserError:
        raise
    except Exception as error:
        raise bug_at(path, error) from error


def _linted(site: PageSource, path: str) -> LintedPage:
    vocabulary = product_of(site.root).vocabulary
    page = site.read(path)
    problems = list(page.problems)
    needs = _needs(page, vocabulary, problems)
    parts: list[Use | HiddenCheck] = []
    for part in page.content.parts:
        if isinstance(part, Fence):
            use, wrong = read_use(site.root, part, page.front_matter.variants, vocabulary)
            parts.append(use)
            problems.extend(wrong)
        elif check := _check(part, vocabulary, problems):
            parts.append(check)
    if not any(one.code == SWALLOWED for one in problems):  # Else the parts are not those that are meant.
        problems += _pairs(parts) + _cleanups(parts) + _names(parts) + _promises(parts)
        problems += unclosed(site.root, parts)
    problems += invisible(site.root, parts)
    if not page.front_matter.tutorial:
        problems += _outside_tutorial(parts)
    problems.sort(key=Order(page.path))
    return LintedPage(page, tuple(parts), tuple(problems), needs)


def _needs(page: Page, vocabulary: Vocabulary, problems: list[Problem]) -> Mapping[str, Any]:
    """What the page needs of a cluster; a mistake in it is added to the problems."""
    front = page.front_matter
    if front.needs is None:
        return {}
    where = front.positions["needs"]
    if front.platform == NONE:
        fact = f"'needs' of a page with 'platform: {NONE}': there is no cluster that could have it"
        problems.append(Problem(where, fact, "drop one of them", "front-matter"))
        return {}
    try:
        return read_needs(front.needs, vocabulary)
    except ValueError as error:
        fact, *hint = map(str, error.args)
        problems.append(Problem(where, fact, "".join(hint), "front-matter"))
        return {}


def _check(check: HiddenCheck, vocabulary: Vocabulary, problems: list[Problem]) -> HiddenCheck | None:
    """A hidden check; None, and one more problem, if it needs what the site has no word for."""
    if not check.says_needs:
        return check
    try:
        return replace(check, needs=tuple(attributes.needs(" ".join(check.needs), vocabulary)))
    except ValueError as error:
        fact, *hint = error.args
        problems.append(Problem(check.location, f"data-needs: {fact}", "".join(hint), "hidden-check"))
        return None


def exclusive(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two `data-when` can never hold together."""
    return any(other.get(name, value) != value for name, value in one.items())


@dataclass(frozen=True, slots=True)
class Order:
    """Sorts mistakes: the page's own by line, then those in included files; of a line as they are found."""

    path: str

    def __call__(self, found: Problem) -> tuple[bool, str, int]:
        where = found.position
        return (where.file != self.path, where.file, where.line)


def _pairs(parts: Sequence[Use | HiddenCheck]) -> list[Problem]:
    """Each `.output` follows the `.run` that prints it, one for each selection of variants."""
    problems: list[Problem] = []
    uses = [part for part in parts if isinstance(part, Use) and (part.role is not None or part.undetermined)]
    for index, use in enumerate(uses):
        if use.role is not Role.OUTPUT:
            continue
        before = (uses[at] for at in range(index - 1, -1, -1))
        previous = next((other for other in before if not exclusive(use.when, other.when)), None)
        if previous is not None and previous.role is Role.OUTPUT:
            fact = f"a second .output; {previous.location} is the first"
            problems.append(problem(use.location, fact, "join them"))
        elif previous is not None and previous.undetermined:
            continue
        elif previous is None or previous.role is not Role.RUN:
            found = f"a .{previous.role} fence" if previous else "nothing"
            hint = "it shows what the .run directly before it prints; output of a .skip is a .skip too"
            problems.append(problem(use.location, f"an .output without a .run: {found} is before it", hint))
        elif "data-background" in previous.values:
            hint = "check what it does in a later step"
            problems.append(problem(use.location, "an .output of a background step cannot be compared", hint))
        elif any(use.when.get(name) != value for name, value in previous.when.items()):
            hint = f"give it the data-when of its .run ({previous.location})"
            problems.append(problem(use.location, "an .output is not in the variant of its .run", hint))
    return problems


def _cleanups(parts: Sequence[Use | HiddenCheck]) -> list[Problem]:
    problems: list[Problem] = []
    cleanups: list[Use] = []
    for part in parts:
        if isinstance(part, HiddenCheck):
            before, what = cleanups, "a hidden check"
        elif part.cleanup:
            cleanups.append(part)
            continue
        elif part.role in {Role.RUN, Role.FILE}:
            before, what = [use for use in cleanups if not exclusive(use.when, part.when)], f"a .{part.role}"
        else:
            continue
        if before:
            hint = "clean-up runs last, whatever happens; move it to the end of the page"
            fact = f"{what} after the .cleanup at {before[-1].location}"
            problems.append(problem(part.location, fact, hint))
    return problems


def _names(parts: Sequence[Use | HiddenCheck]) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, Use] = {}
    for use in parts:
        name = use.fence.attributes.get("id", "") if isinstance(use, Use) else ""
        if name and name in first:
            problems.append(problem(use.location, f"the id {name!r} is taken by {first[name].location}"))
        elif name and isinstance(use, Use):
            first[name] = use
    return problems


def _promises(parts: Sequence[Use | HiddenCheck]) -> list[Problem]:
    """`data-since` names earlier `.run` fences; in variants, one for each."""
    problems: list[Problem] = []
    known: list[str] = []
    for use in parts:
        if not isinstance(use, Use):
            continue
        for name in use.values.get("data-since", ()):
            if name not in known:
                hint = did_you_mean(name, known) or "give the .run whose start counts an id: { .run #apply }"
                problems.append(problem(use.location, f"data-since names {name!r}, no earlier .run", hint))
        name = use.fence.attributes.get("id", "")
        if name and (use.role is Role.RUN or use.undetermined):
            known.append(name)
    return problems


def _outside_tutorial(parts: Sequence[Use | HiddenCheck]) -> list[Problem]:
    hint = "add `tutorial:` to the front matter, or make it .skip with data-reason"
    return [
        problem(part.location, "a command on a page without 'tutorial:' would never run", hint)
        for part in parts
        if isinstance(part, HiddenCheck) or part.role is Role.RUN
    ]

"""Looks at pages: each variant by each check, shellcheck once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docs_test.checks.allowed import Allowed
from docs_test.checks.consequences import first_ones
from docs_test.known.finding import Context
from docs_test.known.page_code import Places, page_code
from docs_test.known.schema_paths import Fields
from docs_test.known.story import story
from docs_test.kubectl.resources import Types
from docs_test.language.word_positions import at_word
from docs_test.rules import (
    backgrounds,
    by_shellcheck,
    cleanups,
    fields,
    kubectl_words,
    local_ports,
    unknown_objects,
    variables,
    waits,
)
from groundwork.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs_test.known.finding import Finding
    from docs_test.known.page_code import Block, PageCode
    from docs_test.ports.knowledge import Knowledge
    from docs_test.rules.by_shellcheck import Joined
    from docs_test.tutorials.structure import LintedPage
    from groundwork.base.errors import UserError

CHECKS = (variables.check, local_ports.check, backgrounds.check)
OF_BLOCKS = (kubectl_words.check, fields.check)
"""Rules that look at each block for itself, so that one which several variants have is looked at once."""
OF_STORY = (unknown_objects.check, waits.unwaited, waits.passing, cleanups.check)


@dataclass(slots=True)
class _Page:
    """What is known of a page meanwhile."""

    code: PageCode
    findings: list[Finding] = field(default_factory=list)


class Look:
    """Looks at pages of a site."""

    def __init__(self, root: Path, knowledge: Knowledge, shellcheck: str) -> None:
        """Make nothing yet.

        Args:
            root: the site's top folder.
            knowledge: what is known of its product.
            shellcheck: the program; "": there is none.
        """
        self._root = root
        self._places = Places(root)
        self._context = Context(knowledge, Types(knowledge.resources), Fields(knowledge))
        self._shellcheck = shellcheck
        self._pages: dict[str, _Page] = {}
        self._scripts: list[tuple[str, Joined]] = []
        self.failed: dict[str, UserError] = {}
        """Pages on which a check failed."""

    def read(self, linted: LintedPage, before: Sequence[LintedPage]) -> None:
        """Look at a page; `before`: pages that run before it."""
        code = page_code(linted, self._root)
        page = _Page(code)
        earlier = tuple(page_code(one, self._root) for one in before)
        seen: set[str] = set()
        values: dict[Block, Mapping[str, str]] = {}
        for variant in code.variants():
            context = replace(self._context, values=variables.values(variant), before=earlier, _calls={})
            for check in CHECKS:
                page.findings += check(variant, context)
            new = tuple(one for one in variant.blocks if values.get(one) != context.values)
            values |= dict.fromkeys(new, context.values)
            for check in OF_BLOCKS:
                page.findings += check(replace(variant, blocks=new), context)
            if variant.steps:
                told = story(variant, context)
                for rule in OF_STORY:
                    page.findings += rule(told, context)
            for script in by_shellcheck.scripts(variant):
                if script.text not in seen:
                    seen.add(script.text)
                    self._scripts.append((code.path, script))
        self._pages[code.path] = page

    def found(self) -> dict[str, list[Problem]]:
        """The problems of each page."""
        if self._shellcheck:
            said = by_shellcheck.check([script for _, script in self._scripts], self._shellcheck)
            for (path, _), findings in zip(self._scripts, said, strict=True):
                self._pages[path].findings += findings
        unchecked = frozenset() if self._shellcheck else frozenset({by_shellcheck.PROGRAM})
        problems = {path: self._problems(page, unchecked) for path, page in self._pages.items()}
        return problems | {path: list(error.problems) for path, error in self.failed.items()}

    def _problems(self, page: _Page, unchecked: frozenset[str]) -> list[Problem]:
        allowed = Allowed(page.code)
        found: dict[Problem, None] = {}
        for one in first_ones(list(allowed.left(page.findings)), page.code.blocks):
            at_attribute = at_word(self._root, one.block.location, one.word)
            where = at_attribute if one.word else self._places.of(one.block, one.offset)
            found[Problem(where, one.fact, one.hint, one.code)] = None
        return [*found, *allowed.unused(self._root, unchecked)]

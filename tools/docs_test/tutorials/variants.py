"""The variants of pages: which selections of them a page is run with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundwork.base.errors import UserError
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docs_test.tutorials.structure import LintedPage


def selections(values: Mapping[str, Sequence[str]], selected: Mapping[str, str]) -> list[dict[str, str]]:
    """Which selections of its variants a page is run with, the default first.

    Args:
        values: what the page has: name -> values, the default first.
        selected: name -> value, where one is chosen and the page has it.
    """
    first = {name: selected[name] if selected.get(name) in known else known[0] for name, known in values.items()}
    free = {name: known[1:] for name, known in values.items() if selected.get(name) not in known}
    return [first, *({**first, name: value} for name, others in free.items() for value in others)]


def check_selection(pages: Iterable[LintedPage], select: Mapping[str, str]) -> None:
    """Hold that some page has each variant that is chosen.

    Raises:
        UserError: none has it, or not with that value.
    """
    variants: dict[str, list[str]] = {}
    for page in pages:
        for name, values in page.page.front_matter.variants.items():
            variants.setdefault(name, []).extend(values)
    for name, value in select.items():
        if name not in variants:
            hint = did_you_mean(name, variants) or f"these pages have {either(list(variants))}"
            raise UserError(f"no page has the variant {name!r}", hint=hint)
        if value not in variants[name]:
            hint = (
                did_you_mean(value, variants[name]) or f"{name} is {either(list(dict.fromkeys(variants[name])))}"
            )
            raise UserError(f"the variant {name!r} has no value {value!r}", hint=hint)

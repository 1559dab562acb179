"""Jinja for pages: a sandbox, in which a page reaches text, numbers and the site's macros, and nothing of Python.

Whoever changes a page would else run code where pages are read: no sandbox of the shell is there.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from jinja2 import Template
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment
    from jinja2.runtime import Context

SCALARS = (str, int, float, bool, type(None), dt.date, dt.datetime)
OF_JINJA = frozenset({"cycler", "dict", "joiner", "namespace", "range"})
"""Jinja's own globals that pages may use; `lipsum` makes any amount of text."""
PLUGIN_MODULE = "mkdocs_macros."
OF_PLUGIN = frozenset({"fix_url", "now", "relative_url"})
"""Names of the macros plugin's own that pages may use; its others print the whole configuration."""
OF_PAGE = ("title", "url", "meta")
"""Attributes that `page` has in a page: MkDocs' own object leads to everything."""
LARGEST = 1_000_000
"""Characters or items that `*` may make."""
LONGEST_NUMBER = 10_000
"""Bits of a number that `*` and `**` may make."""


class PageTemplate(Template):
    """A template that is given plain data only, whatever the plugin passes to it."""

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - the names are Jinja's.
        shared: bool = False,  # noqa: FBT001, FBT002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Context:
        """Make the context of a rendering; that of an include is shared, and so was made here before."""
        given = vars if shared or vars is None else offered(vars)
        return super().new_context(given, shared, locals)


class PageEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, for pages."""

    template_class = PageTemplate
    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate, unless the outcome would fill the memory."""
        if _size(operator, left, right) > 1:
            raise SecurityError(f"what {operator!r} would make here is too large for a page")
        return super().call_binop(context, operator, left, right)


def confined(environment: Environment) -> PageEnvironment:
    """A sandbox with the loader, the delimiters, the filters and the macros of an environment."""
    sandbox = PageEnvironment(
        block_start_string=environment.block_start_string,
        block_end_string=environment.block_end_string,
        variable_start_string=environment.variable_start_string,
        variable_end_string=environment.variable_end_string,
        comment_start_string=environment.comment_start_string,
        comment_end_string=environment.comment_end_string,
        extensions=[type(extension) for extension in environment.extensions.values()],
        undefined=environment.undefined,
        loader=environment.loader,
    )
    for name in set(DEFAULT_NAMESPACE) - OF_JINJA:
        del sandbox.globals[name]
    sandbox.globals.update(_of_site(environment.globals, DEFAULT_NAMESPACE))
    sandbox.filters.update(_of_site(environment.filters, FILTERS))
    return sandbox


def offered(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Of the plugin's variables, those that are plain data, as copies; `page` has few attributes."""
    given = dict(variables)
    if "page" in variables:
        given["page"] = {name: getattr(variables["page"], name, None) for name in OF_PAGE}
    return plain_data(given)


def plain_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """Of named values, those that are text, numbers, dates, lists and mappings, as copies."""
    known: dict[int, Any] = {}
    found = {name: _plain(value, known) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not _OBJECT}


_OBJECT = object()
"""Mark in the place of what is not plain data."""


def _plain(value: Any, known: dict[int, Any]) -> Any:
    """A copy; a part that stands in several places (YAML's anchors) is copied once."""
    if type(value) in SCALARS:
        return value
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, dict):
        copied: dict[Any, Any] = {}
        known[id(value)] = copied
        for key, item in value.items():
            part = _plain(item, known)
            if type(key) in SCALARS and part is not _OBJECT:
                copied[key] = part
        return copied
    if isinstance(value, list | tuple):
        items: list[Any] = []
        known[id(value)] = items
        items.extend(part for part in (_plain(item, known) for item in value) if part is not _OBJECT)
        return items
    return _OBJECT


def _of_site(named: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What the site's own modules registered, and the harmless of the plugin's."""
    return {
        name: value
        for name, value in named.items()
        if value is not defaults.get(name)
        and (name in OF_PLUGIN or not str(getattr(value, "__module__", "")).startswith(PLUGIN_MODULE))
    }


def _size(operator: str, left: Any, right: Any) -> float:
    """How large an outcome would be, 1 being what is allowed; 0: not known."""
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
        return bits / LONGEST_NUMBER
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, str | bytes | list | tuple) and isinstance(times, int):
            return len(sequence) * times / LARGEST
    return 0

"""A page's text after Jinja, rendered by the macros plugin as the build does, with the origin of each line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.exceptions import SecurityError, UndefinedError

from docs_test.language.word_positions import at_word, written
from docs_test.pages.braces import HIDDEN, RAW, explained, swallowed
from docs_test.pages.lines import STRAY, Line, MarkOrigins, align, read_marks
from docs_test.pages.page_jinja import offered
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.problems import Problem, Stage
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from jinja2 import Environment
    from jinja2.lexer import Token, TokenStream
    from mkdocs.structure.pages import Page as MkDocsPage

    from docs_test.pages.source import OpenedSite

problem = partial(Problem, code="macro")

SOURCE = "macros and variables come from mkdocs.yml"
PAGE_TEMPLATE = "<template>"
"""Name that Jinja's tracebacks have for a template without a file: the page."""
PASSING = frozenset({"environment", "git", "now"})
"""Names of the macros plugin for what changes though no file does: the machine, the commit, the time."""


@dataclass(slots=True)
class _Observed:
    """Stands in for the plugin's environment while it renders a page, to keep what the plugin would only log."""

    environment: Environment
    error: Exception | None = None
    template: Any = field(default=None, init=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.environment, name)

    def from_string(self, source: str) -> _Observed:
        try:
            self.template = self.environment.from_string(source)
        except Exception as error:  # noqa: BLE001 - Python's own compiler gives up on expressions nested too deeply.
            self.error = self.error or error
            self.template = self.environment.from_string("")
        return self

    def render(self, **variables: Any) -> str:
        try:
            return str(self.template.render(**variables))
        except Exception as error:  # noqa: BLE001 - a macro is the site's own code and may raise anything.
            self.error = self.error or error
            return ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page after Jinja."""

    lines: list[Line]
    included: frozenset[str] = frozenset()
    """Files, relative to the root."""
    lasting: bool = True
    """Whether it stays as it is while no file changes."""
    problems: tuple[Problem, ...] = ()
    """Code that Jinja took for comments."""


def render(site: OpenedSite, page: MkDocsPage, path: str, offset: int) -> Rendered:
    """Render a page's macros and includes.

    Rendered with marks, which tell the origins; and plainly, which is the truth, where the two may differ.

    Args:
        site: the opened site.
        page: MkDocs' page, its source read.
        path: the page's path relative to the root.
        offset: how many lines of the file stand before `page.markdown`.

    Raises:
        UserError: at the line that Jinja cannot render, in the page or in the included file.
    """
    if site.macros is None:
        return _unrendered(page, path, offset)
    original = site.macros.env
    renderer = _Renderer(site, page, path, offset)
    truth = None if _marks_stay_apart(site.macros, page) else renderer.render(original)
    seen = _Seen()

    class Recorder(MarkOrigins):
        def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
            seen.templates[filename if name else None] = source
            return source

        def filter_stream(self, stream: TokenStream) -> Any:
            return seen.tokens(stream, super().filter_stream(stream))

    # No cache: every include is compiled anew, so that each page knows all of its own.
    marking = original.overlay(extensions=[Recorder], cache_size=0)
    try:
        marked = renderer.render(marking)
    except UserError:
        if truth is None:
            renderer.render(original)  # What it says is about the page without marks.
        raise
    if marked == page.markdown:  # `render_macros: false`: the plugin left the page alone.
        return _unrendered(page, path, offset)
    lines = read_marks(marked, path, offset)
    lines = [Line(str(line), _relative(site, line.origin)) for line in lines]
    if truth is not None or not seen.only_includes:
        lines = align(lines, (renderer.render(original) if truth is None else truth).split("\n"))
    problems = tuple(renderer.swallowed(seen.templates, original))
    return Rendered(lines, frozenset(site.relative(name) for name in seen.included), seen.lasting, problems)


def _marks_stay_apart(plugin: Any, page: MkDocsPage) -> bool:
    """Whether nothing but the page's own blocks could read the marks."""
    return not (plugin.post_macro_functions or plugin.has_j2(page.title) or STRAY.search(page.markdown or ""))


@dataclass(slots=True)
class _Seen:
    """What is in the templates of a page."""

    included: set[str] = field(default_factory=set)
    """Files."""
    templates: dict[str | None, str] = field(default_factory=dict)
    """Source of each template by its file; None: the page."""
    only_includes: bool = True
    """Whether there is no block but `{% include %}`: no expression is given text of the page, so none can notice
    the marks."""
    lasting: bool = True
    """Whether there is no name of `PASSING`."""

    def tokens(self, stream: TokenStream, marked: Iterator[Token]) -> Iterator[Token]:
        """Look at tokens as they pass."""
        if stream.name and stream.filename:
            self.included.add(stream.filename)
        begins = False
        for token in marked:
            if begins and token.value != "include":
                self.only_includes = False
            if token.type == "name" and token.value in PASSING:
                self.lasting = False
            begins = token.type == "block_begin"
            yield token


def _relative(site: OpenedSite, where: Position) -> Position:
    via = tuple(_relative(site, outer) for outer in where.via)
    return Position(site.relative(where.file), where.line, via=via)


def _unrendered(page: MkDocsPage, path: str, offset: int) -> Rendered:
    texts = (page.markdown or "").split("\n")
    return Rendered([Line(text, Position(path, offset + i)) for i, text in enumerate(texts, 1)])


@dataclass(frozen=True, slots=True)
class _Renderer:
    site: OpenedSite
    page: MkDocsPage
    path: str
    offset: int

    def render(self, environment: Environment) -> str:
        plugin, source = self.site.macros, self.page.markdown or ""
        original, observed = plugin.env, _Observed(environment)
        plugin._env = observed  # noqa: SLF001 - it has no setter; without this its problems reach only a log.
        try:
            text = plugin.on_page_markdown(source, page=self.page, config=self.site.config, files=self.site.files)
        finally:
            plugin._env = original  # noqa: SLF001
        if observed.error is not None:
            raise self._placed(observed.error) from observed.error
        return str(text)

    def _placed(self, error: Exception) -> UserError:
        """The error at its line: Jinja rewrites tracebacks so that template lines appear in them."""
        if isinstance(error, TemplateSyntaxError):
            file, line = error.filename or PAGE_TEMPLATE, error.lineno
        else:
            file, line = _last_template_line(error.__traceback__)
        if file == PAGE_TEMPLATE:
            where = Position(self.path, line + self.offset)
        else:
            where = Position(self.site.relative(file), line)
        kind = type(error).__name__
        if isinstance(error, UserError):
            cause = f"{error.where}: {error.fact}" if error.where else error.fact
            return UserError.of(problem(where, f"a macro fails: {cause}", error.hint))
        fact = str(error) if isinstance(error, TemplateError) else f"{kind}: {error}"
        fact = f"a macro or include fails: {fact}"
        if isinstance(error, TemplateSyntaxError | UndefinedError):
            column, hint = explained(written(self.site.root, where))
            if column or isinstance(error, TemplateSyntaxError):
                return UserError.of(problem(replace(where, column=column), fact, hint or SOURCE))
        where = at_word(self.site.root, where, _name(error))
        return UserError.of(problem(where, fact, self._hint(error)))

    def swallowed(self, templates: Mapping[str | None, str], environment: Environment) -> Iterator[Problem]:
        """Code of the page and of what it includes that Jinja took for comments."""
        for file, source in templates.items():
            path, offset = (self.site.relative(file), 0) if file else (self.path, self.offset)
            for found in swallowed(source, environment):
                stage = Stage.ADVICE if found.printed else Stage.READ
                yield problem(Position(path, found.line + offset, found.column), HIDDEN, found.hint, stage=stage)

    def _hint(self, error: Exception) -> str:
        if isinstance(error, SecurityError):
            return "pages are rendered in Jinja's sandbox: they get text, numbers and macros, no Python"
        plugin = self.site.macros
        unknown = re.match(r"'(\w+)' is undefined", str(error))
        if unknown and unknown[1] in {*plugin.variables, *plugin.macros, *DEFAULT_NAMESPACE}:
            return "pages do not get it: they get text, numbers and macros of mkdocs.yml, and no object"
        near = did_you_mean(unknown[1], {*offered(plugin.variables), *plugin.env.globals}) if unknown else ""
        return near or (f"{SOURCE}; if these braces are not for Jinja, {RAW}" if unknown else SOURCE)


def _name(error: Exception) -> str:
    """The name in the template that an error is about; "" if it says none."""
    if isinstance(error, TemplateNotFound):
        return str(error.name or "")
    unknown = re.match(r"'(\w+)' is undefined", str(error))
    return unknown[1] if unknown else ""


def _last_template_line(trace: TracebackType | None) -> tuple[str, int]:
    found = (PAGE_TEMPLATE, 1)
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:  # Jinja's own mark of a template's frame.
            found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found

"""What a page may write between double braces: versions, status of tutorials, glossary, pictures of terminals."""

from __future__ import annotations

import posixpath
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment
from mkdocs.exceptions import PluginError

from docs_site.downloads import offer
from docs_site.downloads.recipe import tools_version
from docs_site.pages.downloads import address_of, table
from docs_site.pages.glossary import glossary_list
from docs_site.pages.matrix import FILE, matrix
from docs_site.pages.navigation import entries
from docs_site.pages.page_note import DEFAULT, Validation, load_validation, note
from docs_site.pages.page_scripts import script_links
from docs_site.pages.releases import choices, deprecations
from docs_site.pages.runs import Runs, load_runs, results_path
from docs_site.pages.status import shown_only, shown_only_words, status_block, summary
from docs_test.pages.page_jinja import PageEnvironment, confined
from docs_test.reporting import verdicts
from docs_test.tutorials.index import Index, page_index
from dynamo_api.releases import pages_version
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from docs_site.pages.planner_runs import PlannerRuns

GLOSSARY = "snippets/glossary.md"
"""Relative to the root; mkdocs.yml appends it to every page."""
DIAGRAMS = "assets/diagrams"
"""Path in the folder of the pages; drawn in classes of docs/assets/site.css, so that they follow its colours."""
PICTURES = "assets/terminal"
"""Path in the folder of the pages; tests/kubectl_dynamo/test_pictures.py makes them (docs_site.terminal)."""


def define_env(env: Any) -> None:
    """Register the macros; the macros plugin calls this at the start of every build.

    Args:
        env: the plugin, with `macro`, `conf` (MkDocs' configuration) and, later, `page`.

    Raises:
        PluginError: the results file, or the validation's report, cannot be understood; the build stops.
    """
    docs = Path(env.conf["docs_dir"]).resolve()
    root = docs.parent
    try:
        runs = load_runs(results_path(root))
        validation = load_validation(root / DEFAULT)
    except UserError as error:
        raise PluginError(str(error)) from None

    @env.macro  # type: ignore[untyped-decorator]  # The plugin has no types.
    def version(key: str) -> str:
        """One version of versions.toml or of the table of releases, by its dotted key."""
        try:
            return pages_version(key)
        except KeyError:
            hint = "a dotted key of versions.toml, or dynamo.since.NAME of dynamo_api/release_table/releases.toml"
            raise UserError(f"there is no version {key!r}", hint=hint) from None

    @env.macro  # type: ignore[untyped-decorator]
    def definitions() -> str:
        """The names of the CRDs that the chart which this site uses installs, a line each."""
        from dynamo_crd.schemas import registry  # noqa: PLC0415 - one page asks

        return "\n".join(registry.definitions(pages_version("dynamo.chart")))

    env.conf["extra"]["releases"] = choices  # For the switch in the header; called where a page is built.

    @env.macro  # type: ignore[untyped-decorator]
    def since(name: str, word: str = "since") -> str:
        """`since Dynamo 1.5`, of the table's `since.NAME`: marked where a reader runs an older release.

        A block of code that follows its paragraph then has a warning.
        """
        first = version(f"dynamo.since.{name}")
        return f'<span data-since-release="{first}">{word} Dynamo {first}</span>'

    @env.macro  # type: ignore[untyped-decorator]
    def deprecated(line: str) -> str:
        """Rows of a table: what a line of releases (1.5) deprecates or has no more, and what to use."""
        try:
            return deprecations(line)
        except KeyError:
            raise UserError(f"the table of releases has none of {line!r}", hint='a line such as "1.5"') from None

    @env.macro  # type: ignore[untyped-decorator]
    def tested() -> str:
        """The status line of the page that calls it."""
        front = env.page.meta.get("tutorial")
        variants = front.get("variants") if isinstance(front, dict) else None
        return status_block(runs, _source(docs, _uri(env.page)), root, variants or {})

    _define_downloads(env, root)
    _define_indexed(env, docs, runs, validation)
    _define_included(env, docs, root)
    _define_scaling(env, docs, root)


def _define_downloads(env: Any, root: Path) -> None:
    """Register what tells of the tools that the site offers."""

    @env.macro  # type: ignore[untyped-decorator]
    def site_address() -> str:
        """The address of this site, for commands that fetch something from it."""
        return address_of(env.conf)

    @env.macro  # type: ignore[untyped-decorator]
    def downloads(tool: str, kind: str) -> str:
        """The files of a tool, with size and checksum, as Markdown; a note if `./nox -s tools` was not run."""
        return table(offer.read(root / offer.FOLDER), tool, kind, _uri(env.page))

    env.macro(tools_version)


def on_pre_page_macros(env: Any) -> None:
    """Put the plugin's Jinja into a sandbox; the macros plugin calls this before it renders each page.

    Here and not in `define_env`, when it has no Jinja yet.
    """
    jinja = getattr(env, "env", None)  # Another engine may have its own.
    if isinstance(jinja, Environment) and not isinstance(jinja, PageEnvironment):
        env._env = confined(jinja)  # noqa: SLF001 - it has no setter.


def _define_indexed(env: Any, docs: Path, runs: Runs, validation: Validation) -> None:
    """Register what tells of other pages, and of a page as a whole: as docs-test reads them."""
    root = docs.parent

    @cache  # Of this build; read when a page first asks, because a site need not have such a page.
    def index() -> Index:
        return page_index(root)

    def page_note(page: Any) -> str:
        """What was checked of a page that is not run; the theme shows it at the foot."""
        found = index().page(_source(docs, page.file.src_uri))
        generated = str(page.meta.get("generated_from", ""))
        return note(found, root, validation, generated_from=generated) if found else ""

    def page_scripts(page: Any) -> str:
        """Links to the page's scripts, which `python -m docs_site` writes beside it; the theme shows them."""
        found = index().page(_source(docs, page.file.src_uri))
        return script_links(found) if found else ""

    # How a template calls them: macros exist in pages only.
    env.conf["extra"] |= {"page_note": page_note, "page_scripts": page_scripts}

    @env.macro  # type: ignore[untyped-decorator]
    def tutorials() -> str:
        """A list of all tutorials, each with its status, as Markdown."""
        here = posixpath.dirname(_uri(env.page))
        items = []
        order = [entry.source for entry in entries(env.conf["nav"] or [])]  # A reader's path.
        told = [(_below(docs, root, page.path), page) for page in index().pages if page.tutorial]
        for _, page in sorted(told, key=lambda one: order.index(one[0]) if one[0] in order else len(order)):
            link = posixpath.relpath(_below(docs, root, page.path), here or ".")
            items.append(f"- [{page.title}]({link}) {summary(runs, page.path, root, page.variants)}")
        return "\n".join(items)

    @env.macro  # type: ignore[untyped-decorator]
    def runs_by_release() -> str:
        """Which tutorial was run with which release of the runtime, as Markdown."""
        here = (docs.relative_to(root) / posixpath.dirname(_uri(env.page))).as_posix()
        return matrix([page for page in index().pages if page.tutorial], verdicts.read(root / FILE), here)

    @env.macro  # type: ignore[untyped-decorator]
    def not_run(page: str) -> str:
        """How much another page (relative to docs/) shows that the mock platform cannot run, as HTML."""
        file = (docs / page).resolve()
        if file.suffix != ".md" or not file.is_relative_to(docs) or not file.is_file():
            raise UserError(f"there is no page {page!r}", hint=f"a path relative to {docs.name}/")
        found = index().page(_source(docs, page))
        return shown_only_words(shown_only(found) if found else 0)


def _define_included(env: Any, docs: Path, root: Path) -> None:
    """Register the macros that bring something into a page from elsewhere in the project."""

    @env.macro  # type: ignore[untyped-decorator]
    def glossary() -> str:
        """The abbreviations of snippets/glossary.md as a definition list."""
        return glossary_list((root / GLOSSARY).read_text(encoding="utf-8"), GLOSSARY)

    def drawing(folder: str, name: str, what: str) -> str:
        file = docs / folder / f"{name}.svg"
        known = sorted((docs / folder).glob("*.svg"))
        if file not in known:
            names = ", ".join(path.stem for path in known) or "none"
            raise UserError(f"there is no {what} {name!r}", hint=f"in {folder}: {names}")
        return file.read_text(encoding="utf-8").strip()

    @env.macro  # type: ignore[untyped-decorator]
    def terminal(name: str, caption: str) -> str:
        """A picture of docs/assets/terminal/ with what it was made from; its alt text is inside it."""
        drawn = drawing(PICTURES, name, "picture of a terminal")
        # Focusable: where it is wider than the screen it is scrolled, by keyboard too.
        box = f'<div class="terminal" tabindex="0">{drawn}</div>'
        return f'<figure class="terminal-figure">{box}<figcaption>{escape(caption)}</figcaption></figure>'

    @env.macro  # type: ignore[untyped-decorator]
    def diagram(name: str) -> str:
        """A drawing of docs/assets/diagrams/ in the page's own colours; its alt text is inside it."""
        drawn = drawing(DIAGRAMS, name, "diagram")
        return f'<figure class="diagram" tabindex="0">{drawn}</figure>'


def _define_scaling(env: Any, docs: Path, root: Path) -> None:
    """Register what shows the newest run of a planner's tutorial."""

    @cache
    def runs() -> PlannerRuns:
        from docs_site.pages.planner_runs import PlannerRuns  # noqa: PLC0415 - few pages ask

        return PlannerRuns.of(root, results_path(root))

    @env.macro  # type: ignore[untyped-decorator]
    def scaling(name: str) -> str:
        """A picture of the run of the page that calls it: `replicas`, `itl`, `ttft` or `cache`."""
        return runs().picture(name, _source(docs, _uri(env.page)))

    @env.macro  # type: ignore[untyped-decorator]
    def logged(name: str) -> str:
        """Lines of a planner's log that show a rule, as Markdown (docs_site/scaling/rules.py has the names)."""
        here = (docs.relative_to(root) / posixpath.dirname(_uri(env.page))).as_posix()
        return runs().lines(name, here)


def _uri(page: Any) -> str:
    """A page's path relative to the folder of the pages, as MkDocs or Zensical names it."""
    return str(page.file.src_uri if hasattr(page, "file") else page.path)


def _source(docs: Path, page: str) -> str:
    """The path of a page relative to the root, as the results file and the index have it."""
    return (docs / page).resolve().relative_to(docs.parent).as_posix()


def _below(docs: Path, root: Path, path: str) -> str:
    """The path of a page relative to the folder of the pages."""
    return (root / path).relative_to(docs).as_posix()

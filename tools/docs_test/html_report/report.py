"""The whole report: what ran where, a table of the pages, then each page."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.html_report.page import Place, Section
from docs_test.html_report.text import STATES, safe, seconds, state
from docs_test.names import named
from docs_test.outcomes import Outcome
from docs_test.reporting.github import where
from groundwork.base.content import write_whole
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docs_test.html_report.page_html import PageHtml
    from docs_test.page_results import PageResult, Results

STYLE = Path(__file__).with_name("report.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
"""Policy that browsers hold the file to: whatever a page says, nothing runs and nothing is fetched."""


def write(path: Path, results: Results, root: Path) -> None:
    """Write the report of results.

    Args:
        path: the file.
        results: what happened.
        root: the site's top folder: pages are shown as they are there.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, html(results, root).encode("utf-8", "replace"))


def html(results: Results, root: Path) -> str:
    """The text of the report."""
    pages = _Pages(root, [page.path for page in results.pages])
    anchors = [f"p{number}" for number in range(1, len(results.pages) + 1)]
    first = {page.path: anchor for page, anchor in reversed([*zip(results.pages, anchors, strict=True)])}
    place = Place(root, first, pages.urls)
    found, wrong = pages.found, pages.wrong
    options = {run.id: run.options for run in results.runs}
    sections = [
        Section(
            page,
            found.get(page.path),
            place,
            anchor,
            wrong.get(page.path, ""),
            _changed(page, root),
            options.get(page.run, ()),
        )
        for page, anchor in zip(results.pages, anchors, strict=True)
    ]
    title = f"Tutorials: {_count(results.pages)}"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{safe(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{safe(title)}</title>",
            f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n<main>",
            f'<h1 id="index">{safe(title)}</h1>',
            f"<p>{safe(where(results.environment))}</p>",
            *_runs(results),
            *_index(results.pages, anchors),
            *(section.text() for section in sections),
            "</main>\n</body>\n</html>\n",
        ]
    )


class _Pages:
    """The pages of a site as HTML, as far as they can be rendered."""

    def __init__(self, root: Path, paths: Sequence[str]) -> None:
        # MkDocs takes longer to load than all else.
        from docs_test.html_report.page_html import page_html  # noqa: PLC0415
        from docs_test.pages.site import open_site  # noqa: PLC0415

        self.found: dict[str, PageHtml] = {}
        self.wrong: dict[str, str] = {}
        self.urls: Mapping[str, str] = {}
        wanted = dict.fromkeys(paths)
        try:
            with open_site(root) as site:
                if site.site_url:
                    self.urls = {path: f"{site.site_url}{site.url(path)}" for path in site.page_paths}
                for path in wanted:
                    try:
                        self.found[path] = page_html(site, path)
                    except UserError as error:
                        self.wrong[path] = str(error)
        except UserError as error:
            self.wrong = dict.fromkeys(wanted, str(error))


def _changed(page: PageResult, root: Path) -> tuple[str, ...]:
    """The files that a page is made of which are not what ran."""
    return tuple(name for name, digest in sorted(page.inputs.items()) if _digest(root / name) != digest)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _count(pages: Sequence[PageResult]) -> str:
    counts = Counter(page.outcome for page in pages)
    words = [f"{counts[Outcome.PASSED]} passed", f"{counts[Outcome.FAILED]} failed"]
    others = (one for one in STATES if one not in (Outcome.PASSED, Outcome.FAILED))
    return ", ".join([*words, *(f"{counts[one]} {one.value.replace('-', ' ')}" for one in others if counts[one])])


def _runs(results: Results) -> Iterator[str]:
    for run in results.runs:
        program = safe(run.program or "an older docs-test")
        yield f"<p>{program}: {safe(run.started_at)} to {safe(run.finished_at)}</p>"
        if run.stages:
            rows = "".join(
                f"<tr><td>{safe(stage.name)}</td><td>{seconds(stage.seconds)}</td><td>{safe(stage.note)}</td></tr>"
                for stage in run.stages
            )
            head = "<thead><tr><th>Stage</th><th>Time</th><th>Note</th></tr></thead>"
            table = f'<div class="wide" tabindex="0"><table>{head}<tbody>{rows}</tbody></table></div>'
            yield f"<details><summary>Time of each stage</summary>{table}</details>"


def _index(pages: Sequence[PageResult], anchors: Sequence[str]) -> Iterator[str]:
    yield '<div class="wide" tabindex="0"><table class="index"><thead><tr><th>Page</th><th>Outcome</th>'
    yield "<th>Steps run</th><th>Skipped</th><th>Time</th></tr></thead><tbody>"
    for page, anchor in zip(pages, anchors, strict=True):
        link = f'<a href="#{anchor}">{safe(named(page.path, page.variant))}</a>'
        cells = (link, state(page.outcome), len(page.run_steps), len(page.skipped), seconds(page.seconds))
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table></div>"

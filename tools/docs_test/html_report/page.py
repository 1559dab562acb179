"""One page of a report: its text as its reader sees it, and beside each step what happened."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from docs_test.clusters.leftovers import removal
from docs_test.html_report.clean import Cleaner
from docs_test.html_report.images import inlined
from docs_test.html_report.steps import expected_html, failure_html, skipped_html, step_html
from docs_test.html_report.text import safe, seconds, state
from docs_test.model import StepKind
from docs_test.names import named
from docs_test.pages.rendered import COMMENT, TOKEN
from docs_test.reporting.again import run_again
from docs_test.reporting.text import skipped_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from docs_test.html_report.page_html import PageHtml
    from docs_test.outcomes import StepResult
    from docs_test.page_results import PageResult, SkippedBlock
    from groundwork.base.positions import Position


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report finds what its pages refer to."""

    root: Path
    """The site's top folder."""
    sections: Mapping[str, str]
    """Anchor of the section of each page of the report, by path."""
    urls: Mapping[str, str]
    """Address of each page of the site, by path, where the site has an address."""


@dataclass(slots=True)
class Section:
    """Writes the section of a page, in one variant."""

    page: PageResult
    html: PageHtml | None
    """The page as it is now; None if it cannot be rendered."""
    place: Place
    anchor: str
    why_not: str = ""
    """Reason why it cannot be rendered."""
    changed: tuple[str, ...] = ()
    """Files that have changed since the run."""
    options: tuple[str, ...] = ()
    """Options of the run that the command to run it again repeats."""
    _steps: dict[tuple[str, int], list[StepResult]] = field(default_factory=lambda: defaultdict(list))
    _expected: dict[tuple[str, int], list[StepResult]] = field(default_factory=lambda: defaultdict(list))
    _skipped: dict[tuple[str, int], list[SkippedBlock]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Sort what happened by where it stands."""
        for step in self.page.steps:
            self._steps[_line(step.position)].append(step)
            if step.expected:
                self._expected[_line(step.expected.position)].append(step)
        for skipped in self.page.skipped:
            self._skipped[_line(skipped.position)].append(skipped)

    def text(self) -> str:
        """The section."""
        title = safe(named(self.page.title, self.page.variant))
        name = safe(named(self.page.path, self.page.variant))
        when = f"{safe(self.page.started_at)} · {seconds(self.page.seconds)}"
        parts = [
            f'<section class="page" id="{self.anchor}" aria-labelledby="{self.anchor}-title">',
            f'<h2 id="{self.anchor}-title">{state(self.page.outcome)} {title}</h2>',
            f'<p class="facts"><code>{name}</code> · {when}</p>',
            *self._about(),
        ]
        if self.html is not None:
            cleaner = Cleaner(self, f"{self.anchor}-", TOKEN)
            parts.append(f'<div class="content">{cleaner.cleaned(self.html.text)}</div>')
        parts += self._rest()
        return "\n".join([*parts, '<p><a href="#index">All pages</a></p>', "</section>"])

    def inserted(self, attributes: dict[str, str]) -> str:
        """What happened at the fence whose line a mark names."""
        return self._at(int(attributes[TOKEN]))

    def commented(self, text: str) -> str:
        """What happened at a hidden check."""
        if not text.startswith(f"{COMMENT}:"):
            return ""
        _, number, _ = text.split(":", 2)
        return self._at(int(number))

    def link(self, target: str) -> str:
        """The address of another page: its section, or the site's page."""
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            return ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.page.path), unquote(parts.path)))
        if path in self.place.sections:
            return f"#{self.place.sections[path]}"
        url = self.place.urls.get(path, "")
        return f"{url}#{parts.fragment}" if url and parts.fragment else url

    def image(self, source: str) -> str:
        """An image of the page as a `data:` address."""
        return inlined(source, (self.place.root / self.page.path).parent, self.place.root)

    def _at(self, number: int) -> str:
        assert self.html is not None  # noqa: S101 - a mark is in the HTML.
        if not 0 <= number < len(self.html.lines):
            return ""
        here = _line(self.html.lines[number])
        if self._steps[here]:
            step = self._steps[here].pop(0)
            return self._step(step, code=step.kind is StepKind.CHECK)
        if self._expected[here]:
            return expected_html(self._expected[here].pop(0))
        return skipped_html(self._skipped[here].pop(0)) if self._skipped[here] else ""

    def _step(self, step: StepResult, *, code: bool) -> str:
        if not step.failure:
            return step_html(step, "", "", code=code)
        return step_html(step, self._again(), self._of_failure(step), code=code)

    def _again(self) -> str:
        return run_again(self.page, self.options)

    def _of_failure(self, step: StepResult) -> str:
        """The anchor of a step that failed."""
        return f"{self.anchor}-failed-{self.page.steps.index(step) + 1}"

    def _about(self) -> Iterator[str]:
        """What is to be known of the page as a whole."""
        if self.page.lacks:
            yield f'<p class="note">{safe(self.page.lacks)}</p>'
        if self.changed:
            names = ", ".join(f"<code>{safe(name)}</code>" for name in self.changed)
            yield f'<p class="note">The page has changed since it ran ({names}): it is shown as it is now.</p>'
        if self.why_not:
            yield f'<p class="note">The page cannot be shown: {safe(self.why_not)}</p>'
        for step in self.page.steps:
            if step.failure:
                link = f'<a href="#{self._of_failure(step)}"><code>{safe(str(step.failure.position))}</code></a>'
                yield f'<p class="facts">{link}: {safe(step.failure.fact)}</p>'
        for failure in self.page.failures:
            yield f'<div class="step failed">{"".join(failure_html(failure, None, self._again()))}</div>'
        if self.page.leftovers:
            yield f"<p>Left in the cluster: {safe(', '.join(self.page.leftovers))}</p>"
            yield f'<p class="again">Remove it: <code>{safe(removal(self.page.leftovers))}</code></p>'
        for one in self.page.attachments:
            kept = one.left_out or f"kept as {one.file}, {one.size} bytes"
            yield f"<p>File <code>{safe(one.name)}</code>: {safe(kept)}</p>"

    def _rest(self) -> Iterator[str]:
        """The steps that the page, as it is now, does not have."""
        left = [step for steps in self._steps.values() for step in steps]
        if left and self.html is not None:
            yield "<h3>Steps that the page does not have any more</h3>"
        for step in left:
            yield f"<p><code>{safe(str(step.position))}</code></p>"
            yield self._step(step, code=True)
        if self.html is None and (lines := skipped_lines(self.page.skipped)):
            yield "<ul>" + "".join(f"<li>{safe(line)}</li>" for line in lines) + "</ul>"


def _line(position: Position) -> tuple[str, int]:
    return position.file, position.line

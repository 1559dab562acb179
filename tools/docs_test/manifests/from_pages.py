"""The manifests of pages: YAML fences at any depth, here-documents of shell fences, files that fences show."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docs_test.language import heredocs
from docs_test.language.roles import Use
from docs_test.language.vocabulary import MANIFESTS, SHELLS
from docs_test.manifests.columns import origin
from docs_test.manifests.manifest import Form, Manifest, file_manifest, is_manifest, read_text
from docs_test.model import Fence, Role
from docs_test.pages.front_matter import FrontMatter
from docs_test.stored.source import StoredPages
from docs_test.stored.source import pages as pages_of
from docs_test.tutorials.structure import lint_page
from groundwork.base.errors import UserError
from groundwork.base.problems import Problem, Stage
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from docs_test.pages.site import Site
    from docs_test.pages.source import PageSource
    from groundwork.base.positions import Position
    from groundwork.text.origins import Origin

WHOLE = frozenset({Role.FILE, Role.SKIP, None})
"""Roles of YAML fences that are manifests if they look like it; a `.manifest` is one whatever it looks like."""
TYPED = frozenset({Role.RUN, Role.SKIP, None})
"""Roles of shell fences whose here-documents are read."""


def of_pages(
    root: Path, pages: Sequence[str], files: dict[str, Manifest]
) -> tuple[list[Manifest], list[Problem], list[tuple[Position, str]]]:
    """The manifests of pages.

    Args:
        root: the site's top folder.
        pages: relative to it; none: all pages of the site. Markdown that is no page of the site is read without
            macros.
        files: the files read already, by name. One that a fence shows is added, or gets the fence's position.

    Returns:
        The manifests that stand in pages, each once though several pages include it; what cannot be read; and the
        fences of other Markdown that may hold manifests in a form that is not read, with the reason.
    """
    found: dict[object, Manifest] = {}
    problems: list[Problem] = []
    left_out: list[tuple[Position, str]] = []
    alone = bool(pages) and not (root / "mkdocs.yml").is_file()
    with _markdown(root) if alone else pages_of(root) as site:
        known = frozenset(site.page_paths)
        for path in pages or site.page_paths:
            try:
                page = _Page(site.root, path, files)
                page.read(*(_page(site, path, problems) if path in known else _other(site, path, left_out)))
            except UserError as error:
                if not error.problems:
                    raise
                problems += error.problems
            else:
                for manifest in page.found:
                    lines = tuple(line.position for line in manifest.lines or ())
                    found.setdefault((manifest.text, lines, tuple(manifest.samples.items())), manifest)
    return list(found.values()), problems, left_out


def _markdown(root: Path) -> AbstractContextManager[Site]:
    from docs_test.pages.site import open_folder  # noqa: PLC0415 - MkDocs, which kept pages do without

    return open_folder(root)


def _page(site: PageSource, path: str, problems: list[Problem]) -> tuple[FrontMatter, list[Use]]:
    """A page's front matter and fences.

    Roles and attributes are lint's business; one that is no fence (never closed, say) hides manifests: ours.
    """
    linted = lint_page(site, path)
    problems += linted.page.problems
    return linted.page.front_matter, [part for part in linted.parts if isinstance(part, Use)]


def _other(
    site: Site | StoredPages, path: str, left_out: list[tuple[Position, str]]
) -> tuple[FrontMatter, list[Use]]:
    """Markdown that the site does not show, a README say: fences have no roles, macros are not run."""
    from docs_test.pages import lookalikes  # noqa: PLC0415 - MkDocs, as above
    from docs_test.pages.read import read_markdown  # noqa: PLC0415

    opened = site.opened() if isinstance(site, StoredPages) else site
    content, written = read_markdown(opened, read_text(site.root / path, path), path)
    left_out += (
        (one.position, one.fact)
        for one in content.problems
        if lookalikes.language(written.get(one.position, "")) in MANIFESTS | SHELLS
    )
    return FrontMatter(), [Use(fence, None) for fence in content.fences]


@dataclass(slots=True)
class _Page:
    """Collects the manifests of one page."""

    root: Path
    path: str
    files: dict[str, Manifest]
    front: FrontMatter = field(default_factory=FrontMatter)
    found: list[Manifest] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    """Variables of the shell that are known so far."""
    written: dict[str, list[str]] = field(default_factory=dict)
    """The lines of each file that fences come from."""

    def read(self, front: FrontMatter, uses: Sequence[Use]) -> None:
        self.front = front
        self.variables = {**front.placeholders, **front.variables}
        for use in uses:
            if use.fence.language in SHELLS and use.role in TYPED:
                self._shell(use.fence)
            elif use.fence.language in MANIFESTS and use.role is not Role.OUTPUT:
                self._fence(use)

    def _fence(self, use: Use) -> None:
        fence, role = use.fence, use.role
        name = use.values.get("data-from", "")
        if name and (self.root / name).is_file():
            self._file(name, fence)
        elif role is Role.FRAGMENT:
            of, at, under = (use.values.get(name, "") for name in ("data-of", "data-at", "data-under"))
            self.found.append(replace(self._manifest(fence, Form.FRAGMENT), of=of, at=at, under=under))
        elif role is Role.MANIFEST or (role in WHOLE and is_manifest(fence.text)):
            self.found.append(self._manifest(fence, Form.FENCE))
        elif role is Role.FILE:
            self.found.append(self._manifest(fence, Form.YAML))

    def _file(self, name: str, fence: Fence) -> None:
        """A file that a fence shows is read once, as the file it is."""
        here = (fence.location, *fence.location.via)
        known = self.files.get(name) or file_manifest(name, read_text(self.root / name, name))
        via = known.shown_at + tuple(position for position in here if position not in known.shown_at)
        self.files[name] = replace(known, position=replace(known.position, via=via))

    def _manifest(self, fence: Fence, form: Form) -> Manifest:
        lines = tuple(self._origin(*pair) for pair in zip(fence.text.split("\n"), fence.lines, strict=False))
        return Manifest(fence.text, form, fence.location, lines, self.front.placeholders)

    def _origin(self, text: str, where: Position) -> Origin:
        if where.file not in self.written:
            self.written[where.file] = read_text(self.root / where.file, where.file).splitlines()
        lines = self.written[where.file]
        return origin(text, where, lines[where.line - 1] if where.line <= len(lines) else text)

    def _shell(self, fence: Fence) -> None:
        texts = fence.text.split("\n")
        at = 0
        for heredoc in heredocs.find(fence.text):
            self._assign("\n".join(texts[at : heredoc.start]))
            self._heredoc(fence, heredoc, texts)
            at = heredoc.end + 1
        self._assign("\n".join(texts[at:]))

    def _assign(self, code: str) -> None:
        for name, value in heredocs.assignments(code).items():
            if value is not None:
                self.variables[name] = value
            elif name not in self.front.placeholders:
                self.variables.pop(name, None)

    def _heredoc(self, fence: Fence, heredoc: heredocs.Heredoc, texts: Sequence[str]) -> None:
        body = range(heredoc.start, min(heredoc.end, len(texts)))
        whole = heredoc.applied or is_manifest("\n".join(texts[number] for number in body))
        if not whole and not heredoc.file:
            return
        lines: list[str] = []
        origins: list[Origin] = []
        errors: list[FieldError] = []
        for numbers in heredocs.joined(texts, heredoc):
            text, source = self._joined(fence, texts, numbers)
            if not heredoc.quoted:
                text, source = self._expanded(text, source, self.variables, errors)
            lines.append(text)
            origins.append(source)
        command = fence.lines[max(heredoc.start - 1, 0)]
        form = Form.HEREDOC if whole else Form.YAML
        self.found.append(
            Manifest(
                "\n".join(lines),
                form,
                command,
                tuple(origins),
                self.front.placeholders,
                errors=tuple(errors),
            )
        )

    def _joined(self, fence: Fence, texts: Sequence[str], numbers: range) -> tuple[str, Origin]:
        """A line of a here-document, or several that the shell joins, without their backslashes."""
        text, more = "", []
        for number in numbers:
            more.append((len(text) + 1, self._origin(texts[number], fence.lines[number])))
            text += texts[number] if number == numbers[-1] else texts[number][:-1]
        return text, replace(more[0][1], joined=tuple(more[1:]))

    def _expanded(
        self, text: str, source: Origin, variables: Mapping[str, str], errors: list[FieldError]
    ) -> tuple[str, Origin]:
        """A line of a here-document as the shell makes it."""
        done = heredocs.expand(text, variables)
        for column, what, hint in done.unknown:
            fact = f"the shell puts something unknown in the place of {what!r}"
            errors.append(FieldError((), "placeholder", fact, hint, Stage.READ, position=source.at(column)))
        return done.text, replace(source, edited=done.segments)

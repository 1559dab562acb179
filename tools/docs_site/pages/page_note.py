"""What a page that is not run says of its checks: how many manifests it shows, and when they were validated."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from docs_site.pages.status import plural
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = "build/validation.json"
"""Path to which `nox -s docs` lets `docs-test validate --format json` write, relative to the project's root."""
VERSION = 1
"""The version of that report's form which is understood here."""
BLOCK = re.compile(r'<div class="([^"]*\bhighlight\b[^"]*)"')
MANIFEST = frozenset({"file", "manifest", "fragment"})
"""Roles of YAML fences that are validated whatever they look like (docs_test.manifests.from_pages)."""
SHOWN_FILE = re.compile(r"""data-from=["']?(?P<path>[^"'\s}]+)|--8<--\s+["'](?P<example>[^"':]+)""")
"""Pattern of what shows a file: its path from the root, or below examples/, where snippets are looked up."""
SHELLS = frozenset({"language-bash", "language-sh", "language-shell"})


@dataclass(frozen=True, slots=True)
class Validation:
    """What the newest run of `docs-test validate` said of all pages."""

    when: datetime | None = None
    """Time of the report, in UTC; None if there is no report."""
    rules: str = ""
    """Name of the rules that were applied."""
    failed: frozenset[str] = field(default_factory=frozenset)
    """Files with an error, and the pages that show them, relative to the root."""


def load_validation(path: Path) -> Validation:
    """Read the report, if there is one.

    Raises:
        UserError: it is there and cannot be understood.
    """
    hint = "write it anew with `docs-test validate --format json --output FILE`, or remove it"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = data["version"]
        errors = [item for item in data["findings"] if item["level"] == "error"]
        pages = (Position.read(at).file for item in errors for at in item["included_at"])
        failed = frozenset([*(item["file"] for item in errors), *pages])
        report = Validation(datetime.fromtimestamp(path.stat().st_mtime, UTC), str(data["rules"]), failed)
    except FileNotFoundError:  # Looked for by opening it: what keeps pages notices when it comes.
        return Validation()
    except (OSError, ValueError, KeyError, TypeError) as error:
        fact = f"no report of docs-test validate: {type(error).__name__}: {error}"
        raise UserError(fact, where=Position(str(path), 1), hint=hint) from None
    if found != VERSION:
        raise UserError(f"'version' is {found!r}, allowed: {VERSION}", where=Position(str(path), 1), hint=hint)
    return report


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows, counted in its HTML."""

    manifests: int
    commands: int
    """Blocks of shell, none of which is run: on a page that is run, the status line counts."""

    @classmethod
    def of(cls, html: str) -> Shown:
        """Count the blocks of a page's content."""
        blocks = [set(match[1].split()) for match in BLOCK.finditer(html)]
        yaml = [block for block in blocks if "language-yaml" in block and block & MANIFEST]
        return cls(len(yaml), sum(1 for block in blocks if block & SHELLS))


def note(html: str, root: Path, validation: Validation, *, name: str, generated_from: str = "") -> str:
    """The sentences about a page's checks as HTML; "" for a page with a status line of its own.

    Args:
        html: the page's content, rendered.
        root: the folder that paths are relative to.
        validation: what was said of its manifests.
        name: its source.
        generated_from: the file it is generated from, if it is.
    """
    if 'class="tested ' in html:
        return ""
    shown = Shown.of(html)
    said = ["Nothing on this page is run."]
    if shown.commands:
        said[0] = f"{plural(shown.commands, 'block')} of commands on this page {_are(shown.commands)} not run."
    if shown.manifests:
        said.append(f"It shows {plural(shown.manifests, 'manifest')}{_validated(root, validation, name)}")
    if generated_from:
        said.append(f"It is generated from <code>{escape(generated_from)}</code>; a test compares the two.")
    return f'<p class="page-note">{" ".join(said)}</p>'


def _validated(root: Path, validation: Validation, name: str) -> str:
    if validation.when is None:
        return "; this build was given no result of their validation."
    day = f"{validation.when.day} {validation.when:%B %Y}"
    if name in validation.failed:
        return f"; on {day} the validation against {escape(validation.rules)} found an error in them."
    names = [name, *_shown_files(root, name)]
    later = [name for name in names if (root / name).stat().st_mtime > validation.when.timestamp()]
    if later:
        changed = "the page" if later[0] == name else f"<code>{escape(later[0])}</code>"
        return f"; {changed} has changed since their validation on {day}."
    return f", validated on {day} against {escape(validation.rules)}."


def _shown_files(root: Path, name: str) -> list[str]:
    """The files whose content stands in a page's fences."""
    found = SHOWN_FILE.finditer((root / name).read_text(encoding="utf-8"))
    paths = dict.fromkeys(match["path"] or f"examples/{match['example']}" for match in found)
    return [path for path in paths if (root / path).is_file()]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"

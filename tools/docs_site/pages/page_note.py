"""What a page that is not run says of its checks: how many manifests it shows, and when they were validated."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from docs_site.pages.status import plural
from docs_test.language.vocabulary import SHELLS
from docs_test.model import Role
from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from pathlib import Path

    from docs_test.tutorials.index import IndexedPage

DEFAULT = "build/validation.json"
"""Path to which `nox -s docs` lets `docs-test validate --format json` write, relative to the project's root."""
VERSION = 1
"""The version of that report's form which is understood here."""
MANIFESTS = frozenset({Role.FILE, Role.MANIFEST, Role.FRAGMENT})
"""Roles of YAML fences that are validated whatever they look like (docs_test.manifests.from_pages)."""


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
    hint = "write it again with `docs-test validate --format json --output FILE`, or remove it"
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


def note(page: IndexedPage, root: Path, validation: Validation, *, generated_from: str = "") -> str:
    """The sentences about a page's checks as HTML; "" for a page that is run: it has a status line.

    Args:
        page: the page, as the index has it.
        root: the folder that paths are relative to.
        validation: what was said of its manifests.
        generated_from: the file it is generated from, if it is.
    """
    if page.tutorial:
        return ""
    commands = sum(block.language in SHELLS for block in page.blocks)
    manifests = sum(block.language == "yaml" and block.role in MANIFESTS for block in page.blocks)
    said = ["Nothing on this page is run."]
    if commands:
        which = "It says why." if commands == 1 else "Each of them says why."
        said[0] = (
            f"{plural(commands, 'block')} of commands on this page {_are(commands)} not run by the tests. {which}"
        )
    if manifests:
        said.append(f"It shows {plural(manifests, 'manifest')}{_validated(root, validation, page)}")
    if generated_from:
        said.append(f"It is generated from <code>{escape(generated_from)}</code>; a test compares the two.")
    return f'<p class="page-note">{" ".join(said)}</p>'


def _validated(root: Path, validation: Validation, page: IndexedPage) -> str:
    if validation.when is None:
        return "; this build was given no result of their validation."
    day = f"{validation.when.day} {validation.when:%B %Y}"
    if page.path in validation.failed:
        return f"; on {day} the validation against {escape(validation.rules)} found an error in them."
    names = [page.path, *(file for file in page.files if (root / file).is_file())]
    later = [name for name in names if (root / name).stat().st_mtime > validation.when.timestamp()]
    if later:
        changed = "the page" if later[0] == page.path else f"<code>{escape(later[0])}</code>"
        return f"; {changed} has changed since their validation on {day}."
    return f", validated on {day} against {escape(validation.rules)}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"

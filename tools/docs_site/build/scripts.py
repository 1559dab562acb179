"""The scripts of tutorials in the built site: `quick-deploy-v1beta1.sh` beside `quick-deploy.html`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from docs_site.pages.navigation import Entry
from docs_test.cli.version import program_version
from docs_test.scripting.pages import scripts

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig


def write(site: Path, config: MkDocsConfig) -> int:
    """Write them beside the pages that link to them; returns how many.

    Args:
        site: the built site.
        config: MkDocs' configuration.

    Raises:
        UserError: a tutorial has a mistake.
    """
    docs = Path(config.docs_dir).resolve()
    root = docs.parent
    made = scripts(root, program=program_version())
    for one in made:
        source = (root / one.page).relative_to(docs).as_posix()
        beside = PurePosixPath(Entry((), source).built).with_name(one.name)
        (site / beside).write_text(one.text, encoding="utf-8")
    return len(made)

"""The files that have prose for readers, and their prose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from plain_english.page_prose import page_prose
from plain_english.program_prose import python_prose, yaml_prose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = ("docs/**/*.md", "snippets/*.md", "README.md", "CONTRIBUTING.md")
"""Patterns of pages."""
PROGRAMS = ("tools/**/*.py", "tools/**/*.yaml")
"""Patterns of files whose texts are printed, or written into pages."""
NOT_OURS = ("tools/dynamo_crd/sources/", "tools/mock_platform/manifests/", "tools/kube_manifests/schemas/")
"""Beginnings of the paths of files whose words are others', or manifests."""
READERS: dict[str, Callable[[str], str]] = {".md": page_prose, ".py": python_prose, ".yaml": yaml_prose}
"""Readers of the prose of a file, by the ending of its name."""


def prose_of(tree: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    """Prose of the files of a checkout, by path.

    Raises:
        UserError: a file cannot be read as what its name says.
    """
    found = {file.relative_to(tree).as_posix(): file for one in patterns for file in sorted(tree.glob(one))}
    return {path: _read(path, file) for path, file in found.items() if not path.startswith(NOT_OURS)}


def _read(path: str, file: Path) -> str:
    try:
        return READERS[file.suffix](file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"cannot be read: {error}", where=Position(path)) from error

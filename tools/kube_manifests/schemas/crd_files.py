"""CustomResourceDefinitions in a folder's YAML files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from groundwork.base.errors import UserError
from groundwork.base.positions import Position

if TYPE_CHECKING:
    from pathlib import Path


def contents(folder: Path) -> list[tuple[Path, bytes]]:
    """The YAML files of a folder, by file name.

    Raises:
        UserError: one of them cannot be read.
    """
    found = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            found.append((path, path.read_bytes()))
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=Position(str(path))) from None
    return found


def read(folder: Path) -> list[dict[str, Any]]:
    """The CRDs in the YAML files of a folder, by file name.

    Raises:
        UserError: no such folder, no CRD in it, or a file that is no YAML.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents: list[Any] = []
    for path, content in contents(folder):
        try:
            documents += yaml.load_all(content, Loader=loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = Position(str(path), *((mark.line + 1, mark.column + 1) if mark else ()))
            fact = f"not YAML: {getattr(error, 'problem', None) or str(error).splitlines()[0]}"
            raise UserError(fact, where=where, hint="name a folder that holds CRDs alone") from None
    found = [one for one in documents if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition"]
    if not found:
        raise UserError(f"no CustomResourceDefinition in {str(folder)!r}", hint="name a folder of YAML files")
    return found

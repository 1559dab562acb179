"""The files of pages that are kept beside a results file, each named by its content."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from docs_test.page_results import Attachment
from groundwork.base.content import write_whole

if TYPE_CHECKING:
    from docs_test.page_results import PageResult, Results

SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")
"""Suffix of a name, as far as it is kept: a browser goes by it."""


@dataclass(frozen=True, slots=True)
class Store:
    """Keeps files beside a results file."""

    results: Path
    """The results file."""

    @property
    def folder(self) -> Path:
        """Where they lie: `results.files` beside `results.json`."""
        return self.results.with_suffix(".files")

    def keep(self, name: str, content: bytes) -> Attachment:
        """Keep a file.

        Raises:
            OSError: it cannot be written.
        """
        digest = hashlib.sha256(content).hexdigest()
        suffix = PurePosixPath(name).suffix
        path = self.folder / f"{digest}{suffix if SUFFIX.fullmatch(suffix) else ''}"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        return Attachment(name, f"{self.folder.name}/{path.name}", digest, len(content))

    def take(self, page: PageResult, other: Path) -> PageResult:
        """The page with its files copied from beside another results file.

        Raises:
            OSError: one cannot be copied.
        """
        return replace(page, attachments=tuple(self._taken(one, other) for one in page.attachments))

    def _taken(self, attachment: Attachment, other: Path) -> Attachment:
        source = other.parent / attachment.file
        target = self.folder / source.name
        if not attachment.file:
            return attachment
        if source.is_symlink() or not source.is_file():
            return Attachment(attachment.name, left_out=f"it is not in the folder of {other.name}")
        if source.resolve() != target.resolve():
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        return replace(attachment, file=f"{self.folder.name}/{target.name}")

    def prune(self, results: Results) -> None:
        """Remove the files that no page has any more."""
        kept = {one.file for page in results.pages for one in page.attachments}
        for path in self.folder.glob("*"):
            if f"{self.folder.name}/{path.name}" not in kept:
                path.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

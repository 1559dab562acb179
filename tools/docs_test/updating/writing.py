"""Changed files are written all or not at all, also where the program is killed meanwhile.

New contents are first drafts beside their files. Once all are there, a mark says so, and each takes its file's
place. The next run removes the drafts of a run that was killed before its mark, and finishes the work of one that
was killed after it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.updating import shadow
from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.paths import cache_dir
from groundwork.system.records import abandoned, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docs_test.updating.drafting import Change

KIND = "update"
STAGES = ("recorded", "drafted", "marked", "replaced", "settled")
"""Names of the moments that `reached` is called with."""


def write(root: Path, changes: Sequence[Change], reached: Callable[[str], None] = lambda _: None) -> None:
    """Write changed files; their permissions and links stay.

    Args:
        root: the site's top folder.
        changes: the files.
        reached: hears how far it is.

    Raises:
        UserError: a file has changed since it was read; nothing is written.
        EnvironmentFault: a file cannot be written.
    """
    token = secrets.token_hex(6)
    plans = [_plan(root, change, token) for change in changes]
    with recorded(KIND, token=token, files=json.dumps(plans)) as record:
        reached("recorded")
        try:
            for plan, change in zip(plans, changes, strict=True):
                _draft(plan, change, root)
                reached("drafted")
        except BaseException:
            _discard(plans)
            record.settled()
            raise
        _mark(token).touch()
        reached("marked")
        try:
            for plan in plans:
                Path(plan["draft"]).replace(plan["path"])
                reached("replaced")
        except OSError as error:
            raise EnvironmentFault(f"{error.filename!r} cannot be written: {error.strerror}") from error
        _mark(token).unlink()
        reached("settled")
        record.settled()


def _plan(root: Path, change: Change, token: str) -> dict[str, str]:
    path = (root / change.file.name).resolve()
    draft = path.with_name(f".{path.name}.{token}")
    return {"path": str(path), "draft": str(draft), "before": change.file.digest}


def _draft(plan: dict[str, str], change: Change, root: Path) -> None:
    path, draft = Path(plan["path"]), Path(plan["draft"])
    try:
        if _digest(path) != plan["before"]:
            name = path.relative_to(root.resolve()) if path.is_relative_to(root.resolve()) else path
            fact = f"{str(name)!r} has changed since it was read; nothing is written"
            raise UserError(fact, hint="run docs-test update again")
        with draft.open("xb") as file:
            file.write(change.data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, draft)
    except OSError as error:
        raise EnvironmentFault(f"{str(path)!r} cannot be written: {error.strerror}") from error


def sweep(said: Callable[[str], None]) -> None:
    """Finish, or take back, what updates that were killed began; `said` gets a line on each file."""
    shadow.sweep()
    with abandoned(KIND) as found:
        for facts in found:
            plans, token = _planned(facts)
            marked = bool(token) and _mark(token).exists()
            for plan in plans:
                path, draft = Path(plan["path"]), Path(plan["draft"])
                if not draft.exists() or draft.name != f".{path.name}.{token}":
                    continue
                if marked and _digest(path) == plan["before"]:
                    draft.replace(path)
                    said(f"an update was killed: {path.name} is now as it was to be written")
                else:
                    draft.unlink()
                    said(f"an update of {path.name} was killed: removed its draft")
            if token:
                _mark(token).unlink(missing_ok=True)


def _planned(facts: dict[str, Any]) -> tuple[list[dict[str, str]], str]:
    """The plans of a record, and its token; of one that is not as `write` made it, none."""
    try:
        plans, token = json.loads(facts["files"]), str(facts["token"])
        int(token, 16)
        return [{name: str(plan[name]) for name in ("path", "draft", "before")} for plan in plans], token
    except (KeyError, TypeError, ValueError):
        return [], ""


def _mark(token: str) -> Path:
    return cache_dir("updates") / token


def _discard(plans: Sequence[dict[str, str]]) -> None:
    for plan in plans:
        with suppress(OSError):
            Path(plan["draft"]).unlink(missing_ok=True)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""

"""The results file: written by a run, read by reports and by the site. Its form is results.schema.json."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.page_results import Results
from docs_test.reporting import older
from docs_test.reporting.quick_schema import Compiler
from groundwork.base.content import write_whole
from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.base.typed_json import from_json, to_json
from groundwork.base.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docs_test.page_results import PageResult, RunInfo

VERSION = 2
"""Changes when a reader of the file would have to."""
SCHEMA = Path(__file__).with_name("results.schema.json")
MOST_CHARACTERS = 256 * 1024 * 1024
"""Characters of a results file that is read."""
HINT = "run docs-test to write it again, or remove it"


def name_of(platform: str, usual: str, mode: str = "") -> str:
    """The default file of a platform: what one proved stays when another is run.

    Args:
        platform: its name.
        usual: the name of the site's usual one.
        mode: name of the mode that its options ask for; "" for none. A mode has a folder of its own, which the
            site does not read: its status lines tell of what readers have.
    """
    name = "results.json" if platform == usual else f"results-{platform}.json"
    return f"{mode}/{name}" if mode else name


def merge(old: Results | None, new: Results) -> Results:
    """The new results, with the old ones' pages that did not run now, if both ran in the same environment.

    What a page did before it had the variants that it has now is dropped: no run would ever replace it.
    Pages that ran in part are not results: what is known of the whole page stays.
    """
    new = replace(new, pages=tuple(page for page in new.pages if not page.in_part))
    if old is not None and not new.pages:
        return old
    if old is None or old.environment != new.environment:
        return new
    ran = {page.key for page in new.pages}
    names = {page.path: page.variant.keys() for page in new.pages}
    kept = [
        page
        for page in old.pages
        if page.key not in ran and page.variant.keys() == names.get(page.path, page.variant.keys())
    ]
    pages = tuple(sorted([*kept, *new.pages], key=lambda page: page.path))
    return Results(new.environment, _runs([*old.runs, *new.runs], pages), pages)


def _runs(runs: Iterable[RunInfo], pages: Iterable[PageResult]) -> tuple[RunInfo, ...]:
    """The runs that pages are of, the latest last."""
    named = {page.run for page in pages}
    once = {run.id: run for run in runs if run.id in named}
    return tuple(sorted(once.values(), key=lambda run: run.started_at))


def read(path: Path, hint: str = HINT) -> Results | None:
    """Results that were written before, also by a docs-test of version 1; None if there are none.

    Args:
        path: the file.
        hint: what to do if it cannot be read.

    Raises:
        UserError: it is there and is no results file.
    """
    try:
        data = json.loads(_text(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error), hint) from None
    found = data.get("version") if isinstance(data, dict) else None
    try:
        if found == older.VERSION:
            return older.read(data)
        if found != VERSION:
            raise _unreadable(path, f"'version' is {found!r}, allowed: {older.VERSION}, {VERSION}", hint)
        _check(data)
        return from_json(Results, {name: data[name] for name in ("environment", "runs", "pages")})
    except KeyError as error:
        raise _unreadable(path, f"the key {error} is missing", hint) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, str(error), hint) from None


def _text(path: Path) -> str:
    """The text of a file, which may be a device without an end.

    Raises:
        OSError, ValueError: it cannot be read, or is too large.
    """
    with path.open(encoding="utf-8") as file:
        text = file.read(MOST_CHARACTERS + 1)
    if len(text) > MOST_CHARACTERS:
        raise ValueError("it is too large")
    return text


def write(path: Path, results: Results) -> None:
    """Write results whole or not at all, after holding them against the schema.

    Raises:
        OSError: the file cannot be written.
    """
    data = document(results)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _lines(data).encode())


def _lines(data: dict[str, Any]) -> str:
    """The text, with a line for each page: Python takes ten times as long for a line for each value."""
    pages = ",\n".join(map(json.dumps, data["pages"]))
    head = json.dumps({name: value for name, value in data.items() if name != "pages"})
    return f'{head[:-1]}, "pages": [\n{pages}\n]}}\n'


def document(results: Results) -> dict[str, Any]:
    """The content of the file, held against the schema."""
    data = {"version": VERSION, **to_json(results)}
    for run in data["runs"]:
        _round(run["stages"], "seconds")
    _round(data["pages"], "seconds")
    for page in data["pages"]:
        _round(page["steps"], "seconds", "started")
    _check(data)
    return data


def _round(items: Iterable[dict[str, Any]], *names: str) -> None:
    for item in items:
        for name in names:
            item[name] = round(item[name], 3)


def _check(data: dict[str, Any]) -> None:
    """Hold data against the schema.

    Raises:
        ValueError: it breaks it; the message says where.
    """
    if _fits()(data):
        return
    # Imported late: a build of the site without results needs none of it.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    if error := best_match(Draft202012Validator(_schema()).iter_errors(data)):
        raise ValueError(f"{error.json_path}: {quoted(error.message)}")


@cache
def _fits() -> Callable[[Any], bool]:
    return Compiler(_schema()).compiled()


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


def _unreadable(path: Path, fact: str, hint: str) -> UserError:
    return UserError(f"no results file of docs-test: {fact}", where=Position(str(path)), hint=hint)

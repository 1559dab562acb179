"""A report as Markdown for people, and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from dynamo_docs.intake.model import Area
from dynamo_docs.intake.touches import by_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dynamo_docs.intake.model import Change, Intake, Touch

VERSION = 1
"""Version of the JSON form: it changes when a reader of it would have to."""
_LONGEST = 160
_MOST, _FILES = 12, 10
"""Numbers of lines of a file, and of files of a group, that Markdown names; JSON has all."""
_ABOUT = {
    Area.CRDS: "Conversion, labels and annotations of the CRDs themselves are left out.",
    Area.BEFORE: "The release compared with was read in part; this is what is dated to it here, or before it.",
    Area.PLANNER: "Read from the wheel's source; what lies within a key that came or went is not listed.",
    Area.REQUEST: "What the wheel's types have beyond the changes of the CRD, from which they are generated.",
    Area.OPTIONS: "Texts in the programs' code: an option put together from parts is not seen, and one that is "
    "gone may still be accepted in its old spelling.",
    Area.NAMES: "Pods and adapters of a generated graph have them, in lower case.",
    Area.WORDS: "Metrics, and reasons of decisions, as logs and metrics have them.",
    Area.CHART: "Values with their defaults.",
    Area.RELEASE: "If the default moves to the new release, these move, too.",
}


def as_json(intake: Intake) -> str:
    """One object; `changes` is a list of objects with `touches`."""
    changes = [
        {
            **{key: value for key, value in asdict(change).items() if key != "words"},
            "touches": [*map(asdict, touched)],
        }
        for change, touched in intake.changes
    ]
    return json.dumps({"version": VERSION, **asdict(intake), "changes": changes}, indent=2) + "\n"


def markdown(intake: Intake) -> str:
    """The report, a section for each sort of thing."""
    return "\n".join(_lines(intake)) + "\n"


def summary(intake: Intake) -> str:
    """One line: how much there is."""
    refused = [one.file for one in intake.verdicts if one.errors]
    touched = {touch.file for _, some in intake.changes for touch in some}
    counts = f"{len(intake.changes)} changes, which {len(touched)} files name; {len(intake.todo)} steps to do"
    return f"{intake.release}: {counts}; {len(refused)} of {len(intake.verdicts)} examples refused"


def _lines(intake: Intake) -> Iterator[str]:
    yield f"# Dynamo {intake.release}, compared with {intake.against}"
    yield ""
    yield from (f"- {what}: {name}" for what, name in intake.inputs.items())
    yield f"- {summary(intake)}"
    yield from _list(
        "What this project still lacks", intake.todo, "Nothing: sources, rules and the table have it."
    )
    yield from _list("Not read, or not compared", intake.gaps, "Everything was.")
    for area in Area:
        some = [one for one in intake.changes if one[0].area == area]
        if some:
            yield from ("", f"## {area}", "", _ABOUT[area], "")
            yield from _changes(some)
    yield from ("", "## Examples", "", f"By {intake.rules}.", "")
    yield from _verdicts(intake)
    yield from ("", "## Tutorials", "", intake.tutorials.says)
    if intake.tutorials.pages:
        yield ""
        yield from (f"- {page}: {outcome}" for page, outcome in intake.tutorials.pages.items())


def _list(title: str, items: Sequence[str], none: str) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from (f"- {item}" for item in items)
    if not items:
        yield none


def _changes(some: Sequence[tuple[Change, tuple[Touch, ...]]]) -> Iterator[str]:
    shown: dict[tuple[Touch, ...], str] = {}
    for change, touched in some:
        yield _change(change)
        if touched in shown:
            yield f"    - the same places as of `{shown[touched]}`"
            continue
        if touched:
            shown[touched] = f"{change.place} {change.new}".strip()
        for group, files in by_group(touched).items():
            more = f"; and {len(files) - _FILES} more files" if len(files) > _FILES else ""
            yield f"    - {group}: {'; '.join(map(_touch, files[:_FILES]))}{more}"


def _change(change: Change) -> str:
    what = f" {change.what}" if change.what != "named" else ""
    said = " -> ".join(f"`{_short(text)}`" for text in (change.old, change.new) if text)
    return f"- **`{change.place}`**{what}{f': {said}' if said else ''}"


def _touch(touch: Touch) -> str:
    more = ", …" if len(touch.lines) > _MOST else ""
    return f"{touch.file}:{','.join(map(str, touch.lines[:_MOST]))}{more}"


def _verdicts(intake: Intake) -> Iterator[str]:
    if not intake.verdicts:
        yield "There is no examples/."
        return
    yield from ("| File | Verdict |", "| --- | --- |")
    for one in intake.verdicts:
        advice = f"; {one.advice} advice" if one.advice else ""
        wrong = "<br>".join(_short(error).replace("|", "\\|") for error in one.errors)
        yield f"| {one.file} | {wrong or 'accepted'}{advice} |"


def _short(text: str) -> str:
    plain = " ".join(text.split()).replace("`", "'")
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"

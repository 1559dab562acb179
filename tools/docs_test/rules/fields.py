"""`unknown-field`: fields in JSONPath, custom columns, patches and `explain` that an object's schema lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docs_test.known.finding import Finding
from docs_test.kubectl import jsonpath
from docs_test.kubectl.targets import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.known.finding import Context
    from docs_test.known.page_code import Block, PageCode
    from docs_test.known.schema_paths import Fields
    from docs_test.kubectl.invocation import Invocation
    from docs_test.kubectl.jsonpath import PathExpression, Step
    from docs_test.kubectl.table import Resource
    from docs_test.shellcode.model import Word

JSONPATHS = ("jsonpath=", "jsonpath-as-json=")
COLUMNS = "custom-columns="
SEGMENT = {"~1": "/", "~0": "~"}


def check(page: PageCode, context: Context) -> Iterator[Finding]:
    """Fields that commands name, also in those that are only shown."""
    for block in page.blocks:
        for _, call in context.calls(block):
            if call.command is not None:
                yield from _Call(block, call, context).findings()


class _Call:
    """One command line."""

    def __init__(self, block: Block, call: Invocation, context: Context) -> None:
        self.block, self.call = block, call
        self.types, self.fields = context.types, context.fields

    def findings(self) -> Iterator[Finding]:
        path = self.call.path
        if path == ("explain",):
            yield from self._explain()
            return
        resources = self._resources()
        if not resources:
            return
        if path == ("get",):
            yield from self._output(resources)
        elif path == ("wait",):
            for word in self.call.values("for"):
                if word.text.startswith("jsonpath="):
                    end = word.text.rfind("}") + 1 or word.text.find("=", len("jsonpath="))
                    part = word.part(len("jsonpath="), end if end > 0 else None)
                    yield from self._one(part, jsonpath.path(part.text), resources)
        elif path == ("patch",):
            yield from self._patch(resources)
        sort = self.call.value("sort-by") if path == ("get",) else None
        if sort is not None:
            yield from self._one(sort, jsonpath.path(sort.text), resources)

    def _resources(self) -> list[Resource]:
        """The types it is about; [] if one of them is not known."""
        found = targets(self.call, self.types)
        known = [one.resource for one in found if one.resource is not None]
        return list(dict.fromkeys(known)) if len(known) == len(found) else []

    def _output(self, resources: Sequence[Resource]) -> Iterator[Finding]:
        output = self.call.value("output")
        if output is None:
            return
        for prefix in JSONPATHS:
            if output.text.startswith(prefix):
                part = output.part(len(prefix))
                yield from self._template(part, jsonpath.template(part.text), resources, listed=self._listed())
        if output.text.startswith(COLUMNS):
            start = len(COLUMNS)
            for column in output.text[start:].split(","):
                at = start + column.find(":") + 1
                part = output.part(at, start + len(column))
                if ":" in column and part.text:
                    yield from self._one(part, jsonpath.path(part.text), resources)
                start += len(column) + 1

    def _listed(self) -> bool:
        """Whether kubectl prints a list, not one object."""
        found = targets(self.call, self.types)
        return len(found) != 1 or found[0].name is None

    def _template(
        self, word: Word, paths: Sequence[PathExpression], resources: Sequence[Resource], *, listed: bool
    ) -> Iterator[Finding]:
        for path in paths:
            steps = list(path.steps)
            base = path.base
            while base >= 0:
                steps = [*paths[base].steps, *steps]
                base = paths[base].base
            yield from self._steps(word, steps, resources, listed=listed)

    def _one(self, word: Word, path: PathExpression | None, resources: Sequence[Resource]) -> Iterator[Finding]:
        if path is not None:
            yield from self._steps(word, path.steps, resources, listed=False)

    def _steps(
        self, word: Word, steps: Sequence[Step], resources: Sequence[Resource], *, listed: bool
    ) -> Iterator[Finding]:
        wrong = [self.fields.wrong(resource, [one.name for one in steps], listed=listed) for resource in resources]
        if not wrong or None in wrong:
            return
        first = next(one for one in wrong if one is not None)
        at = word.at(steps[first.index].at)
        yield Finding(self.block, at, "unknown-field", first.fact, first.hint)

    def _explain(self) -> Iterator[Finding]:
        for word in self.call.words[:1]:
            kind, dot, _ = word.text.partition(".")
            resource = self.types.find(kind) if word.known else None
            if resource is None or not dot:
                continue
            at = len(kind)
            steps = []
            for name in word.text[at + 1 :].split("."):
                steps.append(jsonpath.Step(name, at + 1))
                at += len(name) + 1
            yield from self._steps(word, _through_lists(self.fields, resource, steps), [resource], listed=False)

    def _patch(self, resources: Sequence[Resource]) -> Iterator[Finding]:
        body, sort = self.call.value("patch"), self.call.value("type")
        if body is None or not body.known:
            return
        try:
            value = json.loads(body.text)
        except ValueError:
            return
        if sort is not None and sort.text == "json":
            for one in value if isinstance(value, list) else ():
                yield from self._pointer(body, one, resources)
            return
        for path in _fields(value):
            names = [name for name in path if isinstance(name, str)]
            at = _place(body.text, names)
            steps = [jsonpath.Step(name if isinstance(name, str) else jsonpath.ITEM, at) for name in path]
            for found in self._steps(body, steps, resources, listed=False):
                yield found
                return  # What lies below an unknown field is unknown, too.

    def _pointer(self, body: Word, change: Any, resources: Sequence[Resource]) -> Iterator[Finding]:
        pointer = change.get("path") if isinstance(change, dict) else None
        if not isinstance(pointer, str) or not pointer.startswith("/"):
            return
        start = body.text.find(json.dumps(pointer)) + 1
        steps = []
        for name in pointer[1:].split("/"):
            start += 1
            plain = name.replace("~1", "/").replace("~0", "~")
            item = plain.isdecimal() or plain == "-"
            steps.append(jsonpath.Step(jsonpath.ITEM if item else plain, max(start, 0)))
            start += len(name)
        yield from self._steps(body, steps, resources, listed=False)


def _through_lists(fields: Fields, resource: Resource, steps: Sequence[Step]) -> list[Step]:
    """The steps of `kubectl explain`, which goes into the items of lists by itself."""
    found: list[Step] = []
    for step in steps:
        if fields.is_list(resource, [one.name for one in found]):
            found.append(jsonpath.Step(jsonpath.ITEM, step.at))
        found.append(step)
    return found


def _fields(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all fields of a value, the outer first."""
    if path and isinstance(path[-1], str):
        yield path
    if isinstance(value, dict):
        for name, one in value.items():
            if not name.startswith("$"):  # A directive of a strategic merge.
                yield from _fields(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _fields(one, (*path, number))


def _place(text: str, names: Sequence[str]) -> int:
    """Where a field stands in JSON: the names of its path are looked for one after the other."""
    at = 0
    for name in names:
        found = text.find(json.dumps(name), at)
        at = found + 1 if found >= 0 else at
    return at

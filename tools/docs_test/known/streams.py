"""Which manifests the files of a page and the outputs of its commands hold, as far as that is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.known.objects import of_text, patched, pattern
from docs_test.kubectl.invocation import invocation
from docs_test.model import Role
from docs_test.ports.knowledge import Made

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docs_test.known.page_code import Block
    from docs_test.kubectl.invocation import Invocation
    from docs_test.kubectl.resources import Types
    from docs_test.shellcode.model import Command, Word

COPYING = frozenset({"cat", "sed", "envsubst", "tee"})
"""Programs that print what they read, changed here and there."""
STDIN = "-"
NOT_TYPES = frozenset({"token"})


@dataclass(slots=True)
class Streams:
    """Follows manifests through files and pipes."""

    types: Types
    values: Mapping[str, str]
    files: dict[str, list[Made] | None] = field(default_factory=dict)
    """Objects of each file; None if they are not known."""

    def save(self, block: Block) -> None:
        """A file that the reader saves."""
        name = block.values.get("file_name", "")
        if block.role is Role.FILE and name:
            self.files[name] = of_text(str(block.values.get("source", block.code)), self.types)

    def written(self, commands: Sequence[Command], command: Command) -> None:
        """Note what a command writes into files."""
        targets = [one.word.text for one in command.redirects if one.operator in {">", ">>"} and one.word]
        if command.words and command.words[0].text == "tee":
            targets += [word.text for word in command.words[1:] if not word.text.startswith("-")]
        for name in targets:
            if name.endswith((".yaml", ".yml", ".json")):
                self.files[name.removeprefix("./")] = self.printed(commands, command)

    def applied(self, commands: Sequence[Command], command: Command, call: Invocation) -> list[Made] | None:
        """The objects that `kubectl apply`, `create`, `replace` or `delete` gets with `-f`; None: not known."""
        found: list[Made] = []
        if call.has("kustomize"):
            return None
        for word in call.values("filename"):
            made = self.read_by(commands, command) if word.text == STDIN else self._file(word)
            if made is None:
                return None
            found += made
        return found

    def read_by(self, commands: Sequence[Command], command: Command) -> list[Made] | None:
        """The objects that a command reads from its input."""
        for redirect in reversed(command.redirects):
            if redirect.body is not None:
                return of_text(redirect.body.filled(self.values).text, self.types)
            if redirect.operator == "<" and redirect.word is not None:
                return self._file(redirect.word)
            if redirect.operator == "<<<":
                return None
        return self.printed(commands, commands[command.fed_by]) if command.fed_by >= 0 else None

    def printed(self, commands: Sequence[Command], command: Command) -> list[Made] | None:
        """The objects that a command prints."""
        call = invocation(command, self.values)
        if call is not None:
            return self._by_kubectl(call)
        if not command.words or command.words[0].text not in COPYING:
            return None
        files = [word for word in command.words[1:] if word.text.removeprefix("./") in self.files]
        read = [self._file(word) for word in files] or [self.read_by(commands, command)]
        if any(one is None for one in read):
            return None
        found = [made for one in read for made in one or ()]
        changes = " ".join(word.text for word in command.words[1:])
        renamed = command.words[0].text == "sed" and any(one.name in changes for one in found)
        return None if renamed else found

    def created(self, call: Invocation) -> list[Made]:
        """The object that `kubectl create TYPE NAME`, `run`, `expose` or `autoscale` makes."""
        first, words = call.path[0], list(call.words)
        type_name, name = "", words[0] if words else None
        if first == "create" and len(call.path) > 1:
            type_name = call.path[1]
        elif first == "run":
            type_name = "pods"
        elif first in {"expose", "autoscale"}:
            type_name = "services" if first == "expose" else "horizontalpodautoscalers"
            last = words[-1] if words else None
            name = call.value("name") or (last.part(last.text.find("/") + 1) if last is not None else None)
        resource = None if type_name in NOT_TYPES else self.types.find(type_name)
        if resource is None or name is None:
            return []
        return [Made(resource, pattern(name.text))]

    def _by_kubectl(self, call: Invocation) -> list[Made] | None:
        if call.path[:1] == ("patch",) and call.has("local"):
            made: list[Made] = []
            for word in call.values("filename"):
                one = self._file(word)
                if one is None:
                    return None
                made += one
            body = call.value("patch")
            return None if body is None else patched(made, body.text)
        if call.path[:1] in {("create",), ("run",)} and call.has("dry-run"):
            return self.created(call) or None
        return None

    def _file(self, word: Word) -> list[Made] | None:
        return self.files.get(word.text.removeprefix("./")) if word.known else None

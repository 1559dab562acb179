"""`port-twice`: two steps that go on in the background and open the same port of the reader's machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from docs_test.known.finding import Finding
from docs_test.kubectl.invocation import invocation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.known.finding import Context
    from docs_test.known.page_code import Block, PageCode
    from docs_test.kubectl.invocation import Invocation
    from docs_test.shellcode.model import Command, Word

PROXY = 8001
"""Port of `kubectl proxy` if it is given none."""
ENDING = frozenset({"kill", "pkill", "killall"})
SERVERS = {"http.server": 8000}
"""Modules of Python that serve -> their port if they are given none."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A port that a step opens."""

    port: int
    block: Block
    offset: int


def check(page: PageCode, context: Context) -> Iterator[Finding]:
    """Ports that a step opens though an earlier one still has them open."""
    first: dict[int, Opened] = {}
    for step in page.steps:
        for command in step.script.commands:
            if command.words and command.words[0].text in ENDING:
                first = {}
            for opened in _of_command(step, command, context):
                before = first.setdefault(opened.port, opened)
                if before is not opened:
                    line = before.block.lines[before.block.code.count("\n", 0, before.offset)]
                    fact = f"port {opened.port} is already open, by {line}"
                    hint = "choose another local port, LOCAL:REMOTE, or end the first: kill %1"
                    yield Finding(opened.block, opened.offset, "port-twice", fact, hint)


def opens(step: Block, context: Context) -> Iterator[Opened]:
    """The local ports that commands of a step open and keep open."""
    for command in step.script.commands:
        yield from _of_command(step, command, context)


def _of_command(step: Block, command: Command, context: Context) -> Iterator[Opened]:
    if not (step.background or command.background):
        return
    call = invocation(command, context.values)
    if call is not None:
        yield from (Opened(port, step, word.start) for port, word in forwarded(call))
    else:
        words = [word.filled(context.values) for word in command.words]
        yield from (Opened(port, step, word.start) for port, word in _served(words))


def forwarded(call: Invocation) -> Iterator[tuple[int, Word]]:
    """The local ports of `kubectl port-forward` and `kubectl proxy`; 0 where kubectl chooses one."""
    if call.path[:1] == ("port-forward",):
        for word in call.words[1:]:
            local = word.text.partition(":")[0]
            if local.isdecimal():
                yield int(local), word
    elif call.path[:1] == ("proxy",):
        port = call.value("port")
        if port is None:
            yield PROXY, call.name or call.program
        elif port.text.isdecimal() and port.text != "0":
            yield int(port.text), port


def _served(words: list[Word]) -> Iterator[tuple[int, Word]]:
    for index, word in enumerate(words[1:], 1):
        if word.text in SERVERS and words[index - 1].text == "-m":
            given = next((one for one in words[index + 1 :] if one.text.isdecimal()), None)
            yield (int(given.text), given) if given is not None else (SERVERS[word.text], word)


def port_of(address: str) -> int:
    """The port of an address."""
    parts = urlsplit(address)
    return parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)

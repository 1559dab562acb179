"""What becomes of objects in a page, step by step: made, waited for, used, deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.known.objects import STANDING, Family, Known
from docs_test.known.streams import Streams
from docs_test.kubectl.targets import targets
from docs_test.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.known.finding import Context
    from docs_test.known.page_code import Block, PageCode
    from docs_test.kubectl.invocation import Invocation
    from docs_test.kubectl.targets import Target
    from docs_test.ports.knowledge import Made
    from docs_test.shellcode.model import Command

MAKING = frozenset({"apply", "create", "replace", "run", "expose", "autoscale"})
OTHERS = frozenset(
    (
        "helm",
        "bash",
        "sh",
        "make",
        "source",
        ".",
        "eval",
        "kustomize",
        "kubectl-apply",
        "terraform",
        "skaffold",
        "istioctl",
    )
)
"""Programs that may make objects of which nobody here knows."""


@dataclass(frozen=True, slots=True)
class Event:
    """A command, and what it does to objects."""

    block: Block
    command: Command
    call: Invocation | None
    """Command line of kubectl; None for another program."""
    targets: tuple[Target, ...] = ()
    """Objects that it names."""
    made: tuple[Made, ...] = ()
    """Objects that it makes or, of a `delete -f`, deletes."""
    unseen: bool = False
    """Whether it may make, or delete, objects that are not known."""
    earlier: bool = False
    """Whether it stands on a page that runs before, or is only shown."""

    @property
    def verb(self) -> str:
        """First word of kubectl's command; "" for another program."""
        return self.call.path[0] if self.call is not None and self.call.path else ""

    @property
    def makes(self) -> bool:
        """Whether it makes objects."""
        return self.verb in MAKING


@dataclass(frozen=True, slots=True)
class Story:
    """The events of a page, those of pages before it first."""

    events: tuple[Event, ...]
    family: Family

    def known(self, made: Sequence[Made]) -> list[Known]:
        """Objects, and all that is made of them."""
        return [known for one in made for known in self.family.of(one)]


def story(page: PageCode, context: Context) -> Story:
    """The story of a variant of a page."""
    events: list[Event] = []
    for before in context.before:
        first = next(iter(before.variants()))
        blocks = [block for block in first.blocks if not block.cleanup]
        events += _Teller(context).events(blocks, earlier=True)
    events += _Teller(context).events(page.blocks, earlier=False)
    return Story(tuple(events), Family(context.knowledge, context.types))


@dataclass(slots=True)
class _Teller:
    context: Context
    streams: Streams = field(init=False)

    def __post_init__(self) -> None:
        self.streams = Streams(self.context.types, self.context.values)

    def events(self, blocks: Sequence[Block], *, earlier: bool) -> Iterator[Event]:
        for block in blocks:
            self.streams.save(block)
            if not block.is_shell or block.role not in {Role.RUN, Role.SKIP, None}:
                continue
            calls = {id(command): call for command, call in self.context.calls(block)}
            commands = block.script.commands
            for command in commands:
                call = calls.get(id(command))
                yield self._event(block, commands, command, call, earlier=earlier or block.role is Role.SKIP)
                self.streams.written(commands, command)

    def _event(
        self,
        block: Block,
        commands: Sequence[Command],
        command: Command,
        call: Invocation | None,
        *,
        earlier: bool,
    ) -> Event:
        if call is None or not call.path:
            program = command.words[0].text.rpartition("/")[2] if command.words else ""
            unseen = program in OTHERS or (bool(command.words) and command.words[0].text.startswith("./"))
            return Event(block, command, call, unseen=unseen, earlier=earlier)
        found = tuple(targets(call, self.context.types))
        made: Sequence[Made] | None = ()
        if call.has("filename") or call.has("kustomize"):
            made = self.streams.applied(commands, command, call)
        elif call.path[0] in MAKING and not (call.has("dry-run") and _is_dry(call)):
            made = self.streams.created(call)
        if call.has("dry-run") and _is_dry(call):
            made = ()
        unseen = made is None or call.uncertain or call.fed
        return Event(block, command, call, found, tuple(made or ()), unseen, earlier)


def _is_dry(call: Invocation) -> bool:
    value = call.value("dry-run")
    return value is None or value.text != "none"


def standing(plural: str) -> tuple[str, ...]:
    """Names of the objects of a type that there are without anybody making them."""
    return STANDING.get(plural, ())


def elsewhere(call: Invocation) -> bool:
    """Whether a command is about another namespace than the page's."""
    return any(call.has(name) for name in ("namespace", "all-namespaces", "context", "kubeconfig", "server"))

"""What a check finds, and what it knows beside the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docs_test.kubectl.invocation import invocation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docs_test.known.page_code import Block, PageCode
    from docs_test.known.schema_paths import Fields
    from docs_test.kubectl.invocation import Invocation
    from docs_test.kubectl.resources import Types
    from docs_test.ports.knowledge import Knowledge
    from docs_test.shellcode.model import Command


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a block."""

    block: Block
    offset: int
    """Offset in the block's code."""
    code: str
    fact: str
    hint: str = ""
    word: str = ""
    """Word of the block's opening line at which it stands; "" for the offset."""


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is known beside a page."""

    knowledge: Knowledge
    types: Types
    fields: Fields
    values: Mapping[str, str] = field(default_factory=dict)
    """Variables whose value is known throughout the page."""
    before: tuple[PageCode, ...] = ()
    """Pages that run before this one (`after`, `uses`), the nearest last."""
    _calls: dict[str, list[tuple[Command, Invocation]]] = field(default_factory=dict)

    def calls(self, block: Block) -> list[tuple[Command, Invocation]]:
        """The command lines of kubectl in a block, in its order."""
        if block.code not in self._calls:
            found = ((one, invocation(one, self.values)) for one in block.script.commands)
            self._calls[block.code] = [(command, call) for command, call in found if call is not None]
        return self._calls[block.code]

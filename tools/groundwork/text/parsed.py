"""What the readers of YAML and JSON make of a text: a value, and where everything stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

MANIFEST_HEADS = (("apiVersion",), ("kind",), ("metadata",))
"""Paths of keys with which each manifest begins."""
ADVICE = ("key-read", "tag-dropped")
"""Codes of what Kubernetes reads, but not as it is written."""
DASHES = "a separator has exactly three dashes: `---`"
"""Hint for a line that was meant to divide two documents."""
MAX_DEPTH = 200
"""Levels of nesting that are read: more than any Kubernetes object has (a CRD's schema of a pod template: about
60), and far from Python's own limit."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong at a mark of the text."""

    line: int
    """Line, 0-based, as libyaml counts."""
    column: int
    """Column, 0-based."""
    fact: str
    path: Path = ()
    code: str = "yaml"
    hint: str = ""
    other: tuple[int, int] | None = None
    """The mark of what the fact calls `{other}`."""

    @property
    def advises(self) -> bool:
        """Whether it is read all the same, in a way that the writer may not expect."""
        return self.code in ADVICE


@dataclass(slots=True)
class Parsed:
    """What a document says; marks are (line, column), 0-based."""

    value: Any = None
    start: tuple[int, int] = (0, 0)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    """Texts of numbers and booleans as they are written: `0755` for 493, `off` for False."""
    mistakes: list[Mistake] = field(default_factory=list)
    readable: bool = True
    """Whether the text is YAML at all; if not, the value says nothing."""
    follower: tuple[int, int] | None = None
    """Mark at which a second document begins without a `---`: the text after a `...`."""

    def twice(self, path: Path, mark: tuple[int, int], *, merged: bool = False) -> None:
        """Note that a mapping has a key already. The last one counts, as it does in Go; the first is forgotten."""
        fact, hint = f"the key {path[-1]!r} is given twice, first at {{other}}", "remove one; the last one counts"
        if merged:
            fact = f"`<<` brings the key {path[-1]!r}, which is given at {{other}}"
            hint = "kubectl takes the value that `<<` brings: write `<<` before the keys that it must not change"
        elif path in MANIFEST_HEADS:
            hint = "remove one; if another manifest begins here, write `---` on the line before it"
        self.mistakes.append(Mistake(*mark, fact, path, "duplicate-key", hint, self.keys[path]))
        self.forget(path)

    def forget(self, path: Path) -> None:
        """Forget where a value and its parts are: another one takes its place."""
        size = len(path)
        for known in (self.keys, self.values, self.written):
            for old in [old for old in known if old[:size] == path]:
                del known[old]

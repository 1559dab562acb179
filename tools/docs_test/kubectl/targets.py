"""What a command of kubectl is about: types and names of objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docs_test.shellcode.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_test.kubectl.invocation import Invocation
    from docs_test.kubectl.resources import Types
    from docs_test.kubectl.table import Resource
    from docs_test.shellcode.model import Word

TYPED = frozenset(
    ("get", "describe", "delete", "edit", "patch", "label", "annotate", "wait", "scale", "expose", "autoscale")
)
"""Commands whose words are TYPE NAME... or TYPE/NAME..."""
WITH_CHANGES = frozenset({"label", "annotate"})
"""Commands of these whose last words are `key=value` or `key-`."""
ROLLOUT = ("rollout", "set")
PODS = {"logs": 1, "exec": 1, "attach": 1, "port-forward": 1, "debug": 1}
"""Commands of a Pod, or TYPE/NAME -> how many words name it."""
NODES = frozenset({"cordon", "uncordon", "drain"})


@dataclass(frozen=True, slots=True)
class Target:
    """An object, or all of a type."""

    type_word: Word | None
    """Word, or part of one, that names the type; None if the command says it."""
    resource: Resource | None
    """Type; None if it is not known."""
    name: Word | None = None
    """Name; None if all of the type are meant, or a selector says which."""

    @property
    def known(self) -> bool:
        """Whether type and name are known."""
        return self.resource is not None and self.name is not None and self.name.known


def targets(call: Invocation, types: Types) -> list[Target]:
    """The objects that a command is about."""
    first = call.path[0] if call.path else ""
    words = [word for word in call.words if word.text]
    found: list[Target] = []
    if first in TYPED or (first in ROLLOUT and len(call.path) > 1):
        if first in WITH_CHANGES or call.path[:2] == ("set", "env"):
            words = [word for word in words if not _is_change(word)]
        if not any(one.flag.name in {"filename", "kustomize"} for one in call.flags):
            found += _typed(words, types)
    elif first in PODS:
        found += _of_pods(words[: PODS[first]], types)
    elif first in NODES:
        found += (Target(None, types.find("nodes"), word) for word in words)
    elif first == "events":
        found += (one for word in call.values("for") for one in _slashed(word, types))
    return found


def _is_change(word: Word) -> bool:
    return "=" in word.text or (word.text.endswith("-") and len(word.text) > 1)


def _of_pods(words: Sequence[Word], types: Types) -> Iterator[Target]:
    for word in words:
        if "/" in word.text:
            yield from _slashed(word, types)
        else:
            yield Target(None, types.find("pods"), word)


def _typed(words: Sequence[Word], types: Types) -> Iterator[Target]:
    if not words:
        return
    if any("/" in word.text for word in words):
        for word in words:
            yield from _slashed(word, types) if "/" in word.text else ()
        return
    if not words[0].known:
        return
    for part in _parts(words[0]):
        found = types.find(part.text)
        yield from (Target(part, found, name) for name in words[1:])
        if len(words) == 1:
            yield Target(part, found)


def _slashed(word: Word, types: Types) -> Iterator[Target]:
    kind, slash, _ = word.text.partition("/")
    if slash and UNKNOWN not in kind:
        part = word.part(0, len(kind))
        yield Target(part, types.find(kind), word.part(len(kind) + 1))


def _parts(word: Word) -> Iterator[Word]:
    """The types of `pods,services`."""
    start = 0
    for text in word.text.split(","):
        yield word.part(start, start + len(text))
        start += len(text) + 1
